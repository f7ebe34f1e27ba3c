//! Choices: what a visitor agrees to, takes back, or opts out of. The browser keeps it (`_ut_c`); who they are, it keeps
//! with their consent only (`_ut_id`).

use super::accept::{read, site};
use super::envelope::{self, Outline};
use super::field::Refusal;
use super::head::Head;
use super::jar::{self, Told};
use super::limits::{self, By, Counted, Standing};
use super::spoken::{self, Details};
use super::will::Will;
use super::{answer, origin};
use crate::problem::Problem;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ut_core::event::{Consent, Place};
use ut_core::site::Site;
use ut_core::{SiteId, VisitorId};
use ut_tracking::modules::consent::receipts::{AxesSaid, Receipt, ReceiptSource};
use ut_tracking::modules::consent::{Axis, Choice, Collect, Signal, SignalSource};
use ut_tracking::people::PeopleError;
use ut_tracking::vault::Subject;

/// Largest body of a choice.
const MAX_CHOICE: usize = 16 * 1024;

/// What holds from now on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Effective {
    consent: Axes,
    /// What is collected: `nothing`, `cookieless` (counted by a hash whose salt is destroyed) or `cookie`.
    collect: &'static str,
    /// The receipt that records it; null where the browser's choice is the one it had.
    receipt: Option<String>,
    #[serde(skip)]
    pub(super) told: Told,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Axes {
    /// Measuring beyond the cookieless default.
    analytics: bool,
    /// Forwarding to advertisers.
    marketing: bool,
    /// Personalised content.
    personalization: bool,
}

impl IntoResponse for Effective {
    fn into_response(mut self) -> Response {
        let told = std::mem::take(&mut self.told);
        let mut response = axum::Json(self).into_response();
        told.tell(response.headers_mut());
        response
    }
}

#[derive(Deserialize)]
struct OptOut {
    /// `false` takes it back.
    opted_out: Option<bool>,
}

/// `POST /ut/consent`.
pub(super) async fn choose(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let head = Head::of(&state, parts);
    let mut standing = None;
    let chosen = chosen(&state, &head, body, &mut standing).await;
    answer::told(&state, origin::Echo::of(&state, &head), standing, chosen)
}

async fn chosen(
    state: &AppState,
    head: &Head,
    body: Body,
    standing: &mut Option<Standing>,
) -> Result<Effective, Problem> {
    let body = read(&head.headers, body, MAX_CHOICE).await?;
    let outline = Outline::of(envelope::utf8(&body)?)?;
    let site = admitted(state, head, &outline, standing).await?;
    let envelope = outline.bare()?;
    let spoken = envelope.consent;
    if spoken.is_foreign {
        let known = SignalSource::ALL.map(SignalSource::as_str).join(", ");
        return Err(refused("consent.source", "unknown_source", &format!("must be one of {known}")));
    }
    let details = outline.consent().map_or_else(|| Ok(Details::default()), spoken::details);
    let details = details.map_err(envelope::refused)?;
    let mut signals = details.signals(spoken.signal.at).map_err(envelope::refused)?;
    if signals.is_empty() && !spoken.says_anything() {
        let message =
            "must say analytics, marketing or personalization, true or false, or bring tcf, gpp or gcm";
        return Err(refused("consent", "missing", message));
    }
    let now = state.deps.clock.now_ms();
    // Who chooses on a page chooses now; platforms repeat what was chosen once.
    let is_now = matches!(spoken.signal.source, SignalSource::Api | SignalSource::Banner);
    let at = spoken.signal.at.or(is_now.then_some(now));
    signals.push(Signal { at, ..spoken.signal });
    let mut choice = jar::choice(&head.headers);
    signals.iter().for_each(|signal| choice.learn(signal, now));
    if let Some(policy) = details.policy_version.as_deref() {
        choice.shown(policy);
    }
    // Kept for the visitor: what another machine sends of them later does not carry the browser's header.
    let gpc = (spoken.gpc || head.asks_for_privacy()).then_some(now);
    choice.gpc = gpc.map(|now| choice.gpc.unwrap_or(now));
    let made = Made {
        said: said(&signals, choice.gpc.is_some()),
        source: source(&details, spoken.signal.source),
        at: spoken.signal.at.map_or(now, |at| at.min(now)),
        raw: details.raw(),
        policy: details.policy_version.as_deref(),
    };
    effective(state, (&site, head), &choice, envelope.seed, made).await
}

/// What is recorded of a choice.
struct Made<'a> {
    said: AxesSaid,
    source: ReceiptSource,
    /// Since when it holds, Unix milliseconds.
    at: i64,
    raw: Option<String>,
    policy: Option<&'a str>,
}

/// What the signals of one request say together: of two that speak of an axis, the denial counts.
fn said(signals: &[Signal], gpc: bool) -> AxesSaid {
    let of = |axis| signals.iter().filter_map(|signal| signal.of(axis)).reduce(|a, b| a && b);
    let [analytics, marketing, personalization] = Axis::ALL.map(of);
    AxesSaid { analytics, marketing, personalization, gpc }
}

fn source(details: &Details<'_>, named: SignalSource) -> ReceiptSource {
    ReceiptSource::Signal(details.source().unwrap_or(named))
}

/// The site, if one of its pages asks, and not too often.
async fn admitted(
    state: &AppState,
    head: &Head,
    outline: &Outline<'_>,
    standing: &mut Option<Standing>,
) -> Result<Arc<Site>, Problem> {
    let site = site(state, &outline.site()?)?;
    origin::check(state, &site, head)?;
    limits::take(state, Counted::Choices, By::Page(head.sender.address), site.id, 1, standing).await?;
    Ok(site)
}

/// Records the choice, writes it into the browser, and what follows from it. A choice that is not recorded is none: the
/// page is told to send it again.
async fn effective(
    state: &AppState,
    (site, head): (&Site, &Head),
    choice: &Choice,
    seed: Option<uuid::Uuid>,
    made: Made<'_>,
) -> Result<Effective, Problem> {
    let place = head.place(state);
    let will =
        Will::of_choice(site, head.asks_for_privacy(), choice, None, &place, state.deps.clock.now_ms());
    let mut told = Told::default();
    told.choose(site, head, choice);
    let visitor = will.visitor((&state.deps.keys, &state.rights), (site, head), seed, &mut told);
    // Who takes consent back is the one who had given it.
    let before = || jar::visitor(&head.headers, site, &state.deps.keys);
    let other = told.given().or_else(before).map(|id| VisitorId(id.into_bytes()));
    let receipt = Receipt {
        site: site.id,
        subject: visitor.or(other).map(Subject::from),
        at_ms: made.at,
        axes: made.said,
        source: made.source,
        raw: made.raw,
        policy_version: made.policy.map(str::to_owned),
        region: region(&place),
        user_agent: Some(head.user_agent().to_owned()),
    };
    // Consent platforms repeat what was chosen on every page: that is no new choice.
    let is_new = *choice != jar::choice(&head.headers);
    let receipt = if is_new { Some(state.receipts.append(&receipt).await?.to_string()) } else { None };
    if let (Some(known), true) = (visitor.or(other), is_new) {
        forget(state, site.id, known, &will).await?;
    }
    let Consent { analytics, marketing, personalization } = will.consent;
    let consent = Axes { analytics, marketing, personalization };
    Ok(Effective { consent, collect: will.collect.as_str(), receipt, told })
}

/// Deletes what may not be kept of a visitor any more. The receipts stay: they prove what was allowed until now.
async fn forget(state: &AppState, site: SiteId, visitor: VisitorId, will: &Will) -> Result<(), PeopleError> {
    if !will.consent.analytics || will.collect != Collect::Cookie {
        state.people.forget(site, visitor).await?;
    } else if !will.consent.marketing {
        state.people.forget_contact(site, visitor).await?;
    }
    Ok(())
}

/// The place whose rules applied: `US-CA`, `DE`.
fn region(place: &Place) -> Option<String> {
    match (&*place.country, &*place.region) {
        ("", _) => None,
        (country, "") => Some(country.to_owned()),
        (country, region) => Some(format!("{country}-{region}")),
    }
}

/// `POST /ut/opt-out`.
pub(super) async fn opt_out(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let head = Head::of(&state, parts);
    let mut standing = None;
    let done = opted_out(&state, &head, body, &mut standing).await;
    answer::told(&state, origin::Echo::of(&state, &head), standing, done)
}

async fn opted_out(
    state: &AppState,
    head: &Head,
    body: Body,
    standing: &mut Option<Standing>,
) -> Result<Effective, Problem> {
    let body = read(&head.headers, body, MAX_CHOICE).await?;
    let text = envelope::utf8(&body)?;
    let site = admitted(state, head, &Outline::of(text)?, standing).await?;
    let OptOut { opted_out } = serde_json::from_str(text)
        .map_err(|_| refused("opted_out", "wrong_type", "must be true or false"))?;
    let now = state.deps.clock.now_ms();
    let mut choice = jar::choice(&head.headers);
    choice.opted_out = opted_out.unwrap_or(true).then_some(now);
    opted(state, (&site, head), &choice).await
}

/// Records that a visitor has opted out, or in again.
pub(super) async fn opted(
    state: &AppState,
    (site, head): (&Site, &Head),
    choice: &Choice,
) -> Result<Effective, Problem> {
    let made = Made {
        said: AxesSaid { gpc: head.asks_for_privacy(), ..AxesSaid::default() },
        source: if choice.opted_out.is_some() { ReceiptSource::OptOut } else { ReceiptSource::OptIn },
        at: state.deps.clock.now_ms(),
        raw: None,
        policy: None,
    };
    effective(state, (site, head), choice, None, made).await
}

fn refused(field: &str, code: &'static str, message: &str) -> Problem {
    envelope::refused(Refusal::new(field, code, message))
}
