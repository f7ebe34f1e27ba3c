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
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ut_tracking::query::{Answer, Query, QueryError, ask_together};

const MAX_QUERIES: usize = 20;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Questions")]
pub(super) struct Request {
    /// Whose history is asked.
    site: SiteName,
    /// 1 to 20 of them.
    #[schemars(length(min = 1, max = MAX_QUERIES))]
    queries: Vec<Query>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Results {
    /// In the order of the queries.
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
    let site = site(&state, &reader, &request.site.into_text())?;
    let results = ask_together(&state.deps, &site, &request.queries).await;
    let results = results.map_err(|(index, error)| of_query(index, error))?;
    Ok(Json(Results { results }))
}

/// The same refusal with the place of its query.
fn of_query(index: usize, error: QueryError) -> Problem {
    let mut problem = Problem::from(error);
    problem.errors.iter_mut().for_each(|error| error.index = Some(index));
    problem
}
