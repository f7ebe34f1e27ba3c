//! Rate limits: GCRA, one moment per bucket: when it will be full again.
//!
//! In whole numbers, so that nothing is lost or won by rounding: a moment is milliseconds and a fraction whose
//! denominator is the bucket's own rate. A bucket that is full is the same as one that was never used, so only those
//! used during the last minute are kept, under a hash of their name; at [`MAX_BUCKETS`] the half with the smaller debt
//! is forgiven. 24 bytes each: a table of 26 MB at most, for a moment two, whoever knocks.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use ut_core::ports::{Level, RateVerdict, Take};

const MINUTE_MS: i64 = 60_000;
/// Swept when they have grown to this, and to twice what the last sweep left.
const SWEEP_AT: usize = 1024;
/// What a table of 2^20 places takes before it doubles.
const MAX_BUCKETS: usize = 900_000;

/// The buckets.
#[derive(Debug)]
pub(super) struct Limits {
    full_at: HashMap<u64, Moment>,
    /// A sender must not be able to choose a name that hashes like another's.
    names: RandomState,
    sweep_at: usize,
    /// The newest time that was seen.
    newest: i64,
}

/// `ms + part / per_minute` milliseconds. A bucket's rate is the same whenever it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Moment {
    ms: i64,
    part: u32,
}

impl Moment {
    /// Later by what `take` costs: a minute for each `per_minute` of it.
    fn after(self, take: &Take<'_>) -> Self {
        let minutes = i64::from(take.cost) * MINUTE_MS;
        let rate = i64::from(take.per_minute);
        let part = i64::from(self.part) + minutes % rate;
        Self { ms: self.ms + minutes / rate + part / rate, part: u32::try_from(part % rate).unwrap_or(0) }
    }

    /// Whole milliseconds from `now` until it has come.
    fn wait(self, now: i64) -> i64 {
        self.ms - now + i64::from(self.part > 0)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { full_at: HashMap::new(), names: RandomState::new(), sweep_at: SWEEP_AT, newest: i64::MIN }
    }
}

impl Limits {
    /// See [`ut_core::ports::Realtime::allow`].
    pub(super) fn allow(&mut self, takes: &[Take<'_>], now: i64) -> RateVerdict {
        self.notice(now);
        for (bucket, take) in takes.iter().enumerate() {
            let too_full = self.after(take, now).map_or(0, |(_, full)| full.wait(now) - room(take));
            if too_full > 0 {
                return RateVerdict::Refused { bucket, after_ms: too_full.unsigned_abs() };
            }
        }
        let mut first = None;
        for take in takes {
            let level = match self.after(take, now) {
                None => Level { left: u32::MAX, full_in_ms: 0 },
                Some((name, full)) => {
                    self.put(name, full, now);
                    level(full, take, now)
                }
            };
            first.get_or_insert(level);
        }
        RateVerdict::Allowed(first.unwrap_or(Level { left: u32::MAX, full_in_ms: 0 }))
    }

    /// A clock that was set back by more than a minute must not lock anybody out until it has caught up.
    fn notice(&mut self, now: i64) {
        if now < self.newest.saturating_sub(MINUTE_MS) {
            *self = Self { names: self.names.clone(), ..Self::default() };
        }
        self.newest = self.newest.max(now);
    }

    /// The name of a limited bucket, and when it would be full after `take`.
    fn after(&self, take: &Take<'_>, now: i64) -> Option<(u64, Moment)> {
        if take.per_minute == 0 {
            return None;
        }
        let name = self.names.hash_one(take.bucket);
        let full = self.full_at.get(&name).copied().filter(|full| full.ms >= now);
        Some((name, full.unwrap_or(Moment { ms: now, part: 0 }).after(take)))
    }

    fn put(&mut self, name: u64, full: Moment, now: i64) {
        if let Some(known) = self.full_at.get_mut(&name) {
            *known = full;
            return;
        }
        self.sweep(now);
        self.full_at.insert(name, full);
    }

    fn sweep(&mut self, now: i64) {
        if self.full_at.len() < self.sweep_at {
            return;
        }
        // Moved to a new table: one that was only thinned out grows although it is half empty.
        let kept = |table: &mut HashMap<u64, Moment>, since: i64| -> HashMap<u64, Moment> {
            table.drain().filter(|(_, full)| full.ms >= since).collect()
        };
        self.full_at = kept(&mut self.full_at, now);
        if self.full_at.len() >= MAX_BUCKETS {
            let mut debts: Vec<i64> = self.full_at.values().map(|full| full.ms).collect();
            let (_, median, _) = debts.select_nth_unstable(MAX_BUCKETS / 2);
            let larger = *median + 1;
            self.full_at = kept(&mut self.full_at, larger);
        }
        self.sweep_at = (self.full_at.len() * 2).clamp(SWEEP_AT, MAX_BUCKETS);
    }
}

/// How far in the future a bucket may be full after a take: a minute is an empty one. A take that costs more than it
/// holds needs a full one.
fn room(take: &Take<'_>) -> i64 {
    let from_full = Moment { ms: 0, part: 0 }.after(take);
    from_full.wait(0).max(MINUTE_MS)
}

fn level(full: Moment, take: &Take<'_>, now: i64) -> Level {
    let wait = full.wait(now).max(0);
    // Whole pieces that fit between this moment and one minute from now.
    let rate = i64::from(take.per_minute);
    let parts = (MINUTE_MS - (full.ms - now)).max(0) * rate - i64::from(full.part);
    let left = u32::try_from(parts.max(0) / MINUTE_MS).unwrap_or(u32::MAX);
    Level { left, full_in_ms: wait.unsigned_abs() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(limits: &mut Limits, bucket: &str, cost: u32, now: i64) -> bool {
        let take = Take { bucket, cost, per_minute: 60 };
        matches!(limits.allow(&[take], now), RateVerdict::Allowed(_))
    }

    #[test]
    fn buckets_that_have_refilled_are_forgotten() {
        let mut limits = Limits::default();
        for key in 0..100_000_i64 {
            one(&mut limits, &key.to_string(), 1, key);
        }
        let kept = limits.full_at.len();
        assert!(kept <= 2 * SWEEP_AT, "{kept} buckets, of which 1,000 owe something");
    }

    #[test]
    fn a_million_senders_take_bounded_memory_and_forgive_no_large_debt() {
        let mut limits = Limits::default();
        assert!(one(&mut limits, "flood", 60, 0));
        for key in 0..2_000_000 {
            one(&mut limits, &key.to_string(), 1, 0);
        }
        assert!(limits.full_at.len() <= MAX_BUCKETS);
        let capacity = limits.full_at.capacity();
        assert!(capacity < 1 << 20, "the table has doubled once more: {capacity}");
        assert!(!one(&mut limits, "flood", 1, 0), "who owes most is remembered");
        assert_eq!(size_of::<(u64, Moment)>(), 24);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let mut limits = Limits::default();
        assert!(one(&mut limits, "a", 60, 1_000_000_000));
        assert!(!one(&mut limits, "a", 1, 1_000_000_000 - MINUTE_MS), "a minute is no reason");
        assert!(one(&mut limits, "a", 60, 0));
    }
}
