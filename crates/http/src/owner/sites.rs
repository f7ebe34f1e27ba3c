//! `/api/v1/sites`.

use super::body::Entered;
use super::{Admin, OwnerState, Reader};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use ut_core::site::Site;
use ut_tracking::sites::{AddedSite, NewSite};

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

fn shown(site: &Site) -> Value {
    json!({
        "id": site.id.0,
        "key": site.key,
        "domain": site.domains.first(),
        "domains": site.domains,
        "currency": site.currency.as_str(),
        "timezone": site.zone_name(),
        "session_timeout_min": site.session_timeout_min,
    })
}
