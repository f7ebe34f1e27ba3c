//! Who a visitor is: sealed for them alone, and joined to a customer by proof only. Nothing of it reaches the log.

use super::accept::{self, Letter, read, site};
use super::envelope::{self, Caller, Outline};
use super::head::Head;
use super::jar::Told;
use super::limits::{self, By, Counted, Standing};
use super::origin::Echo;
use super::person::{self, Person};
use super::will::{self, Will};
use super::{answer, jar, join, proof, record};
use crate::problem::{FieldError, Problem};
use crate::state::AppState;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use ut_core::VisitorId;
use ut_core::site::Site;
use ut_tracking::modules::consent::{Axis, Choice, Signal};
use ut_tracking::people::{FieldName, Joined};
use ut_tracking::sites::Secret;
use uuid::Uuid;

/// Largest body.
const MAX_PERSON: usize = 16 * 1024;

/// What became of what was told.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Identified {
    /// The fields that are kept of this visitor, sealed.
    pub stored: Vec<&'static str>,
    /// Those that are not, and why.
    pub left_out: Vec<LeftOut>,
    /// The visitor was proved to be the customer of `external_id`.
    pub joined: bool,
    #[serde(skip)]
    told: Told,
}

/// A field that was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LeftOut {
    /// The field of `user`.
    pub field: &'static str,
    /// `no_consent`: the visitor has not agreed to what it needs. `no_visitor`: there is nobody it could be kept of.
    /// `erased`: a person of this address or customer's id was forgotten, and has not agreed anew since.
    pub why: &'static str,
}

impl IntoResponse for Identified {
    fn into_response(mut self) -> Response {
        let told = std::mem::take(&mut self.told);
        let mut response = axum::Json(self).into_response();
        told.tell(response.headers_mut());
        response
    }
}

/// `POST /ut/i`.
pub(super) async fn identify(State(state): State<AppState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let head = Head::of(&state, parts);
    let mut standing = None;
    let identified = asked(&state, &head, body, &mut standing).await;
    answer::told(&state, Echo::of(&state, &head), standing, identified)
}

async fn asked(
    state: &AppState,
    head: &Head,
    body: Body,
    standing: &mut Option<Standing>,
) -> Result<Identified, Problem> {
    let body = read(&head.headers, body, MAX_PERSON).await?;
    let outline = Outline::of(envelope::utf8(&body)?)?;
    let site = site(state, &outline.site()?)?;
    let caller = accept::caller(state, &site, head, &body)?;
    let letter = Letter { outline: &outline, site: &site, head, caller, ignored: false };
    identified(state, letter, standing).await
}

/// Keeps what a request tells whose site and sender are known. It is on disk when this returns.
pub(super) async fn identified(
    state: &AppState,
    letter: Letter<'_>,
    standing: &mut Option<Standing>,
) -> Result<Identified, Problem> {
    let Letter { outline, site, head, caller, .. } = letter;
    let (envelope, user) = outline.person(caller)?;
    let by = match caller {
        Caller::Page => By::Page(head.sender.address),
        Caller::Server => By::Server,
    };
    limits::take(state, Counted::People, by, site.id, 1, standing).await?;
    let person = person::parse(user).map_err(envelope::all_refused)?;
    let proved = is_proved(state, site, caller, &person)?;
    let now = state.deps.clock.now_ms();
    let joiner = join::shown(state, site, &envelope, now).await?;
    let place = record::place(state, head, &envelope, caller);
    let will = will::of(caller, (site, head), envelope.consent, &place, now);
    let mut told = Told::default();
    let visitor = accept::whose(state, letter, &envelope, &will, joiner, &mut told);
    // A server may name somebody who was forgotten; a browser has begun anew by now.
    let visitor = visitor.filter(|visitor| !state.rights.is_forgotten(site.id, *visitor));
    if is_suppressed(state, letter, envelope.consent.signal, &person) {
        let left_out = person.told.iter().map(|told| LeftOut { field: told.name.as_str(), why: "erased" });
        return Ok(Identified { left_out: left_out.collect(), told, ..Identified::default() });
    }
    let (kept, left_out) = sorted(person, &will, visitor.is_some());
    let mut identified = Identified { stored: Vec::new(), left_out, joined: false, told };
    let Some(visitor) = visitor else { return Ok(identified) };
    let (visitor, joined) = match kept.external_id() {
        Some(customer) if proved => {
            (join_to(state, letter, visitor, customer, &mut identified.told).await?, true)
        }
        _ => (visitor, false),
    };
    state.people.fill(site.id, visitor, &kept.told).await?;
    identified.stored = kept.told.iter().map(|told| told.name.as_str()).collect();
    identified.joined = joined;
    Ok(identified)
}

/// Is the visitor the customer that the request names? The shop's server knows whom it has logged in; a page shows what
/// that server has given it. A wrong proof is an error, and never like none.
fn is_proved(state: &AppState, site: &Site, caller: Caller, person: &Person) -> Result<bool, Problem> {
    let Some(customer) = person.external_id() else { return Ok(false) };
    let Some(shown) = &person.proof else { return Ok(caller == Caller::Server) };
    let secrets = state.sites.secrets(site.id);
    let secrets: Vec<&str> = secrets.iter().map(Secret::expose).collect();
    if proof::holds(&secrets, customer, shown) {
        return Ok(true);
    }
    let message = "is not the HMAC-SHA256 of external_id, in hex, under the site's secret (sk_…)";
    let detail = format!("`proof` {message}. Nothing was stored.");
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "bad_proof", "Not proved", detail);
    Err(problem.with_errors(vec![field_error("user.proof", "bad_proof", message)]))
}

/// Was a person of this address or customer's id forgotten, and has nobody agreed anew since? Then nothing is kept: what
/// others repeat of them from older lists would bring them back.
fn is_suppressed(state: &AppState, letter: Letter<'_>, said: Signal, person: &Person) -> bool {
    let choice = match letter.caller {
        Caller::Page => jar::choice(&letter.head.headers),
        Caller::Server => Choice::default(),
    };
    let agreed_at = |axis| {
        let grants = choice.signals().chain([said]).filter(|signal| signal.of(axis) == Some(true));
        grants.filter_map(|signal| signal.at).max()
    };
    person.told.iter().any(|told| {
        let axis = if told.name == FieldName::ExternalId { Axis::Analytics } else { Axis::Marketing };
        let since = state.rights.suppressed_since(letter.site.id, told.name, &told.value);
        since.is_some_and(|since| agreed_at(axis).is_none_or(|at| at <= since))
    })
}

/// Divides what was told into what the visitor lets be kept and what they do not, each with its reason.
fn sorted(person: Person, will: &Will, has_visitor: bool) -> (Person, Vec<LeftOut>) {
    let allowed = |name| match name {
        FieldName::ExternalId => will.links(),
        _ => will.consent.marketing,
    };
    let why = |name| match (allowed(name), has_visitor) {
        (false, _) => Some("no_consent"),
        (true, false) => Some("no_visitor"),
        (true, true) => None,
    };
    let left_out = person.told.iter().filter_map(|told| {
        let field = told.name.as_str();
        why(told.name).map(|why| LeftOut { field, why })
    });
    let left_out = left_out.collect();
    let told = person.told.into_iter().filter(|told| why(told.name).is_none()).collect();
    (Person { told, ..person }, left_out)
}

/// Joins the visitor to the customer, and says who they are then: of a browser that is another customer's it is somebody
/// new, who gets a cookie of their own. What was told of the one before stays theirs.
async fn join_to(
    state: &AppState,
    letter: Letter<'_>,
    visitor: VisitorId,
    customer: &str,
    told: &mut Told,
) -> Result<VisitorId, Problem> {
    let Letter { site, head, caller, .. } = letter;
    match (state.people.join(site.id, visitor, customer).await?, caller) {
        (Joined::Anew | Joined::Known, _) => Ok(visitor),
        (Joined::Other, Caller::Server) => Err(other_customer()),
        (Joined::Other, Caller::Page) => {
            let id = Uuid::new_v4();
            let visitor = VisitorId(id.into_bytes());
            state.people.join(site.id, visitor, customer).await?;
            told.keep(site, head, &state.deps.keys, id);
            Ok(visitor)
        }
    }
}

fn other_customer() -> Problem {
    let message = "is another customer than the one whose browser this is: two people use it";
    let detail = "The visitor is another customer of the shop already, and a call of the server cannot give their browser \
                  a new id. Nothing was stored. Let the page send it, with a proof.";
    let problem = Problem::new(StatusCode::CONFLICT, "other_customer", "Another customer", detail);
    problem.with_errors(vec![field_error("user.external_id", "other_customer", message)])
}

fn field_error(field: &str, code: &'static str, message: &str) -> FieldError {
    FieldError { index: None, field: field.to_owned(), code, message: message.to_owned() }
}
