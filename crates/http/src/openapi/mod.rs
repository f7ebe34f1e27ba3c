//! The surface described: OpenAPI 3.1, made of the routes themselves and of the types they read and write.
//!
//! [`Routes`] takes a handler and its [`Operation`] together, so that nothing answers that is not described.
//! `contract/openapi.json` is the same document, for whoever has no server at hand.

mod access;
mod document;
mod operation;
mod page;
mod refusals;
mod routes;
#[cfg(test)]
mod tests;

pub(crate) use access::Access;
pub(crate) use operation::{Answer, Content, Operation, Parameter, Place, Tag};
pub(crate) use routes::Routes;

use crate::state::AppState;
use crate::{assets, collect, health, live, owner, reports, rights, webhooks};
use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use serde_json::Value;
use std::sync::LazyLock;

/// The document and its page. To be put inside [`crate::owner::guard`].
pub fn router() -> Router<AppState> {
    routes().into_router()
}

/// The document: everything that is answered, except the demo's shop.
#[must_use]
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let parts = [
            collect::routes(),
            webhooks::routes(),
            assets::tracker_routes(),
            reports::routes(),
            live::routes(),
            owner::routes(),
            rights::routes(),
            assets::dashboard_routes(),
            health::routes(),
            health::metrics_routes(),
            routes(),
        ];
        document::of(&parts.into_iter().flat_map(Routes::into_operations).collect::<Vec<_>>())
    });
    &DOCUMENT
}

fn routes() -> Routes<AppState> {
    let document_of = Operation::new(Tag::Server, Access::Visitor, "openapi", "This document");
    let document_of = document_of.answers(Answer::of(
        200,
        "OpenAPI 3.1.",
        vec![Content::shaped("application/json", serde_json::json!({ "type": "object" }))],
    ));
    let page = Operation::new(Tag::Server, Access::Visitor, "docs", "This document, to be read");
    let page = page.answers(Answer::of(200, "A page.", vec![Content::text("text/html")]));
    let style = Operation::new(Tag::Server, Access::Visitor, "docs_style", "How that page looks");
    let style = style.answers(Answer::of(200, "A style sheet.", vec![Content::text("text/css")]));
    Routes::new()
        .get("/api/openapi.json", document_of, async || axum::Json(document()))
        .get("/api/docs", page, async || Html(page::html()))
        .get("/api/docs.css", style, async || {
            ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], page::STYLE).into_response()
        })
}
