//! Join tokens: a page asks for one, the shop's server shows it, and what that sends is of the page's visitor.

use super::accept::{read, site, unavailable};
use super::envelope::{self, Envelope, Outline};
use super::field::Refusal;
use super::head::Head;
use super::limits::{self, By, Counted, Standing};
use super::will::Will;
use super::{answer, jar, origin, record};
use crate::problem::Problem;
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use ut_core::VisitorId;
use ut_core::site::Site;
use ut_tracking::modules::consent::{Collect, JoinError, Joiner, Traits};

/// Largest body of a question for a token.
const MAX_QUESTION: usize = 1024;

/// What a page hands to its shop's server.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct JoinToken {
    /// Opaque, and safe in addresses. Of use until the second 04:00, site time, after it was made.
    token: String,
}

/// `POST /ut/j`.
pub(super) async fn token(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let head = Head::of(&state, parts);
    let mut standing = None;
    let made = made(&state, &head, body, &mut standing).await;
    answer::told(&state, origin::Echo::of(&state, &head), standing, made.map(axum::Json))
}

async fn made(
    state: &AppState,
    head: &Head,
    body: Body,
    standing: &mut Option<Standing>,
) -> Result<JoinToken, Problem> {
    let body = read(&head.headers, body, MAX_QUESTION).await?;
    let outline = Outline::of(envelope::utf8(&body)?)?;
    let site = site(state, &outline.site()?)?;
    origin::check(state, &site, head)?;
    let envelope = outline.bare()?;
    limits::take(state, Counted::Tokens, By::Page(head.sender.address), site.id, 1, standing).await?;
    let down = |error: ut_core::ports::RealtimeError| unavailable(&error.to_string());
    let salts = state.identifier.salts(&site, state.deps.clock.now_ms()).await.map_err(down)?;
    let host = head.origin.host().unwrap_or_else(|| record::own_host(&site));
    let traits = Traits { address: head.sender.address, user_agent: head.user_agent(), host };
    let will = Will::of_page(&site, head, envelope.consent, &head.place(state), state.deps.clock.now_ms());
    // A token is made for whom the browser keeps; it gives nobody an id.
    let known =
        jar::visitor(&head.headers, &site, &state.deps.keys).filter(|_| will.collect == Collect::Cookie);
    let cookie = known.map(|id| VisitorId(id.into_bytes()));
    let joiner = Joiner { likeness: traits.likeness(), excluded: head.is_excluded(&site), cookie };
    Ok(JoinToken { token: salts.join_token(joiner).map_err(down)? })
}

/// Whom the shop's server means by the token it shows, if it shows one. One that says nothing is refused: without it the
/// events would silently be nobody's.
pub(super) async fn shown(
    state: &AppState,
    site: &Site,
    envelope: &Envelope<'_>,
    now: i64,
) -> Result<Option<Joiner>, Problem> {
    let token = envelope.context.as_ref().and_then(|(context, _)| context.join_token.as_deref());
    let Some(token) = token else { return Ok(None) };
    let down = |error: ut_core::ports::RealtimeError| unavailable(&error.to_string());
    let salts = state.identifier.salts(site, now).await.map_err(down)?;
    let refused = |error| {
        let (code, message) = match error {
            JoinError::Wrong => {
                ("wrong_token", "is no token of this site: send what `joinToken()` gave, unchanged")
            }
            JoinError::Expired => (
                "expired_token",
                "is too old: its visitor cannot be known any more; send the events without it",
            ),
        };
        envelope::refused(Refusal::new("context.join_token", code, message))
    };
    salts.joiner(token).map(Some).map_err(refused)
}
