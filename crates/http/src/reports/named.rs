//! `GET /api/v1/report/{name}`.

use super::arguments::{Args, wrong};
use super::{csv, site};
use crate::owner::Reader;
use crate::problem::Problem;
use crate::state::AppState;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use ut_tracking::query::{self, ReportArgs};

pub(super) async fn report(
    reader: Reader,
    State(state): State<AppState>,
    Path(name): Path<String>,
    args: Args,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let site = site(&state, &reader, args.site()?)?;
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let as_csv = match args.format.as_deref() {
        Some("csv") => true,
        Some("json") => false,
        None => accepts.contains("text/csv"),
        Some(_) => return Err(wrong("format", "unknown_name", "is json or csv")),
    };
    let wanted = ReportArgs {
        date_range: args.range("7d")?,
        filters: args.filters()?,
        compare: args.compare()?,
        include_staging: args.include_staging.unwrap_or_default(),
        limit: args.limit,
        offset: args.offset.unwrap_or_default(),
        own: args.own(),
    };
    let answer = query::report(&state.deps, state.modules, &site, &name, &wanted).await?;
    if !as_csv {
        return Ok(Json(answer).into_response());
    }
    Ok(csv::response(&name, &answer))
}
