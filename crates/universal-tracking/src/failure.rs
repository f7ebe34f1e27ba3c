//! Why a command failed, in one line: what happened, why, and what to do.

/// A failure as the person at the terminal sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What did not work and why.
    pub what: String,
    /// What to do about it.
    pub fix: Option<String>,
    /// The exit code.
    pub exit: u8,
}

impl Failure {
    /// Something did not work (exit code 1).
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), fix: None, exit: 1 }
    }

    /// The command cannot run like this (exit code 2): its settings are wrong, or something else is in the way.
    #[must_use]
    pub fn refused(what: impl Into<String>) -> Self {
        Self { exit: 2, ..Self::new(what) }
    }

    /// The same with what to do.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

impl std::error::Error for Failure {}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.fix {
            Some(fix) => write!(f, "{}; {fix}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl From<crate::config::Problems> for Failure {
    fn from(problems: crate::config::Problems) -> Self {
        let what = match problems.0.as_slice() {
            [one] => one.to_string(),
            all => format!("the configuration has {} problems:\n{problems}", all.len()),
        };
        Self::refused(what)
    }
}

impl From<crate::control::ControlError> for Failure {
    fn from(error: crate::control::ControlError) -> Self {
        Self::new(error.message)
    }
}
