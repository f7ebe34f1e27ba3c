//! The log's clock.

use super::claims::HOUR_MS;

/// The log's clock: the largest receipt time of the accepted events. A step back of more than an hour is the machine's
/// clock being set right, and is followed.
///
/// Besides, it keeps an **age**: time that only passes, by what the clock advances and by at most an hour per step.
/// Whatever the machine's clock says, what is kept for some hours of age is kept for about as many hours of traffic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct ReceiptClock {
    /// Unix milliseconds.
    pub(super) now: i64,
    /// Milliseconds; begins as the first receipt time.
    pub(super) age: i64,
}

impl ReceiptClock {
    pub(super) fn advance(&mut self, received_at: i64) {
        if *self == Self::default() {
            *self = Self { now: received_at, age: received_at };
        } else if received_at > self.now {
            self.age += (received_at - self.now).min(HOUR_MS);
            self.now = received_at;
        } else if received_at < self.now - HOUR_MS {
            self.now = received_at;
        }
    }

    /// Until when a session is known to be alive by an event: one that comes back after a long wait keeps its session like
    /// one that was received just now.
    pub(super) fn seen(self, received_at: i64, again: bool) -> i64 {
        if again { received_at.max(self.now) } else { received_at }
    }

    /// The hour of the age: what claims are sorted by.
    pub(super) const fn hour(&self) -> i64 {
        self.age.div_euclid(HOUR_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * HOUR_MS;

    #[test]
    fn a_clock_that_is_set_wrong_and_right_again_ages_nothing_by_days() {
        let mut clock = ReceiptClock::default();
        clock.advance(100 * DAY_MS);
        for received_at in [103 * DAY_MS, 103 * DAY_MS + 60_000, 100 * DAY_MS + 120_000, 90 * DAY_MS] {
            clock.advance(received_at);
        }
        assert_eq!(clock, ReceiptClock { now: 90 * DAY_MS, age: 100 * DAY_MS + HOUR_MS + 60_000 });
    }

    #[test]
    fn requests_that_overtake_one_another_do_not_make_time_pass_faster() {
        let mut clock = ReceiptClock::default();
        for n in 0..10_000 {
            clock.advance(DAY_MS + n / 2 * 10 + if n % 2 == 0 { 0 } else { 500 });
        }
        assert_eq!(clock.age, clock.now);
        assert_eq!(clock.now, DAY_MS + 4999 * 10 + 500);
    }
}
