//! Our routes in somebody else's router.

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::uri::PathAndQuery;
use axum::http::{Extensions, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use ut_http::surface::{NO_PEER, Surface, no_peer};

/// Who calls, as the app says.
pub(super) fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer)
}

struct Mounted {
    surface: Surface,
    /// Where what is asked for lies in `surface`.
    folder: &'static str,
    complained: AtomicBool,
}

/// What `surface` has below `folder`.
pub(super) fn below<S: Clone + Send + Sync + 'static>(folder: &'static str, surface: Surface) -> Router<S> {
    let mounted = Arc::new(Mounted { surface, folder, complained: AtomicBool::new(false) });
    Router::new().route("/{*path}", any(async move |request: Request| mounted.answer(request).await))
}

/// All of `surface`.
pub(super) fn whole<S: Clone + Send + Sync + 'static>(surface: Surface) -> Router<S> {
    let mounted = Arc::new(Mounted { surface, folder: "", complained: AtomicBool::new(false) });
    let answer = async move |request: Request| mounted.answer(request).await;
    Router::new().route("/", any(answer.clone())).route("/{*path}", any(answer))
}

impl Mounted {
    async fn answer(&self, mut request: Request) -> Response {
        let Some(peer) = peer(request.extensions()) else { return self.no_peer() };
        let Some(uri) = self.inside(request.uri()) else { return StatusCode::NOT_FOUND.into_response() };
        *request.uri_mut() = uri;
        self.surface.answer(peer, request).await
    }

    /// The address by which `surface` knows what is asked for: the router has taken the prefix off.
    fn inside(&self, uri: &Uri) -> Option<Uri> {
        let mut parts = uri.clone().into_parts();
        let target = parts.path_and_query.as_ref().map_or("/", PathAndQuery::as_str);
        parts.path_and_query = Some(format!("{}{target}", self.folder).parse().ok()?);
        Uri::from_parts(parts).ok()
    }

    fn no_peer(&self) -> Response {
        if !self.complained.swap(true, Ordering::Relaxed) {
            tracing::error!("requests to the tracking are refused: {NO_PEER}");
        }
        no_peer().into_response()
    }
}
