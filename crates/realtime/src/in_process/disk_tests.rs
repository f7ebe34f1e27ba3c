//! The disk fails, or the process dies, at each sync, rename, truncation and removal while claims move to the store of
//! seen ids and snapshots are saved: every id that was counted is known afterwards, and no loss is claimed that is none.

use super::spilling_tests::{Stores, again, duplicates, visits};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use ut_core::Lsn;
use ut_core::ports::{Close, Log, LogError, Realtime, Topic};
use ut_testkit::FakeClock;
use ut_testkit::conformance::realtime::{START, frame};
use ut_testkit::shim::{Action, Library, Point, Shim};

/// Names the directory for the child.
const DIR: &str = "UT_SEEN_SHIM_DIR";
/// Ids per life: most of them leave memory.
const IDS: u64 = 28;
const CHUNK: u64 = 4;
/// What the child says begins so: the test harness may have begun a line of its own.
const LINE: &str = "settled ";
/// Lives at a time.
const WORKERS: usize = 4;

/// Not a test of its own but the process that dies; without its directory it has nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    #[expect(clippy::disallowed_methods, reason = "how the parent tells where")]
    let Some(dir) = std::env::var_os(DIR) else { return };
    let stores = Stores::open(dir.as_ref(), &FakeClock::at(START)).await;
    for first in (1..=IDS).step_by(CHUNK as usize) {
        let records = async || stores.log.append(Topic::Received, CHUNK as u32, vec![0]).await;
        assert_eq!(patiently(records).await, Lsn(first));
        decide(&stores, first, first + CHUNK).await;
        spill(&stores).await;
        say(&format!("{LINE}{}\n", first + CHUNK - 1));
        if first % 12 == 9 {
            while stores.store.snapshot().await.is_err() {}
            let past = Lsn(first + CHUNK);
            patiently(async || stores.log.trim(Topic::Enriched, past, Close::Now).await).await;
        }
    }
    stores.close().await;
    say(&format!("{LINE}{}\n", IDS + 1));
}

/// What the pipeline does with a stretch of `received`.
async fn decide(stores: &Stores, from: u64, to: u64) {
    let chunk = visits(from..to);
    let decisions = loop {
        if let Ok(decisions) = stores.store.decide(&chunk).await {
            break decisions;
        }
    };
    let frame = frame(&chunk, &decisions);
    let bytes = frame.encode().unwrap();
    patiently(async || stores.log.append(Topic::Enriched, chunk.len() as u32, bytes.clone()).await).await;
    stores.store.synced(&frame).await.unwrap();
}

/// Moves every run that is due; one that is refused is tried again when its time has come.
async fn spill(stores: &Stores) {
    for attempt in 1..100 {
        stores.store.seen.settled().await;
        let due = {
            let mut state = stores.store.state.lock();
            state.release(&stores.store.seen.taken());
            state.surplus()
        };
        let Some(run) = due else { return };
        stores.store.seen.take(run, START + attempt * 10_000);
    }
    panic!("runs do not leave memory");
}

async fn patiently<T>(attempt: impl AsyncFn() -> Result<T, LogError>) -> T {
    for _ in 0..100 {
        if let Ok(done) = attempt().await {
            return done;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it fails for ever");
}

/// One write per line: a kill leaves whole lines.
fn say(line: &str) {
    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
}

#[test]
fn no_failure_at_any_sync_or_rename_forgets_an_id() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::build(folder.path());
    let scene = Scene::new(&library);
    scene.shim.count();
    assert_eq!(scene.live(), IDS + 1);
    let calls = scene.shim.calls();
    for (kind, path) in
        [("sync", "seen/"), ("rename", "seen/"), ("rename", "cursors/state.new"), ("unlink", "enriched/")]
    {
        assert!(
            calls.iter().any(|call| call.kind == kind && call.path.contains(path)),
            "no {kind} of {path}: {calls:?}"
        );
    }
    let of_seen = calls.iter().filter(|call| call.path.starts_with("seen")).count();
    let actions = [Action::Kill, Action::Full, Action::Broken];
    // A store that cannot be opened says so and the process ends; what is under way then is the log's own test.
    let opened = calls.iter().rposition(|call| call.path == "salts").unwrap() + 2;
    let first = |action: &Action| if *action == Action::Kill { 1 } else { opened };
    let all: Vec<_> = actions
        .iter()
        .flat_map(|action| (first(action)..=calls.len()).map(|nth| (*action, nth as u32)))
        .collect();
    let count = all.len();
    let (left, hits) = (Mutex::new(all), Mutex::new(0));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((action, nth)) = { left.lock().unwrap().pop() } {
                    let struck = one(&library, action, nth);
                    *hits.lock().unwrap() += usize::from(struck);
                }
            });
        }
    });
    let hits = hits.into_inner().unwrap();
    println!("{} calls, {of_seen} of them of the store of seen ids; {hits} lives were hit", calls.len());
    assert!(hits * 10 >= count * 9, "{hits} lives were hit");
}

/// One life with one failure; true if it happened.
fn one(library: &Library, action: Action, nth: u32) -> bool {
    let scene = Scene::new(library);
    scene.shim.order(action, &Point::any(nth), 1);
    let settled = scene.live();
    let struck: Vec<_> = scene.shim.calls().into_iter().filter(|call| call.struck).collect();
    let what = format!("{action:?} at {nth}: {struck:?}");
    // It may also be killed after all was said.
    let killed = action == Action::Kill && !struck.is_empty();
    assert!(killed || settled == IDS + 1, "{what}: settled {settled}");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let stores = Stores::open(&scene.stores(), &FakeClock::at(START)).await;
        assert_eq!(stores.store.doubt(), None, "{what}");
        // The pipeline takes up what was under way.
        let (undecided, end) = (stores.log.status().enriched.end.0, stores.log.status().received.end.0);
        assert!(end > settled.min(IDS), "{what}: the log ends before {end}");
        if undecided < end {
            decide(&stores, undecided, end).await;
        }
        if end > 1 {
            let outcomes = stores.settle(&again(1..end, end)).await;
            assert_eq!(duplicates(&outcomes) as u64, end - 1, "{what}: known of {}", end - 1);
        }
        stores.close().await;
    });
    !struck.is_empty()
}

/// Stores in a directory under the shim.
struct Scene {
    dir: tempfile::TempDir,
    shim: Shim,
}

impl Scene {
    fn new(library: &Library) -> Self {
        // In memory where there is such a disk: this is about order, not about a disk's speed.
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let dir = dir.unwrap();
        let shim = library.shim(&dir.path().join("shim"), &dir.path().join("stores"));
        Self { dir, shim }
    }

    fn stores(&self) -> PathBuf {
        self.dir.path().join("stores")
    }

    /// Runs the child; the last event it settled, or one more than all when it came to its end.
    fn live(&self) -> u64 {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "in_process::disk_tests::child", "--nocapture", "--test-threads=1"])
            .env(DIR, self.stores())
            .envs(self.shim.environment())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().filter_map(|line| line.split_once(LINE)?.1.parse().ok()).max().unwrap_or(0)
    }
}
