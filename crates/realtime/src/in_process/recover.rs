//! State from the log: the snapshot, then the frames after it.

use super::live::Live;
use super::seen::Seen;
use super::snapshot;
use super::state::State;
use std::path::PathBuf;
use ut_core::event::Frame;
use ut_core::keys::Keys;
use ut_core::ports::{Log, LogError, Topic};

/// The log's cursor that holds the snapshot.
pub(super) const CURSOR: &str = "state";
/// Bytes of frames that are read at a time.
const READ_BYTES: usize = 4 << 20;

/// Why the store could not be brought back. The log is left as it is.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RecoverError {
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The snapshot could not be read, and the frames before it are gone.
    #[error("the snapshot of the real-time state cannot be read: {0}")]
    Snapshot(String),
    /// A frame is not what the pipeline wrote.
    #[error("the frame at event {first} cannot be read: {message}")]
    Frame {
        /// Its first event.
        first: u64,
        /// What is wrong with it.
        message: String,
    },
    /// The folder of seen ids could not be read.
    #[error("the store of seen ids cannot be opened: {0}")]
    Seen(String),
    /// The salt file could not be opened.
    #[error("the salt file cannot be opened: {0}")]
    Salts(String),
}

/// Loads the snapshot, opens the store it counts on and folds the frames after it.
pub(super) async fn recover(
    log: &dyn Log,
    keys: Keys,
    seen_path: PathBuf,
) -> Result<(State, Live, Seen), RecoverError> {
    let cursor = log.cursor(CURSOR).await?;
    let (mut state, stored, live) = snapshot::decode(&cursor.state, cursor.next, keys)
        .map_err(|error| RecoverError::Snapshot(error.to_string()))?;
    let (id, status) = (log.status().id, log.status().enriched);
    let seen = tokio::task::spawn_blocking(move || Seen::open(&seen_path, id, stored))
        .await
        .map_err(|error| RecoverError::Seen(error.to_string()))?
        .map_err(|error| RecoverError::Seen(error.to_string()))?;
    if state.folded() < status.start || state.folded() > status.end {
        let (next, start, end) = (state.folded().0, status.start.0, status.end.0);
        let message = format!("it stands at event {next}, the log holds frames from {start} to {end}");
        return Err(RecoverError::Snapshot(message));
    }
    while state.folded() < status.end {
        for entry in log.read(Topic::Enriched, state.folded(), READ_BYTES).await? {
            let fault = |message: String| RecoverError::Frame { first: entry.first.0, message };
            let frame = Frame::decode(&entry.bytes).map_err(|error| fault(error.to_string()))?;
            state.fold(&frame).map_err(|error| fault(error.to_string()))?;
        }
    }
    Ok((state, live, seen))
}
