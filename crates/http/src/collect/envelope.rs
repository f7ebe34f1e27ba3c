//! The request as a whole.

use super::MAX_EVENTS;
use super::context::{self, Context};
use super::field::{Refusal, loose, read, text, uuid};
use super::kind::Kind;
use super::members::{AnyObject, Element};
use super::outline::{Events, Raw};
use super::person;
use super::spoken::{self, Spoken};
use crate::problem::Problem;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Display;
use uuid::Uuid;

pub(super) const MAX_WORD: usize = 64;

/// A checked envelope; the events are still as sent.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    pub(super) sent_at: Option<i64>,
    pub(super) tz: Cow<'a, str>,
    pub(super) lang: Cow<'a, str>,
    pub(super) viewport: (u16, u16),
    pub(super) consent: Spoken,
    /// Drawn by the browser, for its first cookie.
    pub(super) seed: Option<Uuid>,
    pub(super) webdriver: bool,
    pub(super) touch_points: u8,
    pub(super) context: Option<(Context, &'a RawValue)>,
    pub(super) events: &'a [Element<'a>],
}

/// Who sends an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    /// A page of the shop in a browser.
    Page,
    /// The shop's own server, which has signed.
    Server,
}

/// What a heartbeat says.
#[derive(Debug)]
pub(super) struct Heartbeat {
    /// The page's address, or empty.
    pub(super) url: String,
    /// A program drives the browser.
    pub(super) webdriver: bool,
    /// What the page says of consent.
    pub(super) consent: Spoken,
}

#[derive(Deserialize)]
struct RawIds<'a> {
    #[serde(borrow)]
    seed: Option<&'a RawValue>,
}

/// The text of a body.
pub(super) fn utf8(body: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(body).map_err(|error| {
        let detail = format!("The body is not UTF-8 from byte {} on.", error.valid_up_to());
        Problem::new(StatusCode::BAD_REQUEST, "invalid_utf8", "Not UTF-8", detail)
    })
}

/// An envelope of which only the members are known: whose it is comes before what it says.
#[derive(Debug)]
pub(super) struct Outline<'a>(Raw<'a>);

impl<'a> Outline<'a> {
    pub(super) fn of(body: &'a str) -> Result<Self, Problem> {
        Raw::of(body).map(Self)
    }

    /// The site's key.
    pub(super) fn site(&self) -> Result<Cow<'a, str>, Problem> {
        let missing = || Refusal::new("site", "missing", "must be the site's key (pk_…)");
        self.0.site.ok_or_else(missing).and_then(|site| text("site", site, MAX_WORD)).map_err(refused)
    }

    /// Parses everything but the events.
    pub(super) fn batch(&self, caller: Caller, kind: Kind) -> Result<Envelope<'_>, Problem> {
        let events = match kind {
            Kind::Any => self.many()?,
            Kind::Page | Kind::Commerce | Kind::Performance => {
                std::slice::from_ref(self.one().map_err(refused)?)
            }
        };
        self.common(caller, events)
    }

    /// Parses a heartbeat: the same envelope around one page instead of events.
    pub(super) fn heartbeat(&self) -> Result<Heartbeat, Problem> {
        let url = self.0.url.map_or(Ok(Cow::Borrowed("")), |url| text("url", url, 1024)).map_err(refused)?;
        if let Some(page_view) = self.0.page_view {
            read::<uuid::Uuid>("page_view", page_view, "a UUID").map_err(refused)?;
        }
        let Envelope { webdriver, consent, .. } = self.common(Caller::Page, &[])?;
        Ok(Heartbeat { url: url.into_owned(), webdriver, consent })
    }

    /// What it says of consent, as sent.
    pub(super) fn consent(&self) -> Option<&'a RawValue> {
        self.0.consent
    }

    /// Parses an envelope around nothing: a page says whose it is, and no more.
    pub(super) fn bare(&self) -> Result<Envelope<'_>, Problem> {
        self.common(Caller::Page, &[])
    }

    /// Parses an envelope around what is told of a visitor: `user`, or that of the only event, an `identify`.
    pub(super) fn person(&self, caller: Caller) -> Result<(Envelope<'_>, &RawValue), Problem> {
        let without_event = self.0.event.is_none() && self.0.events.is_none();
        let user = match self.0.user {
            Some(user) if without_event => Ok(user),
            Some(_) => Err(Refusal::new("user", "repeated", "stands beside an event: send one of them")),
            None if without_event => Err(Refusal::new("user", "missing", "must be an object")),
            None => self.one().and_then(person::of_event),
        };
        let user = user.map_err(refused)?;
        Ok((self.common(caller, &[])?, user))
    }

    fn many(&self) -> Result<&[Element<'_>], Problem> {
        let missing = || Refusal::new("events", "missing", "must be an array of events");
        let events = self.0.events.as_ref().ok_or_else(missing).and_then(list).map_err(refused)?;
        if events.len() > MAX_EVENTS {
            let detail = format!("{} events were sent; send at most {MAX_EVENTS} at once.", events.len());
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            return Err(Problem::new(status, "too_many_events", "Too many events", detail));
        }
        Ok(events)
    }

    fn one(&self) -> Result<&Element<'_>, Refusal> {
        match (&self.0.event, &self.0.events) {
            (Some(event), None) => Ok(event),
            (None, None) => Err(Refusal::new("event", "missing", "must be an event")),
            (Some(_), Some(_)) => {
                Err(Refusal::new("events", "repeated", "stands beside `event`: send one of them"))
            }
            (None, Some(events)) => match list(events)? {
                [event] => Ok(event),
                _ => Err(Refusal::new("events", "out_of_range", "must be exactly one event here")),
            },
        }
    }

    fn common<'o>(&'o self, caller: Caller, events: &'o [Element<'o>]) -> Result<Envelope<'o>, Problem> {
        if caller == Caller::Page && self.0.context.is_some() {
            let detail =
                "`context` is taken from the shop's own server only: sign the call with the site's secret.";
            return Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "unsigned_context",
                "Not signed by the site",
                detail,
            ));
        }
        let raw = &self.0;
        if caller == Caller::Server && raw.consent.is_none() {
            let message = "must say what the visitor agreed to: a server speaks for somebody else";
            return Err(refused(Refusal::new("consent", "missing", message)));
        }
        parse(raw, events).map_err(refused)
    }
}

fn list<'o>(events: &'o Events<'_>) -> Result<&'o [Element<'o>], Refusal> {
    match events {
        Events::List(events) => Ok(events),
        Events::Other => Err(Refusal::new("events", "wrong_type", "must be an array of events")),
    }
}

fn parse<'a>(raw: &Raw<'a>, events: &'a [Element<'a>]) -> Result<Envelope<'a>, Refusal> {
    let seed = raw.ids.map_or(Ok(None), seed)?;
    let context = raw.context.map(|raw| context::parse(raw).map(|context| (context, raw))).transpose()?;
    Ok(Envelope {
        sent_at: raw.sent_at.map_or(Ok(None), |raw| read("sent_at", raw, "Unix milliseconds, an integer"))?,
        tz: word("tz", raw.tz)?,
        lang: word("lang", raw.lang)?,
        viewport: viewport(raw.viewport)?,
        consent: raw.consent.map_or_else(|| Ok(Spoken::default()), spoken::parse)?,
        seed,
        webdriver: raw.webdriver.map_or(Ok(false), |raw| read("webdriver", raw, "true or false"))?,
        touch_points: raw
            .touch_points
            .map_or(Ok(0), |raw| read("touch_points", raw, "an integer from 0 to 255"))?,
        context,
        events,
    })
}

/// What the browser has drawn for its first cookie.
fn seed(raw: &RawValue) -> Result<Option<Uuid>, Refusal> {
    read::<Option<AnyObject>>("ids", raw, "an object")?;
    let ids: Option<RawIds<'_>> = read("ids", raw, "an object")?;
    ids.and_then(|ids| ids.seed).map(|seed| uuid("ids.seed", seed)).transpose()
}

fn word<'a>(field: &str, raw: Option<&'a RawValue>) -> Result<Cow<'a, str>, Refusal> {
    raw.map_or(Ok(Cow::Borrowed("")), |raw| text(field, raw, MAX_WORD))
}

fn viewport(raw: Option<&RawValue>) -> Result<(u16, u16), Refusal> {
    let Some(raw) = raw else { return Ok((0, 0)) };
    let size = read::<Option<(u16, u16)>>("viewport", raw, "[width, height] in CSS pixels")?;
    Ok(size.unwrap_or_default())
}

/// One refused field of the envelope: the whole request is refused.
pub(super) fn refused(refusal: Refusal) -> Problem {
    let detail = format!("The field {:?} {}.", refusal.field, refusal.message);
    invalid(detail, vec![refusal])
}

/// The same of several.
pub(super) fn all_refused(refusals: Vec<Refusal>) -> Problem {
    let fields: Vec<_> = refusals.iter().map(|refusal| format!("{:?}", refusal.field)).collect();
    invalid(format!("To be mended: {}.", fields.join(", ")), refusals)
}

fn invalid(detail: String, refusals: Vec<Refusal>) -> Problem {
    let problem = Problem::new(StatusCode::BAD_REQUEST, "invalid_envelope", "Invalid envelope", detail);
    problem.with_errors(refusals.into_iter().map(|refusal| refusal.at(None)).collect())
}

/// A field of an event that has no meaning of its own, for `props`.
pub(super) fn prop(field: impl Display + Copy, raw: &RawValue) -> Result<Option<Cow<'_, str>>, Refusal> {
    loose(field, raw, 1024)
}
