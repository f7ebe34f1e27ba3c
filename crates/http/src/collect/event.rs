//! One event of a batch: every field of its type, nothing truncated, unknown fields kept.

use super::envelope::prop;
use super::field::{Refusal, plain, read, short_integer, string, text, uuid};
use super::item;
use super::kind::{self, Kind};
use super::made_id::Maker;
use super::members::{Element, Members};
use super::pii::{Field, Filter};
use super::times::Correction;
use super::vital;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Display;
use ut_core::EventId;
use ut_core::event::{Amount, Currency, Draft, Engagement, EventName, Vital};
use ut_tracking::modules::ecommerce::orders::SIGNED;

pub(super) const MAX_PROPS: usize = 64;
const MAX_KEY: usize = 64;
pub(super) const MAX_URL: usize = 4096;
pub(super) const MAX_TITLE: usize = 1024;
/// A page view lasts at most as long as a session: 24 hours.
const MAX_ENGAGEMENT_MS: f64 = 86_400_000.0;

/// How the events of a request are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'a> {
    /// How their times are corrected.
    pub(super) correction: Correction,
    /// Which of them are taken.
    pub(super) kind: Kind,
    /// Makes the ids that are missing; a page sends its own.
    pub(super) maker: Option<Maker<'a>>,
    /// Takes personal data out.
    pub(super) filter: Filter<'a>,
}

/// Parses one event of a batch.
pub(super) fn parse(event: &Element<'_>, reading: Reading<'_>) -> Result<Draft, Refusal> {
    let Some(members) = &event.0 else {
        return Err(Refusal::new("", "wrong_type", "an event must be an object"));
    };
    let read = draft(members, reading);
    // Whatever else is wrong with it: it helps to know the right door.
    read.map_err(|refusal| if is_identify(members) { kind::not_an_event() } else { refusal })
}

fn draft(members: &Members<'_>, reading: Reading<'_>) -> Result<Draft, Refusal> {
    let mut parts = Parts::default();
    for (name, value) in members.iter() {
        parts.take(name, value, reading.filter)?;
    }
    parts.finish(reading, members)
}

fn is_identify(members: &Members<'_>) -> bool {
    let said = |raw| string(raw).is_some_and(|text| text == kind::IDENTIFY);
    members.iter().any(|(name, raw)| name == "name" && said(raw))
}

/// The fields seen so far.
#[derive(Default)]
struct Parts<'a> {
    id: Option<EventId>,
    name: Option<EventName>,
    ts: Option<i64>,
    page_view: Option<EventId>,
    seq: u32,
    url: String,
    referrer: String,
    title: String,
    /// Money, or what a vital measured: the name says which.
    value: Option<&'a RawValue>,
    currency: Option<Currency>,
    items: Vec<ut_core::event::Item>,
    /// Of a vital, where its value comes from; anything of another event.
    attribution: Option<&'a RawValue>,
    props: Vec<(String, String)>,
}

impl<'a> Parts<'a> {
    fn take(&mut self, name: &str, raw: &'a RawValue, filter: Filter<'_>) -> Result<(), Refusal> {
        if raw.get() == "null" {
            return Ok(());
        }
        match name {
            "id" => self.id = Some(uuid(name, raw)?),
            "name" => {
                let text = string(raw).ok_or_else(|| Refusal::new(name, "wrong_type", "must be a string"))?;
                let parsed = EventName::parse(&text);
                self.name =
                    Some(parsed.map_err(|error| Refusal::new(name, "invalid_name", error.to_string()))?);
            }
            "ts" => self.ts = Some(time(name, raw)?),
            "page_view" => self.page_view = Some(uuid(name, raw)?),
            "seq" => self.seq = small(name, raw)?,
            "url" => self.url = page_url(raw, filter)?,
            "referrer" => self.referrer = filter.referrer(&text(name, raw, MAX_URL)?),
            "title" => self.title = filter.text(Field::Title, text(name, raw, MAX_TITLE)?.into_owned()),
            "value" => self.value = Some(raw),
            "currency" => self.currency = Some(currency(raw)?),
            "items" => self.items = item::list(raw)?,
            "props" => self.take_all(name, raw)?,
            "attribution" => self.attribution = Some(raw),
            _ => self.keep(name, name, raw)?,
        }
        Ok(())
    }

    /// Keeps every member of an object as a parameter of its own.
    fn take_all(&mut self, field: &str, raw: &RawValue) -> Result<(), Refusal> {
        let members =
            Members::of(raw).ok_or_else(|| Refusal::new(field, "wrong_type", "must be an object"))?;
        members.iter().try_for_each(|(key, value)| self.keep(format_args!("{field}.{key}"), key, value))
    }

    fn keep(&mut self, field: impl Display + Copy, key: &str, raw: &RawValue) -> Result<(), Refusal> {
        plain(field, key, MAX_KEY).map_err(|refusal| Refusal { code: "invalid_key", ..refusal })?;
        let Some(value) = prop(field, raw)? else { return Ok(()) };
        if self.props.iter().any(|(known, _)| known == key) {
            return Err(Refusal::new(field, "repeated", "is given twice"));
        }
        self.props.push((key.to_owned(), value.into_owned()));
        if self.props.len() > MAX_PROPS {
            return Err(Refusal::new("props", "too_many_props", format!("at most {MAX_PROPS} are taken")));
        }
        Ok(())
    }

    fn finish(mut self, reading: Reading<'_>, members: &Members<'_>) -> Result<Draft, Refusal> {
        let missing = |field: &str, what: &str| Refusal::new(field, "missing", format!("must be {what}"));
        let name = self.name.take().ok_or_else(|| missing("name", "an event name"))?;
        if name.is_page_view() && self.url.is_empty() {
            return Err(missing("url", "the page's URL"));
        }
        let engagement = self.engagement(&name)?;
        let (value, vital) = self.value(&name)?;
        reading.kind.check(&name)?;
        let ts = self.ts.ok_or_else(|| missing("ts", "Unix milliseconds"))?;
        let made = || reading.maker.map(|maker| maker.id(name.as_str(), ts, members));
        let id = self.id.or_else(made).ok_or_else(|| missing("id", "a UUID made by the sender"))?;
        let at = reading.correction.apply(ts)?;
        self.amounts(&name)?;
        let mut facts = vital.map(|vital| vital.facts()).unwrap_or_default();
        if reading.maker.is_some() && tells_of_orders(&name) {
            facts.push((SIGNED.to_owned(), "1".to_owned()));
        }
        self.props.sort_unstable();
        Ok(Draft {
            page_view: self.page_view,
            seq: self.seq,
            url: self.url,
            referrer: self.referrer,
            title: self.title,
            engagement,
            value,
            currency: self.currency,
            items: reading.filter.items(self.items),
            props: reading.filter.props(Field::Props, self.props),
            facts,
            ..Draft::new(id, name, at)
        })
    }

    /// What it is worth, or what was measured.
    fn value(&mut self, name: &EventName) -> Result<(Option<Amount>, Option<Vital>), Refusal> {
        let (value, attribution) = (self.value.take(), self.attribution.take());
        if name.as_str() != Vital::EVENT {
            if let Some(raw) = attribution {
                self.keep("attribution", "attribution", raw)?;
            }
            return Ok((value.map(|raw| amount("value", raw)).transpose()?, None));
        }
        if let Some(raw) = value {
            self.keep("value", "value", raw)?;
        }
        let vital = vital::take(&mut self.props)?;
        if let Some(raw) = attribution {
            self.take_all("attribution", raw)?;
        }
        Ok((None, Some(vital)))
    }

    /// What stands beside the `value` of an order must be money too.
    fn amounts(&self, name: &EventName) -> Result<(), Refusal> {
        if !tells_of_orders(name) {
            return Ok(());
        }
        for (key, text) in self.props.iter().filter(|(key, _)| matches!(key.as_str(), "tax" | "shipping")) {
            Amount::parse(text)
                .map_err(|error| Refusal::new(key, "invalid_amount", format!("is {error}")))?;
        }
        Ok(())
    }

    /// What an `engagement` says; the same fields of another event are its own affair.
    fn engagement(&mut self, name: &EventName) -> Result<Option<Engagement>, Refusal> {
        if name.as_str() != "engagement" {
            return Ok(None);
        }
        if self.page_view.is_none() {
            return Err(Refusal::new("page_view", "missing", "must be the page view that was dealt with"));
        }
        let mut number = |field: &str, max: f64| {
            let Some(place) = self.props.iter().position(|(key, _)| key == field) else { return Ok(0.0) };
            let (_, text) = self.props.swap_remove(place);
            let number = text.parse::<f64>().ok().filter(|number| (0.0..=max).contains(number));
            number.ok_or_else(|| {
                Refusal::new(field, "out_of_range", format!("must be a number from 0 to {max}"))
            })
        };
        let engaged_ms = number("engagement_ms", MAX_ENGAGEMENT_MS)?.round() as u32;
        let scroll_pct = number("scroll_pct", 100.0)?.round() as u8;
        Ok(Some(Engagement { engaged_ms, scroll_pct }))
    }
}

/// What the shop's server says by these is booked.
fn tells_of_orders(name: &EventName) -> bool {
    matches!(name.as_str(), "purchase" | "refund")
}

/// Unix milliseconds.
pub(super) fn time(field: &str, raw: &RawValue) -> Result<i64, Refusal> {
    let short = short_integer(raw).and_then(|number| i64::try_from(number).ok());
    short.map_or_else(|| read(field, raw, "Unix milliseconds, an integer"), Ok)
}

/// An integer that is counted up.
pub(super) fn small(field: impl Display, raw: &RawValue) -> Result<u32, Refusal> {
    let short = short_integer(raw).and_then(|number| u32::try_from(number).ok());
    short.map_or_else(|| read(field, raw, "an integer from 0 to 4,294,967,295"), Ok)
}

/// A money amount: a decimal string or a JSON number, exact.
pub(super) fn amount(field: impl Display + Copy, raw: &RawValue) -> Result<Amount, Refusal> {
    let json = raw.get();
    let wrong = |expected| Refusal::new(field, "wrong_type", expected);
    let digits: Cow<'_, str> = match json.as_bytes().first() {
        Some(b'"') => string(raw).ok_or_else(|| wrong("must be a decimal"))?,
        Some(b'-' | b'0'..=b'9') => json.into(),
        _ => return Err(wrong("must be a decimal string or a number")),
    };
    Amount::parse(&digits).map_err(|error| Refusal::new(field, "invalid_amount", format!("is {error}")))
}

fn currency(raw: &RawValue) -> Result<Currency, Refusal> {
    let text = string(raw).ok_or_else(|| Refusal::new("currency", "wrong_type", "must be a string"))?;
    Currency::parse(&text).map_err(|error| Refusal::new("currency", "invalid_currency", error.to_string()))
}

/// A page's URL, as far as it is kept.
fn page_url(raw: &RawValue, filter: Filter<'_>) -> Result<String, Refusal> {
    let kept = filter.page_url(&text("url", raw, MAX_URL)?);
    kept.ok_or_else(|| Refusal::new("url", "not_a_url", "must be an absolute http or https URL"))
}
