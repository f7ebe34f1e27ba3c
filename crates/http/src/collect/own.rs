//! Events of the program that this server is a part of: the checks of a signed call, without a call.

use super::accept::{self, Letter};
use super::envelope::{Caller, Outline};
use super::head::Head;
use super::kind::Kind;
use super::will::Will;
use super::{MAX_BODY, identify, ignore, jar};
use crate::body;
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr};
use ut_core::event::Consent;
use ut_core::site::Site;
use ut_tracking::modules::consent::{Choice, Collect};
use uuid::Uuid;

pub use super::identify::{Identified, LeftOut};

/// Whom an event is about, as one of their requests says. Lives as long as the request is dealt with and is never
/// written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Their address: that of the peer, or of whom trusted proxies name.
    pub address: IpAddr,
    /// Their browser.
    pub user_agent: String,
    /// Their browser asks not to be counted.
    pub ignored: bool,
    /// What they chose, as their browser keeps it.
    choice: Choice,
    /// Their browser sends Global Privacy Control.
    gpc: bool,
    /// What their browser is known by, not checked yet: which site it is of is known when an event is tracked.
    cookie: Option<String>,
}

impl Visitor {
    /// One of whom nothing else is known: they have chosen nothing, and have no cookie.
    #[must_use]
    pub fn new(address: IpAddr, user_agent: &str) -> Self {
        let user_agent = user_agent.to_owned();
        Self { address, user_agent, ignored: false, choice: Choice::default(), gpc: false, cookie: None }
    }
}

/// What a visitor allows on a site, and who they are if they allow that.
#[must_use]
pub fn allows(state: &AppState, site: &Site, visitor: &Visitor) -> (Consent, Option<Uuid>) {
    let place = state.geo.lookup(visitor.address);
    let will = Will::of_choice(site, visitor.gpc, &visitor.choice, None, &place, state.deps.clock.now_ms());
    let known = visitor.cookie.as_deref().and_then(|cookie| jar::checked(cookie, site, &state.deps.keys));
    (will.consent, known.filter(|_| will.collect == Collect::Cookie))
}

/// The visitor who sent a request with these headers.
#[must_use]
pub fn visitor(state: &AppState, peer: IpAddr, headers: &HeaderMap) -> Visitor {
    let head = Head::new(state, peer, headers.clone());
    let user_agent = head.user_agent().to_owned();
    Visitor {
        address: head.sender.address,
        user_agent,
        ignored: ignore::is_asked(headers) || jar::choice(headers).opted_out.is_some(),
        choice: jar::choice(headers),
        gpc: head.asks_for_privacy(),
        cookie: jar::cookie(headers, jar::VISITOR).map(str::to_owned),
    }
}

/// Takes an envelope: when this returns, the events of it that are not refused are on disk. `ignored` ones are kept out
/// of all numbers.
pub async fn take(state: &AppState, envelope: &str, ignored: bool) -> Result<Vec<FieldError>, Problem> {
    let taken = checked(state, envelope, ignored).await;
    let taken = taken.inspect_err(|problem| state.metrics.refused(problem.code, 1))?;
    let rejected = taken.rejected.clone();
    taken.stored(state).await?;
    Ok(rejected)
}

/// Keeps what is told of a visitor, by the rules for a signed call. It is on disk when this returns.
pub async fn identify(state: &AppState, envelope: &str) -> Result<Identified, Problem> {
    let told = told(state, envelope).await;
    told.inspect_err(|problem| state.metrics.refused(problem.code, 1))
}

async fn told(state: &AppState, envelope: &str) -> Result<Identified, Problem> {
    let outline = Outline::of(envelope)?;
    let site = accept::site(state, &outline.site()?)?;
    let head = nobodys(state);
    let letter =
        Letter { outline: &outline, site: &site, head: &head, caller: Caller::Server, ignored: false };
    identify::identified(state, letter, &mut None).await
}

/// Of a server's call the head says nothing; whom it is about stands in the envelope.
fn nobodys(state: &AppState) -> Head {
    Head::new(state, IpAddr::V4(Ipv4Addr::UNSPECIFIED), HeaderMap::new())
}

async fn checked(state: &AppState, envelope: &str, ignored: bool) -> Result<accept::Taken, Problem> {
    if envelope.len() > MAX_BODY {
        return Err(body::too_large(MAX_BODY));
    }
    let outline = Outline::of(envelope)?;
    let site = accept::site(state, &outline.site()?)?;
    let head = nobodys(state);
    let letter = Letter { outline: &outline, site: &site, head: &head, caller: Caller::Server, ignored };
    accept::checked(state, letter, Kind::Any, &mut None).await
}
