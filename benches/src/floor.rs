//! The floors: tiny servers on one current-thread runtime.

use crate::Outcome;
use crate::floor_log::FloorLog;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use ut_core::SystemClock;
use ut_core::ports::{Log, Topic};
use ut_spool::{Spool, SpoolOptions};

/// Which floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Parses and answers.
    Parse,
    /// Parses, makes it durable and answers.
    Durable,
    /// The same on our log: what the log alone costs.
    Spool,
}

/// Where a durable server puts bodies.
#[derive(Debug)]
enum Store {
    Floor(FloorLog),
    Ours(Spool),
}

/// What a request holds. Only reading it into fields matters.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "the floor parses like a server that would use them")]
struct Envelope {
    site: String,
    sent_at: i64,
    tz: String,
    lang: String,
    viewport: (u16, u16),
    ids: Ids,
    events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "as above")]
struct Ids {
    seed: String,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "as above")]
struct Event {
    id: String,
    name: String,
    ts: i64,
    page_view: String,
    seq: u32,
    url: String,
    referrer: String,
    title: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "as above")]
struct Item {
    item_id: String,
    item_name: String,
    price: String,
    quantity: u32,
}

/// Serves a floor until it is killed; says its port on standard output.
pub(crate) fn serve(kind: Kind, dir: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| format!("no runtime: {error}"))?.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|error| format!("no port: {error}"))?;
        let port = listener.local_addr().map_err(|error| format!("no port: {error}"))?.port();
        let app = match kind {
            Kind::Parse => Router::new().route("/ut/e", post(parse)),
            Kind::Durable => durable(Store::Floor(FloorLog::open(dir)?)),
            Kind::Spool => durable(Store::Ours(open(dir)?)),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{port}").map_err(|error| format!("nobody listens: {error}"))?;
        drop(out);
        axum::serve(listener, app).await.map_err(|error| format!("serving: {error}"))
    })
}

fn durable(log: Store) -> Router {
    Router::new().route("/ut/e", post(store)).with_state(Arc::new(log))
}

fn open(dir: &Path) -> Outcome<Spool> {
    Spool::open(SpoolOptions::new(dir, Arc::new(SystemClock))).map_err(|error| error.to_string())
}

async fn parse(body: Bytes) -> (StatusCode, Json<serde_json::Value>) {
    match serde_json::from_slice::<Envelope>(&body) {
        Ok(envelope) => accepted(&envelope),
        Err(error) => refused(&error.to_string()),
    }
}

async fn store(State(log): State<Arc<Store>>, body: Bytes) -> (StatusCode, Json<serde_json::Value>) {
    let envelope = match serde_json::from_slice::<Envelope>(&body) {
        Ok(envelope) => envelope,
        Err(error) => return refused(&error.to_string()),
    };
    let count = u32::try_from(envelope.events.len()).unwrap_or(0);
    let stored = match &*log {
        Store::Floor(log) => log.append(body).await,
        Store::Ours(log) => {
            let appended = log.append(Topic::Received, count, body.into()).await;
            appended.map(drop).map_err(|error| error.to_string())
        }
    };
    match stored {
        Ok(()) => accepted(&envelope),
        Err(error) => refused(&error),
    }
}

fn accepted(envelope: &Envelope) -> (StatusCode, Json<serde_json::Value>) {
    (StatusCode::ACCEPTED, Json(json!({"accepted": envelope.events.len(), "rejected": []})))
}

fn refused(error: &str) -> (StatusCode, Json<serde_json::Value>) {
    (StatusCode::BAD_REQUEST, Json(json!({"title": error})))
}
