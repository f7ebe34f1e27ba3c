//! The disk fails, or the process dies, at each sync, rename, truncation and removal of a whole life of the log: opening,
//! commits to both topics, cursors, new segments, trimming, closing. What was acknowledged is there, once and in order,
//! and what was refused is not.

use crate::{options, read_all, run};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use ut_core::Lsn;
use ut_core::ports::{
    Close, Cursor, Entry, Log, LogError, Topic, Topic::Enriched, Topic::Received, TopicStatus,
};
use ut_spool::Spool;
use ut_testkit::shim::{Action, Call, Library, Point, Shim};

/// Names the directory for the child.
const DIR: &str = "UT_SPOOL_SHIM_DIR";
/// Lives at a time: they mostly wait for the disk.
const WORKERS: usize = 4;

/// Not a test of its own but the process that dies; without its directory it has nothing to do.
#[test]
fn child() {
    #[expect(clippy::disallowed_methods, reason = "how the parent tells where")]
    let Some(dir) = std::env::var_os(DIR) else { return };
    run(life(dir.as_ref()));
}

/// Every failure is tried again, as the callers of the log do.
async fn life(dir: &Path) {
    let log = again(async || Spool::open(options(dir))).await;
    for round in 0..6u64 {
        for n in 0..3 {
            let record = record(round * 10 + n);
            let first = again(async || log.append(Received, 2, record.clone()).await).await;
            say(&format!("ack r {} {}\n", first.0, round * 10 + n));
        }
        let end = log.status().received.end;
        for entry in read_all(&log, Received, end).await {
            if entry.first >= log.status().enriched.end {
                let first =
                    again(async || log.append(Enriched, entry.count, entry.bytes.clone()).await).await;
                say(&format!("ack e {} 0\n", first.0));
            }
        }
        let cursor = Cursor { next: end, intent: None, state: vec![round as u8; 5_000] };
        again(async || log.commit("olap", cursor.clone()).await).await;
        say(&format!("ack c {} 0\n", end.0));
        if round % 2 == 1 {
            let keep = Lsn(end.0 - 6);
            again(async || log.trim(Received, keep, Close::Now).await).await;
            again(async || log.trim(Enriched, keep, Close::Now).await).await;
        }
    }
    log.close().await;
    say("ack over 0 0\n");
}

async fn again<T>(attempt: impl AsyncFn() -> Result<T, LogError>) -> T {
    for _ in 0..50 {
        match attempt().await {
            Ok(done) => return done,
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
    panic!("it fails for ever");
}

/// Longer than a segment's third, so that a life has many segments.
fn record(salt: u64) -> Vec<u8> {
    vec![salt as u8; 9_000 + salt as usize]
}

/// One write per line: a kill leaves whole lines.
fn say(line: &str) {
    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
}

#[test]
fn no_failure_at_any_sync_or_rename_loses_or_doubles_an_event() {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::build(folder.path());
    let calls = {
        let scene = Scene::new(&library);
        scene.shim.count();
        scene.live();
        scene.shim.calls()
    };
    let made = |kind: &str, path: &str| {
        calls.iter().filter(|call| call.kind == kind && call.path.contains(path)).count()
    };
    for (kind, path) in [
        ("sync", "received/"),
        ("sync", "enriched/"),
        ("rename", "received/"),
        ("rename", "cursors/olap.new"),
        ("sync", "cursors"),
        ("rename", "identity.new"),
        ("truncate", "received/"),
        ("unlink", "received/"),
        ("unlink", "enriched/"),
    ] {
        assert!(made(kind, path) > 0, "no {kind} of {path} in {calls:?}");
    }
    let orders = [(Action::Kill, 1), (Action::Full, 1), (Action::Full, 4), (Action::Broken, 1)];
    let all = orders.iter().flat_map(|order| (1..=calls.len() as u32).map(move |nth| (*order, nth)));
    let (left, hits) = (Mutex::new(all.collect::<Vec<_>>()), Mutex::new(0));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(((action, times), nth)) = { left.lock().unwrap().pop() } {
                    let struck = one(&library, action, times, nth);
                    *hits.lock().unwrap() += usize::from(struck);
                }
            });
        }
    });
    let hits = hits.into_inner().unwrap();
    println!("{} calls of the log's life; {hits} lives were hit", calls.len());
    assert!(hits * 10 >= calls.len() * orders.len() * 9, "{hits} of {} lives", calls.len() * orders.len());
}

/// All that a topic still holds.
async fn kept(log: &Spool, topic: Topic, status: TopicStatus) -> Vec<Entry> {
    if status.start == status.end { Vec::new() } else { read_all(log, topic, status.end).await }
}

/// A log's directory under the shim.
struct Scene {
    dir: tempfile::TempDir,
    shim: Shim,
}

impl Scene {
    fn new(library: &Library) -> Self {
        // In memory where there is such a disk: the sweep is about order, not about a disk's speed.
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let dir = dir.unwrap();
        let shim = library.shim(&dir.path().join("shim"), &dir.path().join("log"));
        Self { dir, shim }
    }

    fn log(&self) -> std::path::PathBuf {
        self.dir.path().join("log")
    }

    /// Runs the child and returns what it said.
    fn live(&self) -> Vec<(String, u64, u64)> {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "shim::child", "--nocapture", "--test-threads=1"])
            .env(DIR, self.log())
            .envs(self.shim.environment())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines = text.lines().filter_map(|line| line.split_once("ack "));
        let words = |line: &str| {
            let words: Vec<_> = line.split(' ').collect();
            (words[0].to_owned(), words[1].parse().unwrap(), words[2].parse().unwrap())
        };
        lines.map(|(_, line)| words(line)).collect()
    }
}

/// One life with one failure; true if it happened.
fn one(library: &Library, action: Action, times: u32, nth: u32) -> bool {
    let scene = Scene::new(library);
    scene.shim.order(action, &Point::any(nth), times);
    let said = scene.live();
    let struck: Vec<Call> = scene.shim.calls().into_iter().filter(|call| call.struck).collect();
    let what = format!("{action:?} at {nth} ({times} times): {struck:?}");
    let over = said.iter().any(|(topic, ..)| topic == "over");
    assert_eq!(over, action != Action::Kill || struck.is_empty(), "{what}");
    run(async {
        let log = Spool::open(options(&scene.log())).unwrap_or_else(|error| panic!("{what}: {error}"));
        let status = log.status();
        let received = kept(&log, Received, status.received).await;
        let enriched = kept(&log, Enriched, status.enriched).await;
        for entries in [&received, &enriched] {
            assert!(entries.windows(2).all(|pair| pair[0].end() == pair[1].first), "{what}");
            assert!(entries.iter().all(|entry| entry.lost.is_none()), "{what}");
        }
        let (mut places, mut committed) = (Vec::new(), Lsn(0));
        for (topic, first, salt) in &said {
            match topic.as_str() {
                "c" => committed = committed.max(Lsn(*first)),
                "r" => places.push((*first, record(*salt))),
                "e" => assert!(*first < status.enriched.end.0, "{what}: an acknowledged frame is lost"),
                _ => {}
            }
        }
        assert!(places.windows(2).all(|pair| pair[0].0 < pair[1].0), "{what}: a number was given twice");
        for (first, bytes) in places.iter().filter(|(first, _)| *first >= status.received.start.0) {
            let found = received.iter().find(|entry| entry.first.0 == *first);
            assert_eq!(found.map(|entry| &entry.bytes), Some(bytes), "{what}: event {first}");
        }
        if over {
            // Nothing was under way at the end: what is there was acknowledged, and nothing else.
            assert_eq!(status.received.end.0, 1 + 2 * places.len() as u64, "{what}: refused, and there");
            assert!(
                status.received.start.0 > 1 && status.enriched.start.0 > 1,
                "{what}: nothing was trimmed"
            );
        }
        assert!(log.cursor("olap").await.unwrap().next >= committed, "{what}");
        // The log goes on.
        let end = status.received.end;
        assert_eq!(log.append(Received, 1, b"on".to_vec()).await.unwrap(), end, "{what}");
        log.close().await;
    });
    !struck.is_empty()
}
