//! A batch of events: checked, appended to the log, acknowledged.

use super::envelope::{self, Caller, Envelope, Outline};
use super::event::Reading;
use super::head::Head;
use super::jar::Told;
use super::kind::Kind;
use super::limits::{self, By, Counted, Standing};
use super::made_id::Maker;
use super::origin::Echo;
use super::pii::Filter;
use super::record::Visit;
use super::signature::Credentials;
use super::times::Correction;
use super::will::{self, Will};
use super::{MAX_BODY, MAX_EVENTS, answer, event, join, origin, record};
use crate::body;
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::{Arc, LazyLock};
use ut_core::VisitorId;
use ut_core::event::{Draft, is_late};
use ut_core::ports::{LogError, Topic};
use ut_core::site::Site;
use ut_tracking::modules::consent::{Collect, Joiner};

/// What a full log asks of its senders.
const FULL_RETRY_S: u64 = 5;

#[derive(Serialize, JsonSchema)]
pub(super) struct Acknowledgement {
    /// Events on disk, duplicates among them.
    accepted: usize,
    /// Refused fields of the others.
    rejected: Vec<FieldError>,
    #[serde(skip)]
    told: Told,
}

/// What most answers say, by how many events were taken: all of them.
static ALL_TAKEN: LazyLock<Vec<Bytes>> = LazyLock::new(|| {
    let text = |accepted| {
        serde_json::to_vec(&Acknowledgement { accepted, rejected: Vec::new(), told: Told::default() })
    };
    // Only a map without names for its keys is refused.
    (0..=MAX_EVENTS).map(|accepted| text(accepted).unwrap_or_default().into()).collect()
});

/// Room for the fields of an answer, this module's and those that every answer has.
const ANSWER_FIELDS: usize = 12;

impl IntoResponse for Acknowledgement {
    fn into_response(mut self) -> Response {
        let told = std::mem::take(&mut self.told);
        let mut response = self.said();
        told.tell(response.headers_mut());
        response
    }
}

impl Acknowledgement {
    fn said(self) -> Response {
        let ready = ALL_TAKEN.get(self.accepted).filter(|_| self.rejected.is_empty());
        let Some(ready) = ready else { return (StatusCode::ACCEPTED, axum::Json(self)).into_response() };
        let mut response = Response::new(Body::from(ready.clone()));
        *response.status_mut() = StatusCode::ACCEPTED;
        *response.headers_mut() = HeaderMap::with_capacity(ANSWER_FIELDS);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// `POST /ut/e`.
pub(super) async fn any(State(state): State<AppState>, request: Request) -> Response {
    routed(&state, request, Kind::Any).await
}

/// `POST /collect/page`.
pub(super) async fn page(State(state): State<AppState>, request: Request) -> Response {
    routed(&state, request, Kind::Page).await
}

/// `POST /collect/ecommerce`.
pub(super) async fn commerce(State(state): State<AppState>, request: Request) -> Response {
    routed(&state, request, Kind::Commerce).await
}

/// `POST /collect/performance`.
pub(super) async fn performance(State(state): State<AppState>, request: Request) -> Response {
    routed(&state, request, Kind::Performance).await
}

async fn routed(state: &AppState, request: Request, kind: Kind) -> Response {
    let (parts, body) = request.into_parts();
    batch(state, Head::of(state, parts), body, kind).await
}

pub(super) async fn batch<B>(state: &AppState, head: Head, body: B, kind: Kind) -> Response
where
    B: HttpBody<Data = Bytes>,
{
    let (echo, mut standing) = (Echo::of(state, &head), None);
    // Apart, so that what waits for the log is small: it is moved several times on its way.
    let answered = match Box::pin(take(state, head, body, kind, &mut standing)).await {
        Ok(taken) => taken.stored(state).await,
        Err(problem) => Err(problem),
    };
    answer::told(state, echo, standing, answered)
}

/// What was taken of a request: all that is kept in memory of it while the log is written. Hundreds of requests wait for
/// one sync; what they were read from would push everything else out of the processor's caches.
pub(super) struct Taken {
    record: Vec<u8>,
    accepted: usize,
    pub(super) rejected: Vec<FieldError>,
    told: Told,
}

impl Taken {
    /// Appends it to the log, and says so.
    pub(super) async fn stored(self, state: &AppState) -> Result<Acknowledgement, Problem> {
        let Self { record, accepted, rejected, told } = self;
        if accepted > 0 {
            append(state, cost(accepted), record).await?;
        }
        Ok(Acknowledgement { accepted, rejected, told })
    }
}

async fn take<B: HttpBody<Data = Bytes>>(
    state: &AppState,
    head: Head,
    body: B,
    kind: Kind,
    standing: &mut Option<Standing>,
) -> Result<Taken, Problem> {
    let body = read(&head.headers, body, MAX_BODY).await?;
    let outline = Outline::of(envelope::utf8(&body)?)?;
    let site = site(state, &outline.site()?)?;
    let caller = caller(state, &site, &head, &body)?;
    if caller == Caller::Page {
        let now = state.deps.clock.now_ms();
        state.metrics.proxies.note(&site, &head.sender, &head.headers, now);
    }
    let letter = Letter { outline: &outline, site: &site, head: &head, caller, ignored: false };
    checked(state, letter, kind, standing).await
}

/// A request whose site and sender are known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter<'a> {
    pub(super) outline: &'a Outline<'a>,
    pub(super) site: &'a Site,
    pub(super) head: &'a Head,
    pub(super) caller: Caller,
    /// The visitor does not want to be counted, as the caller knows.
    pub(super) ignored: bool,
}

/// Checks events and limits, and makes the record.
pub(super) async fn checked(
    state: &AppState,
    letter: Letter<'_>,
    kind: Kind,
    standing: &mut Option<Standing>,
) -> Result<Taken, Problem> {
    let Letter { outline, site, head, caller, ignored } = letter;
    let envelope = outline.batch(caller, kind)?;
    let by = match caller {
        Caller::Page => By::Page(head.sender.address),
        Caller::Server => By::Server,
    };
    let all = cost(envelope.events.len().max(1));
    limits::take(state, Counted::Events, by, site.id, all, standing).await?;
    let received_at = state.deps.clock.now_ms();
    let joiner = join::shown(state, site, &envelope, received_at).await?;
    let place = record::place(state, head, &envelope, caller);
    let will = will::of(caller, (site, head), envelope.consent, &place, received_at);
    let mut told = Told::default();
    let cookie = whose(state, letter, &envelope, &will, joiner, &mut told);
    if will.collect == Collect::Nothing {
        state.metrics.refused(NO_CONSENT, envelope.events.len() as u64);
        let rejected = (0..envelope.events.len()).map(unwanted).collect();
        return Ok(Taken { record: Vec::new(), accepted: 0, rejected, told });
    }
    let (drafts, rejected) = drafts(state, &envelope, site, caller, kind, received_at);
    if caller == Caller::Page {
        will.renew(&state.deps.keys, (site, head), cookie, &drafts, &mut told);
    }
    let late = cost(drafts.iter().filter(|draft| is_late(draft.at, received_at)).count());
    if late > 0 {
        limits::take(state, Counted::LateEvents, by, site.id, late, standing).await?;
    }
    for refusal in &rejected {
        state.metrics.refused(refusal.code, 1);
    }
    let accepted = drafts.len();
    let mut record = Vec::new();
    if accepted > 0 {
        let (envelope, consent) = (&envelope, will.consent);
        let visit =
            Visit { site, head, envelope, caller, joiner, received_at, ignored, consent, cookie, place };
        record =
            visit.record(state, drafts).await?.encode().map_err(|error| unavailable(&error.to_string()))?;
    }
    Ok(Taken { record, accepted, rejected, told })
}

/// The code of events that come without the consent which their site asks for.
const NO_CONSENT: &str = "no_consent";

fn unwanted(index: usize) -> FieldError {
    let message = "was not taken: its visitor has not agreed, or has opted out".to_owned();
    FieldError { index: Some(index), field: "consent".to_owned(), code: NO_CONSENT, message }
}

/// The visitor by their cookie, if they may have one.
pub(super) fn whose(
    state: &AppState,
    letter: Letter<'_>,
    envelope: &Envelope<'_>,
    will: &Will,
    joiner: Option<Joiner>,
    told: &mut Told,
) -> Option<VisitorId> {
    let Letter { site, head, caller, .. } = letter;
    match caller {
        Caller::Page => will.visitor((&state.deps.keys, &state.rights), (site, head), envelope.seed, told),
        Caller::Server if will.collect == Collect::Cookie => {
            let said = envelope.context.as_ref().and_then(|(context, _)| context.visitor_id);
            said.map(|id| VisitorId(id.into_bytes())).or_else(|| joiner?.cookie)
        }
        Caller::Server => None,
    }
}

fn cost(events: usize) -> u32 {
    u32::try_from(events).unwrap_or(u32::MAX)
}

/// Who sends: the site's own server, by its signature, or one of its pages, by its origin.
pub(super) fn caller(state: &AppState, site: &Site, head: &Head, body: &[u8]) -> Result<Caller, Problem> {
    let Some(credentials) = Credentials::of(&head.headers)? else {
        return origin::check(state, site, head).map(|()| Caller::Page);
    };
    let secrets = state.sites.secrets(site.id);
    let secrets: Vec<&str> = secrets.iter().map(ut_tracking::sites::Secret::expose).collect();
    credentials.check(&secrets, body, state.deps.clock.now_ms()).map(|()| Caller::Server)
}

/// The body, if its type and size are taken.
pub(super) async fn read<B: HttpBody<Data = Bytes>>(
    headers: &HeaderMap,
    body: B,
    max: usize,
) -> Result<body::Whole, Problem> {
    let media_type =
        headers.get(header::CONTENT_TYPE).map_or("text/plain", |value| value.to_str().unwrap_or(""));
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let refused = |detail: String| {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Err(Problem::new(status, "media_type", "Unsupported media type", detail))
    };
    if !["application/json", "text/plain"].iter().any(|taken| essence.eq_ignore_ascii_case(taken)) {
        return refused(format!("{media_type:?} is not taken: send application/json or text/plain."));
    }
    let plain = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if !headers.get_all(header::CONTENT_ENCODING).iter().all(plain) {
        return refused("Compressed bodies are not taken: send it as it is.".to_owned());
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

fn drafts(
    state: &AppState,
    envelope: &Envelope<'_>,
    site: &Site,
    caller: Caller,
    kind: Kind,
    received_at: i64,
) -> (Vec<Draft>, Vec<FieldError>) {
    let context = envelope.context.as_ref().map(|(_, raw)| *raw);
    let filter = Filter::new(&site.settings.url_params, &state.metrics.removed);
    let reading = match caller {
        Caller::Page => {
            Reading { correction: Correction::new(received_at, envelope.sent_at), kind, maker: None, filter }
        }
        // A server's clock is its own affair; what it says is taken as it is.
        Caller::Server => Reading {
            correction: Correction::new(received_at, None),
            kind,
            maker: Some(Maker { site: site.id, context }),
            filter,
        },
    };
    let (mut drafts, mut rejected) = (Vec::with_capacity(envelope.events.len()), Vec::new());
    for (index, raw) in envelope.events.iter().enumerate() {
        match event::parse(raw, reading) {
            Ok(draft) => drafts.push(draft),
            Err(refusal) => rejected.push(refusal.at(Some(index))),
        }
    }
    (drafts, rejected)
}

async fn append(state: &AppState, count: u32, bytes: Vec<u8>) -> Result<(), Problem> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_that_is_ready_is_the_one_that_would_be_made() {
        for accepted in [0, 1, 20, MAX_EVENTS, MAX_EVENTS + 1] {
            let acknowledgement =
                || Acknowledgement { accepted, rejected: Vec::new(), told: Told::default() };
            let ready = acknowledgement().into_response();
            let made = (StatusCode::ACCEPTED, axum::Json(acknowledgement())).into_response();
            assert_eq!((ready.status(), ready.headers()), (made.status(), made.headers()));
            let [ready, made] = [ready, made].map(|answer| axum::body::to_bytes(answer.into_body(), 1000));
            let (ready, made) = (ready.await.unwrap(), made.await.unwrap());
            assert_eq!(ready, made);
            assert_eq!(made, format!("{{\"accepted\":{accepted},\"rejected\":[]}}"));
        }
    }
}
