//! Events of the program that this server is a part of: the checks of a signed call, without a call.

use super::accept::{self, Letter};
use super::envelope::{Caller, Outline};
use super::head::Head;
use super::kind::Kind;
use super::{MAX_BODY, ignore};
use crate::body;
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use axum::http::HeaderMap;
use std::net::{IpAddr, Ipv4Addr};

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
}

/// The visitor who sent a request with these headers.
#[must_use]
pub fn visitor(state: &AppState, peer: IpAddr, headers: &HeaderMap) -> Visitor {
    let head = Head::new(state, peer, headers.clone());
    let user_agent = head.user_agent().to_owned();
    Visitor { address: head.sender.address, user_agent, ignored: ignore::is_asked(headers) }
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

async fn checked(state: &AppState, envelope: &str, ignored: bool) -> Result<accept::Taken, Problem> {
    if envelope.len() > MAX_BODY {
        return Err(body::too_large(MAX_BODY));
    }
    let outline = Outline::of(envelope)?;
    let site = accept::site(state, &outline.site()?)?;
    // Of a server's call the head says nothing; whom it is about stands in the envelope.
    let head = Head::new(state, IpAddr::V4(Ipv4Addr::UNSPECIFIED), HeaderMap::new());
    let letter = Letter { outline: &outline, site: &site, head: &head, caller: Caller::Server, ignored };
    accept::checked(state, letter, Kind::Any, &mut None).await
}
