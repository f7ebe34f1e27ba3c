//! The files a browser loads: the tracker, the dashboard, and in the demo the shop. Built by `npm run build`, put
//! into the binary, sent precompressed.

mod file;

use crate::state::AppState;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use file::{Cache, respond};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../tracker/dist"]
#[allow_missing = true]
struct Tracker;

#[derive(RustEmbed)]
#[folder = "../../dashboard/dist"]
#[allow_missing = true]
struct Dashboard;

#[derive(RustEmbed)]
#[folder = "../../demo-shop/dist"]
#[allow_missing = true]
struct DemoShop;

/// What the site's key stands for in the shop's template.
const SITE_KEY: &str = "{{SITE_KEY}}";

/// The tracker: part of the public surface.
pub fn tracker_router() -> Router<AppState> {
    Router::new().route(
        "/ut/ut.js",
        get(|headers: HeaderMap| async move { respond::<Tracker>("ut.js", Cache::Check, &headers) }),
    )
}

/// The dashboard: part of the owner's surface.
pub fn dashboard_router() -> Router<AppState> {
    let page = || {
        get(|headers: HeaderMap| async move { respond::<Dashboard>("index.html", Cache::Check, &headers) })
    };
    Router::new()
        .route("/", page())
        .route("/setup", page())
        .route("/login", page())
        .route("/assets/{*path}", get(dashboard_asset))
}

/// The demo shop.
pub fn demo_router() -> Router<AppState> {
    Router::new()
        .route("/demo", get(|| async { axum::response::Redirect::permanent("/demo/") }))
        .route("/demo/", get(demo_page))
        .route("/demo/assets/{*path}", get(demo_asset))
        .route("/demo/{*path}", get(demo_page))
}

async fn dashboard_asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    respond::<Dashboard>(&format!("assets/{path}"), Cache::Forever, &headers)
}

async fn demo_asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    respond::<DemoShop>(&format!("assets/{path}"), Cache::Check, &headers)
}

/// Every page of the shop is the same template: the site's key goes in, the script does the rest.
async fn demo_page(State(state): State<AppState>) -> Response {
    let Some(site) = state.deps.sites.all().into_iter().next() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some(template) = DemoShop::get("index.html") else { return file::not_built() };
    let html = String::from_utf8_lossy(&template.data).replace(SITE_KEY, &site.key);
    ([("cache-control", "no-store")], axum::response::Html(html)).into_response()
}
