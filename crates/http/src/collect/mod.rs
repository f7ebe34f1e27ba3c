//! The door: what a shop's pages send. Everything acknowledged here is on disk.
//!
//! A request is checked as a whole (`head`, `envelope`, `origin` or `signature`, `limits`), then event by event
//! (`event`): one bad event never spoils its batch. The answer 202 goes out when the log has synced its `record`.

mod accept;
mod context;
mod described;
mod envelope;
mod event;
mod field;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
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
pub(crate) mod schema;
mod signature;
mod times;

use crate::openapi::Routes;
use crate::state::AppState;
use axum::Router;

/// Largest body of a batch.
pub const MAX_BODY: usize = 512 * 1024;
/// Most events in a batch.
pub const MAX_EVENTS: usize = 100;

/// The collect routes, under both of their names, below a prefix of the caller's choice for `/ut`.
pub fn router() -> Router<AppState> {
    routes().into_router()
}

pub(crate) fn routes() -> Routes<AppState> {
    let mut routes = Routes::new()
        .post("/ut/e", described::batch("send_events"), accept::any)
        .post("/collect/events", described::batch("collect_events"), accept::any)
        .post("/collect/page", described::page(), accept::page)
        .post("/collect/ecommerce", described::commerce(), accept::commerce)
        .post("/ut/p", described::heartbeat("send_presence"), presence::heartbeat)
        .post("/collect/presence", described::heartbeat("collect_presence"), presence::heartbeat)
        .get("/ut/ignore", described::ignore_page(), ignore::page)
        .post("/ut/ignore", described::ignore(), ignore::choose);
    for (id, path) in described::ASKED_BEFORE {
        routes = routes.options(path, described::preflight(id), origin::preflight);
    }
    routes
}
