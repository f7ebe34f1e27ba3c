//! The store from outside: the suite of its port, and restarts on a real log.
#![expect(clippy::unwrap_used, reason = "a helper of a test may panic, too")]
use std::path::Path;
use std::sync::Arc;
use ut_core::keys::Keys;
use ut_core::ports::{Candidate, LiveBatch, LiveOp, Log, Realtime, Topic};
use ut_core::{Lsn, SiteId, VisitorId};
use ut_realtime::{InProcess, RecoverError};
use ut_spool::{Spool, SpoolOptions};
use ut_testkit::FakeClock;
use ut_testkit::conformance::realtime::{SECRET, START, candidate, frame, suite};

fn open(folder: &Path, clock: &FakeClock) -> Arc<Spool> {
    let options = SpoolOptions::new(folder.join("log"), Arc::new(clock.clone()));
    Arc::new(Spool::open(options).unwrap())
}

async fn recover(log: &Arc<Spool>, folder: &Path, clock: &FakeClock) -> Result<InProcess, RecoverError> {
    let keys = Keys::new(SECRET);
    let log: Arc<dyn Log> = Arc::clone(log) as _;
    InProcess::recover(log, keys, folder.to_path_buf(), Arc::new(clock.clone())).await
}

/// What door and pipeline do with a chunk.
async fn settle(store: &InProcess, log: &Spool, chunk: &[Candidate]) {
    log.append(Topic::Received, chunk.len() as u32, vec![0]).await.unwrap();
    let frame = frame(chunk, &store.decide(chunk).await.unwrap());
    let bytes = frame.encode().unwrap();
    assert_eq!(log.append(Topic::Enriched, chunk.len() as u32, bytes).await.unwrap(), frame.from);
    store.synced(&frame).await.unwrap();
}

fn visit(lsn: u64) -> Candidate {
    candidate(lsn, u128::from(lsn), (lsn % 3) as u8, START + lsn as i64 * 1000)
}

fn seen(visitor: u8, at: i64) -> LiveOp {
    LiveOp::Seen {
        site: SiteId(1),
        visitor: VisitorId([visitor; 16]),
        at,
        page: None,
        country: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_what_the_port_says() {
    let folder = tempfile::tempdir().unwrap();
    let count = std::sync::atomic::AtomicU32::new(0);
    suite(|clock| {
        let own = folder.path().join(count.fetch_add(1, std::sync::atomic::Ordering::SeqCst).to_string());
        async move {
            std::fs::create_dir(&own).unwrap();
            let log = open(&own, &clock);
            Arc::new(recover(&log, &own, &clock).await.unwrap()) as Arc<dyn Realtime>
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_goes_on_where_the_log_ends() {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::at(START);
    let log = open(folder.path(), &clock);
    let store = recover(&log, folder.path(), &clock).await.unwrap();
    settle(&store, &log, &[visit(1), visit(2), visit(3)]).await;
    store
        .live(&LiveBatch { until: Lsn(4), ops: vec![seen(1, START - 600_000), seen(2, START)] })
        .await
        .unwrap();
    store.snapshot().await.unwrap();
    settle(&store, &log, &[visit(4), visit(5), visit(6)]).await;
    let next = [visit(7), candidate(8, 2, 1, START), candidate(9, 5, 1, START)];
    let expected = store.decide(&next).await.unwrap();
    drop(store);

    let store = recover(&log, folder.path(), &clock).await.unwrap();
    assert_eq!(store.decide(&next).await.unwrap(), expected, "claims and sessions of snapshot and frames");
    assert_eq!(
        store.live(&LiveBatch::default()).await.unwrap().until,
        Lsn(4),
        "the picture says where it goes on"
    );
    let view = store.view(SiteId(1), None, START).await.unwrap();
    assert_eq!((view.now, view.last_5_min, view.last_30_min), (1, 1, 2), "the minutes are back");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_makes_a_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::at(START);
    let log = open(folder.path(), &clock);
    let store = recover(&log, folder.path(), &clock).await.unwrap();
    settle(&store, &log, &[visit(1)]).await;
    assert!(log.cursor("state").await.unwrap().state.is_empty());
    clock.advance(3_600_000);
    settle(&store, &log, &[visit(2)]).await;
    // Saved in the background; `snapshot` waits for its turn, so the next one is made after it.
    settle(&store, &log, &[visit(3)]).await;
    while log.cursor("state").await.unwrap().next < Lsn(3) {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    store.snapshot().await.unwrap();
    assert_eq!(log.cursor("state").await.unwrap().next, Lsn(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_second_hash_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::at(START);
    let log = open(folder.path(), &clock);
    let store = recover(&log, folder.path(), &clock).await.unwrap();
    let mut joined = candidate(2, 2, 0xAB, START + 1000);
    joined.ids = joined.ids.map(|ids| ut_core::event::Ids { previous: Some(VisitorId([1; 16])), ..ids });
    settle(&store, &log, &[candidate(1, 1, 1, START), joined]).await;
    store.snapshot().await.unwrap();
    log.close().await;
    let files = std::fs::read_dir(folder.path().join("log")).unwrap().map(|file| file.unwrap().path());
    let mut folders: Vec<_> = files.collect();
    let mut read = 0;
    while let Some(path) = folders.pop() {
        if path.is_dir() {
            folders.extend(std::fs::read_dir(path).unwrap().map(|file| file.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        read += usize::from(bytes.windows(16).any(|window| window == [1; 16]));
        assert!(!bytes.windows(16).any(|window| window == [0xAB; 16]), "{path:?} holds the newer hash");
    }
    assert!(read >= 2, "frame and snapshot were looked at");
}
