//! The presence stream: who is in a shop at this moment, once a second, as server-sent events.
//!
//! `GET /presence/stream?site=` is for a [`Reader`], or for whoever brings a ticket from `POST /api/v1/live/ticket`:
//! an `EventSource` cannot send headers, and a token that lives long must not stand in a URL.

mod hub;
mod picture;
mod stream;
#[cfg(test)]
mod tests;
mod tickets;

pub use hub::LiveHub;
use hub::Taken;

use crate::openapi::{Access, Answer, Content, Operation, Parameter, Place, Routes, Tag};
use crate::owner::{OwnerState, Reader};
use crate::problem::Problem;
use crate::state::AppState;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRef, FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response, Sse};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// The routes. To be put inside [`crate::owner::guard`].
pub fn router() -> Router<AppState> {
    routes().into_router()
}

impl FromRef<AppState> for Arc<LiveHub> {
    fn from_ref(state: &AppState) -> Self {
        Arc::clone(&state.live)
    }
}

pub(crate) fn routes<S>() -> Routes<S>
where
    S: Clone + Send + Sync + 'static,
    OwnerState: FromRef<S>,
    Arc<LiveHub>: FromRef<S>,
{
    let shape = json!({
        "type": "object",
        "properties": { "event": { "enum": ["presence", "activity"] }, "id": { "type": "string" }, "data": { "type": "string" } },
    });
    let watch =
        Operation::new(Tag::Live, Access::Viewer, "presence_stream", "Who is in the shop, once a second");
    let watch = watch
        .about(
            "Server-sent events. `presence` holds the whole picture; `activity` is a line for one event, with its id. A \
             comment comes every 15 seconds, and the stream ends after 30 minutes: come back and show again who you are.",
        )
        .parameters([
            Parameter::new(Place::Query, "site", "Number or domain.", json!({ "type": "string" }))
                .required()
                .example("1"),
            Parameter::new(Place::Header, "Last-Event-ID", "The last line that is known.", json!({ "type": "string" })),
        ])
        .answers(Answer::of(200, "The stream.", vec![Content::shaped("text/event-stream", shape)]))
        .refuses(&["invalid_query", "unknown_site", "too_many_streams", "too_many_own_streams"]);
    let issue = Operation::new(Tag::Live, Access::Reader, "live_ticket", "A ticket for one stream");
    let issue = issue
        .about("For programs that cannot send headers along with a stream. It lives 60 seconds.")
        .answers(Answer::json::<Ticket>(200, "The ticket."));
    Routes::new().get("/presence/stream", watch, presence).post("/api/v1/live/ticket", issue, ticket)
}

#[derive(Deserialize)]
struct Args {
    site: Option<String>,
    ticket: Option<String>,
}

/// A reader, or whoever brings the ticket of one.
struct Viewer {
    reader: Reader,
    site: Option<String>,
}

impl<S> FromRequestParts<S> for Viewer
where
    S: Send + Sync,
    OwnerState: FromRef<S>,
    Arc<LiveHub>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let args: Result<Query<Args>, QueryRejection> = Query::from_request_parts(parts, state).await;
        let Query(args) = args.map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "Invalid query", format!("{error}."))
        })?;
        let reader = match &args.ticket {
            Some(ticket) => <Arc<LiveHub>>::from_ref(state).spend(ticket).ok_or_else(|| {
                let detail = "A ticket opens one stream, within 60 seconds: ask for a new one.";
                Problem::new(StatusCode::UNAUTHORIZED, "ticket", "The ticket does not open", detail)
            })?,
            None => Reader::from_request_parts(parts, state).await?,
        };
        Ok(Self { reader, site: args.site })
    }
}

async fn presence(
    viewer: Viewer,
    State(owner): State<OwnerState>,
    State(hub): State<Arc<LiveHub>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let name = viewer.site.ok_or_else(|| {
        let detail = "Name the site: ?site=<number or domain>.";
        Problem::new(StatusCode::BAD_REQUEST, "invalid_query", "Invalid query", detail)
    })?;
    let site = viewer.reader.site(owner.sites.find(&name), &name)?;
    let place = hub.place(viewer.reader.only_site()).map_err(|taken| match taken {
        Taken::All => {
            let detail =
                "As many live streams are open as this server serves at a time. Close one, or try again.";
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Problem::new(status, "too_many_streams", "Too many streams", detail).retry_after(10)
        }
        Taken::Own => {
            let detail = "The tokens of this site have as many live streams open as one site may. Close one, or try again.";
            let status = StatusCode::TOO_MANY_REQUESTS;
            Problem::new(status, "too_many_own_streams", "Too many streams of one site", detail).retry_after(10)
        }
    })?;
    let last = headers.get("last-event-id").and_then(|id| Uuid::try_parse_ascii(id.as_bytes()).ok());
    let mut response =
        Sse::new(stream::stream(&hub, site.id, last, place, stream::Pace::default())).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx collects an answer before it passes it on, unless it is told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

#[derive(Serialize, JsonSchema)]
struct Ticket {
    /// `ticket` of the stream's address.
    ticket: String,
}

async fn ticket(reader: Reader, State(hub): State<Arc<LiveHub>>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], Json(Ticket { ticket: hub.issue(reader) }))
}
