//! JSON that someone enters.

use super::errors::refused;
use crate::body::{self, MAX_JSON, Mistake};
use crate::problem::Problem;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use ut_tracking::accounts::Refusal;

/// A JSON body. `Content-Type: application/json` is required: a form of another page cannot send it unasked.
#[derive(Debug)]
pub(crate) struct Entered<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Entered<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            let detail = "Send `Content-Type: application/json`.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", "Not JSON", detail));
        }
        let body = body::read(&parts.headers, body, MAX_JSON).await?;
        body::json(&body).map(Self).map_err(|mistake| match mistake {
            Mistake::Syntax(problem) => problem,
            Mistake::Field(error) => {
                refused(vec![Refusal { field: error.field, code: error.code, message: error.message }])
            }
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}
