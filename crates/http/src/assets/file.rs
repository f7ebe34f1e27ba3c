//! One embedded file as an answer: type, ETag, the best encoding the browser takes.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

/// How long a browser may keep a file without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cache {
    /// It asks every time; the ETag makes the answer small.
    Check,
    /// For ever: the name changes with the content.
    Forever,
}

/// The file, or 404.
pub(super) fn respond<Files: RustEmbed>(path: &str, cache: Cache, request: &HeaderMap) -> Response {
    let Some(plain) = Files::get(path) else {
        return if Files::iter().next().is_none() {
            not_built()
        } else {
            StatusCode::NOT_FOUND.into_response()
        };
    };
    let etag = format!("\"{}\"", hex(&plain.metadata.sha256_hash()[..12]));
    let mut response = if is_known(request, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        content::<Files>(path, plain, request)
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let keep = match cache {
        Cache::Check => "no-cache",
        Cache::Forever => "public, max-age=31536000, immutable",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

/// Whether the browser has this version: `If-None-Match` is a list, compared weakly (RFC 9110, 13.1.2).
fn is_known(request: &HeaderMap, etag: &str) -> bool {
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|list| list.split(',')).any(|one| {
        let one = one.trim();
        one == "*" || one.strip_prefix("W/").unwrap_or(one) == etag
    })
}

/// The file in the best encoding the browser takes.
fn content<Files: RustEmbed>(path: &str, plain: EmbeddedFile, request: &HeaderMap) -> Response {
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    let takes =
        |name: &str| accepted.split(',').any(|entry| entry.split(';').next().unwrap_or("").trim() == name);
    let encoded = [("br", "br"), ("gzip", "gz")].into_iter().find_map(|(name, ending)| {
        takes(name).then(|| Some((name, Files::get(&format!("{path}.{ending}"))?)))?
    });
    let (encoding, file) = encoded.map_or((None, plain), |(name, file)| (Some(name), file));
    let mut response = Response::new(Body::from(file.data.into_owned()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The binary was built without the front end.
pub(super) fn not_built() -> Response {
    let text = "This build has no front end: run `npm ci && npm run build` and build again.\n";
    (StatusCode::NOT_FOUND, text).into_response()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_version_is_recognised_in_a_list_and_weakly() {
        let cases = [("\"a\"", true), ("\"b\"", false), ("\"b\", W/\"a\"", true), ("*", true), ("a", false)];
        for (shown, known) in cases {
            let mut request = HeaderMap::new();
            request.insert(header::IF_NONE_MATCH, HeaderValue::from_static(shown));
            assert_eq!(is_known(&request, "\"a\""), known, "{shown}");
        }
    }
}
