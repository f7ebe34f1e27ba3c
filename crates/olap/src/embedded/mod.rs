//! ClickHouse inside this process, behind the port.
//!
//! Every call into the engine blocks, so each connection has a thread of its own and callers wait for its answer:
//! one connection writes, in the order of the calls; two answer questions; two stream exports; one is kept free for
//! cancelling. The engine opens in the background; until then, and when it cannot, every call says why.

mod control;
mod crashes;
mod export;
mod job;
mod lanes;
mod migrate;
mod open;
mod port;
mod queue;

use open::Shared;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use ut_core::Clock;
use ut_core::ports::OlapError;

/// Closing takes at most this long.
const CLOSE: Duration = Duration::from_millis(9_500);

/// Finds the shared object, or says in words why there is none; asked again every few seconds.
pub type Locate = Box<dyn Fn() -> Result<PathBuf, String> + Send>;

/// How the engine is run.
pub struct EmbeddedOptions {
    /// Where its files lie; made if absent. One process at a time.
    pub data_dir: PathBuf,
    /// Finds the shared object.
    pub locate: Locate,
    /// What its queries may use together. One question may use half of it, one export a quarter.
    pub memory_bytes: u64,
    /// How long one question may take; then it is refused with code 159.
    pub query_seconds: u64,
    /// A write was under way when the process ended last: then, after three crashes within ten minutes, the engine
    /// stays closed.
    pub open_intent: bool,
    /// Crashes of this process are noted, by handlers of its signals: what `open_intent` is asked for lives on these
    /// notes. Not in a process whose signals are somebody else's.
    pub note_crashes: bool,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

impl EmbeddedOptions {
    /// The usual limits: 1 GB, 30 seconds.
    #[must_use]
    pub fn new(data_dir: PathBuf, locate: Locate, clock: Arc<dyn Clock>) -> Self {
        Self {
            data_dir,
            locate,
            memory_bytes: 1_000_000_000,
            query_seconds: 30,
            open_intent: false,
            note_crashes: true,
            clock,
        }
    }
}

impl std::fmt::Debug for EmbeddedOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddedOptions")
            .field("data_dir", &self.data_dir)
            .field("memory_bytes", &self.memory_bytes)
            .field("query_seconds", &self.query_seconds)
            .field("open_intent", &self.open_intent)
            .field("note_crashes", &self.note_crashes)
            .finish_non_exhaustive()
    }
}

/// ClickHouse in this process. Close it before the process ends; dropping it closes it too, on the dropping thread.
///
/// A process opens an engine once: after it was closed, another one cannot be started.
pub struct Embedded {
    shared: Arc<Shared>,
}

impl Embedded {
    /// Returns at once; the engine opens in the background.
    #[must_use]
    pub fn start(options: EmbeddedOptions) -> Arc<Self> {
        Arc::new(Self { shared: open::start(options) })
    }

    /// False when closing gave up, because a query would not stop: its connection is still open. (The end of the
    /// process is safe all the same.)
    #[must_use]
    pub fn closed_cleanly(&self) -> bool {
        self.shared.closed_cleanly()
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shared.close(Instant::now() + CLOSE);
    }
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").finish_non_exhaustive()
    }
}

/// The engine's refusal, in the port's words.
fn refused(error: ut_chdb::Error) -> OlapError {
    match error {
        ut_chdb::Error::Refused { code, message } => OlapError::Refused { code, message },
        other => OlapError::Unavailable(other.to_string()),
    }
}

/// What callers hear while the engine closes and afterwards.
fn closing() -> OlapError {
    OlapError::Unavailable("the engine is closed".to_owned())
}
