//! Questions about history over HTTP: `/api/v1/q`, named reports, the export.

mod arguments;
mod csv;
mod described;
mod export;
mod named;
mod query;
mod templates;

use crate::openapi::Routes;
use crate::owner::Reader;
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use axum::Router;
use axum::http::StatusCode;
use std::sync::Arc;
use ut_core::ports::OlapError;
use ut_core::site::Site;
use ut_tracking::query::QueryError;

/// The routes.
pub fn router() -> Router<AppState> {
    routes().into_router()
}

pub(crate) fn routes() -> Routes<AppState> {
    Routes::new()
        .post("/api/v1/q", described::query(), query::query)
        .get("/api/v1/report/{name}", described::report(), named::report)
        .get("/api/v1/export/events", described::export(), export::events)
        .get("/api/v1/sites/{id}/page_templates", described::page_templates(), templates::suggested)
}

/// A site by number or domain, if the reader may read it.
pub(crate) fn site(state: &AppState, reader: &Reader, name: &str) -> Result<Arc<Site>, Problem> {
    reader.site(state.sites.find(name), name)
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Invalid { field, code, message } => {
                invalid_field(FieldError { index: None, field, code, message })
            }
            QueryError::UnknownReport { name, known } => {
                let detail = format!("There is no report {name:?}; there are: {known}.");
                Self::new(StatusCode::NOT_FOUND, "unknown_report", "Unknown report", detail)
            }
            QueryError::Olap(error) => history(&error),
            QueryError::Realtime(error) => away(&error.to_string()),
        }
    }
}

/// A question with a wrong field.
fn invalid_field(error: FieldError) -> Problem {
    let detail = format!("The field {:?}: {}.", error.field, error.message);
    let problem = Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "Invalid query", detail);
    problem.with_errors(vec![error])
}

fn away(why: &str) -> Problem {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let detail = format!("For now, {why}. Events are collected meanwhile.");
    Problem::new(status, "history_unavailable", "History not available", detail).retry_after(2)
}

/// The history did not answer.
fn history(error: &OlapError) -> Problem {
    match error {
        OlapError::Unavailable(_) => away(&error.to_string()),
        // The engine is open, its tables are still being made or changed: no table, no database, no column of that name.
        OlapError::Refused { code: 47 | 60 | 81, .. } => {
            tracing::warn!(%error, "a question came before history has its shape: {error}");
            away("history is being brought to shape")
        }
        OlapError::Refused { code: 159 | 241, .. } => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let detail = "The question needs more time or memory than one query may use: ask for fewer days.";
            Problem::new(status, "too_expensive", "Question too expensive", detail)
        }
        OlapError::Refused { .. } => {
            tracing::error!(%error, "a query failed: {error}");
            let detail = "The history refused the statement; the server's log says why.";
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "query_failed", "Query failed", detail)
        }
    }
}
