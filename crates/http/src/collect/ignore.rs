//! "Do not count me": a page on the shop's own domain, where whoever works there takes their browser out of the numbers.
//! A form without script; what it keeps is a cookie that names nobody.

use crate::body;
use crate::heads;
use crate::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use url::form_urlencoded;

const COOKIE: &str = "ut_ignore";
const YEAR_S: u32 = 365 * 24 * 3600;
const PAGE: &str = include_str!("ignore.html");
/// The form's one field.
const MAX_FORM: usize = 256;
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";

/// Does the browser not want to be counted?
pub(super) fn is_asked(headers: &HeaderMap) -> bool {
    heads::cookies(headers, COOKIE).any(|value| value == "1")
}

/// `GET /ut/ignore`.
pub(super) async fn page(headers: HeaderMap) -> Response {
    let [heading, text, value, button] = if is_asked(&headers) {
        [
            "You are not counted",
            "Visits with this browser are left out of this shop's numbers.",
            "0",
            "Count me again",
        ]
    } else {
        [
            "You are counted",
            "Visits with this browser are part of this shop's numbers.",
            "1",
            "Do not count me",
        ]
    };
    let page = PAGE.replace("{{heading}}", heading).replace("{{text}}", text);
    let page = page.replace("{{value}}", value).replace("{{button}}", button);
    ([(header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-store")], Html(page))
        .into_response()
}

/// `POST /ut/ignore`, from the page's form.
pub(super) async fn choose(headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    if !from_own_page(&headers) {
        let detail = "This form is sent by its own page, /ut/ignore.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "wrong_origin", "Not from this page", detail));
    }
    let form = body::read(&headers, body, MAX_FORM).await?;
    let choice =
        form_urlencoded::parse(&form).find(|(name, _)| name == "ignore").map(|(_, value)| value == "1");
    let Some(ignored) = choice else {
        let detail = "The field `ignore` is 1 (do not count me) or 0.";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_request", "Not the page's form", detail));
    };
    let (value, life_s) = if ignored { ("1", YEAR_S) } else { ("", 0) };
    let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={life_s}");
    let cookie = HeaderValue::try_from(cookie).unwrap_or(HeaderValue::from_static(""));
    // Relative: the page may be mounted under another prefix.
    let back = (header::LOCATION, HeaderValue::from_static("ignore"));
    Ok((StatusCode::SEE_OTHER, [back, (header::SET_COOKIE, cookie)]).into_response())
}

/// Another site must not take a shop's visitors out of its numbers. Browsers say whose form it is; those that are
/// older name the page's origin.
pub(super) fn from_own_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let host = |origin: &str| origin.split_once("://").map(|(_, host)| host.to_owned());
    text("origin").is_none_or(|origin| host(origin).as_deref() == text("host"))
}
