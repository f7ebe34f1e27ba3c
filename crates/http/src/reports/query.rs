//! `POST /api/v1/q`: several questions at once.

use super::{invalid_field, site};
use crate::body::{self, MAX_JSON, Mistake};
use crate::owner::Reader;
use crate::problem::{FieldError, Problem};
use crate::site_name::SiteName;
use crate::state::AppState;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use ut_tracking::query::{Answer, Query, QueryError, ask};

const MAX_QUERIES: usize = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    site: SiteName,
    queries: Vec<Query>,
}

#[derive(Serialize)]
pub(super) struct Results {
    results: Vec<Answer>,
}

pub(super) async fn query(
    reader: Reader,
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Results>, Problem> {
    let body = body::read(&headers, body, MAX_JSON).await?;
    let request: Request = body::json(&body).map_err(|mistake| match mistake {
        Mistake::Syntax(problem) => problem,
        Mistake::Field(error) => invalid_field(error),
    })?;
    if request.queries.is_empty() || request.queries.len() > MAX_QUERIES {
        let message = format!("ask 1 to {MAX_QUERIES} queries at once");
        return Err(invalid_field(FieldError {
            index: None,
            field: "queries".to_owned(),
            code: "out_of_range",
            message,
        }));
    }
    let site = site(&state, &request.site.into_text())?;
    reader.may_read(site.id)?;
    let mut results = Vec::with_capacity(request.queries.len());
    for (index, query) in request.queries.iter().enumerate() {
        let answer = ask(&state.deps, &site, query).await;
        results.push(answer.map_err(|error| of_query(index, error))?);
    }
    Ok(Json(Results { results }))
}

/// The same refusal with the place of its query.
fn of_query(index: usize, error: QueryError) -> Problem {
    let mut problem = Problem::from(error);
    problem.errors.iter_mut().for_each(|error| error.index = Some(index));
    problem
}
