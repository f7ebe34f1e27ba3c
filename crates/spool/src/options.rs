//! What a log is opened with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ut_core::{Clock, LogId, Lsn};

/// What a log is opened with. [`SpoolOptions::new`] gives the defaults; every field may be changed.
#[derive(Debug, Clone)]
pub struct SpoolOptions {
    /// The log's own directory; made when it is missing.
    pub dir: PathBuf,
    /// Bytes after which a segment is closed (default 64 MiB). A larger record gets a segment of its own.
    pub segment_bytes: u64,
    /// `SPOOL_MAX_BYTES`: bytes of all segment files from which on `Received` is refused (default: no bound).
    pub max_bytes: u64,
    /// `SPOOL_RESERVE_BYTES`: free bytes of the disk that `Received` leaves alone; `None` is the smaller of 512 MiB
    /// and 5 % of the disk.
    pub reserve_bytes: Option<u64>,
    /// The longest a group commit waits for more while more keeps arriving (default 0.5 ms).
    pub linger: Duration,
    /// Milliseconds after which a segment is closed whatever its fill (default one hour).
    pub max_age_ms: i64,
    /// Tells the age of segments.
    pub clock: Arc<dyn Clock>,
    /// What others keep of the logs that were in this place, oldest first (default: nothing).
    pub known: Vec<KnownLog>,
}

/// What others keep of a log: this folder may have been put back from an older copy, or lost, and they not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownLog {
    /// Its identity.
    pub id: LogId,
    /// They may hold events before this number, and none from it on.
    pub end: Lsn,
}

impl SpoolOptions {
    /// The defaults for a log in `dir`.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self {
            dir: dir.into(),
            segment_bytes: 64 << 20,
            max_bytes: u64::MAX,
            reserve_bytes: None,
            linger: Duration::from_micros(500),
            max_age_ms: 3_600_000,
            clock,
            known: Vec::new(),
        }
    }
}
