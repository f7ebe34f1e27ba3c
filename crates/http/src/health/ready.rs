//! `/ready`: 503 only when the door cannot acknowledge.

use crate::owner::MaybeReader;
use crate::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;
use ut_core::Deps;

/// A store that does not answer within this is down.
const PATIENCE: Duration = Duration::from_millis(400);

#[derive(Serialize, JsonSchema)]
pub(super) struct Ready {
    /// `ok` or `down`.
    status: &'static str,
    /// Store by store, for who is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<Check>,
}

#[derive(Serialize, JsonSchema)]
struct Check {
    /// `spool`, `olap`, `transactional`, `realtime`, `geo` or `proxies`.
    name: &'static str,
    /// `ok`, `degraded` (it answers, and not as well as it should) or `down`.
    status: &'static str,
    /// Events acknowledged that it does not have yet.
    lag_events: u64,
    /// Why it is not ok.
    detail: String,
}

impl Check {
    fn of(name: &'static str, lag_events: u64, answer: Result<(), String>) -> Self {
        let status = if answer.is_ok() { "ok" } else { "down" };
        Self { name, status, lag_events, detail: answer.err().unwrap_or_default() }
    }

    /// Of something that always answers, whatever `trouble` it is in.
    fn answering(name: &'static str, lag_events: u64, trouble: Option<String>) -> Self {
        let status = if trouble.is_none() { "ok" } else { "degraded" };
        Self { name, status, lag_events, detail: trouble.unwrap_or_default() }
    }
}

/// `GET /ready`; the checks are told to a signed-in owner or a token only.
pub(super) async fn ready(State(state): State<AppState>, reader: MaybeReader) -> (StatusCode, Json<Ready>) {
    let writable = state.deps.log.status().writable;
    let checks = if reader.is_known() { checks(&state, writable).await } else { Vec::new() };
    let answer = Ready { status: if writable { "ok" } else { "down" }, checks };
    (if writable { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(answer))
}

async fn checks(state: &AppState, writable: bool) -> Vec<Check> {
    let deps = &state.deps;
    let status = deps.log.status();
    let undecided = status.received.end.0.saturating_sub(status.enriched.end.0);
    let spool = if writable {
        Ok(())
    } else {
        Err("the log or the disk is full, or the last write failed".to_owned())
    };
    let (olap, transactional) = tokio::join!(
        patiently(async { deps.olap.ping().await.map_err(|error| error.to_string()) }),
        patiently(async { deps.transactional.ping().await.map_err(|error| error.to_string()) }),
    );
    vec![
        match replaced(deps) {
            Some(trouble) if writable => Check::answering("spool", undecided, Some(trouble)),
            _ => Check::of("spool", undecided, spool),
        },
        Check::of("olap", state.engine.history_lag(), olap),
        Check::of("transactional", 0, transactional),
        Check::answering("realtime", undecided, state.realtime_doubt.doubt()),
        Check::answering("geo", 0, state.geo.problem().map(|error| error.to_string())),
        Check::answering("proxies", 0, unnamed(state)),
    ]
}

/// Sites whose visitors all have the address of a proxy.
fn unnamed(state: &AppState) -> Option<String> {
    let sites = state.sites.list();
    let warnings = sites.iter().filter_map(|site| state.metrics.proxies.warning(site));
    let said: Vec<String> = warnings.map(|warning| format!("{} {}", warning.message, warning.fix)).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// So long it is told that a log took another's place.
const TOLD_MS: i64 = 25 * 3_600_000;

/// What is lost with the log that this one replaces.
fn replaced(deps: &Deps) -> Option<String> {
    let replaced = deps.log.status().replaced?;
    let told = deps.clock.now_ms().saturating_sub(replaced.at) < TOLD_MS;
    told.then(|| {
        format!(
            "the log was lost or put back from an older copy, and a new one took its place: what history had not been \
             given of it is lost ({} of its events are in no log any more; the file `losses` beside the log names them)",
            replaced.events
        )
    })
}

async fn patiently(check: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    tokio::time::timeout(PATIENCE, check).await.unwrap_or_else(|_| Err("does not answer".to_owned()))
}
