//! `GET /api/v1/export/events`: raw events, streamed; they belong to the owner.

use super::named::{Args, invalid};
use super::site;
use crate::owner::Reader;
use crate::problem::Problem;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ut_tracking::query::export;

pub(super) async fn events(
    reader: Reader,
    State(state): State<AppState>,
    args: Result<Query<Args>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(args) = args.map_err(|error| invalid(error.body_text()))?;
    let site = site(&state, args.site()?)?;
    reader.may_read(site.id)?;
    let (format, media_type, ending) = match args.format.as_deref().unwrap_or("ndjson") {
        "ndjson" => ("JSONEachRow", "application/x-ndjson", "ndjson"),
        "csv" => ("CSVWithNames", "text/csv; charset=utf-8", "csv"),
        "parquet" => ("Parquet", "application/vnd.apache.parquet", "parquet"),
        other => return Err(invalid(format!("{other:?} is none of ndjson, csv, parquet."))),
    };
    let stream = export(&state.deps, &site, &args.range("all")?, format).await?;
    let name = format!("attachment; filename=\"events-{}.{ending}\"", site.id.0);
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(stream)).into_response())
}
