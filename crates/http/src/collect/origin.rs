//! Who may send from where (contract: "CORS"): the site's own pages, credentials included, and nobody else.

use super::client::Client;
use crate::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ut_core::site::Site;

const PREFLIGHT_MAX_AGE_S: &str = "7200";

/// Checks that `site` may be sent to from the request's origin.
pub(super) fn check(
    state: &AppState,
    site: &Site,
    headers: &HeaderMap,
    client: &Client,
) -> Result<(), Problem> {
    let forbidden =
        |code, detail: String| Err(Problem::new(StatusCode::FORBIDDEN, code, "Origin not allowed", detail));
    match headers.get(header::ORIGIN) {
        Some(origin) => match host(origin) {
            Some(host) if site.owns(&host) => Ok(()),
            _ => {
                let origin = String::from_utf8_lossy(origin.as_bytes()).into_owned();
                forbidden(
                    "wrong_origin",
                    format!("{origin} is none of the site's domains ({}).", site.domains.join(", ")),
                )
            }
        },
        None if state.settings.development && client.is_direct_loopback() => Ok(()),
        None => {
            forbidden("no_origin", "A browser sends an Origin; calls without one are not taken.".to_owned())
        }
    }
}

/// The host of an `Origin`, lower case, without port.
fn host(origin: &HeaderValue) -> Option<String> {
    let url = url::Url::parse(origin.to_str().ok()?).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.host_str().map(str::to_owned))?
}

/// The host of the page that sends: its registrable domain is part of a cookieless visitor.
pub(super) fn page_host(headers: &HeaderMap, site: &Site) -> String {
    let own = || site.domains.first().map_or("", |domain| domain.trim_start_matches("*.")).to_owned();
    headers.get(header::ORIGIN).and_then(host).unwrap_or_else(own)
}

/// The answer's CORS headers: an origin that belongs to any site is echoed, so that its page can read errors too.
pub(super) fn echo(state: &AppState, request: &HeaderMap, response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = request.get(header::ORIGIN) else { return };
    let known = host(origin).is_some_and(|host| state.sites.by_domain(&host).is_some());
    if known {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
    }
}

/// `OPTIONS`: only senders of `application/json` from another origin ask; the tracker sends `text/plain`.
pub(super) async fn preflight(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    echo(&state, &headers, &mut response);
    let answer = response.headers_mut();
    if answer.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_MAX_AGE_S));
    }
    response
}
