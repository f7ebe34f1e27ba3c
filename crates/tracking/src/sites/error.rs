//! What can be wrong with a site.

use super::RandomError;
use ut_core::ports::TransactionalError;

/// A field that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The field, by the name it has in the API (`domains[0]`, `password`).
    pub field: String,
    /// A word for programs (`taken`).
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

impl Refusal {
    pub(crate) fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// All of them in one line, for a terminal.
pub(crate) fn in_one_line(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Why a site could not be added or read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SiteError {
    /// The input; nothing was changed.
    #[error("{}", in_one_line(.0))]
    Refused(Vec<Refusal>),
    /// The store.
    #[error(transparent)]
    Store(#[from] TransactionalError),
    /// A row in the store that no version of this program writes.
    #[error("site {site} in the store is damaged: {what}")]
    Damaged {
        /// Its number, as stored.
        site: i64,
        /// What is wrong with it.
        what: String,
    },
    /// The site's secret was sealed with another `HMAC_SECRET`.
    #[error("the secret of site {site} does not open: HMAC_SECRET is not the one it was sealed with")]
    Sealed {
        /// Its number.
        site: u32,
    },
    /// As many secrets before rotations are valid as may be at a time.
    #[error(
        "the secret was changed four times within 24 hours, and all of those are valid still: it can be changed again in {} minutes",
        again_in_ms / 60_000 + 1
    )]
    TooManyRotations {
        /// When the oldest of them is void.
        again_in_ms: i64,
    },
    /// All 65,535 numbers for logs are given away.
    #[error("65,535 logs have been numbered: there is no number left")]
    TooManyLogs,
    /// The machine has no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}
