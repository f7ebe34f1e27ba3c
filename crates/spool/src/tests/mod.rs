//! What needs the inside of the log: failures of the disk, torn and damaged files.

mod damage;
mod faults;

use crate::disk::Disk;
use crate::{Spool, SpoolOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use ut_core::Lsn;
use ut_core::ports::{Entry, Log, LogError, Topic};
use ut_testkit::FakeClock;

/// A runtime for one test.
fn run<T>(story: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(story)
}

/// A log with small segments and no linger.
fn options(dir: &Path) -> SpoolOptions {
    let mut options = SpoolOptions::new(dir, Arc::new(FakeClock::at(1_700_000_000_000)));
    options.segment_bytes = 2048;
    options.reserve_bytes = Some(0);
    options.linger = Duration::ZERO;
    options
}

fn open(dir: &Path, disk: &Disk) -> Spool {
    Spool::open_on(options(dir), disk.clone()).unwrap()
}

/// Everything from `from` up to the end.
async fn read_all(log: &Spool, topic: Topic, from: Lsn) -> Result<Vec<Entry>, LogError> {
    let (mut entries, mut next) = (Vec::new(), from);
    while next < log.topic(topic).end() {
        let some = log.read(topic, next, 1000).await?;
        next = some.last().unwrap().end();
        entries.extend(some);
    }
    Ok(entries)
}

/// The segment files of a topic, oldest first.
fn segments(dir: &Path, topic: &str) -> Vec<PathBuf> {
    let names = crate::files::names(&dir.join(topic)).unwrap();
    names.into_iter().map(|name| dir.join(topic).join(name)).collect()
}
