//! Every route of the server on one page.

use axum::Router;
use ut_http::state::AppState;
use ut_http::surface::Surface;
use ut_http::{assets, collect, health, live, openapi, owner, reports};

/// The public listener: what shops' pages need, and the owner's surface behind its guard.
pub(super) fn public(state: &AppState) -> Surface {
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
    Surface::new(all).with_door(state.clone())
}

/// The admin listener.
pub(super) fn admin(state: &AppState) -> Surface {
    Surface::new(health::admin_router().with_state(state.clone()))
}
