//! The closing figures of test runners, summed.

use std::fmt;

/// Whose output it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Runner {
    /// libtest under `cargo test`: one closing line per test binary.
    Cargo,
    /// The front end's `npm run test`: one line `N passed, N failed, N skipped` over all of its packages.
    Npm,
}

/// How many tests passed, failed and were skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Passed.
    pub(crate) passed: u32,
    /// Failed.
    pub(crate) failed: u32,
    /// Skipped, ignored or still to be written.
    pub(crate) skipped: u32,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

impl Counts {
    /// Adds another sum.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// All of them.
    pub(crate) fn total(self) -> u32 {
        self.passed + self.failed + self.skipped
    }

    /// Takes up a line if it is one of the runner's closing lines.
    pub(crate) fn read(&mut self, runner: Runner, line: &str) {
        let line = without_colour(line);
        match runner {
            Runner::Cargo => self.read_cargo(line.trim()),
            Runner::Npm => self.read_sum(line.trim()),
        }
    }

    fn read_cargo(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test result: ") else { return };
        let Some((_, figures)) = rest.split_once(". ") else { return };
        for figure in figures.split("; ") {
            let Some((number, what)) = figure.split_once(' ') else { continue };
            let Ok(number) = number.parse::<u32>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }

    fn read_sum(&mut self, line: &str) {
        let figures: Vec<_> = line.split(", ").filter_map(|figure| figure.split_once(' ')).collect();
        let [(passed, "passed"), (failed, "failed"), (skipped, "skipped")] = figures[..] else { return };
        let [Ok(passed), Ok(failed), Ok(skipped)] = [passed.parse(), failed.parse(), skipped.parse()] else {
            return;
        };
        self.add(Self { passed, failed, skipped });
    }
}

/// The line without ANSI colour codes (`ESC [ … m`).
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut parts = line.split("\u{1b}[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(runner: Runner, lines: &[&str]) -> Counts {
        let mut counts = Counts::default();
        lines.iter().for_each(|line| counts.read(runner, line));
        counts
    }

    #[test]
    fn cargo_prints_one_line_per_test_binary() {
        let lines = [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0.01s",
            "test result: FAILED. 1 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            "# pass 9",
        ];
        assert_eq!(sum(Runner::Cargo, &lines), Counts { passed: 4, failed: 4, skipped: 2 });
    }

    #[test]
    fn the_front_end_prints_one_line_over_all_packages() {
        let lines =
            ["\u{2139} pass 5", "\u{1b}[34m5 passed, 1 failed, 2 skipped\u{1b}[39m", "5 passed, 1 failed"];
        assert_eq!(sum(Runner::Npm, &lines), Counts { passed: 5, failed: 1, skipped: 2 });
    }

    #[test]
    fn the_sum_reads_as_the_last_line_must() {
        let mut counts = Counts { passed: 1, failed: 0, skipped: 0 };
        counts.add(Counts { passed: 2, failed: 1, skipped: 3 });
        assert_eq!(counts.to_string(), "3 passed, 1 failed, 3 skipped");
        assert_eq!(counts.total(), 7);
    }
}
