//! What holds for every request and every answer, whichever route they belong to: sizes, one shape of errors, and
//! the headers without which browsers and proxies guess.

use crate::collect;
use crate::problem::Problem;
use crate::state::AppState;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use axum::{BoxError, Router};
use futures_util::FutureExt;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use tower::ServiceExt;

/// Longest request target, in bytes: a question in a query string is far shorter.
const MAX_TARGET: usize = 8 * 1024;
/// All header fields of a request together, in bytes: a shop's own cookies come along. The server reads a little
/// more than this before it hangs up, so that whoever sends too much is told.
pub const MAX_HEADER_BYTES: usize = 32 * 1024;
/// Header fields of a request.
const MAX_HEADERS: usize = 80;
/// A longer explanation by a library is not for people.
const MAX_TEXT: usize = 1024;

/// What an app in which this is mounted is told when it says nothing about its callers.
pub const NO_PEER: &str = "the app does not say who calls: serve it with \
     `into_make_service_with_connect_info::<SocketAddr>()`, or put a `ConnectInfo<SocketAddr>` into the extensions of its \
     requests";

/// The answer then: with a wrong address, all visitors would be one.
#[must_use]
pub fn no_peer() -> Problem {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    Problem::new(status, "no_peer", "Nobody is said to call", format!("Nothing was taken: {NO_PEER}."))
}

/// Everything one listener answers.
#[derive(Debug, Clone)]
pub struct Surface {
    router: Router,
    door: Option<AppState>,
}

impl Surface {
    /// A router behind these rules.
    #[must_use]
    pub const fn new(router: Router) -> Self {
        Self { router, door: None }
    }

    /// With a router that has the collect routes: batches are answered without asking it.
    #[must_use]
    pub fn with_door(self, state: AppState) -> Self {
        Self { door: Some(state), ..self }
    }

    /// Answers a request of `peer`.
    pub async fn answer<B>(&self, peer: SocketAddr, request: Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let method = request.method().clone();
        let mut response = match sound(&request) {
            Ok(()) => self.routed(peer, request).await,
            Err(problem) => problem.into_response(),
        };
        if is_told_otherwise(&response) {
            response = Box::pin(as_problem(&method, response)).await;
        }
        // Where nothing is, nothing is allowed: the owner's routes must not show on a shop's own host.
        if response.status() == StatusCode::NOT_FOUND {
            response.headers_mut().remove(header::ALLOW);
        }
        let kept = response.status() == StatusCode::NOT_MODIFIED;
        let headers = response.headers_mut();
        default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        if !kept {
            default(headers, header::CACHE_CONTROL, "no-store");
        }
        response
    }

    async fn routed<B>(&self, peer: SocketAddr, request: Request<B>) -> Response
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        match &self.door {
            Some(state) if let Some(path) = collect::batch_path(request.method(), request.uri()) => {
                // Nothing of the request is kept beside: its bytes are free for the next one as soon as it is read.
                let (parts, body) = request.into_parts();
                unbroken(path, collect::batch(state, peer.ip(), parts, body)).await
            }
            _ => {
                let uri = request.uri().clone();
                let mut request = request.map(Body::new);
                request.extensions_mut().insert(ConnectInfo(peer));
                let answer = self.router.clone().oneshot(request).map(|answer| match answer {
                    Ok(response) => response,
                });
                // Seldom and large: it must not make the future of the many larger.
                unbroken(uri.path(), Box::pin(answer)).await
            }
        }
    }
}

/// A handler that panics fails its own request, not the connection.
async fn unbroken(path: &str, answer: impl Future<Output = Response>) -> Response {
    // What a panic may have left half done lives in the request alone, or behind locks that say so.
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!(path, "a request to {path:?} made its handler panic; the lines above say where");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// Refuses what no honest client sends.
fn sound<B>(request: &Request<B>) -> Result<(), Problem> {
    let headers = request.headers();
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > MAX_TARGET {
        let detail = format!("The address is longer than {MAX_TARGET} bytes.");
        return Err(Problem::new(StatusCode::URI_TOO_LONG, "uri_too_long", "Address too long", detail));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > MAX_HEADER_BYTES || headers.len() > MAX_HEADERS {
        let detail = format!("At most {MAX_HEADERS} header fields of {MAX_HEADER_BYTES} bytes together.");
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Problem::new(status, "headers_too_large", "Headers too large", detail));
    }
    // RFC 9112 §3.2. With two, a proxy before us may have looked at the other one.
    let hosts = headers.get_all(header::HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() >= Version::HTTP_11) {
        let detail = "A request has exactly one `Host`.";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_host", "Bad Host", detail));
    }
    Ok(())
}

/// Is this an error of a route that says it in another shape, or not at all?
fn is_told_otherwise(response: &Response) -> bool {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    is_error && content_type(response) != b"application/problem+json"
}

fn content_type(response: &Response) -> &[u8] {
    response.headers().get(header::CONTENT_TYPE).map_or(b"", HeaderValue::as_bytes)
}

/// Such an error, told like every other.
async fn as_problem(method: &Method, response: Response) -> Response {
    let status = response.status();
    let is_text = content_type(&response).starts_with(b"text/plain");
    let (mut parts, body) = response.into_parts();
    let said = if is_text { said(body).await } else { String::new() };
    let (code, title, detail) = words(status, method);
    let problem = Problem::new(status, code, title, if said.is_empty() { detail } else { said });
    let problem = problem.into_response();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(problem.headers().clone());
    Response::from_parts(parts, problem.into_body())
}

async fn said(body: Body) -> String {
    let body = axum::body::to_bytes(body, MAX_TEXT).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&body);
    let text = text.trim();
    if text.is_empty() || text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

fn words(status: StatusCode, method: &Method) -> (&'static str, &'static str, String) {
    match status {
        StatusCode::NOT_FOUND => ("not_found", "Not found", "There is nothing here.".to_owned()),
        StatusCode::METHOD_NOT_ALLOWED => {
            let detail = format!("{method} is not possible here; `Allow` names what is.");
            ("method_not_allowed", "Method not allowed", detail)
        }
        status if status.is_server_error() => {
            ("internal", "The server failed", "The server's log says why.".to_owned())
        }
        _ => ("bad_request", "Bad request", "The request is not understood.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::{get, post};

    async fn ask(request: axum::http::request::Builder) -> (u16, HeaderMap, serde_json::Value) {
        let asset = [(header::CACHE_CONTROL, "public"), (header::ETAG, "\"1\"")];
        let router = Router::new()
            .route("/here", get(|| async { "hello" }).post(|| async { (StatusCode::IM_A_TEAPOT, "no tea") }))
            .route("/known", get(move || async move { (StatusCode::NOT_MODIFIED, asset) }))
            .route("/unkeyed", get(|| async { StatusCode::NOT_MODIFIED }))
            .route(
                "/panics",
                get(|| async {
                    if true {
                        panic!("planted")
                    }
                }),
            )
            .route("/fails", post(|| async { StatusCode::INTERNAL_SERVER_ERROR }));
        let peer = ([127, 0, 0, 1], 1).into();
        let response = Surface::new(router).answer(peer, request.body(Body::empty()).unwrap()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        (status, headers, serde_json::from_slice(&body).unwrap_or_default())
    }

    fn request(method: &str, target: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(target).header("host", "x")
    }

    #[tokio::test]
    async fn every_error_is_a_problem() {
        let long = format!("/here?{}", "x".repeat(MAX_TARGET));
        let mut many = request("GET", "/here");
        for number in 0..MAX_HEADERS {
            many = many.header(format!("x-{number}"), "1");
        }
        let big = request("GET", "/here").header("x-big", "x".repeat(MAX_HEADER_BYTES));
        let cases = [
            (request("GET", "/nowhere"), 404, "not_found"),
            (request("GET", "/here/"), 404, "not_found"),
            (request("DELETE", "/here"), 405, "method_not_allowed"),
            (request("POST", "/here"), 418, "bad_request"),
            (request("POST", "/fails"), 500, "internal"),
            (request("GET", "/panics"), 500, "internal"),
            (request("GET", &long), 414, "uri_too_long"),
            (many, 431, "headers_too_large"),
            (big, 431, "headers_too_large"),
            (request("GET", "/here").header("host", "y"), 400, "bad_host"),
            (Request::builder().uri("/here"), 400, "bad_host"),
        ];
        for (request, status, code) in cases {
            let (got, headers, problem) = ask(request).await;
            assert_eq!(got, status, "{code}: {problem}");
            assert_eq!(problem["type"], format!("urn:universal-tracking:error:{code}"));
            assert_eq!((&problem["status"], problem["title"].is_string()), (&status.into(), true));
            assert!(problem["detail"].as_str().unwrap().ends_with('.'), "{problem}");
            assert_eq!(headers["content-type"], "application/problem+json");
            assert_eq!(headers["cache-control"], "no-store");
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers.contains_key("allow"), status == 405, "{code}");
        }
        let (_, _, teapot) = ask(request("POST", "/here")).await;
        assert_eq!(teapot["detail"], "no tea.", "what a route said is kept");
    }

    #[tokio::test]
    async fn good_answers_keep_their_headers_and_get_the_missing_ones() {
        let (status, headers, _) = ask(request("GET", "/here")).await;
        assert_eq!((status, &headers["cache-control"]), (200, &"no-store".parse().unwrap()));
        let (_, headers, _) = ask(request("GET", "/known")).await;
        assert_eq!(headers["cache-control"], "public");
        let (status, headers, _) = ask(request("GET", "/unkeyed")).await;
        // A 304 changes what the browser has kept: `no-store` would throw it away.
        assert_eq!((status, headers.get("cache-control")), (304, None));
        let old = Request::builder().uri("/here").version(Version::HTTP_10);
        assert_eq!(ask(old).await.0, 200, "HTTP/1.0 knows no Host");
    }
}
