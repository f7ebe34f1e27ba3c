//! Medians and the table.

use crate::Outcome;
use std::io::Write;

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figure {
    pub(crate) requests_per_s: f64,
    pub(crate) events_per_cpu_s: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// A line of the table: a server, its figures run by run, and the ratio to its floor run by run.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) figures: Vec<Figure>,
    /// The floor's name and the ratio in each run.
    pub(crate) ratios: Option<(&'static str, Vec<f64>)>,
}

/// The middle value; the mean of the two middle ones if there is no single one.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

/// Prints the medians.
pub(crate) fn print(rows: &[Row]) -> Outcome<()> {
    let mut text =
        format!("{:<22}{:>10}{:>16}{:>10}{:>10}   ratio\n", "", "req/s", "events/CPU-s", "p50 ms", "p99 ms");
    for row in rows {
        let middle = |value: fn(&Figure) -> f64| median(row.figures.iter().map(value));
        let ratio = row.ratios.as_ref().map_or(String::new(), |(floor, ratios)| {
            let all: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
            format!("{:.2} of {floor} ({})", median(ratios.iter().copied()), all.join(", "))
        });
        let line = format!(
            "{:<22}{:>10.0}{:>16.0}{:>10.2}{:>10.2}   {ratio}",
            row.name,
            middle(|figure| figure.requests_per_s),
            middle(|figure| figure.events_per_cpu_s),
            middle(|figure| figure.p50_ms),
            middle(|figure| figure.p99_ms),
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| format!("printing: {error}"))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median([]).is_nan());
    }
}
