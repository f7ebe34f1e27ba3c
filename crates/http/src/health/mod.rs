//! `/health`, `/ready` and `/metrics`: is the process alive, can it acknowledge, and where is everything.

mod metrics;
mod ready;

use crate::state::AppState;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

/// The routes that answer for every host.
pub fn router() -> Router<AppState> {
    Router::new().route("/health", get(health)).route("/ready", get(ready::ready))
}

/// `/metrics` without a question of who asks: for the admin listener.
pub fn admin_router() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics::admin)).merge(router())
}

/// `/metrics` with a token, on the public listener.
pub fn metrics_router() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics::with_token))
}

/// Touches no store: it says that the process lives, nothing else.
async fn health() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}
