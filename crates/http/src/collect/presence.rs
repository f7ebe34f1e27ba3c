//! The heartbeat of a visible tab: it says who is here now, and nothing of it is logged or stored.

use super::accept::{limit, read, site, unavailable};
use super::client::Client;
use super::{envelope, origin};
use crate::problem::Problem;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ut_core::Lsn;
use ut_core::ports::{LiveBatch, LiveOp};
use ut_tracking::modules::consent::Traits;

/// Largest body of a heartbeat.
const MAX_HEARTBEAT: usize = 1024;

/// `POST /ut/p`.
pub(super) async fn heartbeat(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let mut response = match seen(&state, &client, &headers, body).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => {
            state.metrics.refused(problem.code, 1);
            problem.into_response()
        }
    };
    origin::echo(&state, &headers, &mut response);
    response
}

async fn seen(state: &AppState, client: &Client, headers: &HeaderMap, body: Body) -> Result<(), Problem> {
    let body = read(headers, body, MAX_HEARTBEAT).await?;
    let (envelope, url) = envelope::parse_heartbeat(envelope::utf8(&body)?)?;
    let site = site(state, &envelope.site)?;
    origin::check(state, &site, headers, client)?;
    limit(state, "p", client, 1).await?;
    let now = state.deps.clock.now_ms();
    let down = |error: ut_core::ports::RealtimeError| unavailable(&error.to_string());
    let salts = state.identifier.salts(&site, now).await.map_err(down)?;
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let host = origin::page_host(headers, &site);
    let traits = Traits { address: client.address, user_agent, host: &host };
    let Some(ids) = salts.ids(now, &traits) else { return Ok(()) };
    let visitor = state.deps.realtime.whose(site.id, &ids, now).await.map_err(down)?;
    let page = url::Url::parse(&url).ok().map(|url| url.path().to_owned());
    let seen = LiveOp::Seen { site: site.id, visitor, at: now, page, country: String::new() };
    state.deps.realtime.live(&LiveBatch { until: Lsn(0), ops: vec![seen] }).await.map_err(down)?;
    Ok(())
}
