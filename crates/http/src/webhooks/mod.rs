//! `/webhooks/{shopify|woocommerce|orders}/{site}`: what the shop's own system tells of orders.
//!
//! Signed deliveries alone are read, what they say follows from their bodies alone, and 200 goes out when it is in the
//! ledger, durably: whatever else happens, the system sends it again.

mod described;
mod signature;

use crate::body;
use crate::openapi::Routes;
use crate::owner::refused;
use crate::problem::Problem;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use ut_core::SiteId;
use ut_core::site::Site;
use ut_tracking::integrations::Provider;
use ut_tracking::modules::ecommerce::orders::LedgerError;
use ut_tracking::modules::ecommerce::platforms;
use ut_tracking::sites::Refusal;

/// Largest body of a delivery: an order of thousands of items.
const MAX_BODY: usize = 5 * 1024 * 1024;

/// A store that is away for a moment is asked again after so long.
const RETRY_S: u64 = 5;

/// What became of a delivery.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    /// It is in the ledger.
    Taken,
    /// The ledger has it already.
    Unchanged,
    /// It is about something else than orders, and signed.
    Ignored,
    /// A test of the connection.
    Ping,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Unchanged => "unchanged",
            Self::Ignored => "ignored",
            Self::Ping => "ping",
        }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct Delivered {
    /// What became of it.
    outcome: Outcome,
}

/// The routes.
pub fn router() -> Router<AppState> {
    routes().into_router()
}

pub(crate) fn routes() -> Routes<AppState> {
    Routes::new()
        .post("/webhooks/shopify/{site}", described::shopify(), shopify)
        .post("/webhooks/woocommerce/{site}", described::woocommerce(), woocommerce)
        .post("/webhooks/orders/{site}", described::orders(), orders)
}

type Answer = Result<Json<Delivered>, Problem>;

async fn shopify(
    State(state): State<AppState>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    counted(&state, Provider::Shopify, &site, &headers, body).await
}

async fn woocommerce(
    State(state): State<AppState>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    counted(&state, Provider::Woocommerce, &site, &headers, body).await
}

async fn orders(
    State(state): State<AppState>,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    counted(&state, Provider::Orders, &site, &headers, body).await
}

async fn counted(
    state: &AppState,
    provider: Provider,
    site: &str,
    headers: &HeaderMap,
    body: Body,
) -> Answer {
    let delivered = deliver(state, provider, site, headers, body).await;
    let outcome = delivered.as_ref().map_or_else(|problem| problem.code, |outcome| outcome.as_str());
    state.metrics.webhook(provider.as_str(), outcome);
    delivered.map(|outcome| Json(Delivered { outcome }))
}

async fn deliver(
    state: &AppState,
    provider: Provider,
    site: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Outcome, Problem> {
    let site = find(state, site).ok_or_else(|| unknown_site(site))?;
    let integration =
        state.integrations.find(site.id, provider).ok_or_else(|| not_connected(provider, &site))?;
    let body = body::read(headers, body, MAX_BODY).await?;
    if signature::is_ping(provider, headers, &body) {
        return Ok(Outcome::Ping);
    }
    let now = state.deps.clock.now_ms();
    let secrets = integration.secrets_at(now);
    let secrets: Vec<&str> = secrets.iter().map(|secret| secret.expose()).collect();
    signature::check(provider, headers, &secrets, &body, now)?;
    signature::check_shop(&integration, headers)?;
    let Some(report) = platforms::parse(provider, site.id, now, &body).map_err(not_read)? else {
        return Ok(Outcome::Ignored);
    };
    match state.engine.tell_order(provider, report).await {
        Ok(true) => Ok(Outcome::Taken),
        Ok(false) => Ok(Outcome::Unchanged),
        Err(error) => Err(not_entered(&error)),
    }
}

/// By its key or its number.
fn find(state: &AppState, name: &str) -> Option<Arc<Site>> {
    let number = || name.parse().ok().map(SiteId);
    state.deps.sites.by_key(name).or_else(|| state.deps.sites.by_id(number()?))
}

fn unknown_site(name: &str) -> Problem {
    let detail = format!("No site has the key or number {name:?}.");
    Problem::new(StatusCode::NOT_FOUND, "unknown_site", "Unknown site", detail)
}

fn not_connected(provider: Provider, site: &Site) -> Problem {
    let (word, id) = (provider.as_str(), site.id.0);
    let detail =
        format!("Connect it with `universal-tracking integration add --site {id} --provider {word}`.");
    Problem::new(StatusCode::NOT_FOUND, "not_connected", "Not connected", detail)
}

fn not_read(refusal: Refusal) -> Problem {
    if refusal.code == "bad_json" {
        let detail = "The body is not JSON.";
        return Problem::new(StatusCode::BAD_REQUEST, "bad_json", "Bad JSON", detail);
    }
    refused(vec![refusal])
}

fn not_entered(error: &LedgerError) -> Problem {
    tracing::error!(%error, "an order was not entered: {error}; the shop sends it again");
    let detail = "The ledger cannot be written now; nothing was taken.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", "Store not available", detail)
        .retry_after(RETRY_S)
}
