//! JSON that someone enters.

use crate::problem::Problem;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

/// A JSON body. `Content-Type: application/json` is required: a form of another page cannot send it unasked.
#[derive(Debug)]
pub(super) struct Entered<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Entered<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::from_request(request, state).await {
            Ok(Json(entered)) => Ok(Self(entered)),
            Err(JsonRejection::JsonDataError(error)) => {
                let detail = format!("The body has another shape than documented: {}.", error.body_text());
                Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_input", "Invalid input", detail))
            }
            Err(other) => {
                let (code, title) = match other.status() {
                    StatusCode::UNSUPPORTED_MEDIA_TYPE => ("not_json", "Not JSON"),
                    StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "Too large"),
                    _ => ("bad_json", "Bad JSON"),
                };
                Err(Problem::new(other.status(), code, title, format!("{}.", other.body_text())))
            }
        }
    }
}
