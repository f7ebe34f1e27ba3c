//! `GET /api/v1/export/events`: raw events, streamed; they belong to the owner.

use super::arguments::{Args, wrong};
use super::site;
use crate::owner::Reader;
use crate::problem::Problem;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ut_tracking::query::export;

pub(super) async fn events(
    reader: Reader,
    State(state): State<AppState>,
    args: Args,
) -> Result<Response, Problem> {
    let site = site(&state, &reader, args.site()?)?;
    let (format, media_type, ending) = match args.format.as_deref().unwrap_or("ndjson") {
        "ndjson" => ("JSONEachRow", "application/x-ndjson", "ndjson"),
        "csv" => ("CSVWithNames", "text/csv; charset=utf-8", "csv"),
        "parquet" => ("Parquet", "application/vnd.apache.parquet", "parquet"),
        _ => return Err(wrong("format", "unknown_name", "is ndjson, csv or parquet")),
    };
    if let Some(name) = args.of_a_report() {
        return Err(wrong(name, "unknown_field", "an export is whole: choose its days"));
    }
    let stream = export(&state.deps, &site, &args.range("all")?, format).await?;
    let name = format!("attachment; filename=\"events-{}.{ending}\"", site.id.0);
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(stream)).into_response())
}
