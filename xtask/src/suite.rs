//! A row of checks: each runs, whatever became of the one before; the last line is the sum.

use crate::counts::{Counts, Runner};
use crate::failure::Failure;
use crate::process;
use std::process::{Command, ExitCode};
use std::time::Instant;

/// What ran so far.
#[derive(Debug, Default)]
pub(crate) struct Suite {
    counts: Counts,
    failures: Vec<Failure>,
}

impl Suite {
    /// Runs a tool that passes or fails as a whole, and counts it as one test.
    pub(crate) fn check(&mut self, name: &str, command: &mut Command) {
        self.timed(name, |suite| {
            let outcome = process::stream(command);
            let passed = u32::from(outcome.is_ok());
            suite.record(name, outcome, Counts { passed, ..Counts::default() });
        });
    }

    /// Runs a test runner and adds its figures.
    pub(crate) fn tests(&mut self, name: &str, runner: Runner, command: &mut Command) {
        self.timed(name, |suite| {
            let mut counts = Counts::default();
            let outcome = process::counted(command, runner, &mut counts);
            suite.record(name, outcome, counts);
        });
    }

    /// Notes what could not even be prepared.
    pub(crate) fn prepared(&mut self, outcome: Result<(), Failure>) -> bool {
        let ready = outcome.is_ok();
        if let Err(failure) = outcome {
            self.counts.failed += 1;
            self.failures.push(failure);
        }
        ready
    }

    fn record(&mut self, name: &str, outcome: Result<(), Failure>, mut counts: Counts) {
        match outcome {
            Err(failure) => {
                // A tool that fails as a whole, or a runner that broke before its first test, is one failed test.
                counts.failed = counts.failed.max(1);
                self.failures.push(failure);
            }
            Ok(()) if counts.total() == 0 => {
                counts.failed = 1;
                let what = format!("{name} ran no test");
                self.failures.push(Failure::new(
                    what,
                    "its output has no closing line",
                    "is its list of tests empty?",
                ));
            }
            Ok(()) => {}
        }
        self.counts.add(counts);
    }

    fn timed(&mut self, name: &str, work: impl FnOnce(&mut Self)) {
        println!("== {name}");
        let began = Instant::now();
        work(self);
        println!("== {name}: {:.1} s", began.elapsed().as_secs_f32());
    }

    /// Says what failed, then the sum as the last line. A skipped test is a failure: whoever reads "passed" believes
    /// that everything ran.
    pub(crate) fn finish(mut self) -> ExitCode {
        if self.counts.skipped > 0 {
            let skipped = self.counts.skipped;
            let what = format!("{skipped} tests were skipped");
            self.failures.push(Failure::new(
                what,
                "a complete run skips none",
                "see `ignored` and `skipped` above",
            ));
        }
        for failure in &self.failures {
            failure.print();
        }
        println!("{}", self.counts);
        if self.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        process::in_root("sh", &["-c", script])
    }

    #[test]
    fn every_step_runs_and_every_kind_of_failure_counts() {
        let mut suite = Suite::default();
        suite.check("good", &mut shell("true"));
        suite.check("bad", &mut shell("false"));
        suite.tests("some", Runner::Npm, &mut shell("echo 4 passed, 0 failed, 0 skipped"));
        suite.tests("broken", Runner::Npm, &mut shell("echo does not compile; exit 2"));
        suite.tests("empty", Runner::Npm, &mut shell("true"));
        suite.tests("half", Runner::Npm, &mut shell("echo 2 passed, 0 failed, 0 skipped; exit 1"));
        assert_eq!(suite.counts, Counts { passed: 7, failed: 4, skipped: 0 });
        assert_eq!(suite.failures.len(), 4);
        assert_eq!(suite.finish(), ExitCode::FAILURE);
    }

    #[test]
    fn a_skip_fails_the_run() {
        let mut suite = Suite::default();
        suite.tests("some", Runner::Npm, &mut shell("echo 4 passed, 0 failed, 1 skipped"));
        assert_eq!(suite.finish(), ExitCode::FAILURE);
    }

    #[test]
    fn a_clean_run_succeeds() {
        let mut suite = Suite::default();
        suite.check("good", &mut shell("true"));
        assert_eq!(suite.finish(), ExitCode::SUCCESS);
    }
}
