//! Every route of the server on one page.

use axum::Router;
use ut_http::state::AppState;
use ut_http::{assets, collect, health, live, openapi, owner, reports, surface};

/// The public listener: what shops' pages need, and the owner's surface behind its guard.
pub(super) fn public(state: &AppState) -> Router {
    let owners = Router::new()
        .merge(owner::router())
        .merge(reports::router())
        .merge(live::router())
        .merge(health::metrics_router())
        .merge(openapi::router())
        .merge(assets::dashboard_router());
    let shop = if state.settings.demo { assets::demo_router() } else { Router::new() };
    let all = Router::new()
        .merge(collect::router())
        .merge(assets::tracker_router())
        .merge(health::router())
        .merge(shop)
        .merge(owner::guard(owners, state))
        .with_state(state.clone());
    surface::around(all)
}

/// The admin listener.
pub(super) fn admin(state: &AppState) -> Router {
    surface::around(health::admin_router().with_state(state.clone()))
}
