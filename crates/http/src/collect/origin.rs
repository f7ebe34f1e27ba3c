//! Who may send from where (contract: "CORS"): the site's own pages, credentials included, and nobody else.

use super::head::Head;
use crate::problem::Problem;
use crate::state::AppState;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ut_core::site::Site;

const PREFLIGHT_MAX_AGE_S: &str = "7200";

/// The `Origin` of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// There is none: no page of a browser sent it.
    Missing,
    /// A page of this host (lower case, without port).
    Page(String),
    /// Something else: `null`, a file, an extension.
    Other,
}

impl Origin {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::ORIGIN).into_iter();
        let Some(value) = values.next() else { return Self::Missing };
        // A browser sends one. Of two, a proxy before us may have looked at the other.
        if values.next().is_some() {
            return Self::Other;
        }
        let Ok(text) = value.to_str() else { return Self::Other };
        if let Some(host) = ordinary_host(text) {
            return Self::Page(host.to_owned());
        }
        let url = url::Url::parse(text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        url.and_then(|url| url.host_str().map(str::to_owned)).map_or(Self::Other, Self::Page)
    }

    /// The page's host.
    pub(super) fn host(&self) -> Option<&str> {
        if let Self::Page(host) = self { Some(host) } else { None }
    }
}

/// The host of an origin that is written as browsers write nearly all of them: `https://` and letters, digits, hyphens and
/// dots in lower case. Every other one is read as any address is.
fn ordinary_host(origin: &str) -> Option<&str> {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let ordinary = |label: &str| !label.is_empty() && !label.starts_with("xn--") && label.bytes().all(plain);
    // A last label that begins with a digit may be part of an IPv4 address.
    let last = host.rsplit('.').next()?;
    (last.starts_with(|c: char| c.is_ascii_lowercase()) && host.split('.').all(ordinary)).then_some(host)
}

/// Checks that `site` may be sent to from the request's origin.
pub(super) fn check(state: &AppState, site: &Site, head: &Head) -> Result<(), Problem> {
    let forbidden =
        |code, detail: String| Err(Problem::new(StatusCode::FORBIDDEN, code, "Origin not allowed", detail));
    match &head.origin {
        Origin::Page(host) if site.owns(host) => Ok(()),
        Origin::Page(_) | Origin::Other => {
            let origin = head.headers.get(header::ORIGIN).map_or(&b""[..], HeaderValue::as_bytes);
            let origin = String::from_utf8_lossy(origin);
            // Which domains there are, a stranger need not know: some are not public yet.
            forbidden(
                "wrong_origin",
                format!("{origin} is none of the site's domains; its owner can add it."),
            )
        }
        Origin::Missing if state.settings.development && head.sender.is_direct_loopback() => Ok(()),
        Origin::Missing => {
            let detail = "A browser sends an Origin; a call without one is signed with the site's secret.";
            forbidden("no_origin", detail.to_owned())
        }
    }
}

/// The answer's CORS headers: an origin that belongs to any site is echoed, so that its page can read errors too.
#[derive(Debug)]
pub(super) struct Echo(Option<HeaderValue>);

impl Echo {
    pub(super) fn of(state: &AppState, head: &Head) -> Self {
        let known = head.origin.host().is_some_and(|host| state.sites.by_domain(host).is_some());
        let origin = head.headers.get(header::ORIGIN).filter(|_| known);
        // A copy: the value itself would keep the whole request in memory.
        Self(origin.and_then(|origin| HeaderValue::from_bytes(origin.as_bytes()).ok()))
    }

    pub(super) fn tell(self, headers: &mut HeaderMap) {
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = self.0 else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers
            .insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After, X-UT-Id"));
    }
}

/// `OPTIONS`: only senders of `application/json` from another origin ask; the tracker sends `text/plain`.
pub(super) async fn preflight(State(state): State<AppState>, request: axum::extract::Request) -> Response {
    let head = Head::of(&state, request.into_parts().0);
    let mut response = StatusCode::NO_CONTENT.into_response();
    Echo::of(&state, &head).tell(response.headers_mut());
    let answer = response.headers_mut();
    if answer.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
        answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_MAX_AGE_S));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn an_ordinary_host_is_what_any_reader_of_addresses_says(
            host in "[a-z0-9.-]{1,12}|(xn--|[a-z0-9-]{0,3}\\.){0,3}[a-zA-Z0-9-]{0,3}|[0-9a-fx.]{1,12}",
            rest in "|:80|:8080|/|/x|\\?x|#x",
        ) {
            let origin = format!("https://{host}{rest}");
            if let Some(ordinary) = ordinary_host(&origin) {
                let url = url::Url::parse(&origin).unwrap();
                proptest::prop_assert_eq!(url.host_str(), Some(ordinary));
                proptest::prop_assert_eq!(url.origin().ascii_serialization(), origin);
            }
        }
    }

    #[test]
    fn an_origin_is_a_page_or_it_is_not() {
        for (text, origin) in [
            ("https://shop.example", Origin::Page("shop.example".into())),
            ("http://SHOP.example:8080", Origin::Page("shop.example".into())),
            ("http://[::1]:3000", Origin::Page("[::1]".into())),
            ("null", Origin::Other),
            ("file://", Origin::Other),
            ("moz-extension://abc", Origin::Other),
            ("", Origin::Other),
        ] {
            let headers = HeaderMap::from_iter([(header::ORIGIN, text.parse().unwrap())]);
            assert_eq!(Origin::of(&headers), origin, "{text}");
        }
        assert_eq!(Origin::of(&HeaderMap::new()), Origin::Missing);
        let page = || (header::ORIGIN, HeaderValue::from_static("https://shop.example"));
        let mut two = HeaderMap::from_iter([page()]);
        two.append(header::ORIGIN, HeaderValue::from_static("https://evil.example"));
        assert_eq!(Origin::of(&two), Origin::Other);
    }
}
