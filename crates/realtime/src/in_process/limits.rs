//! Rate limits: GCRA, one time per key.
//!
//! A key that has refilled is the same as one that was never used, so the map holds only keys used during the last
//! minute; at a million of them those with the smallest debt are forgiven. About 64 bytes per key.

use std::collections::HashMap;
use ut_core::ports::RateVerdict;

const MINUTE_US: i64 = 60_000_000;
/// Swept when it has grown to this, and to twice what the last sweep left.
const SWEEP_AT: usize = 1024;
const MAX_KEYS: usize = 1_000_000;

/// The buckets: when each will be full again, in microseconds.
#[derive(Debug)]
pub(super) struct Limits {
    full_at: HashMap<Box<str>, i64>,
    sweep_at: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { full_at: HashMap::new(), sweep_at: SWEEP_AT }
    }
}

impl Limits {
    /// See [`ut_core::ports::Realtime::allow`]. A `per_minute` of 0 is no limit. A `cost` above the bucket's size is
    /// let through when the bucket is full, and then paid off: otherwise it could never pass.
    pub(super) fn allow(&mut self, key: &str, cost: u32, per_minute: u32, now_ms: i64) -> RateVerdict {
        if per_minute == 0 || cost == 0 {
            return RateVerdict::Allowed;
        }
        let now = now_ms * 1000;
        let price = i64::from(cost) * MINUTE_US / i64::from(per_minute);
        // A debt of more than price and bucket cannot have been made at this time: the clock was set back.
        let known = self.full_at.get(key).copied().filter(|full| full - now <= MINUTE_US.max(price));
        let full = known.unwrap_or(now).max(now) + price;
        let wait = full - now - MINUTE_US.max(price);
        if wait > 0 {
            return RateVerdict::RetryAfterMs(wait.unsigned_abs().div_ceil(1000));
        }
        match self.full_at.get_mut(key) {
            Some(known) => *known = full,
            None => {
                self.sweep(now);
                self.full_at.insert(key.into(), full);
            }
        }
        RateVerdict::Allowed
    }

    fn sweep(&mut self, now: i64) {
        if self.full_at.len() < self.sweep_at {
            return;
        }
        self.full_at.retain(|_, full| *full > now);
        if self.full_at.len() >= MAX_KEYS {
            let mut debts: Vec<i64> = self.full_at.values().copied().collect();
            let (_, median, _) = debts.select_nth_unstable(MAX_KEYS / 2);
            let median = *median;
            self.full_at.retain(|_, full| *full > median);
        }
        self.sweep_at = (self.full_at.len() * 2).clamp(SWEEP_AT, MAX_KEYS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_have_refilled_are_forgotten() {
        let mut limits = Limits::default();
        for key in 0..100_000_i64 {
            limits.allow(&key.to_string(), 1, 60, key);
        }
        assert!(
            limits.full_at.len() <= 2 * SWEEP_AT,
            "{} keys, of which 1,000 owe something",
            limits.full_at.len()
        );
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let mut limits = Limits::default();
        assert_eq!(limits.allow("a", 60, 60, 1_000_000_000), RateVerdict::Allowed);
        assert_eq!(limits.allow("a", 60, 60, 0), RateVerdict::Allowed);
    }
}
