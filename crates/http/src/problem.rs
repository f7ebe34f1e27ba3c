//! The one error type of the HTTP surface: `application/problem+json` (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

/// A refused field: `index` is the position of the event in its batch, where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// Position in the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<usize>,
    /// The field, in the words of the contract (`items[0].price`).
    pub field: String,
    /// A word for programs (`wrong_type`).
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

/// An error answer. `code` is the last part of `type`; every one is documented in `docs/errors.md`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// A word for programs (`unknown_site`).
    pub code: &'static str,
    /// A short title for people.
    pub title: &'static str,
    /// What happened, why, and what to do.
    pub detail: String,
    /// The refused fields.
    pub errors: Vec<FieldError>,
    /// Seconds after which a retry makes sense.
    pub retry_after_s: Option<u64>,
}

impl Problem {
    /// An error without fields.
    #[must_use]
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self { status, code, title, detail: detail.into(), errors: Vec::new(), retry_after_s: None }
    }

    /// The same with the fields that were refused.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// The same with `Retry-After`.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }
}

/// An error.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct Body<'a> {
    /// `urn:universal-tracking:error:<code>`: for programs.
    r#type: String,
    /// A few words.
    title: &'a str,
    /// The status of the answer.
    status: u16,
    /// What happened, why, and what to do.
    detail: &'a str,
    /// The refused fields, where there are any.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: format!("urn:universal-tracking:error:{}", self.code),
            title: self.title,
            status: self.status.as_u16(),
            detail: &self.detail,
            errors: &self.errors,
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §11.6.1 wants one; `Bearer` makes no browser open a dialog.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
