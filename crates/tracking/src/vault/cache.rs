//! Unwrapped keys in memory: a bounded number, and none of a subject that this process has shredded.

use super::Subject;
use super::seal::{DataKey, Handle};
use parking_lot::Mutex;
use quick_cache::unsync::Cache;
use std::sync::Arc;
use ut_core::SiteId;

/// So many subjects at a time.
const SUBJECTS: usize = 4096;

/// The keys of the subjects that were here lately.
pub(super) struct Keys(Mutex<Held>);

struct Held {
    /// Shreds so far. A key that was read before one and comes after it is not kept: it may be the shredded one.
    shreds: u64,
    by_subject: Cache<(SiteId, Subject), Arc<DataKey>>,
    by_handle: Cache<Handle, Arc<DataKey>>,
}

impl Default for Keys {
    fn default() -> Self {
        Self(Mutex::new(Held {
            shreds: 0,
            by_subject: Cache::new(SUBJECTS),
            by_handle: Cache::new(SUBJECTS),
        }))
    }
}

impl Keys {
    pub(super) fn of_subject(&self, site: SiteId, subject: Subject) -> Option<Arc<DataKey>> {
        self.0.lock().by_subject.get(&(site, subject)).cloned()
    }

    pub(super) fn by_handle(&self, handle: Handle) -> Option<Arc<DataKey>> {
        self.0.lock().by_handle.get(&handle).cloned()
    }

    /// To be asked before a key is read from the store, and shown to [`Self::keep`].
    pub(super) fn shreds(&self) -> u64 {
        self.0.lock().shreds
    }

    pub(super) fn keep(&self, shreds: u64, key: &Arc<DataKey>) {
        let mut held = self.0.lock();
        if held.shreds == shreds {
            held.by_subject.insert((key.site, key.subject), Arc::clone(key));
            held.by_handle.insert(key.handle, Arc::clone(key));
        }
    }

    /// Drops a subject's keys, also one that another process has replaced.
    pub(super) fn forget(&self, site: SiteId, subject: Subject) {
        let mut held = self.0.lock();
        held.shreds += 1;
        held.by_subject.remove(&(site, subject));
        held.by_handle.retain(|_, key| (key.site, key.subject) != (site, subject));
    }
}
