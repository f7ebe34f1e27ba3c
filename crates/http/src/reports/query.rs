//! `POST /api/v1/q`: several questions at once.

use super::site;
use crate::owner::Reader;
use crate::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use ut_tracking::query::{Answer, Query, ask};

const MAX_QUERIES: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    site: SiteName,
    queries: Vec<Query>,
}

/// A number or a domain; JSON numbers are taken too.
#[derive(Deserialize)]
#[serde(untagged)]
enum SiteName {
    Number(u32),
    Text(String),
}

#[derive(Serialize)]
pub(super) struct Results {
    results: Vec<Answer>,
}

pub(super) async fn query(
    reader: Reader,
    State(state): State<AppState>,
    body: Bytes,
) -> Result<Json<Results>, Problem> {
    let request: Request = serde_json::from_slice(&body).map_err(|error| {
        let detail = format!("The query is not of the documented shape: {error}.");
        Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "Invalid query", detail)
    })?;
    if request.queries.is_empty() || request.queries.len() > MAX_QUERIES {
        let detail = format!("Ask 1 to {MAX_QUERIES} queries at once.");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "Invalid query", detail));
    }
    let name = match request.site {
        SiteName::Number(number) => number.to_string(),
        SiteName::Text(text) => text,
    };
    let site = site(&state, &name)?;
    reader.may_read(site.id)?;
    let mut results = Vec::with_capacity(request.queries.len());
    for query in &request.queries {
        results.push(ask(&state.deps, &site, query).await?);
    }
    Ok(Json(Results { results }))
}
