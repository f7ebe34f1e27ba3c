//! Times: the browser's clock is corrected by the server's (contract: "Envelope and event").

use super::field::Refusal;

/// A smaller difference is a slow network, not a wrong clock.
const TOLERATED_SKEW_MS: i64 = 5_000;
const OLDEST_MS: i64 = 7 * 24 * 3_600_000;
const NEWEST_MS: i64 = 10 * 60_000;

/// How a request's times are corrected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Correction {
    received_at: i64,
    offset: i64,
}

impl Correction {
    pub(super) fn new(received_at: i64, sent_at: Option<i64>) -> Self {
        let offset = sent_at.map_or(0, |sent_at| received_at.saturating_sub(sent_at));
        let tolerated = offset.saturating_abs() <= TOLERATED_SKEW_MS;
        Self { received_at, offset: if tolerated { 0 } else { offset } }
    }

    /// The corrected time, if it lies within what is taken.
    pub(super) fn apply(self, ts: i64) -> Result<i64, Refusal> {
        let at = ts.saturating_add(self.offset);
        if at < self.received_at - OLDEST_MS {
            return Err(Refusal::new("ts", "too_old", "lies more than 7 days back"));
        }
        if at > self.received_at + NEWEST_MS {
            return Err(Refusal::new("ts", "in_future", "lies more than 10 minutes ahead"));
        }
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_763_800_000_000;
    const DAY: i64 = 24 * 3_600_000;

    #[test]
    fn a_wrong_clock_is_corrected_and_a_slow_network_is_not() {
        let cases = [
            ("no sent_at", None, NOW - 100, Some(NOW - 100)),
            ("5 s late", Some(NOW - 5_000), NOW - 5_100, Some(NOW - 5_100)),
            ("more than 5 s late", Some(NOW - 5_001), NOW - 5_101, Some(NOW - 100)),
            ("clock a day behind", Some(NOW - DAY), NOW - DAY - 100, Some(NOW - 100)),
            ("clock a day ahead", Some(NOW + DAY), NOW + DAY - 100, Some(NOW - 100)),
            ("7 days back", None, NOW - 7 * DAY, Some(NOW - 7 * DAY)),
            ("more than 7 days back", None, NOW - 7 * DAY - 1, None),
            ("10 minutes ahead", None, NOW + 600_000, Some(NOW + 600_000)),
            ("more than 10 minutes ahead", None, NOW + 600_001, None),
            ("the smallest number", Some(i64::MAX), i64::MIN, None),
            ("the largest number", Some(i64::MIN), i64::MAX, None),
        ];
        for (name, sent_at, ts, expected) in cases {
            assert_eq!(Correction::new(NOW, sent_at).apply(ts).ok(), expected, "{name}");
        }
    }
}
