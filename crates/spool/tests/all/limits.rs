//! The log is full: refused, counted, and open again as soon as there is room.

use crate::{options, read_all, run};
use ut_core::Lsn;
use ut_core::ports::{Close, Log, LogError, Topic::Enriched, Topic::Received};
use ut_spool::Spool;

#[test]
fn a_full_log_refuses_until_it_is_trimmed() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let mut options = options(dir.path());
        options.max_bytes = 200_000;
        let log = Spool::open(options).unwrap();
        let mut end = Lsn(1);
        let refused = loop {
            match log.append(Received, 1, vec![7; 5000]).await {
                Ok(first) => end = first.plus(1),
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, LogError::Full(_)), "{refused}");
        let status = log.status();
        assert!(!status.writable && status.received.bytes + status.enriched.bytes <= 200_000);
        assert!(end > Lsn(30), "{end:?}");
        // What the log holds can still be decided, which is how room is made.
        log.append(Enriched, (end.0 - 1) as u32, vec![1; 9000]).await.unwrap();
        log.trim(Received, Lsn(20), Close::WhenOld).await.unwrap();
        while !log.status().writable {
            tokio::task::yield_now().await;
        }
        assert_eq!(log.append(Received, 1, vec![8; 5000]).await.unwrap(), end);
        assert!(log.status().received.start > Lsn(1));
        read_all(&log, Received, end.plus(1)).await;
    });
}

#[test]
fn a_record_larger_than_a_segment_gets_its_own() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let log = Spool::open(options(dir.path())).unwrap();
        let sizes = [10, 100_000, 10, 33_000, 200_000, 10];
        for size in sizes {
            log.append(Received, 1, vec![size as u8; size]).await.unwrap();
        }
        let read = read_all(&log, Received, Lsn(7)).await;
        assert!(read.iter().map(|entry| entry.bytes.len()).eq(sizes));
        log.close().await;
        let log = Spool::open(options(dir.path())).unwrap();
        assert_eq!(read_all(&log, Received, Lsn(7)).await, read);
        let files = std::fs::read_dir(dir.path().join("received")).unwrap().count();
        assert_eq!(files, 6);
    });
}

/// A batch that spreads over several segments.
#[test]
fn appends_queued_at_once_roll_segments() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let log = std::sync::Arc::new(Spool::open(options(dir.path())).unwrap());
        let mut crowd = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let log = log.clone();
            crowd.spawn(async move { log.append(Received, 2, vec![3; 3000]).await.unwrap() });
        }
        crowd.join_all().await;
        assert_eq!(read_all(&*log, Received, Lsn(201)).await.len(), 100);
        assert!(std::fs::read_dir(dir.path().join("received")).unwrap().count() >= 10);
    });
}

#[test]
fn frames_follow_what_was_received() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let log = Spool::open(options(dir.path())).unwrap();
        log.append(Received, 5, vec![1]).await.unwrap();
        assert_eq!(log.append(Enriched, 3, vec![2]).await.unwrap(), Lsn(1));
        assert!(log.append(Enriched, 3, vec![2]).await.is_err());
        assert_eq!(log.append(Enriched, 2, vec![2]).await.unwrap(), Lsn(4));
    });
}
