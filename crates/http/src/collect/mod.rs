//! The door: what a shop's pages send. Everything acknowledged here is on disk.
//!
//! A request is checked as a whole (`head`, `envelope`, `origin` or `signature`, `limits`), then event by event
//! (`event`): one bad event never spoils its batch. The answer 202 goes out when the log has synced its `record`.

mod accept;
mod answer;
mod consent;
mod context;
mod described;
mod envelope;
mod event;
mod field;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod head;
mod identify;
mod ignore;
mod item;
mod jar;
mod join;
#[cfg(test)]
mod join_tests;
mod kind;
mod limits;
mod made_id;
#[cfg(feature = "measure")]
pub mod measure;
mod members;
mod origin;
mod outline;
pub mod own;
mod person;
pub(crate) mod pii;
mod presence;
mod privacy;
mod proof;
mod record;
pub(crate) mod schema;
pub(crate) mod signature;
mod spoken;
mod times;
mod vital;
mod will;

use crate::openapi::Routes;
use crate::state::AppState;
use axum::Router;
use axum::body::{Bytes, HttpBody};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum::response::Response;
use std::net::IpAddr;

/// Largest body of a batch.
pub const MAX_BODY: usize = 512 * 1024;
/// Most events in a batch.
pub const MAX_EVENTS: usize = 100;

/// Where batches go.
const BATCH: [&str; 2] = ["/ut/e", "/collect/events"];

/// The path of a batch, if this is one. It is what a busy server is asked nearly always, and can be answered by [`batch`]
/// without the router: the same answer for less work.
pub(crate) fn batch_path(method: &Method, uri: &Uri) -> Option<&'static str> {
    BATCH.into_iter().find(|path| *path == uri.path() && method == Method::POST)
}

/// Answers a request that has a [`batch_path`].
pub(crate) async fn batch<B>(state: &AppState, peer: IpAddr, parts: Parts, body: B) -> Response
where
    B: HttpBody<Data = Bytes>,
{
    accept::batch(state, head::Head::new(state, peer, parts.headers), body, kind::Kind::Any).await
}

/// The collect routes, under both of their names, below a prefix of the caller's choice for `/ut`.
pub fn router() -> Router<AppState> {
    routes().into_router()
}

pub(crate) fn routes() -> Routes<AppState> {
    let mut routes = Routes::new()
        .post(BATCH[0], described::batch("send_events"), accept::any)
        .post(BATCH[1], described::batch("collect_events"), accept::any)
        .post("/collect/page", described::page(), accept::page)
        .post("/collect/ecommerce", described::commerce(), accept::commerce)
        .post("/collect/performance", described::performance(), accept::performance)
        .post("/ut/p", described::heartbeat("send_presence"), presence::heartbeat)
        .post("/collect/presence", described::heartbeat("collect_presence"), presence::heartbeat)
        .post("/ut/j", described::join_token("join_token"), join::token)
        .post("/collect/join", described::join_token("collect_join_token"), join::token)
        .post("/ut/i", described::identify("identify"), identify::identify)
        .post("/collect/identify", described::identify("collect_identify"), identify::identify)
        .post("/ut/consent", described::consent("choose_consent"), consent::choose)
        .post("/collect/consent", described::consent("collect_consent"), consent::choose)
        .post("/ut/opt-out", described::opt_out(), consent::opt_out)
        .get("/ut/privacy", described::privacy_page(), privacy::page)
        .post("/ut/privacy", described::privacy(), privacy::choose)
        .get("/ut/ignore", described::ignore_page(), ignore::page)
        .post("/ut/ignore", described::ignore(), ignore::choose);
    for (id, path) in described::ASKED_BEFORE {
        routes = routes.options(path, described::preflight(id), origin::preflight);
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_known_by_method_and_path() {
        for (method, uri, expected) in [
            (Method::POST, "/ut/e", true),
            (Method::POST, "/ut/e?x", true),
            (Method::POST, "http://shop.example/collect/events", true),
            (Method::POST, "/ut/e/", false),
            (Method::POST, "/ut/p", false),
            (Method::POST, "/collect/page", false),
            (Method::OPTIONS, "/ut/e", false),
            (Method::GET, "/ut/e", false),
        ] {
            assert_eq!(batch_path(&method, &uri.parse().unwrap()).is_some(), expected, "{method} {uri}");
        }
    }
}
