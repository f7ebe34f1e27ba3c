//! Which (site, event id) pairs were accepted during the last 25 hours: the newest ones.
//!
//! They are held in runs, exact hash sets of one hour each: an hour is forgotten by dropping its runs, a snapshot
//! shares runs instead of copying them, and when there are more claims than memory shall hold, the oldest run moves to
//! the disk (`seen`). A slot takes 21 bytes and a full run uses 7 of 8, so a claim costs 24 bytes there; a look-up
//! probes each run, one cache line each, some nine at full load.
//!
//! **Hours** are those of an age that only ever grows, by the receipt clock's advance and by at most an hour per step
//! of it. A clock that is set wrong by days, or set right again, ages claims by an hour and not by days, so none
//! expires early; and none lives for ever, because what makes claims also makes them age.

mod key;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

pub(super) use key::{ClaimKey, Seeded};

/// Milliseconds of an hour.
pub(super) const HOUR_MS: i64 = 60 * 60 * 1000;
/// Claims are kept so many hours after the end of the hour they were made in.
pub(super) const KEEP_HOURS: i64 = 25;

/// The first hour whose claims count when it is `hour`.
pub(super) const fn oldest_kept(hour: i64) -> i64 {
    hour - KEEP_HOURS - 1
}

/// How much is held in memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Claims of a run: what fits a set before it doubles.
    pub(super) run: usize,
    /// The oldest run may leave when so many are held without it.
    pub(super) memory: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { run: 57_344, memory: 500_000 }
    }
}

/// A run's claims, shared with a snapshot that is being written or with the store they move to.
pub(super) type Keys = Arc<HashSet<ClaimKey, Seeded>>;

/// Claims of one hour.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) hour: i64,
    pub(super) keys: Keys,
}

/// The claims in memory.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// Oldest first.
    runs: VecDeque<Run>,
    len: usize,
    /// What the store knows of the keys that are being decided about: when each was claimed last.
    recalled: HashMap<ClaimKey, i64, Seeded>,
    bounds: Bounds,
    seed: Seeded,
}

impl Claims {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, ..Self::default() }
    }

    /// Is `key` claimed, when it is `hour`?
    pub(super) fn contains(&self, key: &ClaimKey, hour: i64) -> bool {
        self.holds(key, oldest_kept(hour)) || self.recalls(key, hour)
    }

    /// Does the store know `key` as claimed, when it is `hour`?
    pub(super) fn recalls(&self, key: &ClaimKey, hour: i64) -> bool {
        self.recalled.get(key).is_some_and(|claimed| *claimed >= oldest_kept(hour))
    }

    /// Is `key` held in memory, in an hour from `kept` on?
    pub(super) fn holds(&self, key: &ClaimKey, kept: i64) -> bool {
        self.runs.iter().rev().take_while(|run| run.hour >= kept).any(|run| run.keys.contains(key))
    }

    /// How many claims are held.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Claims `key` in `hour`, which is the newest so far.
    pub(super) fn insert(&mut self, key: ClaimKey, hour: i64) {
        let full = |run: &Run| run.hour != hour || run.keys.len() >= self.bounds.run;
        if self.runs.back().is_none_or(full) {
            self.runs.push_back(Run { hour, keys: Arc::new(HashSet::with_hasher(self.seed)) });
        }
        if let Some(run) = self.runs.back_mut() {
            self.len += usize::from(Arc::make_mut(&mut run.keys).insert(key));
        }
    }

    /// Forgets the hours that are 25 hours over when it is `hour`.
    pub(super) fn expire(&mut self, hour: i64) {
        let kept = oldest_kept(hour);
        while let Some(run) = self.runs.pop_front_if(|run| run.hour < kept) {
            self.len -= run.keys.len();
        }
    }

    /// The oldest run, when more is held than shall be.
    pub(super) fn surplus(&self) -> Option<&Run> {
        let oldest = self.runs.front()?;
        (self.runs.len() > 1 && self.len - oldest.keys.len() >= self.bounds.memory).then_some(oldest)
    }

    /// Lets a run go: the store has it.
    pub(super) fn release(&mut self, keys: &Keys) {
        // It may have expired meanwhile.
        if self.runs.front().is_some_and(|run| Arc::ptr_eq(&run.keys, keys)) {
            self.runs.pop_front();
            self.len -= keys.len();
        }
    }

    #[cfg(test)]
    pub(super) const fn bound(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    /// What the store knows of the keys that are decided about next.
    pub(super) fn recall(&mut self, found: HashMap<ClaimKey, i64, Seeded>) {
        self.recalled = found;
    }

    /// The runs as they stand.
    pub(super) fn share(&self) -> Vec<Run> {
        self.runs.iter().cloned().collect()
    }

    /// A run as bytes, [`ClaimKey::PACKED`] per claim.
    pub(super) fn pack(run: &Run) -> (i64, Vec<u8>) {
        let mut bytes = Vec::with_capacity(run.keys.len() * ClaimKey::PACKED);
        run.keys.iter().for_each(|key| key.pack(&mut bytes));
        (run.hour, bytes)
    }

    /// The claims of a snapshot: hours, oldest first.
    pub(super) fn unpack(hours: &[(i64, Vec<u8>)], bounds: Bounds) -> Self {
        let mut claims = Self::new(bounds);
        for (hour, bytes) in hours {
            bytes.as_chunks().0.iter().for_each(|key| claims.insert(ClaimKey::unpack(key), *hour));
        }
        claims
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ut_core::{EventId, SiteId};

    fn key(n: u128) -> ClaimKey {
        ClaimKey::new(SiteId(1), EventId::from_u128(n))
    }

    #[test]
    fn a_claim_lives_25_hours_and_not_27() {
        let mut claims = Claims::default();
        claims.insert(key(1), 10);
        for hour in 10..=36 {
            claims.expire(hour);
            assert!(claims.contains(&key(1), hour), "25 hours after its hour ended, at hour {hour}");
        }
        assert!(!claims.contains(&key(1), 37), "27 hours later");
        claims.expire(37);
        assert_eq!(claims.len(), 0);
    }

    #[test]
    fn the_same_id_of_another_site_is_another_claim() {
        let mut claims = Claims::default();
        claims.insert(key(1), 0);
        assert!(!claims.contains(&ClaimKey::new(SiteId(2), EventId::from_u128(1)), 0));
    }

    #[test]
    fn packing_keeps_every_claim() {
        let bounds = Bounds { run: 100, memory: 300 };
        let mut claims = Claims::new(bounds);
        (0..1000).for_each(|n| claims.insert(key(n), n as i64 / 170));
        let packed: Vec<_> = claims.share().iter().map(Claims::pack).collect();
        let back = Claims::unpack(&packed, bounds);
        assert!((0..1000).all(|n| back.contains(&key(n), 5)) && !back.contains(&key(1000), 5));
        assert_eq!((back.len(), back.runs.len()), (1000, claims.runs.len()));
    }

    #[test]
    fn the_oldest_run_leaves_when_there_are_too_many() {
        let mut claims = Claims::new(Bounds { run: 100, memory: 300 });
        (0..399).for_each(|n| claims.insert(key(n), 7));
        assert!(claims.surplus().is_none());
        claims.insert(key(399), 7);
        let oldest = claims.surplus().unwrap().clone();
        assert!((0..100).all(|n| oldest.keys.contains(&key(n))), "the oldest");
        claims.release(&oldest.keys);
        claims.release(&oldest.keys);
        assert_eq!(claims.len(), 300);
        assert!(!claims.contains(&key(3), 7));
        claims.recall([(key(3), 7)].into_iter().collect());
        assert!(claims.contains(&key(3), 7) && claims.contains(&key(3), 33) && !claims.contains(&key(3), 34));
    }

    #[test]
    fn the_bytes_in_the_store_sort_as_the_keys_do() {
        let mut keys: Vec<_> = (0..50)
            .map(|n| ClaimKey::new(SiteId(n % 3 * 300), EventId::from_u128((u128::from(n) * 77) << 60)))
            .collect();
        keys.sort_unstable();
        assert!(keys.iter().map(|key| key.sortable()).is_sorted());
    }
}
