//! `/api/v1/sites`.

use super::body::Entered;
use super::{Admin, OwnerState, Reader};
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use ut_core::SiteId;
use ut_core::site::Site;
use ut_tracking::sites::{AddedSite, NewSite, SiteChange, SiteRegistry};

/// `POST /api/v1/sites`: what is missing is refused like what is wrong, with the field's name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Add {
    /// One domain, or several in `domains`.
    domain: Option<String>,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    timezone: String,
    session_timeout_min: Option<u16>,
}

/// The sites the caller may read.
pub(super) async fn list(reader: Reader, State(state): State<OwnerState>) -> Json<Value> {
    let sites = state.sites.list();
    let readable = sites.iter().filter(|site| reader.may_read(site.id).is_ok());
    Json(json!({ "sites": readable.map(|site| shown(site)).collect::<Vec<_>>() }))
}

pub(super) async fn add(
    _admin: Admin,
    State(state): State<OwnerState>,
    Entered(entered): Entered<Add>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let new = NewSite {
        domains: entered.domain.into_iter().chain(entered.domains).collect(),
        currency: entered.currency,
        time_zone: entered.timezone,
        session_timeout_min: entered.session_timeout_min.unwrap_or(NewSite::DEFAULT_SESSION_TIMEOUT_MIN),
    };
    let AddedSite { site, secret } = state.sites.add(new).await?;
    let answer =
        json!({ "id": site.id.0, "domain": site.domains.first(), "key": site.key, "secret": secret });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// `GET /api/v1/sites/{id}`.
pub(super) async fn show(
    reader: Reader,
    State(state): State<OwnerState>,
    Path(name): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = find(&state.sites, &name, |id| reader.may_read(id))?;
    let site = state.sites.list().into_iter().find(|site| site.id == id).ok_or_else(|| unknown(&name))?;
    Ok(Json(shown(&site)))
}

/// `PATCH /api/v1/sites/{id}`: what is named is changed, a list as a whole; the next request sees it.
pub(super) async fn change(
    admin: Admin,
    State(state): State<OwnerState>,
    Path(name): Path<String>,
    Entered(change): Entered<SiteChange>,
) -> Result<Json<Value>, Problem> {
    let id = find(&state.sites, &name, |id| admin.may_administer(id))?;
    let changed = state.sites.change(id, &change).await?.ok_or_else(|| unknown(&name))?;
    Ok(Json(shown(&changed)))
}

/// `POST /api/v1/sites/{id}/secret`: a new secret, shown this once; the one before stays valid for 24 hours.
pub(super) async fn rotate_secret(
    admin: Admin,
    State(state): State<OwnerState>,
    Path(name): Path<String>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id = find(&state.sites, &name, |id| admin.may_administer(id))?;
    let rotated = state.sites.rotate_secret(id).await?.ok_or_else(|| unknown(&name))?;
    let answer = json!({ "id": id.0, "secret": rotated.secret, "old_secret_until": rotated.old_until_ms });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// The site a caller means, by number or domain, if it may.
fn find(
    sites: &SiteRegistry,
    name: &str,
    may: impl Fn(SiteId) -> Result<(), Problem>,
) -> Result<SiteId, Problem> {
    match sites.find(name) {
        Some(site) => may(site.id).map(|()| site.id),
        None => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> Problem {
    let detail = format!("No site has the number or domain {name:?}; /api/v1/sites lists those there are.");
    Problem::new(StatusCode::NOT_FOUND, "unknown_site", "Unknown site", detail)
}

fn shown(site: &Site) -> Value {
    let mut shown = json!({
        "id": site.id.0,
        "key": site.key,
        "domain": site.domains.first(),
        "domains": site.domains,
        "currency": site.currency.as_str(),
        "timezone": site.zone_name(),
        "session_timeout_min": site.session_timeout_min,
    });
    if let (Some(fields), Ok(Value::Object(settings))) =
        (shown.as_object_mut(), serde_json::to_value(&site.settings))
    {
        fields.extend(settings);
    }
    shown
}
