//! `/api/v1/privacy`: what people may ask of a shop.

mod described;

use crate::openapi::Routes;
use crate::owner::{Admin, Entered, refused};
use crate::problem::Problem;
use crate::site_name::SiteName;
use crate::state::AppState;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ut_core::SiteId;
use ut_tracking::accounts::Refusal;
use ut_tracking::rights::{Asked, AskedWrongly, DeskError, Found, Progress, Status};

/// Who is meant: exactly one of `visitor`, `external_id` and `email`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Person {
    /// The site.
    site: SiteName,
    /// The visitor's id: the UUID of the cookie `_ut_id`, or 16 hex digits as reports show it.
    visitor: Option<String>,
    /// The shop's own id of the customer; finds the visitors who were proved to be them.
    external_id: Option<String>,
    /// An e-mail address; finds every visitor of whom it was told.
    email: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Taken {
    /// The erasure's number.
    id: u64,
    /// `waiting`: stores still hold something, and nothing of the person is taken any more.
    status: &'static str,
}

/// An erasure and how it stands.
#[derive(Serialize, JsonSchema)]
struct Erasure {
    /// Its number.
    id: u64,
    /// When it was taken, Unix milliseconds.
    at: i64,
    /// `waiting` or `done`.
    status: &'static str,
    /// When every store had obeyed, Unix milliseconds.
    done_at: Option<i64>,
    /// How many visitors are forgotten.
    visitors: usize,
    /// What keeps it from going on.
    why: Option<String>,
}

/// The routes. To be put inside [`crate::owner::guard`].
pub fn router() -> Router<AppState> {
    routes().into_router()
}

pub(crate) fn routes() -> Routes<AppState> {
    Routes::new()
        .post("/api/v1/privacy/find", described::find(), find)
        .post("/api/v1/privacy/export", described::export(), export)
        .post("/api/v1/privacy/erase", described::erase(), erase)
        .get("/api/v1/privacy/erasures", described::erasures(), erasures)
}

async fn find(
    admin: Admin,
    State(state): State<AppState>,
    Entered(person): Entered<Person>,
) -> Result<Json<Found>, Problem> {
    let (site, asked) = read(&admin, &state, person)?;
    Ok(Json(state.desk.find(site, &asked).await?))
}

async fn export(
    admin: Admin,
    State(state): State<AppState>,
    Entered(person): Entered<Person>,
) -> Result<Response, Problem> {
    let (site, asked) = read(&admin, &state, person)?;
    let archive = state.desk.export(site, &asked).await?;
    let zip = archive.zip().map_err(DeskError::from)?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"subject-export.zip\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, zip).into_response())
}

async fn erase(
    admin: Admin,
    State(state): State<AppState>,
    Entered(person): Entered<Person>,
) -> Result<(StatusCode, Json<Taken>), Problem> {
    let (site, asked) = read(&admin, &state, person)?;
    let id = state.desk.erase(site, &asked).await?;
    Ok((StatusCode::ACCEPTED, Json(Taken { id, status: "waiting" })))
}

async fn erasures(
    admin: Admin,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Erasure>>, Problem> {
    let mut site = None;
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match &*name {
            "site" => site = Some(value.into_owned()),
            other => return Err(wrong(other, "unknown_field", "known is site")),
        }
    }
    let missing = || wrong("site", "missing", "name the site by its number or one of its domains");
    let name = site.ok_or_else(missing)?;
    let site = admin.site(state.sites.find(&name), &name)?;
    Ok(Json(state.desk.erasures(site.id).iter().map(shown).collect()))
}

fn read(admin: &Admin, state: &AppState, person: Person) -> Result<(SiteId, Asked), Problem> {
    let Person { site, visitor, external_id, email } = person;
    let name = site.into_text();
    let site = admin.site(state.sites.find(&name), &name)?;
    Ok((site.id, Asked { visitor, external_id, email }))
}

fn shown(progress: &Progress) -> Erasure {
    let (status, done_at, why) = match &progress.status {
        Status::Done(at) => ("done", Some(*at), None),
        Status::Waiting(why) => ("waiting", None, why.clone()),
    };
    let erasure = &progress.erasure;
    Erasure { id: erasure.number, at: erasure.at, status, done_at, visitors: erasure.visitors.len(), why }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Wrong(AskedWrongly::Names) => wrong("visitor", "missing", &error.to_string()),
            DeskError::Wrong(AskedWrongly::Visitor) => wrong("visitor", "wrong_type", &error.to_string()),
            DeskError::Nobody => {
                let detail = format!("{error}.");
                Self::new(StatusCode::NOT_FOUND, "unknown_person", "Nobody is known by that", detail)
            }
            DeskError::Behind | DeskError::Store(_) => {
                tracing::warn!(%error, "a person's request waits: {error}");
                let detail = "A store does not answer yet, or not any more; nothing was done.";
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "history_unavailable",
                    "History not available",
                    detail,
                )
                .retry_after(5)
            }
        }
    }
}

fn wrong(field: &str, code: &'static str, message: &str) -> Problem {
    refused(vec![Refusal { field: field.to_owned(), code, message: message.to_owned() }])
}
