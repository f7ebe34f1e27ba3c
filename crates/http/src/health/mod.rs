//! `/health`, `/ready` and `/metrics`: is the process alive, can it acknowledge, and where is everything.

mod metrics;
mod ready;

use crate::openapi::{Access, Answer, Content, Operation, Routes, Tag};
use crate::state::AppState;
use axum::routing::get;
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Serialize;

/// The routes that answer for every host.
pub fn router() -> Router<AppState> {
    routes().into_router()
}

pub(crate) fn routes() -> Routes<AppState> {
    let alive = Operation::new(Tag::Server, Access::Public, "health", "Does the process live?");
    let alive = alive.answers(Answer::json::<Health>(200, "It does. No store is asked."));
    let able = Operation::new(Tag::Server, Access::MaybeReader, "ready", "Can the door acknowledge?");
    let able = able
        .about(
            "The checks are told to the owner and to tokens only. A store that is away shows in its check.",
        )
        .answers(Answer::json::<ready::Ready>(200, "It can."))
        .answers(Answer::json::<ready::Ready>(503, "The log is full or cannot be written."));
    Routes::new().get("/health", alive, health).get("/ready", able, ready::ready)
}

/// `/metrics` without a question of who asks: for the admin listener.
pub fn admin_router() -> Router<AppState> {
    Router::new().route("/metrics", get(metrics::admin)).merge(router())
}

/// `/metrics` with a token, on the public listener.
pub fn metrics_router() -> Router<AppState> {
    metrics_routes().into_router()
}

pub(crate) fn metrics_routes() -> Routes<AppState> {
    let page = Operation::new(Tag::Server, Access::Reader, "metrics", "Everything that is counted");
    let page = page
        .about("Every name starts with `ut_`. The same answers on the admin listener without a question of who asks.")
        .answers(Answer::of(200, "Prometheus' text format.", vec![Content::text("text/plain")]));
    Routes::new().get("/metrics", page, metrics::with_token)
}

#[derive(Serialize, JsonSchema)]
struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Of this server.
    version: &'static str,
}

/// Touches no store: it says that the process lives, nothing else.
async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}
