//! Runs a test's body in a process of its own: this binary again, told to run that one test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Names the data directory to a child; its presence says that this process is one.
const DIR: &str = "UT_OLAP_TEST_DIR";
/// Which part the child plays, for tests with several.
const PART: &str = "UT_OLAP_TEST_PART";

/// In a child: its directory and its part.
#[expect(clippy::disallowed_methods, reason = "how a child learns its part")]
pub(crate) fn part() -> Option<(PathBuf, String)> {
    let dir = std::env::var_os(DIR)?;
    Some((PathBuf::from(dir), std::env::var(PART).unwrap_or_default()))
}

/// Runs the test `name` in a child and returns how it ended.
pub(crate) fn run(name: &str, dir: &Path, part: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(DIR, dir)
        .env(PART, part)
        .output()
        .unwrap()
}

/// Runs it and demands exit code 0.
pub(crate) fn succeeds(name: &str, dir: &Path, part: &str) {
    let output = run(name, dir, part);
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert_eq!(output.status.code(), Some(0), "{name} {part}: {:?}\n{}\n{}", output.status, said[0], said[1]);
    assert!(said[0].contains("1 passed"), "the child ran nothing:\n{}", said[0]);
}
