//! The log through its door: the contract of the port, restarts, limits, and real kills.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where something is wrong")]

mod corpus;
mod kill;
mod limits;
mod restart;
#[cfg(target_os = "linux")]
mod shim;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use ut_core::Lsn;
use ut_core::ports::{Entry, Log, Topic};
use ut_spool::{Spool, SpoolOptions};
use ut_testkit::FakeClock;

/// A runtime for one test.
fn run<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(story)
}

fn options(dir: &Path) -> SpoolOptions {
    let mut options = SpoolOptions::new(dir, Arc::new(FakeClock::at(1_700_000_000_000)));
    options.segment_bytes = 32 << 10;
    options.reserve_bytes = Some(0);
    options
}

/// Everything from the oldest up to `end`.
async fn read_all(log: &dyn Log, topic: Topic, end: Lsn) -> Vec<Entry> {
    let (mut entries, mut next) = (Vec::new(), Lsn(0));
    while next < end {
        let some = log.read(topic, next, 10_000).await.unwrap();
        next = some.last().unwrap().end();
        entries.extend(some);
    }
    entries
}

#[test]
fn it_keeps_the_contract_of_the_port() {
    run(async {
        let dirs = parking_lot::Mutex::new(Vec::new());
        let open = || {
            let dir = tempfile::tempdir().unwrap();
            let log = Spool::open(options(dir.path())).unwrap();
            dirs.lock().push(dir);
            async { Arc::new(log) as Arc<dyn Log> }
        };
        ut_testkit::conformance::log::suite(open).await;
    });
}

/// Many callers at once on a current-thread runtime, some of whom go away: every one that stays is answered, numbers
/// have no gaps, and what was answered is what is read.
#[test]
fn a_crowd_shares_syncs() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let log = Arc::new(Spool::open(options(dir.path())).unwrap());
        let mut crowd = tokio::task::JoinSet::new();
        for caller in 0..300u32 {
            let log = log.clone();
            crowd.spawn(async move {
                let bytes = vec![caller as u8; 1 + caller as usize];
                let append = log.append(Topic::Received, 1 + caller % 3, bytes.clone());
                if caller % 7 == 0 {
                    // The caller goes away: its record may be there or not.
                    let _ = tokio::time::timeout(Duration::from_micros(u64::from(caller)), append).await;
                    return None;
                }
                Some((append.await.unwrap(), bytes))
            });
        }
        let mut acknowledged: Vec<_> = crowd.join_all().await.into_iter().flatten().collect();
        acknowledged.sort();
        assert_eq!(acknowledged.len(), 300 - 43);
        let end = log.status().received.end;
        let entries = read_all(&*log, Topic::Received, end).await;
        assert!(entries.windows(2).all(|pair| pair[0].end() == pair[1].first));
        for (first, bytes) in acknowledged {
            let entry = entries.iter().find(|entry| entry.first == first).unwrap();
            assert_eq!(entry.bytes, bytes);
        }
    });
}
