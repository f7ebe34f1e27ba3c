//! A disk that fails: nobody is told yes, nothing of it is read, and the log goes on.

use super::{open, options, read_all, run, segments};
use crate::Spool;
use crate::disk::Disk;
use std::path::Path;
use std::sync::atomic::Ordering::SeqCst;
use ut_core::Lsn;
use ut_core::ports::{Close, Log, LogError, Topic::Received};

async fn append(log: &Spool, text: &str) -> Result<Lsn, LogError> {
    log.append(Received, 1, text.as_bytes().to_vec()).await
}

async fn texts(log: &Spool) -> Vec<String> {
    let entries = read_all(log, Received, Lsn(1)).await.unwrap();
    entries.into_iter().map(|entry| String::from_utf8(entry.bytes).unwrap()).collect()
}

/// Waits until the writer finds that it can write again.
async fn writable(log: &Spool) {
    while !log.status().writable {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[test]
fn a_failed_sync_is_not_acknowledged_and_never_read() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let disk = Disk::default();
        let log = open(dir.path(), &disk);
        append(&log, "one").await.unwrap();
        disk.faults.syncs.store(1, SeqCst);
        assert!(matches!(append(&log, "lost").await, Err(LogError::Io(_))));
        assert_eq!(append(&log, "two").await.unwrap(), Lsn(2));
        assert_eq!(texts(&log).await, ["one", "two"]);
        log.close().await;
        assert_eq!(texts(&open(dir.path(), &disk)).await, ["one", "two"]);
    });
}

/// The bytes of the failed sync are put back behind the cut, as if the disk had kept them all the same.
#[test]
fn an_abandoned_tail_that_reached_the_disk_is_not_read_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let first = |dir: &Path| segments(dir, "received")[0].clone();
    let (whole, log_end) = run(async {
        let disk = Disk::default();
        let log = open(dir.path(), &disk);
        append(&log, "one").await.unwrap();
        let stamp = log.topic(Received).stamp;
        let mut whole = std::fs::read(first(dir.path())).unwrap();
        whole.truncate(64 + 24 + 3);
        stamp.encode(&mut whole, Lsn(2), Lsn(2), 1, b"lost");
        disk.faults.syncs.store(1, SeqCst);
        append(&log, "lost").await.unwrap_err();
        append(&log, "two").await.unwrap();
        (whole, log.status().received.end)
    });
    assert_eq!(log_end, Lsn(3));
    std::fs::write(first(dir.path()), whole).unwrap();
    run(async { assert_eq!(texts(&open(dir.path(), &Disk::default())).await, ["one", "two"]) });
}

/// Nothing works for a while: not the sync, not the cut's, not the new segment. The process dies then.
#[test]
fn a_disk_that_stays_broken_keeps_refusing_until_it_works() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let disk = Disk::default();
        let log = open(dir.path(), &disk);
        append(&log, "one").await.unwrap();
        disk.faults.syncs.store(u32::MAX, SeqCst);
        append(&log, "lost").await.unwrap_err();
        append(&log, "lost too").await.unwrap_err();
        assert!(!log.status().writable);
        log.close().await;
        drop(log);
        disk.faults.syncs.store(0, SeqCst);
        let log = open(dir.path(), &disk);
        assert_eq!(texts(&log).await, ["one"]);
        disk.faults.syncs.store(u32::MAX, SeqCst);
        append(&log, "lost again").await.unwrap_err();
        disk.faults.syncs.store(0, SeqCst);
        writable(&log).await;
        append(&log, "two").await.unwrap();
        assert_eq!(texts(&log).await, ["one", "two"]);
    });
}

/// A write that the full disk takes half of.
#[test]
fn a_full_disk_refuses_and_recovers_without_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let disk = Disk::default();
        let log = open(dir.path(), &disk);
        append(&log, "one").await.unwrap();
        disk.faults.errno.store(rustix::io::Errno::NOSPC.raw_os_error(), SeqCst);
        disk.faults.writes.store(u32::MAX, SeqCst);
        assert!(matches!(append(&log, "lost").await, Err(LogError::Full(_))));
        assert!(matches!(append(&log, "lost too").await, Err(LogError::Full(_))));
        assert!(matches!(log.commit("olap", Default::default()).await, Err(LogError::Full(_))));
        disk.faults.writes.store(0, SeqCst);
        writable(&log).await;
        assert_eq!(append(&log, "two").await.unwrap(), Lsn(2));
        assert_eq!(texts(&log).await, ["one", "two"]);
    });
}

#[test]
fn the_reserve_of_the_disk_is_left_to_the_pipeline() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let disk = Disk::default();
        let mut options = options(dir.path());
        options.reserve_bytes = Some(1000);
        let log = Spool::open_on(options, disk.clone()).unwrap();
        append(&log, "one").await.unwrap();
        disk.faults.free.store(1000, SeqCst);
        // The free space is asked for again after a while; until then the filled segment takes more.
        let refused = loop {
            if let Err(error) = append(&log, &"x".repeat(500)).await {
                break error;
            }
        };
        assert!(matches!(refused, LogError::Full(_)), "{refused}");
        assert!(!log.status().writable);
        let frame = vec![0; 5000];
        log.append(ut_core::ports::Topic::Enriched, 1, frame).await.unwrap();
        log.commit("pipeline", Default::default()).await.unwrap();
        disk.faults.free.store(1 << 30, SeqCst);
        writable(&log).await;
        append(&log, &"x".repeat(500)).await.unwrap();
    });
}

/// The disk is down to its reserve, and the segment being written is to be ended: no new one can be made, but what is
/// over goes, or the log itself would keep the disk full for ever.
#[test]
fn a_disk_without_room_for_a_segment_still_lets_old_ones_go() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let disk = Disk::default();
        let mut options = options(dir.path());
        options.reserve_bytes = Some(1000);
        let log = Spool::open_on(options, disk.clone()).unwrap();
        for _ in 0..10 {
            append(&log, &"x".repeat(1000)).await.unwrap();
        }
        let before = segments(dir.path(), "received").len();
        assert!(before > 5, "{before}");
        disk.faults.free.store(1000, SeqCst);
        // What the disk said before is believed for a moment.
        std::thread::sleep(std::time::Duration::from_millis(150));
        let refused = log.trim(Received, Lsn(11), Close::Now).await.unwrap_err();
        assert!(matches!(refused, LogError::Full(_)), "{refused}");
        assert_eq!(segments(dir.path(), "received").len(), 1, "{before} before");
        disk.faults.free.store(1 << 30, SeqCst);
        assert_eq!(append(&log, "on").await.unwrap(), Lsn(11));
    });
}

/// The failed batch is the first of its segment: the new segment takes its place.
#[test]
fn an_empty_segment_is_replaced_when_it_is_abandoned() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let disk = Disk::default();
        let log = open(dir.path(), &disk);
        append(&log, "one").await.unwrap();
        log.trim(Received, Lsn(2), Close::Now).await.unwrap();
        disk.faults.syncs.store(1, SeqCst);
        append(&log, "lost").await.unwrap_err();
        assert_eq!(append(&log, "two").await.unwrap(), Lsn(2));
        assert_eq!(segments(dir.path(), "received").len(), 1);
        assert_eq!(texts(&log).await, ["two"]);
        let on_disk = std::fs::metadata(&segments(dir.path(), "received")[0]).unwrap().len();
        assert_eq!(log.status().received.bytes, on_disk);
    });
}
