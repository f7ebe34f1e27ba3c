//! State from the log: the snapshot, then the frames after it.

use super::claims::{Claims, HOUR_MS};
use super::live::Live;
use super::receipt_clock::ReceiptClock;
use super::seen::{Seen, Stored};
use super::snapshot::{self, SnapshotError};
use super::state::State;
use std::path::PathBuf;
use ut_core::Lsn;
use ut_core::event::Frame;
use ut_core::keys::Keys;
use ut_core::ports::{Log, LogError, Topic, TopicStatus};

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
    /// The snapshot is one of another version.
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

/// Loads the snapshot, opens the store it counts on and folds the frames after it. What is lost of them (a snapshot that
/// is gone or damaged, a damaged frame) is passed over: events go on being counted, and [`Seen`] keeps in mind that
/// some ids are not known.
pub(super) async fn recover(
    log: &dyn Log,
    keys: Keys,
    seen_path: PathBuf,
    now: i64,
) -> Result<(State, Live, Seen), RecoverError> {
    let (id, status) = (log.status().id, log.status().enriched);
    let (mut state, stored, live, mut gaps) = match load(log, keys.clone(), status).await? {
        Ok((state, stored, live)) => (state, stored, live, 0),
        Err(why) => {
            tracing::error!(why, "the real-time state is not complete ({why}): open sessions begin anew");
            let (mut state, stored, live) = begin(keys);
            state.skip(status.start);
            (state, stored, live, 1)
        }
    };
    if let Some(replaced) = log.status().replaced {
        state.begins_at(replaced.at);
    }
    let seen = tokio::task::spawn_blocking(move || Seen::open(&seen_path, id, stored))
        .await
        .map_err(|error| RecoverError::Seen(error.to_string()))?
        .map_err(|error| RecoverError::Seen(error.to_string()))?;
    while state.folded() < status.end {
        for entry in log.read(Topic::Enriched, state.folded(), READ_BYTES).await? {
            if entry.lost.is_some() {
                state.skip(entry.end());
                gaps += 1;
                continue;
            }
            let fault = |message: String| RecoverError::Frame { first: entry.first.0, message };
            let frame = match Frame::of_record(entry.first, entry.count, &entry.bytes) {
                Ok(frame) => frame,
                Err(error) => {
                    log.give_up(Topic::Enriched, &entry, &error.to_string()).await?;
                    state.skip(entry.end());
                    gaps += 1;
                    continue;
                }
            };
            state.fold(&frame).map_err(|error| fault(error.to_string()))?;
        }
    }
    if gaps > 0 {
        seen.note_loss(state.hour().unwrap_or(now.div_euclid(HOUR_MS)), "a part of the log is lost");
    }
    Ok((state, live, seen))
}

fn begin(keys: Keys) -> (State, Stored, Live) {
    let state = State::new(keys, Lsn::FIRST, ReceiptClock::default(), Claims::default(), Vec::new());
    (state, Stored::default(), Live::default())
}

/// The snapshot, or why there is none that the frames of the log follow.
async fn load(
    log: &dyn Log,
    keys: Keys,
    frames: TopicStatus,
) -> Result<Result<(State, Stored, Live), String>, RecoverError> {
    let cursor = match log.cursor(CURSOR).await {
        Err(LogError::Damaged(why)) => return Ok(Err(why)),
        cursor => cursor?,
    };
    let loaded = match snapshot::decode(&cursor.state, cursor.next, keys) {
        Ok(loaded) => loaded,
        Err(SnapshotError::Damaged(why)) => return Ok(Err(why)),
        // Another version of this program can read it: nothing is thrown away.
        Err(error) => return Err(RecoverError::Snapshot(error.to_string())),
    };
    let (next, start) = (loaded.0.folded(), frames.start);
    if next > frames.end {
        let (next, end) = (next.0, frames.end.0);
        return Err(RecoverError::Snapshot(format!("it stands at event {next}, the log ends at {end}")));
    }
    if cursor.state.is_empty() && next < start {
        return Ok(Err(format!("no snapshot, and the oldest frame begins at event {}", start.0)));
    }
    Ok(Ok(loaded))
}
