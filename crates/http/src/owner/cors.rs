//! Programs in other pages: the API answers the origins of `CORS_ORIGINS`, which show a token. Cookies are never
//! allowed across origins.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PATCH, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
/// Browsers ask again after so many seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The origin to answer, if it is one of those allowed.
pub(super) fn allowed(allowed: &[String], path: &str, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let known = allowed.iter().any(|known| known.trim_end_matches('/').as_bytes() == origin.as_bytes());
    (known && path.starts_with("/api/")).then(|| origin.clone())
}

/// Does a browser ask whether it may send the real request?
pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Lets the origin read the answer.
pub(super) fn let_read(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

/// The answer to a preflight: the origin may send the real request.
pub(super) fn let_send() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, MAX_AGE),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
