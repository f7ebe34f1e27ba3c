//! Did one of our own pages send this? Pure.

use super::host;
use axum::http::{HeaderMap, Uri, header};

/// Who sent a request, as far as its browser says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// A page of the owner's surface.
    Own,
    /// A page of someone else.
    Foreign,
    /// No browser, or one that says nothing.
    Unsaid,
}

/// What `Origin` and `Sec-Fetch-Site` say; either of them can tell on a stranger.
pub(super) fn sender(public_url: &url::Url, uri: &Uri, headers: &HeaderMap) -> Sender {
    match (by_origin(public_url, uri, headers), by_fetch_site(headers)) {
        (Sender::Foreign, _) | (_, Sender::Foreign) => Sender::Foreign,
        (Sender::Own, _) | (_, Sender::Own) => Sender::Own,
        (Sender::Unsaid, Sender::Unsaid) => Sender::Unsaid,
    }
}

fn by_origin(public_url: &url::Url, uri: &Uri, headers: &HeaderMap) -> Sender {
    let Some(origin) = headers.get(header::ORIGIN) else { return Sender::Unsaid };
    let Some(origin) = origin.to_str().ok().and_then(|origin| url::Url::parse(origin).ok()) else {
        // `null`: a sandboxed frame, a local file.
        return Sender::Foreign;
    };
    let own = origin.origin() == public_url.origin() || is_this_loopback(&origin, uri, headers);
    if own { Sender::Own } else { Sender::Foreign }
}

/// Reached on this machine under another name or port than `PUBLIC_URL`: then the page came from where the request
/// goes.
fn is_this_loopback(origin: &url::Url, uri: &Uri, headers: &HeaderMap) -> bool {
    let (Some(from), Some(to)) = (origin.host_str(), host::of(uri, headers)) else { return false };
    let port = to.port_u16().or(if origin.scheme() == "https" { Some(443) } else { Some(80) });
    host::is_loopback(from) && from.eq_ignore_ascii_case(to.host()) && origin.port_or_known_default() == port
}

/// <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>; a page cannot set it.
fn by_fetch_site(headers: &HeaderMap) -> Sender {
    match headers.get("sec-fetch-site").map(|value| value.as_bytes()) {
        Some(b"same-origin") => Sender::Own,
        None | Some(b"none") => Sender::Unsaid,
        Some(_) => Sender::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::Sender::{Foreign, Own, Unsaid};
    use super::sender;
    use axum::http::{HeaderMap, HeaderName, Uri};

    #[test]
    fn either_header_tells_on_a_stranger() {
        let public = "https://stats.shop.example".parse().unwrap();
        let cases = [
            (&[][..], Unsaid),
            (&[("origin", "https://stats.shop.example")], Own),
            (&[("origin", "https://stats.shop.example:443")], Own),
            (&[("origin", "http://stats.shop.example")], Foreign),
            (&[("origin", "https://stats.shop.example:8443")], Foreign),
            (&[("origin", "https://shop.example")], Foreign),
            (&[("origin", "null")], Foreign),
            (&[("origin", "http://127.0.0.1:3000")], Foreign),
            (&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")], Own),
            (&[("origin", "http://127.0.0.1:3001"), ("host", "127.0.0.1:3000")], Foreign),
            (&[("origin", "http://localhost"), ("host", "localhost")], Own),
            (&[("origin", "http://localhost:3000"), ("host", "127.0.0.1:3000")], Foreign),
            (&[("origin", "https://evil.example"), ("host", "evil.example")], Foreign),
            (&[("sec-fetch-site", "same-origin")], Own),
            (&[("sec-fetch-site", "none")], Unsaid),
            (&[("sec-fetch-site", "same-site")], Foreign),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://stats.shop.example")], Foreign),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://shop.example")], Foreign),
        ];
        for (headers, expected) in cases {
            let map: HeaderMap = headers
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
                .collect();
            assert_eq!(sender(&public, &Uri::from_static("/login"), &map), expected, "{headers:?}");
        }
    }
}
