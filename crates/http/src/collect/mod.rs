//! The door: what a shop's pages send. Everything acknowledged here is on disk.
//!
//! A request is checked as a whole (`envelope`, `origin`, `limits`), then event by event (`event`): one bad event
//! never spoils its batch. The answer 202 goes out when the log has synced.

mod accept;
mod client;
mod envelope;
mod event;
mod field;
mod item;
mod origin;
mod presence;
mod times;

use crate::state::AppState;
use axum::Router;
use axum::routing::post;

/// Largest body of a batch.
pub const MAX_BODY: usize = 512 * 1024;
/// Most events in a batch.
pub const MAX_EVENTS: usize = 100;

/// The collect routes, under both of their names, below a prefix of the caller's choice for `/ut`.
pub fn router() -> Router<AppState> {
    let batch = || post(accept::batch).options(origin::preflight);
    let heartbeat = || post(presence::heartbeat).options(origin::preflight);
    Router::new()
        .route("/ut/e", batch())
        .route("/collect/events", batch())
        .route("/ut/p", heartbeat())
        .route("/collect/presence", heartbeat())
}

#[cfg(test)]
mod tests;
