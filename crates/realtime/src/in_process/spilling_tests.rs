//! Claims that move to disk, over restarts, lost files and clocks that are set: the same answers as a memory without
//! bounds, and what is lost is said.

use super::InProcess;
use super::claims::Bounds;
use super::state::State;
use super::tests::empty;
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ut_core::keys::Keys;
use ut_core::ports::{Candidate, Close, Log, Outcome, Realtime, Topic};
use ut_core::{EventId, Lsn};
use ut_spool::{Spool, SpoolOptions};
use ut_testkit::FakeClock;
use ut_testkit::conformance::realtime::{START, candidate, frame};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const SMALL: Bounds = Bounds { run: 4, memory: 8 };

/// Log and store in a folder.
pub(super) struct Stores {
    pub(super) log: Arc<Spool>,
    pub(super) store: InProcess,
}

impl Stores {
    pub(super) async fn open(dir: &Path, clock: &FakeClock) -> Self {
        let mut options = SpoolOptions::new(dir.join("log"), Arc::new(clock.clone()));
        (options.reserve_bytes, options.linger) = (Some(0), Duration::ZERO);
        let log = Arc::new(Spool::open(options).unwrap());
        let keys = Keys::new(b"a secret of these tests, 32 bytes");
        let store = InProcess::recover(log.clone(), keys, dir.to_path_buf(), Arc::new(clock.clone())).await;
        let store = store.unwrap();
        store.state.lock().bound(SMALL);
        Self { log, store }
    }

    /// What door and pipeline do with a chunk; runs that are due have moved when it returns.
    pub(super) async fn settle(&self, chunk: &[Candidate]) -> Vec<Outcome> {
        self.log.append(Topic::Received, chunk.len() as u32, vec![0]).await.unwrap();
        let decisions = self.store.decide(chunk).await.unwrap();
        let frame = frame(chunk, &decisions);
        self.log.append(Topic::Enriched, chunk.len() as u32, frame.encode().unwrap()).await.unwrap();
        self.store.synced(&frame).await.unwrap();
        // After a restart more than one may be due.
        for _ in 0..100 {
            self.store.seen.settled().await;
            let due = {
                let mut state = self.store.state.lock();
                state.release(&self.store.seen.taken());
                state.surplus()
            };
            let Some(run) = due else { return decisions.outcomes };
            self.store.seen.take(run, START);
        }
        panic!("runs do not leave memory")
    }

    pub(super) async fn close(self) {
        self.store.seen.settled().await;
        self.log.close().await;
    }
}

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// An event; `back` events before it were others, whose id it repeats if it is given.
    Event {
        minutes: i64,
        again: Option<usize>,
    },
    /// The machine's clock is set.
    Leap {
        minutes: i64,
    },
    Snapshot,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let event = (0_i64..30, proptest::option::weighted(0.4, 1_usize..60));
    prop_oneof![
        40 => event.prop_map(|(minutes, again)| Step::Event { minutes, again }),
        1 => prop_oneof![-4000_i64..4000, -90_000_i64..90_000].prop_map(|minutes| Step::Leap { minutes }),
        2 => Just(Step::Snapshot),
        2 => Just(Step::Restart),
    ]
}

/// The rule in the plainest words: an id that was counted so long ago, in real time.
struct Model {
    counted: std::collections::HashMap<EventId, i64>,
    real: i64,
    leaps: i64,
}

impl Model {
    /// Neither early nor for ever; between the two bounds either answer is right.
    fn allows(&self, id: EventId, outcome: Outcome) -> bool {
        let Some(counted) = self.counted.get(&id) else { return matches!(outcome, Outcome::New(_)) };
        let age = self.real - counted;
        match outcome {
            Outcome::New(_) => age > (25 - self.leaps) * HOUR,
            _ => age < (27 + 2 * self.leaps) * HOUR,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn moving_to_disk_changes_no_answer(steps in proptest::collection::vec(step(), 1..180)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(story(&steps))?;
    }
}

async fn story(steps: &[Step]) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    let clock = FakeClock::at(START);
    let mut stores = Stores::open(dir.path(), &clock).await;
    let mut unbounded: State = empty();
    let mut model = Model { counted: Default::default(), real: 0, leaps: 0 };
    let (mut wall, mut ids): (i64, Vec<EventId>) = (START, Vec::new());
    for step in steps {
        match step {
            Step::Event { minutes, again } => {
                (wall, model.real) = (wall + minutes * MINUTE, model.real + minutes * MINUTE);
                let lsn = ids.len() as u64 + 1;
                let repeated =
                    again.and_then(|back| ids.len().checked_sub(back)).map(|place| ids[place].as_u128());
                let one = candidate(lsn, repeated.unwrap_or(1000 + u128::from(lsn)), 1, wall);
                ids.push(one.id);
                let chunk = [one];
                let expected = unbounded.answer(&chunk).unwrap();
                unbounded.fold(&frame(&chunk, &expected)).unwrap();
                let outcome = stores.settle(&chunk).await[0];
                prop_assert_eq!(outcome, expected.outcomes[0]);
                prop_assert!(model.allows(chunk[0].id, outcome), "{:?} at {}", outcome, model.real);
                if matches!(outcome, Outcome::New(_)) {
                    model.counted.insert(chunk[0].id, model.real);
                }
            }
            Step::Leap { minutes } => (wall, model.leaps) = (wall + minutes * MINUTE, model.leaps + 1),
            Step::Snapshot => stores.store.snapshot().await.unwrap(),
            Step::Restart => {
                stores.close().await;
                stores = Stores::open(dir.path(), &clock).await;
                prop_assert_eq!(stores.store.doubt(), None);
            }
        }
    }
    stores.close().await;
    Ok(())
}

pub(super) fn visits(numbers: std::ops::Range<u64>) -> Vec<Candidate> {
    numbers.map(|lsn| candidate(lsn, u128::from(lsn), 1, START + lsn as i64 * 1000)).collect()
}

/// The same ids under new numbers.
pub(super) fn again(numbers: std::ops::Range<u64>, from: u64) -> Vec<Candidate> {
    let shifted =
        |(n, lsn)| Candidate { lsn: Lsn(from + n), ..candidate(lsn, u128::from(lsn), 1, START + HOUR) };
    (0..).zip(numbers).map(shifted).collect()
}

pub(super) fn duplicates(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| **outcome == Outcome::Duplicate).count()
}

/// The folder is gone after a snapshot counted on it: the system starts, says so, and says so until it is over.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_store_is_said_for_25_hours() {
    let dir = tempfile::tempdir().unwrap();
    let clock = FakeClock::at(START);
    let mut stores = Stores::open(dir.path(), &clock).await;
    for chunk in visits(1..101).chunks(4) {
        stores.settle(chunk).await;
    }
    stores.store.snapshot().await.unwrap();
    assert_eq!(stores.store.doubt(), None);
    stores.close().await;
    std::fs::remove_dir_all(dir.path().join("seen")).unwrap();
    stores = Stores::open(dir.path(), &clock).await;
    let doubt = stores.store.doubt().unwrap();
    assert!(doubt.contains("27 more hours") && doubt.contains("count twice"), "{doubt}");
    let outcomes = stores.settle(&again(1..101, 101)).await;
    assert!((1..30).contains(&duplicates(&outcomes)), "what memory held is known: {}", duplicates(&outcomes));
    // The loss outlives the next snapshot and the next start.
    stores.store.snapshot().await.unwrap();
    stores.close().await;
    stores = Stores::open(dir.path(), &clock).await;
    assert!(stores.store.doubt().is_some());
    assert_eq!(
        duplicates(&stores.settle(&again(1..101, 201)).await),
        100,
        "and the new ones are known again"
    );
    for hour in 0..27 {
        let lsn = 301 + hour as u64;
        stores.settle(&[candidate(lsn, u128::from(lsn), 1, START + (2 + hour) * HOUR)]).await;
        assert_eq!(stores.store.doubt().is_some(), hour < 25, "hour {hour}");
    }
    stores.close().await;
}

/// Frames or the snapshot are damaged: the store starts, knows what it can know and says that it does not know all.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_snapshot_or_frame_is_passed_over_and_said() {
    for lost in ["snapshot", "frame"] {
        let dir = tempfile::tempdir().unwrap();
        let clock = FakeClock::at(START);
        let mut stores = Stores::open(dir.path(), &clock).await;
        stores.settle(&visits(1..41)).await;
        stores.store.snapshot().await.unwrap();
        stores.log.trim(Topic::Enriched, Lsn(41), Close::Now).await.unwrap();
        stores.settle(&visits(41..61)).await;
        stores.settle(&visits(61..81)).await;
        stores.close().await;
        let log = dir.path().join("log");
        match lost {
            "snapshot" => std::fs::remove_file(log.join("cursors/state")).unwrap(),
            _ => {
                let path = log.join("enriched/00000000000000000041.seg");
                let mut bytes = std::fs::read(&path).unwrap();
                bytes[200] ^= 1;
                std::fs::write(path, bytes).unwrap();
            }
        }
        stores = Stores::open(dir.path(), &clock).await;
        assert!(stores.store.doubt().is_some(), "{lost}");
        let known = duplicates(&stores.settle(&again(1..81, 81)).await);
        // What had moved to disk is known all the same.
        assert!(known >= 60, "{lost}: {known}");
        assert_eq!(duplicates(&stores.settle(&again(1..81, 161)).await), 80, "{lost}");
        let report = std::fs::read_to_string(log.join("losses")).unwrap_or_default();
        assert_eq!(report.contains("\"first\":41,\"end\":61"), lost == "frame", "{report}");
        stores.close().await;
    }
}
