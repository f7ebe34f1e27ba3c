//! What accounts and sites refuse, as the HTTP surface says it.

use crate::problem::{FieldError, Problem};
use axum::http::StatusCode;
use ut_core::ports::TransactionalError;
use ut_tracking::accounts::{AccountError, Refusal};
use ut_tracking::modules::consent::receipts::ReceiptError;
use ut_tracking::people::PeopleError;
use ut_tracking::sites::SiteError;
use ut_tracking::vault::VaultError;

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Refused(refusals) => refused(refusals),
            AccountError::Link(refusal) => {
                let detail = sentence(&refusal.to_string());
                Self::new(StatusCode::FORBIDDEN, "setup_link", "The link does not open", detail)
            }
            AccountError::Store(error) => store(&error),
            other => internal(&other),
        }
    }
}

impl From<SiteError> for Problem {
    fn from(error: SiteError) -> Self {
        match error {
            SiteError::Refused(refusals) => refused(refusals),
            SiteError::Store(error) => store(&error),
            SiteError::TooManyRotations { again_in_ms } => {
                let status = StatusCode::TOO_MANY_REQUESTS;
                let problem = Self::new(
                    status,
                    "too_many_rotations",
                    "Too many rotations",
                    sentence(&error.to_string()),
                );
                problem.retry_after(u64::try_from(again_in_ms).unwrap_or(0) / 1000 + 1)
            }
            other => internal(&other),
        }
    }
}

impl From<ReceiptError> for Problem {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::Store(error) | ReceiptError::Vault(VaultError::Store(error)) => store(&error),
            other => internal(&other),
        }
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Store(error) | PeopleError::Vault(VaultError::Store(error)) => store(&error),
            PeopleError::Busy => unavailable(),
            other => internal(&other),
        }
    }
}

/// Input that was not taken, field by field.
pub(crate) fn refused(refusals: Vec<Refusal>) -> Problem {
    let fields: Vec<_> = refusals.iter().map(|refusal| refusal.field.as_str()).collect();
    let detail = format!("Nothing was changed. To be mended: {}.", fields.join(", "));
    let errors = refusals.into_iter().map(|Refusal { field, code, message }| FieldError {
        index: None,
        field,
        code,
        message,
    });
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_input", "Invalid input", detail)
        .with_errors(errors.collect())
}

/// The store of sites and users, as of now.
pub(super) fn store(error: &TransactionalError) -> Problem {
    tracing::error!(%error, "the transactional store failed: {error}");
    unavailable()
}

fn unavailable() -> Problem {
    let detail = "The store of sites and users does not answer. Events are collected meanwhile.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", "Store not available", detail)
        .retry_after(5)
}

fn internal(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "the owner's surface failed: {error}");
    let detail = "The server's log says why.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The server failed", detail)
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
