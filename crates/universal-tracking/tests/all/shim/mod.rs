//! The process dies, or the disk is full or broken, at each sync, rename, truncation and removal that one batch goes
//! through: both commits of the log, what history announces, the inserts into its tables, what it confirms; and at those
//! of the state that is saved at the end. Its sender sends the batch again. Nothing is lost, nothing doubled, every sum
//! agrees, the balance closes.

mod migration;
mod stage;

use stage::{Place, Spot, Stage};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;
use ut_testkit::shim::{Action, Library};

/// Servers at a time: they mostly wait.
const STAGES: usize = 4;
const ACTIONS: [Action; 3] = [Action::Kill, Action::Full, Action::Broken];

/// How many spots of a place were hit, of how many.
type Hits = BTreeMap<(Place, &'static str), (usize, usize)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 6)]
async fn a_batch_survives_a_failure_at_each_of_its_syncs_and_renames() {
    let folder = tempfile::tempdir().unwrap();
    let library = Arc::new(Library::build(folder.path()));
    let spots = spots(&library).await;
    let all: Vec<_> =
        ACTIONS.iter().flat_map(|action| spots.iter().map(|spot| (*action, spot.clone()))).collect();
    let (left, hits) = (Arc::new(Mutex::new(all)), Arc::new(Mutex::new(Hits::new())));
    let mut stages = JoinSet::new();
    for _ in 0..STAGES {
        stages.spawn(work(library.clone(), left.clone(), hits.clone()));
    }
    while let Some(ended) = stages.join_next().await {
        ended.unwrap();
    }
    let hits = hits.lock().unwrap();
    for ((place, action), (hit, all)) in &*hits {
        println!("{place:?}: {action} at {hit} of {all} calls");
        assert!(*hit > 0 && *hit * 10 >= *all * 9, "{place:?}: {action} at {hit} of {all} calls");
    }
    assert_eq!(hits.len(), (Place::OF_A_BATCH.len() + 1) * ACTIONS.len(), "every place: {hits:?}");
}

/// What one batch goes through, and what the end of the process does.
async fn spots(library: &Library) -> Vec<Spot> {
    let mut stage = Stage::open(library);
    stage.start();
    let first = stage.batch();
    stage.deliver(&first).await;
    stage.agrees().await;
    stage.calm();
    let batch = stage.batch();
    stage.deliver(&batch).await;
    stage.shop.settled(stage.server()).await;
    let mut spots = stage.spots(&Place::OF_A_BATCH, &stage.shim.calls());
    stage.calm();
    stage.end();
    spots.extend(stage.spots(&[Place::Snapshot], &stage.shim.calls()));
    spots
}

async fn work(library: Arc<Library>, left: Arc<Mutex<Vec<(Action, Spot)>>>, hits: Arc<Mutex<Hits>>) {
    let mut stage = Stage::open(&library);
    stage.start();
    let first = stage.batch();
    stage.deliver(&first).await;
    stage.agrees().await;
    loop {
        let Some((action, spot)) = left.lock().unwrap().pop() else { break };
        println!("{action:?} at {spot:?}");
        // A call that did not come this time, because two commits were one, comes the next time.
        let hit = stage.suffer(action, &spot).await || stage.suffer(action, &spot).await;
        let mut hits = hits.lock().unwrap();
        let (hit_before, all) = hits.entry((spot.place, name(action))).or_default();
        *hit_before += usize::from(hit);
        *all += 1;
    }
    stage.end();
}

const fn name(action: Action) -> &'static str {
    match action {
        Action::Count => "counted",
        Action::Kill => "killed",
        Action::Full => "no space",
        Action::Broken => "input/output error",
    }
}
