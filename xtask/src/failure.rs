//! A failure is one line: what failed, why, and what to do about it.

use std::fmt;

/// What a command says before it ends with a code other than 0.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// `what: why; remedy`, each kept to one line.
    pub(crate) fn new(what: impl fmt::Display, why: impl fmt::Display, remedy: impl fmt::Display) -> Self {
        let line = format!("{what}: {why}; {remedy}");
        Self(line.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

impl Failure {
    /// For a program of ours that has said everything on standard error itself.
    pub(crate) fn said_already() -> Self {
        Self(String::new())
    }

    /// Tells the person, unless they know.
    pub(crate) fn print(&self) {
        if !self.0.is_empty() {
            eprintln!("error: {self}");
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn a_failure_is_one_line_even_when_a_tool_spoke_in_several() {
        let failure = Failure::new("npm ci failed", "first\n  second", "try again");
        assert_eq!(failure.to_string(), "npm ci failed: first second; try again");
    }
}
