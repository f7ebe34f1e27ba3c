//! What is printed: figures, and whether they keep what was promised.

use crate::Outcome;
use std::io::Write;

/// What a figure must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(f, ">= {}", number(*bound)),
            Self::AtMost(bound) => write!(f, "<= {}", number(*bound)),
        }
    }
}

/// Prints line by line, as the figures come, and counts.
#[derive(Debug, Default)]
pub(crate) struct Report {
    bounds: u32,
    missed: Vec<String>,
}

impl Report {
    /// A heading.
    pub(crate) fn heading(&self, text: &str) -> Outcome<()> {
        say(&format!("\n{text}\n"))
    }

    /// A figure nobody promised anything about.
    pub(crate) fn figure(&self, name: &str, text: &str) -> Outcome<()> {
        say(&format!("  {name:<46}{text}\n"))
    }

    /// A figure with its bound; `detail` says what it is made of.
    pub(crate) fn bound(
        &mut self,
        name: &str,
        value: f64,
        unit: &str,
        bound: Bound,
        detail: &str,
    ) -> Outcome<()> {
        self.bounds += 1;
        let word = if bound.holds(value) { "met" } else { "MISSED" };
        if !bound.holds(value) {
            self.missed.push(name.to_owned());
        }
        say(&format!(
            "  {name:<46}{:>10}{unit:<7}{:<10}{word:<8}{detail}\n",
            number(value),
            bound.to_string()
        ))
    }

    /// How many bounds there were and which were missed.
    pub(crate) fn end(&self) -> Outcome<()> {
        let met = self.bounds as usize - self.missed.len();
        let missed = if self.missed.is_empty() {
            String::new()
        } else {
            format!("; missed: {}", self.missed.join(", "))
        };
        say(&format!("\n{met} of {} bounds met{missed}\n", self.bounds))
    }
}

/// With as many digits as tell something.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// All values, for the brackets behind a median.
pub(crate) fn list(values: &[f64]) -> String {
    values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(", ")
}

/// The middle value; the mean of the two middle ones if there is no single one.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

/// A quantile of values.
pub(crate) fn quantile(values: &[f64], quantile: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * quantile) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// Prints.
pub(crate) fn say(text: &str) -> Outcome<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| format!("printing: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_quantiles_are_of_the_sorted() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan() && quantile(&[], 0.5).is_nan());
        assert_eq!(quantile(&[3.0, 1.0, 2.0], 0.99), 3.0);
    }

    #[test]
    fn bounds_hold_at_the_bound_and_nothing_is_no_figure() {
        assert!(Bound::AtLeast(0.6).holds(0.6) && Bound::AtMost(2.0).holds(2.0));
        assert!(!Bound::AtLeast(0.6).holds(0.59) && !Bound::AtMost(2.0).holds(f64::NAN));
    }
}
