//! Every route of the server on one page.

use axum::Router;
use ut_http::state::AppState;
use ut_http::surface::Surface;
use ut_http::{assets, collect, health, live, openapi, owner, reports, rights, webhooks};

/// What shops' pages need, below `/ut/` and `/collect/`.
fn shops() -> Router<AppState> {
    Router::new().merge(collect::router()).merge(assets::tracker_router())
}

/// What shops' pages need and nothing else: for an app that has its own pages.
pub(crate) fn shop(state: &AppState) -> Surface {
    Surface::new(shops().with_state(state.clone())).with_door(state.clone())
}

/// The public listener: what shops' pages need, and the owner's surface behind its guard.
pub(crate) fn public(state: &AppState) -> Surface {
    let owners = Router::new()
        .merge(owner::router())
        .merge(reports::router())
        .merge(rights::router())
        .merge(live::router())
        .merge(health::metrics_router())
        .merge(openapi::router())
        .merge(assets::dashboard_router());
    let shop = if state.settings.demo { assets::demo_router() } else { Router::new() };
    let all = Router::new()
        .merge(shops())
        .merge(webhooks::router())
        .merge(health::router())
        .merge(shop)
        .merge(owner::guard(owners, state))
        .with_state(state.clone());
    Surface::new(all).with_door(state.clone())
}

/// The admin listener.
#[cfg(feature = "server")]
pub(crate) fn admin(state: &AppState) -> Surface {
    Surface::new(health::admin_router().with_state(state.clone()))
}
