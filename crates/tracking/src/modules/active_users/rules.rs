//! Smoothed presence: a moving average that knows how much time has passed.

const COUNTER_MS: f64 = 15_000.0;
const TREND_MS: f64 = 60_000.0;
/// After a gap of so many τ the average starts anew.
const GAP: f64 = 5.0;
/// Nearer than this the average is the value: a count of people should come to rest.
const SNAP: f64 = 0.5;

/// A time-aware exponential moving average (definitions: "smoothed presence"). How regularly it is fed does not
/// matter: after τ it has made 63 % of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Ema {
    tau_ms: f64,
    /// The average and when it was made.
    known: Option<(f64, i64)>,
}

impl Ema {
    /// For the counter: τ = 15 s.
    #[must_use]
    pub const fn counter() -> Self {
        Self { tau_ms: COUNTER_MS, known: None }
    }

    /// For trend arrows: τ = 60 s.
    #[must_use]
    pub const fn trend() -> Self {
        Self { tau_ms: TREND_MS, known: None }
    }

    /// Takes the raw value `x` at `at` (Unix milliseconds, not before the last one) and returns the average.
    pub fn update(&mut self, x: f64, at: i64) -> f64 {
        let average = match self.known {
            Some((y, then)) => self.step(y, x, at.saturating_sub(then).max(0) as f64),
            None => x,
        };
        self.known = Some((average, at));
        average
    }

    fn step(&self, y: f64, x: f64, elapsed_ms: f64) -> f64 {
        if elapsed_ms > GAP * self.tau_ms {
            return x;
        }
        let alpha = -(-elapsed_ms / self.tau_ms).exp_m1();
        let average = y + alpha * (x - y);
        if (x - average).abs() < SNAP { x } else { average }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: i64 = 1_800_000_000_000;

    #[test]
    fn the_first_value_is_taken_as_it_is() {
        assert_eq!(Ema::counter().update(7.0, START), 7.0);
    }

    #[test]
    fn it_starts_anew_after_a_gap_of_five_tau() {
        let mut ema = Ema::counter();
        ema.update(1000.0, START);
        assert!(ema.clone().update(0.0, START + 75_000) > 0.5, "5 τ is no gap yet");
        assert_eq!(ema.update(0.0, START + 75_001), 0.0);
    }

    #[test]
    fn it_comes_to_rest() {
        let mut ema = Ema::trend();
        ema.update(10.0, START);
        let values: Vec<f64> = (1..=300).map(|second| ema.update(9.0, START + second * 1000)).collect();
        assert!(values[0] > 9.5 && values.last() == Some(&9.0), "{values:?}");
    }

    #[test]
    fn a_clock_that_goes_back_moves_nothing() {
        let mut ema = Ema::counter();
        ema.update(100.0, START);
        assert_eq!(ema.update(0.0, START - 60_000), 100.0);
    }

    proptest! {
        /// However irregularly it is fed: 63 % of a step at τ.
        #[test]
        fn it_makes_63_percent_of_a_step_at_tau(
            cuts in proptest::collection::vec(1_i64..15_000, 0..60),
            trend in any::<bool>(),
            from in 0_u32..100_000,
            step in 1_000_u32..100_000,
        ) {
            let (mut ema, scale, tau) =
                if trend { (Ema::trend(), 4, 60_000) } else { (Ema::counter(), 1, 15_000) };
            let (from, to) = (f64::from(from), f64::from(from + step));
            ema.update(from, START);
            let mut times: Vec<i64> = cuts.iter().map(|cut| cut * scale).collect();
            times.sort_unstable();
            times.push(tau);
            let reached = times.into_iter().map(|time| ema.update(to, START + time)).last().unwrap_or(from);
            let share = (reached - from) / (to - from);
            prop_assert!((share - 0.632).abs() < 0.01, "{share}");
        }

        /// It never leaves the range of what it was fed.
        #[test]
        fn it_stays_between_the_values(samples in proptest::collection::vec((0_u32..1000, 0_i64..100_000), 1..60)) {
            let (mut ema, mut at) = (Ema::counter(), START);
            let (low, high) = samples.iter().fold((u32::MAX, 0), |(low, high), (x, _)| (low.min(*x), high.max(*x)));
            for (x, gap) in samples {
                at += gap;
                let y = ema.update(f64::from(x), at);
                prop_assert!(f64::from(low) <= y && y <= f64::from(high));
            }
        }
    }
}
