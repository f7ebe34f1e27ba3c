//! Why an event was not tracked.

use ut_http::problem::{FieldError, Problem};

/// Why an event was not tracked. Nothing of it was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrackError {
    /// A field is wrong; the same event will be refused again.
    #[error("{field} {message}")]
    Refused {
        /// The field, in the words of the event's JSON (`items[0].price`).
        field: String,
        /// A word for programs, see `docs/errors.md`.
        code: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The log cannot take it now, or there is a limit: track the same event again a little later.
    #[error("{reason}")]
    Later {
        /// A word for programs, see `docs/errors.md`.
        code: &'static str,
        /// Why.
        reason: String,
        /// Seconds after which another try makes sense.
        after_s: u64,
    },
    /// The app does not say who calls.
    #[error("{}", ut_http::surface::NO_PEER)]
    NoPeer,
}

impl TrackError {
    pub(super) fn site(code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused { field: "site".to_owned(), code, message: message.into() }
    }
}

impl From<FieldError> for TrackError {
    fn from(refusal: FieldError) -> Self {
        let FieldError { field, code, message, .. } = refusal;
        Self::Refused { field, code, message }
    }
}

impl From<Problem> for TrackError {
    fn from(problem: Problem) -> Self {
        let Problem { status, code, detail, errors, retry_after_s, .. } = problem;
        match (errors.into_iter().next(), retry_after_s) {
            (Some(refusal), _) => refusal.into(),
            (None, Some(after_s)) => Self::Later { code, reason: detail, after_s },
            (None, None) if status.is_server_error() => Self::Later { code, reason: detail, after_s: 1 },
            // The event as a whole: too large, or nested too deeply.
            (None, None) => Self::Refused { field: "event".to_owned(), code, message: detail },
        }
    }
}
