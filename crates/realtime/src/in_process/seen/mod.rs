//! The claims that no longer fit into memory, on disk.
//!
//! The store belongs to one log and lies in a folder named after it; that of another log is deleted. It only ever
//! holds claims of synced frames. A run leaves memory when the store has it durably, so a snapshot, which holds what
//! is in memory, and the store together hold every claim up to the snapshot's number. The snapshot also says how many
//! claims of which hour it counts on: if the store has fewer, some are lost, and that is said and not guessed.
//!
//! Until the first run comes, no database is opened.

mod mark;
mod store;
#[cfg(test)]
mod tests;

use super::claims::{ClaimKey, Run, Seeded};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::io;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use store::{Store, StoreError};
use tokio_util::task::TaskTracker;
use ut_core::LogId;
use ut_core::ports::RealtimeError;

use mark::Counts;

/// What a snapshot says of the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Stored {
    /// So many claims it counts on, by hour.
    pub(super) counts: Counts,
    /// The newest hour of which claims are lost.
    pub(super) lost: Option<i64>,
}

/// After a failure, the next run waits so long.
const RETRY_MS: i64 = 5_000;
/// Free bytes of the disk that runs leave alone: the log needs them more, and claims can stay in memory.
const SPARE_BYTES: u64 = 16 << 20;

/// Keys that are stored, each with the newest hour that holds it.
pub(super) type Found = HashMap<ClaimKey, i64, Seeded>;

#[derive(Debug)]
enum Slot {
    /// Nothing is stored.
    Empty,
    Open(Store),
    /// It must be opened before it is used, and should then hold so much.
    Closed(Counts),
}

/// The store, shared with the tasks that change it.
#[derive(Debug)]
pub(super) struct Seen {
    shared: Arc<Shared>,
    /// One change at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
    tasks: TaskTracker,
}

#[derive(Debug)]
struct Shared {
    dir: PathBuf,
    spare_bytes: u64,
    slot: RwLock<Slot>,
    /// Runs it has taken, which memory still holds.
    taken: Mutex<Vec<Run>>,
    /// The newest hour of which claims are lost.
    lost: Mutex<Option<i64>>,
    /// When a run was refused last. A failed table lies about then, and a worker may have ended: both are mended by
    /// opening the store again.
    refused_at: Mutex<Option<i64>>,
}

impl Seen {
    /// Opens the store of `log` in `parent`, which should hold what a snapshot counts on. Blocks. A store that
    /// cannot be read or lacks something is begun anew, and [`Self::stored`] says what is lost.
    pub(super) fn open(parent: &Path, log: LogId, expected: Stored) -> io::Result<Self> {
        Self::open_sparing(parent, log, expected, SPARE_BYTES)
    }

    fn open_sparing(parent: &Path, log: LogId, expected: Stored, spare_bytes: u64) -> io::Result<Self> {
        let dir = parent.join(log.to_string());
        forget_others(parent, &dir)?;
        let shared = Arc::new(Shared {
            slot: RwLock::new(Slot::Closed(expected.counts)),
            spare_bytes,
            taken: Mutex::default(),
            lost: Mutex::new(expected.lost),
            refused_at: Mutex::default(),
            dir,
        });
        // If it cannot be opened now, the first look-up tries again; the door must not wait for it.
        if let Err(error) = shared.reopen(&mut shared.slot.write()) {
            tracing::warn!(%error, "the store of seen ids cannot be opened: {error}; tried again");
        }
        Ok(Self { shared, turn: Arc::default(), tasks: TaskTracker::new() })
    }

    /// What a snapshot may count on.
    pub(super) fn stored(&self) -> Stored {
        Stored { counts: self.shared.slot.read().counts().clone(), lost: *self.shared.lost.lock() }
    }

    /// Keeps in mind that claims up to `hour` may be unknown.
    pub(super) fn note_loss(&self, hour: i64, why: &str) {
        self.shared.note_loss(hour, why);
    }

    /// The runs that memory need not hold any longer.
    pub(super) fn taken(&self) -> Vec<Run> {
        std::mem::take(&mut self.shared.taken.lock())
    }

    /// Whether there is anything to ask it.
    pub(super) fn is_empty(&self) -> bool {
        matches!(*self.shared.slot.read(), Slot::Empty)
    }

    /// Which of `keys` are stored. An error is worth a retry.
    pub(super) async fn find(&self, mut keys: Vec<ClaimKey>) -> Result<Found, RealtimeError> {
        if keys.is_empty() || self.is_empty() {
            return Ok(Found::default());
        }
        let shared = Arc::clone(&self.shared);
        let work = move || {
            keys.sort_unstable();
            shared.find(&keys)
        };
        let found = blocking(work).await;
        found.map_err(|error| RealtimeError(format!("the store of seen ids: {error}")))
    }

    /// Stores a run in the background, unless another change is under way or the last one has just failed.
    pub(super) fn take(&self, run: Run, now: i64) {
        // A clock that was set back may not hold the next try up until it has caught up.
        let lately = |at: &i64| (0..RETRY_MS).contains(&(now - at));
        if self.shared.refused_at.lock().as_ref().is_some_and(lately) {
            return;
        }
        let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() else { return };
        if self.shared.taken.lock().iter().any(|taken| Arc::ptr_eq(&taken.keys, &run.keys)) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        self.tasks.spawn(async move {
            let worker = Arc::clone(&shared);
            let stored = blocking(move || worker.store(&run).map(|()| worker.taken.lock().push(run))).await;
            shared.note(stored.err(), now);
            drop(turn);
        });
    }

    /// Forgets the hours before `kept`, in the background.
    pub(super) fn expire(&self, kept: i64) {
        if self.shared.slot.read().counts().first_key_value().is_none_or(|(hour, _)| *hour >= kept) {
            return;
        }
        let Ok(turn) = Arc::clone(&self.turn).try_lock_owned() else { return };
        let shared = Arc::clone(&self.shared);
        self.tasks.spawn(async move {
            if let Err(error) = blocking(move || shared.expire(kept)).await {
                tracing::warn!(%error, "expired ids could not be deleted: {error}; tried again with the next");
            }
            drop(turn);
        });
    }

    /// Waits for what is under way.
    pub(super) async fn settled(&self) {
        drop(self.turn.lock().await);
    }
}

impl Slot {
    fn counts(&self) -> &Counts {
        static NONE: Counts = Counts::new();
        match self {
            Self::Empty => &NONE,
            Self::Open(store) => store.counts(),
            Self::Closed(counts) => counts,
        }
    }
}

impl Shared {
    fn find(&self, keys: &[ClaimKey]) -> Result<Found, StoreError> {
        if let Slot::Open(store) = &*self.slot.read() {
            match find(store, keys) {
                Ok(found) => return Ok(found),
                Err(error) => {
                    tracing::warn!(%error, "seen ids cannot be read: {error}; the store is opened again")
                }
            }
        }
        let mut slot = self.slot.write();
        self.reopen(&mut slot)?;
        match &*slot {
            Slot::Open(store) => match find(store, keys) {
                Err(StoreError::Damaged(why)) => {
                    self.lose(&mut slot, &why)?;
                    Ok(Found::default())
                }
                found => found,
            },
            _ => Ok(Found::default()),
        }
    }

    /// Closes the store and opens it again, which clears what a failure left behind.
    fn reopen(&self, slot: &mut Slot) -> Result<(), StoreError> {
        let expected = slot.counts().clone();
        *slot = Slot::Closed(expected.clone());
        if !self.dir.exists() {
            return self.lose(slot, "their store is gone");
        }
        let mut tries = 0;
        loop {
            match open(&self.dir) {
                // Something was taken out of it: it cannot be trusted to take more, either.
                Ok(store) if !store.holds(&expected) => {
                    drop(store);
                    return self.lose(slot, "the store holds fewer than it should");
                }
                Ok(store) => {
                    *slot = Slot::Open(store);
                    return Ok(());
                }
                Err(StoreError::Damaged(why)) => return self.lose(slot, &why),
                // Whoever had it lets it go in a moment: a look-up that is not over, a store that is just closing.
                Err(StoreError::Refused(_)) if tries < 20 => {
                    tries += 1;
                    std::thread::sleep(Duration::from_millis(50));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Begins anew without what was stored.
    fn lose(&self, slot: &mut Slot, why: &str) -> Result<(), StoreError> {
        let expected = slot.counts().clone();
        // Closed first: an open database would write into what is deleted.
        *slot = Slot::Closed(expected.clone());
        match std::fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => *slot = Slot::Empty,
        }
        if let Some((newest, _)) = expected.last_key_value() {
            self.note_loss(*newest, why);
        }
        Ok(())
    }

    fn note_loss(&self, hour: i64, why: &str) {
        let mut lost = self.lost.lock();
        *lost = (*lost).max(Some(hour));
        tracing::error!(
            why,
            "seen ids are lost ({why}): for 25 hours, an old event that is sent again may count twice"
        );
    }

    fn store(&self, run: &Run) -> Result<(), StoreError> {
        let parent = self.dir.parent().unwrap_or(&self.dir);
        std::fs::create_dir_all(parent)?;
        let disk = rustix::fs::statvfs(parent).map_err(io::Error::from)?;
        let free = disk.f_bavail * disk.f_frsize;
        if free < self.spare_bytes {
            return Err(StoreError::Refused(format!("the disk has {free} bytes left")));
        }
        let mut keys: Vec<ClaimKey> = run.keys.iter().copied().collect();
        keys.sort_unstable();
        let mut store = self.writable()?;
        store.add(run.hour, &keys)?;
        self.follow(store)
    }

    /// The store to write to, opened if need be.
    fn writable(&self) -> Result<Store, StoreError> {
        if let Slot::Open(store) = &*self.slot.read()
            && self.refused_at.lock().is_none()
        {
            return Ok(store.clone());
        }
        let mut slot = self.slot.write();
        match &*slot {
            Slot::Empty => *slot = Slot::Open(begin(&self.dir)?),
            Slot::Open(_) | Slot::Closed(_) => self.reopen(&mut slot)?,
        }
        match &*slot {
            Slot::Open(store) => Ok(store.clone()),
            _ => Err(StoreError::Refused("it begins anew".to_owned())),
        }
    }

    /// Shows look-ups what was written, unless the store was opened again meanwhile.
    fn follow(&self, written: Store) -> Result<(), StoreError> {
        match &mut *self.slot.write() {
            Slot::Open(store) if store.is(&written) => *store = written,
            _ => return Err(StoreError::Refused("it was opened again meanwhile".to_owned())),
        }
        Ok(())
    }

    /// Remembers whether storing worked; a failure is told once.
    fn note(&self, error: Option<StoreError>, now: i64) {
        let mut refused_at = self.refused_at.lock();
        if let Some(error) = &error
            && refused_at.is_none()
        {
            tracing::warn!(%error, "seen ids stay in memory: they cannot be stored now ({error}); tried again");
        }
        *refused_at = error.map(|_| now);
    }

    fn expire(&self, kept: i64) -> Result<(), StoreError> {
        let mut store = match &*self.slot.read() {
            Slot::Open(store) => store.clone(),
            _ => return Ok(()),
        };
        let expired = store.expire(kept)?;
        self.follow(store.clone())?;
        store.delete(expired)
    }
}

/// Deletes the stores of other logs.
fn forget_others(parent: &Path, dir: &Path) -> io::Result<()> {
    let entries = match std::fs::read_dir(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path != dir && path.is_dir() {
            tracing::info!(dir = %path.display(), "seen ids of another log are deleted");
            std::fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

/// Opens the store. The database panics over some kinds of damage.
fn open(dir: &Path) -> Result<Store, StoreError> {
    std::panic::catch_unwind(|| Store::open(dir)).unwrap_or_else(|_| Err(panicked()))
}

/// Makes the store. Nobody counts on what an attempt that failed half-way has left, and a database may refuse to open it.
fn begin(dir: &Path) -> Result<Store, StoreError> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
        _ => open(dir),
    }
}

fn find(store: &Store, keys: &[ClaimKey]) -> Result<Found, StoreError> {
    std::panic::catch_unwind(AssertUnwindSafe(|| store.find(keys))).unwrap_or_else(|_| Err(panicked()))
}

fn panicked() -> StoreError {
    StoreError::Damaged("the database panicked".to_owned())
}

/// Runs disk work off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(StoreError::Refused(error.to_string())))
}
