//! `/api/v1/sites`.

use super::body::Entered;
use super::{Admin, OwnerState, Reader};
use crate::problem::Problem;
use crate::unnamed::Warning;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ut_core::site::{Site, SiteSettings};
use ut_tracking::sites::{AddedSite, NewSite, SiteChange};

/// `POST /api/v1/sites`: what is missing is refused like what is wrong, with the field's name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewSite")]
pub(super) struct Add {
    /// One domain, or several in `domains`.
    domain: Option<String>,
    /// 1 to 100 domains, the first being the site's name.
    #[serde(default)]
    domains: Vec<String>,
    /// ISO 4217 code.
    #[serde(default)]
    currency: String,
    /// IANA name.
    #[serde(default)]
    timezone: String,
    /// Minutes of silence after which a session ends: 5 to 120.
    session_timeout_min: Option<u16>,
}

/// A site.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Site")]
pub(super) struct Shown {
    /// Its number.
    id: u32,
    /// `site` of the envelope.
    key: String,
    /// Its first domain.
    domain: Option<String>,
    /// All of them; `*.example` allows any sub-domain.
    domains: Vec<String>,
    /// Base currency.
    currency: String,
    /// Days are days of this zone.
    timezone: String,
    /// Minutes of silence after which a session ends.
    session_timeout_min: u16,
    #[serde(flatten)]
    settings: SiteSettings,
    /// What its owner should mend; empty when all is well.
    warnings: Vec<Warning>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Sites {
    sites: Vec<Shown>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AddedSite")]
pub(super) struct Added {
    /// Its number.
    id: u32,
    /// Its first domain.
    domain: Option<String>,
    /// `site` of the envelope.
    key: String,
    /// Signs calls of the shop's own server.
    secret: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RotatedSecret")]
pub(super) struct Rotated {
    /// The site's number.
    id: u32,
    /// The new secret.
    secret: String,
    /// Until then the one before is valid, Unix milliseconds.
    old_secret_until: i64,
}

/// The sites the caller may read.
pub(super) async fn list(reader: Reader, State(state): State<OwnerState>) -> Json<Sites> {
    let sites = state.sites.list();
    let readable = sites.iter().filter(|site| reader.may_read(site.id).is_ok());
    Json(Sites { sites: readable.map(|site| shown(&state, site)).collect() })
}

pub(super) async fn add(
    _admin: Admin,
    State(state): State<OwnerState>,
    Entered(entered): Entered<Add>,
) -> Result<(StatusCode, Json<Added>), Problem> {
    let new = NewSite {
        domains: entered.domain.into_iter().chain(entered.domains).collect(),
        currency: entered.currency,
        time_zone: entered.timezone,
        session_timeout_min: entered.session_timeout_min.unwrap_or(NewSite::DEFAULT_SESSION_TIMEOUT_MIN),
    };
    let AddedSite { site, secret } = state.sites.add(new).await?;
    let (id, domain, key) = (site.id.0, site.domains.first().cloned(), site.key.clone());
    Ok((StatusCode::CREATED, Json(Added { id, domain, key, secret })))
}

/// `GET /api/v1/sites/{id}`.
pub(super) async fn show(
    reader: Reader,
    State(state): State<OwnerState>,
    Path(name): Path<String>,
) -> Result<Json<Shown>, Problem> {
    let site = reader.site(state.sites.find(&name), &name)?;
    Ok(Json(shown(&state, &site)))
}

/// `PATCH /api/v1/sites/{id}`: what is named is changed, a list as a whole; the next request sees it.
pub(super) async fn change(
    admin: Admin,
    State(state): State<OwnerState>,
    Path(name): Path<String>,
    Entered(change): Entered<SiteChange>,
) -> Result<Json<Shown>, Problem> {
    let id = admin.site(state.sites.find(&name), &name)?.id;
    let changed = state.sites.change(id, &change).await?.ok_or_else(|| unknown(&name))?;
    Ok(Json(shown(&state, &changed)))
}

/// `POST /api/v1/sites/{id}/secret`: a new secret, shown this once; the one before stays valid for 24 hours.
pub(super) async fn rotate_secret(
    admin: Admin,
    State(state): State<OwnerState>,
    Path(name): Path<String>,
) -> Result<(StatusCode, Json<Rotated>), Problem> {
    let id = admin.site(state.sites.find(&name), &name)?.id;
    let rotated = state.sites.rotate_secret(id).await?.ok_or_else(|| unknown(&name))?;
    let answer = Rotated { id: id.0, secret: rotated.secret, old_secret_until: rotated.old_until_ms };
    Ok((StatusCode::CREATED, Json(answer)))
}

fn unknown(name: &str) -> Problem {
    let detail = format!("No site has the number or domain {name:?}; /api/v1/sites lists those there are.");
    Problem::new(StatusCode::NOT_FOUND, "unknown_site", "Unknown site", detail)
}

fn shown(state: &OwnerState, site: &Site) -> Shown {
    Shown {
        id: site.id.0,
        key: site.key.clone(),
        domain: site.domains.first().cloned(),
        domains: site.domains.clone(),
        currency: site.currency.as_str().to_owned(),
        timezone: site.zone_name().to_owned(),
        session_timeout_min: site.session_timeout_min,
        settings: site.settings.clone(),
        warnings: state.metrics.proxies.warning(site).into_iter().collect(),
    }
}
