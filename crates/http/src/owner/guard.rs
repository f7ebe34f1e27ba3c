//! What goes around the whole owner's surface.

use super::{OwnerState, cookie, cors, host};
use crate::problem::Problem;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::sync::{Arc, OnceLock};
use ut_tracking::accounts::Session;

/// Everything comes from here, nothing runs inline, no one frames us.
const CSP: &str = "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'; form-action 'self'; \
                   frame-ancestors 'none'";

/// Without an owner these answer all the same: the page on which one becomes the owner, and what it loads and asks.
const BEFORE_AN_OWNER: [&str; 2] = ["/setup", "/api/v1/about"];
const ASSETS: &str = "/assets/";

/// Where a handler's extractor leaves the session that the answer shall carry on.
#[derive(Debug, Clone, Default)]
pub(super) struct Renewal(Arc<OnceLock<Session>>);

impl Renewal {
    pub(super) fn set(&self, session: Session) {
        // A second extractor of the same request renews the same session.
        let _ = self.0.set(session);
    }
}

/// Puts a router behind the rules.
pub(super) fn around<S>(router: Router<S>, state: OwnerState) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    router.layer(from_fn_with_state(state, guard))
}

async fn guard(State(state): State<OwnerState>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let origin = cors::allowed(&state.settings.cors_origins, &path, request.headers());
    let preflight = origin.is_some() && cors::is_preflight(request.method(), request.headers());
    let ours = is_ours(&state.settings.public_url, request.uri(), request.headers());
    let mut response = match admitted(&state, ours, &path).await {
        Err(problem) => problem.into_response(),
        Ok(()) if preflight => cors::let_send(),
        Ok(()) => renewed(&state, request, next).await,
    };
    if let Some(origin) = origin {
        cors::let_read(response.headers_mut(), origin);
    }
    secure(response.headers_mut(), &path);
    response
}

/// For the host of `PUBLIC_URL` or this machine itself, on any port: proxies and tunnels change the port.
fn is_ours(public_url: &url::Url, uri: &Uri, headers: &HeaderMap) -> bool {
    host::of(uri, headers).is_some_and(|authority| {
        let host = authority.host();
        host::is_loopback(host)
            || public_url.host_str().is_some_and(|public| public.eq_ignore_ascii_case(host))
    })
}

/// The right host, and an owner where strangers could come by.
async fn admitted(state: &OwnerState, ours: bool, path: &str) -> Result<(), Problem> {
    if !ours {
        // As if nothing were here: the shop's own host, which forwards only `/ut/`, must not show a login.
        return Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "Not found", "There is nothing here."));
    }
    let open = BEFORE_AN_OWNER.contains(&path) || path.starts_with(ASSETS);
    if open || !state.settings.public_bind || state.accounts.owner_exists().await? {
        return Ok(());
    }
    let detail = "This server has no owner yet: open the set-up link it printed when it started.";
    Err(Problem::new(StatusCode::NOT_FOUND, "no_owner", "No owner yet", detail))
}

async fn renewed(state: &OwnerState, mut request: Request, next: Next) -> Response {
    let renewal = Renewal::default();
    request.extensions_mut().insert(renewal.clone());
    let mut response = next.run(request).await;
    // An answer that sets the cookie itself (login, logout) knows better.
    if let (Some(session), false) = (renewal.0.get(), response.headers().contains_key(header::SET_COOKIE)) {
        let cookie = cookie::keep(&state.settings.public_url, session);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Headers a handler has set itself stay.
fn secure(headers: &mut HeaderMap, path: &str) {
    let set = |headers: &mut HeaderMap, name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(headers, header::CONTENT_SECURITY_POLICY, CSP);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    set(headers, header::REFERRER_POLICY, "same-origin");
    if !path.starts_with(ASSETS) {
        set(headers, header::CACHE_CONTROL, "no-store");
    }
}
