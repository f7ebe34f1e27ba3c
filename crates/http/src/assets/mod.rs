//! The files a browser loads: the tracker, the dashboard, and in the demo the shop. Built by `npm run build`, put
//! into the binary, sent precompressed.

mod file;

use crate::openapi::{Access, Answer, Content, Operation, Parameter, Place, Routes, Tag};
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
    tracker_routes().into_router()
}

pub(crate) fn tracker_routes() -> Routes<AppState> {
    let script = |id, summary| file(Tag::Collect, Access::Public, id, summary, "text/javascript");
    let choice = script("tracker_choice", "What the tracker fetches once a visitor chooses, or a till asks");
    let html =
        script("tracker_html", "What the tracker fetches on pages with `data-ut-event` or `data-ut-view`");
    let navigation =
        script("tracker_navigation", "What the tracker fetches in browsers without the Navigation API");
    let vitals = script("tracker_vitals", "What the tracker fetches to measure Web Vitals");
    let attribution = script(
        "tracker_vitals_attribution",
        "The same, with what each was caused by (`data-vitals=\"attribution\"`)",
    );
    Routes::new()
        .get("/ut/ut.js", script("tracker", "The tracker"), async |headers: HeaderMap| {
            respond::<Tracker>("ut.js", Cache::Check, &headers)
        })
        .get("/ut/ut-choice.js", choice, async |headers: HeaderMap| {
            respond::<Tracker>("ut-choice.js", Cache::Check, &headers)
        })
        .get("/ut/ut-html.js", html, async |headers: HeaderMap| {
            respond::<Tracker>("ut-html.js", Cache::Check, &headers)
        })
        .get("/ut/ut-navigation.js", navigation, async |headers: HeaderMap| {
            respond::<Tracker>("ut-navigation.js", Cache::Check, &headers)
        })
        .get("/ut/ut-vitals.js", vitals, async |headers: HeaderMap| {
            respond::<Tracker>("ut-vitals.js", Cache::Check, &headers)
        })
        .get("/ut/ut-vitals-attribution.js", attribution, async |headers: HeaderMap| {
            respond::<Tracker>("ut-vitals-attribution.js", Cache::Check, &headers)
        })
}

/// A file that browsers load: compressed, and not sent again to those who have it.
fn file(
    tag: Tag,
    access: Access,
    id: &'static str,
    summary: &'static str,
    media_type: &'static str,
) -> Operation {
    Operation::new(tag, access, id, summary)
        .answers(
            Answer::of(200, "The file.", vec![Content::text(media_type)])
                .header("ETag", "Its version, for `If-None-Match`."),
        )
        .answers(Answer::empty(304, "The browser has it."))
        .refuses(&["not_found"])
}

/// The dashboard: part of the owner's surface.
pub fn dashboard_router() -> Router<AppState> {
    dashboard_routes().into_router()
}

pub(crate) fn dashboard_routes() -> Routes<AppState> {
    let page = |id, summary| file(Tag::SignIn, Access::Visitor, id, summary, "text/html");
    let path = Parameter::new(Place::Path, "path", "The file.", serde_json::json!({ "type": "string" }));
    let asset = file(Tag::SignIn, Access::Visitor, "asset", "What the dashboard loads", "*/*");
    Routes::new()
        .get("/", page("dashboard", "The dashboard"), dashboard)
        .get("/setup", page("setup_page", "Where the set-up link leads"), dashboard)
        .get("/login", page("login_page", "Where one signs in"), dashboard)
        .get("/realtime", page("realtime_page", "What happens now"), dashboard)
        .get("/performance", page("performance_page", "How fast the shop's pages are"), dashboard)
        .get(
            "/privacy",
            page("privacy_page_of_the_owner", "What visitors chose, and what is stored where"),
            dashboard,
        )
        .get("/settings", page("settings_page", "A site's settings"), dashboard)
        .get("/assets/{*path}", asset.parameters([path]).refuses(&["bad_request"]), dashboard_asset)
}

/// One page for all addresses: its script knows which it is.
async fn dashboard(headers: HeaderMap) -> Response {
    respond::<Dashboard>("index.html", Cache::Check, &headers)
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
