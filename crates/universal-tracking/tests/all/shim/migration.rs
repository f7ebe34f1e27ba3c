//! A migration of a filled history that fails, or kills the process, at each of its syncs, renames and removals is done
//! in the end, and no row is lost by it.

use super::stage::Stage;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;
use ut_core::SystemClock;
use ut_core::ports::{Olap, ParamValue};
use ut_olap::{Embedded, EmbeddedOptions};
use ut_testkit::shim::{Action, Library, Point};

/// `page_day_sums` makes the table anew from its rows and exchanges the two, which may be done again as long as no
/// later migration adds to the table: then the newest of those that make a table anew goes here.
const MIGRATION: u64 = 2_026_112_207;
/// Names the directory of the history to the child.
const DIR: &str = "UT_MIGRATION_TEST_DIR";
const STAGES: usize = 3;

/// Not a test of its own but a process that changes a history while no server has it; without its directory it has
/// nothing to do. (A process opens one history in its life.)
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    #[expect(clippy::disallowed_methods, reason = "how the parent tells where")]
    let Some(dir) = std::env::var_os(DIR) else { return };
    let cache = universal_tracking::config::cache_dir().unwrap_or_default();
    let locate = move || ut_chdb::engine::locate(None, &cache).map_err(|error| error.to_string());
    let olap = Embedded::start(EmbeddedOptions::new(dir.into(), Box::new(locate), Arc::new(SystemClock)));
    while olap.ping().await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let number = [("number", ParamValue::UInt(MIGRATION))];
    olap.execute(include_str!("../sql/forget_migration.sql"), &number).await.unwrap();
    olap.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 6)]
async fn a_migration_survives_a_failure_at_each_of_its_syncs_and_renames() {
    let folder = tempfile::tempdir().unwrap();
    let library = Arc::new(Library::build(folder.path()));
    let mut first = Before::open(&library).await;
    first.stage.shim.count();
    first.stage.start();
    first.stage.says("migrations applied").await;
    let mut calls = first.stage.shim.calls();
    // What becomes of parts that are over is the engine's own housekeeping, at times of its own.
    calls.retain(|call| call.path.starts_with("olap/store") && !call.path.contains("delete_tmp"));
    let made =
        |kind: &str| calls.iter().any(|call| call.kind == kind && call.path.contains("history_page_day.sql"));
    assert!(made("sync") && made("rename"), "the migration was not applied: {calls:?}");
    first.stage.end();
    drop(first);

    let points = Point::of(&calls);
    let all: Vec<_> = [Action::Kill, Action::Full, Action::Broken]
        .iter()
        .flat_map(|action| points.iter().map(|point| (*action, point.clone())))
        .collect();
    let (count, left, hits) = (all.len(), Arc::new(Mutex::new(all)), Arc::new(Mutex::new(0)));
    let mut stages = JoinSet::new();
    for _ in 0..STAGES {
        stages.spawn(work(library.clone(), left.clone(), hits.clone()));
    }
    while let Some(ended) = stages.join_next().await {
        ended.unwrap();
    }
    let hits = *hits.lock().unwrap();
    println!("{} calls of a migration; {hits} of {count} migrations were hit", points.len());
    assert!(hits * 10 >= count * 9, "{hits} of {count}");
}

async fn work(library: Arc<Library>, left: Arc<Mutex<Vec<(Action, Point)>>>, hits: Arc<Mutex<usize>>) {
    let mut before = Before::open(&library).await;
    loop {
        let Some((action, point)) = left.lock().unwrap().pop() else { break };
        println!("{action:?} at {point:?}");
        before.restore();
        let stage = &mut before.stage;
        stage.order(action, &point);
        stage.start();
        let hit = stage.recovers(action).await;
        stage.agrees().await;
        let batch = stage.batch();
        stage.deliver(&batch).await;
        stage.agrees().await;
        stage.end();
        stage.forget(&batch);
        *hits.lock().unwrap() += usize::from(hit);
    }
}

/// A filled history to which the migration is still to be applied, kept as a copy.
struct Before {
    stage: Stage,
    copy: tempfile::TempDir,
}

impl Before {
    async fn open(library: &Library) -> Self {
        let mut stage = Stage::open(library);
        stage.start();
        for _ in 0..6 {
            let batch = stage.batch();
            stage.deliver(&batch).await;
        }
        stage.agrees().await;
        stage.end();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "shim::migration::child", "--nocapture"])
            .env(DIR, stage.data().join("olap"))
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
        let copy = tempfile::tempdir().unwrap();
        copy_folder(stage.data(), &copy.path().join("data"));
        Self { stage, copy }
    }

    fn restore(&self) {
        std::fs::remove_dir_all(self.stage.data()).unwrap();
        copy_folder(&self.copy.path().join("data"), self.stage.data());
    }
}

/// With links as they are.
fn copy_folder(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status();
    assert!(copied.unwrap().success(), "{} was not copied", from.display());
}
