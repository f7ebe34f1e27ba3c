//! The door: what a shop's pages send. Everything acknowledged here is on disk.
//!
//! A request is checked as a whole (`head`, `envelope`, `origin` or `signature`, `limits`), then event by event
//! (`event`): one bad event never spoils its batch. The answer 202 goes out when the log has synced its `record`.

mod accept;
mod context;
mod envelope;
mod event;
mod field;
mod head;
mod ignore;
mod item;
mod kind;
mod limits;
mod made_id;
mod origin;
pub(crate) mod pii;
mod presence;
mod record;
mod signature;
mod times;

use crate::state::AppState;
use axum::Router;
use axum::routing::{get, post};

/// Largest body of a batch.
pub const MAX_BODY: usize = 512 * 1024;
/// Most events in a batch.
pub const MAX_EVENTS: usize = 100;

/// The collect routes, under both of their names, below a prefix of the caller's choice for `/ut`.
pub fn router() -> Router<AppState> {
    let batch = || post(accept::any).options(origin::preflight);
    let heartbeat = || post(presence::heartbeat).options(origin::preflight);
    Router::new()
        .route("/ut/e", batch())
        .route("/collect/events", batch())
        .route("/collect/page", post(accept::page).options(origin::preflight))
        .route("/collect/ecommerce", post(accept::commerce).options(origin::preflight))
        .route("/ut/p", heartbeat())
        .route("/collect/presence", heartbeat())
        .route("/ut/ignore", get(ignore::page).post(ignore::choose))
}
