//! The session cookie. Pure.

use crate::heads;
use axum::http::{HeaderMap, HeaderValue};
use ut_tracking::accounts::Session;

/// `__Host-` makes browsers insist on https, `Path=/` and no `Domain`; they refuse it on plain http.
pub(super) fn name(public_url: &url::Url) -> &'static str {
    if is_secure(public_url) { "__Host-ut_session" } else { "ut_session" }
}

/// The session's token, if the request brings one.
pub(super) fn read<'a>(public_url: &url::Url, headers: &'a HeaderMap) -> Option<&'a str> {
    heads::cookies(headers, name(public_url)).next()
}

/// The header that keeps a session in the browser.
pub(super) fn keep(public_url: &url::Url, session: &Session) -> HeaderValue {
    write(public_url, &session.token, Session::LIFE_S)
}

/// The header that removes it.
pub(super) fn remove(public_url: &url::Url) -> HeaderValue {
    write(public_url, "", 0)
}

fn write(public_url: &url::Url, token: &str, max_age_s: i64) -> HeaderValue {
    let secure = if is_secure(public_url) { "; Secure" } else { "" };
    let name = name(public_url);
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
    // Base64 and dots are always a header value.
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

fn is_secure(public_url: &url::Url) -> bool {
    public_url.scheme() == "https"
}
