//! The request as a whole.

use super::MAX_EVENTS;
use super::field::{Refusal, loose, plain, read, text};
use crate::problem::Problem;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use ut_core::event::Consent;

/// Deepest nesting of arrays and objects.
const MAX_DEPTH: usize = 16;
const MAX_WORD: usize = 64;

/// A checked envelope; the events are still as sent.
#[derive(Debug)]
pub(super) struct Envelope<'a> {
    pub(super) site: String,
    pub(super) sent_at: Option<i64>,
    pub(super) tz: String,
    pub(super) lang: String,
    pub(super) viewport: (u16, u16),
    pub(super) consent: Consent,
    pub(super) events: Vec<&'a RawValue>,
}

/// The fields as sent; unknown ones are left alone, so that a newer tracker can talk to an older server.
#[derive(Deserialize)]
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
    events: Option<&'a RawValue>,
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

/// Parses the envelope of a batch.
pub(super) fn parse(body: &str) -> Result<Envelope<'_>, Problem> {
    let raw = raw(body)?;
    let events = match raw.events {
        Some(events) => read::<Vec<&RawValue>>("events", events, "an array of events").map_err(refused)?,
        None => return Err(refused(Refusal::new("events", "missing", "must be an array of events"))),
    };
    if events.len() > MAX_EVENTS {
        let detail = format!("{} events were sent; send at most {MAX_EVENTS} at once.", events.len());
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_many_events",
            "Too many events",
            detail,
        ));
    }
    common(&raw, events).map_err(refused)
}

/// Parses a heartbeat: the same envelope around one page instead of events. Returns its URL too.
pub(super) fn parse_heartbeat(body: &str) -> Result<(Envelope<'_>, String), Problem> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        url: Option<&'a RawValue>,
        #[serde(borrow)]
        page_view: Option<&'a RawValue>,
    }
    let raw = raw(body)?;
    let page: Page<'_> = serde_json::from_str(body).map_err(|error| bad_json(&error))?;
    let url = page.url.map_or(Ok(String::new()), |url| text("url", url, 1024)).map_err(refused)?;
    if let Some(page_view) = page.page_view {
        read::<Option<uuid::Uuid>>("page_view", page_view, "a UUID").map_err(refused)?;
    }
    Ok((common(&raw, Vec::new()).map_err(refused)?, url))
}

fn raw(body: &str) -> Result<Raw<'_>, Problem> {
    serde_json::from_str(body).map_err(|error| bad_json(&error))
}

fn common<'a>(raw: &Raw<'a>, events: Vec<&'a RawValue>) -> Result<Envelope<'a>, Refusal> {
    let Some(site) = raw.site else {
        return Err(Refusal::new("site", "missing", "must be the site's key (pk_…)"));
    };
    if let Some(ids) = raw.ids {
        read::<Option<serde_json::Map<_, _>>>("ids", ids, "an object")?;
    }
    let consent = match raw.consent {
        Some(consent) => read::<Option<RawConsent>>("consent", consent, "an object of booleans")?,
        None => None,
    };
    Ok(Envelope {
        site: text("site", site, MAX_WORD)?,
        sent_at: raw.sent_at.map_or(Ok(None), |raw| read("sent_at", raw, "Unix milliseconds, an integer"))?,
        tz: word("tz", raw.tz)?,
        lang: word("lang", raw.lang)?,
        viewport: viewport(raw.viewport)?,
        consent: consent.map_or(Consent::default(), |consent| Consent {
            analytics: consent.analytics,
            marketing: consent.marketing,
            personalization: consent.personalization,
        }),
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

fn bad_json(error: &serde_json::Error) -> Problem {
    let detail = format!("The body is not a JSON object as expected: {error}.");
    Problem::new(StatusCode::BAD_REQUEST, "bad_json", "Not valid JSON", detail)
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
