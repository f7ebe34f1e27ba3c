//! A batch of events: checked, appended to the log, acknowledged.

use super::client::Client;
use super::envelope::{self, Envelope};
use super::times::Correction;
use super::{MAX_BODY, event, origin};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use crate::{body, network};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use ut_core::event::{Draft, Received};
use ut_core::ports::{LogError, RateVerdict, Topic};
use ut_core::site::Site;
use ut_tracking::modules::consent::Traits;

/// What a full log asks of its senders.
const FULL_RETRY_S: u64 = 5;

#[derive(Serialize)]
struct Acknowledgement {
    accepted: usize,
    rejected: Vec<FieldError>,
}

/// `POST /ut/e`.
pub(super) async fn batch(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let answer = accept(&state, &client, &headers, body).await;
    let mut response = match answer {
        Ok(acknowledgement) => (StatusCode::ACCEPTED, axum::Json(acknowledgement)).into_response(),
        Err(problem) => {
            state.metrics.refused(problem.code, 1);
            problem.into_response()
        }
    };
    origin::echo(&state, &headers, &mut response);
    response
}

async fn accept(
    state: &AppState,
    client: &Client,
    headers: &HeaderMap,
    body: Body,
) -> Result<Acknowledgement, Problem> {
    let body = read(headers, body, MAX_BODY).await?;
    let envelope = envelope::parse(envelope::utf8(&body)?)?;
    let site = site(state, &envelope.site)?;
    origin::check(state, &site, headers, client)?;
    limit(state, "e", client, u32::try_from(envelope.events.len().max(1)).unwrap_or(u32::MAX)).await?;
    let received_at = state.deps.clock.now_ms();
    let (drafts, rejected) = drafts(&envelope, received_at);
    for refusal in &rejected {
        state.metrics.refused(refusal.code, 1);
    }
    let accepted = drafts.len();
    if accepted > 0 {
        append(state, &site, client, headers, &envelope, received_at, drafts).await?;
    }
    Ok(Acknowledgement { accepted, rejected })
}

/// The body, if its type and size are taken.
pub(super) async fn read(headers: &HeaderMap, body: Body, max: usize) -> Result<axum::body::Bytes, Problem> {
    let media_type =
        headers.get(header::CONTENT_TYPE).map_or("text/plain", |value| value.to_str().unwrap_or(""));
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !["application/json", "text/plain"].iter().any(|taken| essence.eq_ignore_ascii_case(taken)) {
        let detail = format!("{media_type:?} is not taken: send application/json or text/plain.");
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            "Unsupported media type",
            detail,
        ));
    }
    body::read(headers, body, max).await
}

/// The site of a key.
pub(super) fn site(state: &AppState, key: &str) -> Result<Arc<Site>, Problem> {
    state.deps.sites.by_key(key).ok_or_else(|| {
        let detail = format!("No site has the key {key:?}; it is the data-site of the snippet.");
        Problem::new(StatusCode::NOT_FOUND, "unknown_site", "Unknown site", detail)
    })
}

/// The limit per address; heartbeats have a bucket of their own.
pub(super) async fn limit(state: &AppState, bucket: &str, client: &Client, cost: u32) -> Result<(), Problem> {
    let per_minute = state.settings.rate_limit_ip;
    if per_minute == 0 {
        return Ok(());
    }
    let key = format!("{bucket}:{}", network::of(client.address));
    let now = state.deps.clock.now_ms();
    // A store that is down must not shut the door: what is taken is safe in the log.
    let verdict =
        state.deps.realtime.allow(&key, cost, per_minute, now).await.unwrap_or(RateVerdict::Allowed);
    match verdict {
        RateVerdict::Allowed => Ok(()),
        RateVerdict::RetryAfterMs(ms) => {
            let detail = format!("More than {per_minute} events per minute from one address.");
            let problem =
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many events", detail);
            Err(problem.retry_after(ms.div_ceil(1000).max(1)))
        }
    }
}

fn drafts(envelope: &Envelope<'_>, received_at: i64) -> (Vec<Draft>, Vec<FieldError>) {
    let correction = Correction::new(received_at, envelope.sent_at);
    let (mut drafts, mut rejected) = (Vec::with_capacity(envelope.events.len()), Vec::new());
    for (index, raw) in envelope.events.iter().enumerate() {
        match event::parse(raw, correction) {
            Ok(draft) => drafts.push(draft),
            Err(refusal) => rejected.push(refusal.at(Some(index))),
        }
    }
    (drafts, rejected)
}

async fn append(
    state: &AppState,
    site: &Site,
    client: &Client,
    headers: &HeaderMap,
    envelope: &Envelope<'_>,
    received_at: i64,
    drafts: Vec<Draft>,
) -> Result<(), Problem> {
    let salts =
        state.identifier.salts(site, received_at).await.map_err(|error| unavailable(&error.to_string()))?;
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let host = origin::page_host(headers, site);
    let traits = Traits { address: client.address, user_agent, host: &host };
    let ids: Vec<_> = drafts.iter().map(|draft| salts.ids(draft.at, &traits)).collect();
    let received = Received {
        site: site.id,
        received_at,
        tz: envelope.tz.clone(),
        lang: envelope.lang.clone(),
        viewport: envelope.viewport,
        consent: envelope.consent,
        ids: salts.seal(&ids).map_err(|error| unavailable(&error.to_string()))?,
        drafts,
    };
    let count = u32::try_from(received.drafts.len()).unwrap_or(u32::MAX);
    let bytes = postcard::to_stdvec(&received).map_err(|error| unavailable(&error.to_string()))?;
    let appended = state.deps.log.append(Topic::Received, count, bytes).await;
    let begins_to_fail = state.metrics.log_begins_to_fail(appended.is_err());
    let Err(error) = appended else { return Ok(()) };
    if begins_to_fail {
        tracing::error!(%error, "events are refused from here on: {error}; `ut_rejected_total` counts them");
    }
    Err(match error {
        LogError::Full(why) => unavailable(&why),
        _ => unavailable("the log could not be written"),
    })
}

/// Nothing was taken: keep the events and come back.
pub(super) fn unavailable(why: &str) -> Problem {
    let detail = format!("Nothing was taken: {why}. Send the same events again later.");
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not taken", detail);
    problem.retry_after(FULL_RETRY_S)
}
