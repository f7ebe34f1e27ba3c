//! `GET /api/v1/report/{name}`.

use super::{csv, site};
use crate::owner::Reader;
use crate::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use ut_tracking::query::{self, DateRange, ReportArgs};

/// The query string of reports and exports.
#[derive(Debug, Deserialize)]
pub(super) struct Args {
    site: Option<String>,
    date_range: Option<String>,
    from: Option<String>,
    to: Option<String>,
    limit: Option<u64>,
    #[serde(default)]
    offset: u64,
    pub(super) format: Option<String>,
}

impl Args {
    pub(super) fn site(&self) -> Result<&str, Problem> {
        self.site.as_deref().ok_or_else(|| invalid("Name the site: ?site=<number or domain>."))
    }

    /// `from` and `to` where given, else the named range, else `default`.
    pub(super) fn range(&self, default: &str) -> Result<DateRange, Problem> {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => Ok(DateRange::Days(from.clone(), to.clone())),
            (None, None) => {
                Ok(DateRange::Named(self.date_range.clone().unwrap_or_else(|| default.to_owned())))
            }
            _ => Err(invalid("Give both from and to, or neither.")),
        }
    }
}

pub(super) fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "Invalid query", detail)
}

pub(super) async fn report(
    reader: Reader,
    State(state): State<AppState>,
    Path(name): Path<String>,
    args: Result<Query<Args>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Query(args) = args.map_err(|error| invalid(error.body_text()))?;
    let site = site(&state, args.site()?)?;
    reader.may_read(site.id)?;
    let wanted = ReportArgs { date_range: args.range("7d")?, limit: args.limit, offset: args.offset };
    let answer = query::report(&state.deps, state.modules, &site, &name, &wanted).await?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    if accepts.contains("text/csv") || args.format.as_deref() == Some("csv") {
        return Ok(csv::response(&name, &answer));
    }
    Ok(Json(answer).into_response())
}
