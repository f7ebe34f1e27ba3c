//! The request as a whole.

use super::MAX_EVENTS;
use super::context::{self, Context};
use super::field::{Refusal, loose, object, plain, read, text};
use super::kind::Kind;
use crate::problem::Problem;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use ut_core::event::Consent;

/// Deepest nesting of arrays and objects.
const MAX_DEPTH: usize = 16;
pub(super) const MAX_WORD: usize = 64;

/// A checked envelope; the events are still as sent.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    pub(super) sent_at: Option<i64>,
    pub(super) tz: String,
    pub(super) lang: String,
    pub(super) viewport: (u16, u16),
    pub(super) consent: Consent,
    pub(super) webdriver: bool,
    pub(super) touch_points: u8,
    pub(super) context: Option<(Context, &'a RawValue)>,
    pub(super) events: Vec<&'a RawValue>,
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
}

/// The fields as sent; unknown ones are left alone, so that a newer tracker can talk to an older server.
#[derive(Debug, Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    site: Option<&'a RawValue>,
    #[serde(borrow)]
    sent_at: Option<&'a RawValue>,
    #[serde(borrow)]
    tz: Option<&'a RawValue>,
    #[serde(borrow)]
    lang: Option<&'a RawValue>,
    #[serde(borrow)]
    viewport: Option<&'a RawValue>,
    #[serde(borrow)]
    consent: Option<&'a RawValue>,
    #[serde(borrow)]
    ids: Option<&'a RawValue>,
    #[serde(borrow)]
    webdriver: Option<&'a RawValue>,
    #[serde(borrow)]
    touch_points: Option<&'a RawValue>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    events: Option<&'a RawValue>,
    #[serde(borrow)]
    url: Option<&'a RawValue>,
    #[serde(borrow)]
    page_view: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawConsent {
    #[serde(default)]
    analytics: bool,
    #[serde(default)]
    marketing: bool,
    #[serde(default)]
    personalization: bool,
    #[serde(rename = "source")]
    _source: Option<String>,
}

/// The text of a body: UTF-8, no deeper than the limit.
pub(super) fn utf8(body: &[u8]) -> Result<&str, Problem> {
    let text = std::str::from_utf8(body).map_err(|error| {
        let detail = format!("The body is not UTF-8 from byte {} on.", error.valid_up_to());
        Problem::new(StatusCode::BAD_REQUEST, "invalid_utf8", "Not UTF-8", detail)
    })?;
    if too_deep(text) {
        let detail = format!("Arrays and objects are nested deeper than {MAX_DEPTH}.");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "too_deep", "Nested too deep", detail));
    }
    Ok(text)
}

/// An envelope of which only the members are known: whose it is comes before what it says.
#[derive(Debug)]
pub(super) struct Outline<'a>(Raw<'a>);

impl<'a> Outline<'a> {
    pub(super) fn of(body: &'a str) -> Result<Self, Problem> {
        let refused = |why: &str| {
            let detail = format!("The body is not a JSON object as expected: {why}.");
            Problem::new(StatusCode::BAD_REQUEST, "bad_json", "Not valid JSON", detail)
        };
        // Members must have names; a list of them in the right order is an accident.
        if body.trim_ascii_start().starts_with('[') {
            return Err(refused("it is an array"));
        }
        serde_json::from_str(body).map(Self).map_err(|error| refused(&error.to_string()))
    }

    /// The site's key.
    pub(super) fn site(&self) -> Result<String, Problem> {
        let missing = || Refusal::new("site", "missing", "must be the site's key (pk_…)");
        self.0.site.ok_or_else(missing).and_then(|site| text("site", site, MAX_WORD)).map_err(refused)
    }

    /// Parses everything but the events.
    pub(super) fn batch(&self, caller: Caller, kind: Kind) -> Result<Envelope<'a>, Problem> {
        let events = match kind {
            Kind::Any => self.many()?,
            Kind::Page | Kind::Commerce => vec![self.one().map_err(refused)?],
        };
        self.common(caller, events)
    }

    /// Parses a heartbeat: the same envelope around one page instead of events.
    pub(super) fn heartbeat(&self) -> Result<Heartbeat, Problem> {
        let url = self.0.url.map_or(Ok(String::new()), |url| text("url", url, 1024)).map_err(refused)?;
        if let Some(page_view) = self.0.page_view {
            read::<Option<uuid::Uuid>>("page_view", page_view, "a UUID").map_err(refused)?;
        }
        let webdriver = self.common(Caller::Page, Vec::new())?.webdriver;
        Ok(Heartbeat { url, webdriver })
    }

    fn many(&self) -> Result<Vec<&'a RawValue>, Problem> {
        let missing = || Refusal::new("events", "missing", "must be an array of events");
        let events = self.0.events.ok_or_else(missing).and_then(array).map_err(refused)?;
        if events.len() > MAX_EVENTS {
            let detail = format!("{} events were sent; send at most {MAX_EVENTS} at once.", events.len());
            let status = StatusCode::PAYLOAD_TOO_LARGE;
            return Err(Problem::new(status, "too_many_events", "Too many events", detail));
        }
        Ok(events)
    }

    fn one(&self) -> Result<&'a RawValue, Refusal> {
        match (self.0.event, self.0.events) {
            (Some(event), None) => Ok(event),
            (None, None) => Err(Refusal::new("event", "missing", "must be an event")),
            (Some(_), Some(_)) => {
                Err(Refusal::new("events", "repeated", "stands beside `event`: send one of them"))
            }
            (None, Some(events)) => match array(events)?.as_slice() {
                [event] => Ok(event),
                _ => Err(Refusal::new("events", "out_of_range", "must be exactly one event here")),
            },
        }
    }

    fn common(&self, caller: Caller, events: Vec<&'a RawValue>) -> Result<Envelope<'a>, Problem> {
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

fn array(raw: &RawValue) -> Result<Vec<&RawValue>, Refusal> {
    read("events", raw, "an array of events")
}

fn parse<'a>(raw: &Raw<'a>, events: Vec<&'a RawValue>) -> Result<Envelope<'a>, Refusal> {
    if let Some(ids) = raw.ids {
        read::<Option<serde_json::Map<_, _>>>("ids", ids, "an object")?;
    }
    let consent = match raw.consent {
        Some(consent) => object::<Option<RawConsent>>("consent", consent, "an object of booleans")?,
        None => None,
    };
    let context = raw.context.map(|raw| context::parse(raw).map(|context| (context, raw))).transpose()?;
    Ok(Envelope {
        sent_at: raw.sent_at.map_or(Ok(None), |raw| read("sent_at", raw, "Unix milliseconds, an integer"))?,
        tz: word("tz", raw.tz)?,
        lang: word("lang", raw.lang)?,
        viewport: viewport(raw.viewport)?,
        consent: consent.map_or(Consent::default(), |consent| Consent {
            analytics: consent.analytics,
            marketing: consent.marketing,
            personalization: consent.personalization,
        }),
        webdriver: raw.webdriver.map_or(Ok(false), |raw| read("webdriver", raw, "true or false"))?,
        touch_points: raw
            .touch_points
            .map_or(Ok(0), |raw| read("touch_points", raw, "an integer from 0 to 255"))?,
        context,
        events,
    })
}

fn word(field: &str, raw: Option<&RawValue>) -> Result<String, Refusal> {
    let Some(raw) = raw else { return Ok(String::new()) };
    let word = read::<Option<String>>(field, raw, "a string")?.unwrap_or_default();
    plain(field, &word, MAX_WORD)?;
    Ok(word)
}

fn viewport(raw: Option<&RawValue>) -> Result<(u16, u16), Refusal> {
    let Some(raw) = raw else { return Ok((0, 0)) };
    let size = read::<Option<(u16, u16)>>("viewport", raw, "[width, height] in CSS pixels")?;
    Ok(size.unwrap_or_default())
}

/// One refused field of the envelope: the whole request is refused.
fn refused(refusal: Refusal) -> Problem {
    let detail = format!("The field {:?} {}.", refusal.field, refusal.message);
    let problem = Problem::new(StatusCode::BAD_REQUEST, "invalid_envelope", "Invalid envelope", detail);
    problem.with_errors(vec![refusal.at(None)])
}

/// Whether brackets outside of strings nest deeper than the limit. Runs before any parser sees the text.
fn too_deep(text: &str) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// A field of an event that has no meaning of its own, for `props`.
pub(super) fn prop(field: &str, raw: &RawValue) -> Result<Option<String>, Refusal> {
    loose(field, raw, 1024)
}
