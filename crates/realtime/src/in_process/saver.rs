//! When a snapshot is saved, and how: off the async threads, one at a time.

use super::live::Live;
use super::recover::CURSOR;
use super::snapshot;
use super::state::Captured;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;
use tokio_util::task::TaskTracker;
use ut_core::ports::{Cursor, Log, RealtimeError};

/// A snapshot after so many events: they fold in about a second.
const EVENTS: u64 = 200_000;
/// But, as a snapshot writes the whole state, not before the state has changed by this part of itself: at a thousand
/// events a second a day of claims is 1.8 GB, which the hourly snapshot is enough for.
const PART: u64 = 20;
/// And at least so often, so that the log can be trimmed on a quiet day.
const AGE_MS: i64 = 60 * 60 * 1000;
/// After a failure, try again so soon.
const RETRY_MS: i64 = 60 * 1000;

/// What has happened since the last snapshot.
#[derive(Debug, Clone, Copy)]
struct Since {
    events: u64,
    saved_at: i64,
    failed: bool,
}

/// The right to save: there is one.
pub(super) type Turn = OwnedMutexGuard<()>;

/// Saves snapshots.
#[derive(Debug)]
pub(super) struct Saver {
    log: Arc<dyn Log>,
    since: Arc<Mutex<Since>>,
    turn: Arc<tokio::sync::Mutex<()>>,
    tasks: TaskTracker,
}

impl Saver {
    pub(super) fn new(log: Arc<dyn Log>, now: i64) -> Self {
        let since = Arc::new(Mutex::new(Since { events: 0, saved_at: now, failed: false }));
        Self { log, since, turn: Arc::default(), tasks: TaskTracker::new() }
    }

    /// Counts synced events; gives a turn when a snapshot of `size` claims is due and none is being saved.
    pub(super) fn due(&self, events: u64, size: u64, now: i64) -> Option<Turn> {
        let mut since = self.since.lock();
        since.events += events;
        let age = now - since.saved_at;
        // An age below 0 is a clock that was set back: it may not hold the next snapshot up until it has caught up.
        let old = !(0..AGE_MS).contains(&age);
        let due = since.events >= EVENTS.max(size / PART) || old || since.failed;
        if !due || (since.failed && (0..RETRY_MS).contains(&age)) {
            return None;
        }
        Arc::clone(&self.turn).try_lock_owned().ok()
    }

    /// Waits for the turn.
    pub(super) async fn turn(&self) -> Turn {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// Saves and returns when the log has it.
    pub(super) async fn save(
        &self,
        state: Captured,
        live: Live,
        now: i64,
        turn: Turn,
    ) -> Result<(), RealtimeError> {
        save(Arc::clone(&self.log), Arc::clone(&self.since), state, live, now, turn).await
    }

    /// Saves while the pipeline goes on. A failure is logged here and tried again soon; nothing is lost by it.
    pub(super) fn save_in_background(&self, state: Captured, live: Live, now: i64, turn: Turn) {
        let (log, since) = (Arc::clone(&self.log), Arc::clone(&self.since));
        self.tasks.spawn(async move {
            if let Err(error) = save(log, since, state, live, now, turn).await {
                tracing::warn!(%error, "the snapshot was not saved: {error}; tried again soon");
            }
        });
    }
}

async fn save(
    log: Arc<dyn Log>,
    since: Arc<Mutex<Since>>,
    state: Captured,
    live: Live,
    now: i64,
    _turn: Turn,
) -> Result<(), RealtimeError> {
    let before = *since.lock();
    *since.lock() = Since { events: 0, saved_at: now, failed: false };
    let outcome = commit(log.as_ref(), state, live).await;
    if outcome.is_err() {
        let mut since = since.lock();
        *since = Since { events: since.events + before.events, saved_at: now, failed: true };
    }
    outcome
}

async fn commit(log: &dyn Log, state: Captured, live: Live) -> Result<(), RealtimeError> {
    let next = state.folded;
    let bytes = tokio::task::spawn_blocking(move || snapshot::encode(&state, &live))
        .await
        .map_err(|error| RealtimeError(error.to_string()))?
        .map_err(|error| RealtimeError(error.to_string()))?;
    let cursor = Cursor { next, intent: None, state: bytes };
    log.commit(CURSOR, cursor).await.map_err(|error| RealtimeError(error.to_string()))
}
