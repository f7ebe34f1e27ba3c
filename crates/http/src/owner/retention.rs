//! `/api/v1/privacy/retention`: for how long what is kept, and what was deleted.

use super::consents::{asked_site, wrong};
use super::errors::store;
use super::{Admin, OwnerState};
use crate::problem::Problem;
use axum::Json;
use axum::extract::{RawQuery, State};
use schemars::JsonSchema;
use serde::Serialize;
use ut_core::site::{Class, Limit};
use ut_tracking::retention::ClassReport;

/// How long a site keeps what.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Retained")]
pub(super) struct Kept {
    /// The site's number.
    site: u32,
    /// The zone of its days.
    timezone: String,
    /// A line per class of data.
    classes: Vec<Line>,
}

/// A class of data. Times are Unix milliseconds.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RetainedClass")]
pub(super) struct Line {
    class: Class,
    /// What is in it, for people.
    what: &'static str,
    /// How long it is kept.
    limit: Limit,
    /// What is older than this goes with the next run.
    kept_from: i64,
    /// The oldest there is; null when there is nothing, or history does not answer.
    oldest: Option<i64>,
    /// When the last run ended; null before the first.
    last_run: Option<i64>,
    /// How many rows it deleted; null before the first.
    removed: Option<u64>,
    /// When the next run is due.
    next_run: i64,
    /// Why the last run did not come to its end.
    error: Option<String>,
}

pub(super) async fn list(
    admin: Admin,
    State(state): State<OwnerState>,
    RawQuery(query): RawQuery,
) -> Result<Json<Kept>, Problem> {
    let mut name = None;
    for (field, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*field {
            "site" => name = Some(value.into_owned()),
            other => return Err(wrong(other, "unknown_field", "known is site")),
        }
    }
    let site = asked_site(name.as_deref(), &admin, &state)?;
    let reports = state.retention.report(Some(state.olap.as_ref()), &site).await;
    let reports = reports.map_err(|error| store(&error))?;
    let classes = reports.into_iter().map(line).collect();
    Ok(Json(Kept { site: site.id.0, timezone: site.zone_name().to_owned(), classes }))
}

fn line(report: ClassReport) -> Line {
    let ClassReport { class, limit, kept_from, oldest, run, next_run } = report;
    let ended = run.filter(|run| run.ran_at.is_some());
    Line {
        class,
        what: what(class),
        limit,
        kept_from,
        oldest,
        last_run: ended.as_ref().and_then(|run| run.ran_at),
        removed: ended.as_ref().map(|run| run.removed),
        next_run,
        error: ended.and_then(|run| run.error),
    }
}

const fn what(class: Class) -> &'static str {
    match class {
        Class::Events => "Events, sessions and web vitals, one row each",
        Class::Sums => "Sums by day and page, in which nobody is told from anybody",
        Class::Personal => "Personal data that the shop told, sealed",
        Class::Receipts => "Receipts of what visitors chose",
    }
}
