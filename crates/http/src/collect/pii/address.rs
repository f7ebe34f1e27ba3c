//! Addresses of pages: the path, the parameters that say where a visitor came from and those the owner allows, and
//! nothing else.

use super::normal::{Address, letters_and};
use super::words::Words;
use super::{Hint, clean, keys};
use std::borrow::Cow;
use url::Url;
use url::form_urlencoded::{Serializer, parse};

/// Kinds of click ids, in lower case. The kind says who sent the visitor; the value names the visitor to them, and is
/// not kept.
const CLICK_IDS: [&str; 28] = [
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "gclsrc",
    "gad_source",
    "gad_campaignid",
    "fbclid",
    "msclkid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "epik",
    "sccid",
    "rdt_cid",
    "qclid",
    "igsh",
    "igshid",
    "irclickid",
    "irclid",
    "awc",
    "cjevent",
    "_kx",
    "mc_cid",
    "mc_eid",
    "yclid",
    "ysclid",
    "srsltid",
];

const KNOWN_CLICK_IDS: Words = Words::none().and(&CLICK_IDS);

/// What is left of an address, and how many texts in it were removed.
pub(super) struct Kept {
    pub(super) text: String,
    pub(super) removed: u64,
}

/// A page's URL: http(s) with a host, else none. Fragment, user and password go, and every parameter but `utm_*`,
/// `source`, `ref`, the kinds of click ids and `allowed`.
pub(super) fn page(text: &str, allowed: &[String]) -> Option<Kept> {
    let address = Address::parse(text).filter(Address::is_web)?;
    let mut kept = up_to_query(&address);
    let Some(query) = address.query() else { return Some(kept) };
    kept.text.reserve(1 + query.len());
    kept.text.push('?');
    let begin = kept.text.len();
    let mut parameters = Serializer::for_suffix(kept.text, begin);
    for Pair { key, value } in pairs(query) {
        match parameter(&key, allowed) {
            Parameter::Dropped => {}
            Parameter::Kind(kind) => {
                parameters.append_pair(kind, "");
            }
            Parameter::Kept => {
                let value = value.decoded();
                let clean = value_of(&key, &value);
                kept.removed += u64::from(matches!(clean, Cow::Owned(_)));
                parameters.append_pair(&key, &clean);
            }
        }
    }
    kept.text = parameters.finish();
    if kept.text.len() == begin {
        kept.text.pop();
    }
    Some(kept)
}

/// A referrer: host and path. What is no address with a host is none.
pub(super) fn referrer(text: &str) -> Option<Kept> {
    Address::parse(text).map(|address| up_to_query(&address))
}

/// Host and a clean path.
fn up_to_query(address: &Address<'_>) -> Kept {
    let path = clean(address.path(), Hint::None);
    Kept { text: [address.origin(), &path].concat(), removed: u64::from(matches!(path, Cow::Owned(_))) }
}

enum Parameter {
    Kept,
    Kind(&'static str),
    Dropped,
}

fn parameter(key: &str, allowed: &[String]) -> Parameter {
    let campaign = key.len() <= 64
        && key
            .strip_prefix("utm_")
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    if campaign {
        return Parameter::Kept;
    }
    if KNOWN_CLICK_IDS.may_hold(key)
        && let Some(kind) = CLICK_IDS.iter().find(|kind| key.eq_ignore_ascii_case(kind))
    {
        return Parameter::Kind(kind);
    }
    if matches!(key, "source" | "ref") || allowed.iter().any(|name| name == key) {
        return Parameter::Kept;
    }
    Parameter::Dropped
}

/// A text that is an address: user and password go, and parameters that are personal by name or value; the others stay.
pub(super) fn inner(text: &str) -> Option<String> {
    let personal = |query: &str| {
        pairs(query).any(|Pair { key, value }| matches!(value_of(&key, &value.decoded()), Cow::Owned(_)))
    };
    if Address::as_it_stands(text).is_some_and(|address| !address.query().is_some_and(personal)) {
        return None;
    }
    let mut url = Url::parse(text).ok().filter(Url::has_host)?;
    let credentials = !url.username().is_empty() || url.password().is_some();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let personal = url.query().is_some_and(personal);
    if personal {
        let mut query = Serializer::new(String::new());
        for (key, value) in url.query_pairs() {
            query.append_pair(&key, &value_of(&key, &value));
        }
        let query = query.finish();
        url.set_query(Some(&query));
    }
    (credentials || personal).then(|| url.into())
}

/// A parameter's value as it is kept; owned if something was removed.
fn value_of<'a>(key: &str, value: &'a str) -> Cow<'a, str> {
    let kind = if CAMPAIGN.contains(&key) { keys::Kind::Plain } else { keys::kind(key) };
    match kind {
        keys::Kind::Personal => Cow::Owned(super::REMOVED.to_owned()),
        keys::Kind::Phone => clean(value, Hint::Phone),
        _ => clean(value, Hint::None),
    }
}

/// What nearly all kept parameters are called: names of nothing personal.
const CAMPAIGN: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];

/// A parameter of a query.
struct Pair<'a> {
    key: Cow<'a, str>,
    value: Encoded<'a>,
}

/// A value as it stands in a query, with its `=` if it has one: most are not kept, and need not be read.
struct Encoded<'a>(&'a str);

/// The parameters of a query, in order.
fn pairs(query: &str) -> impl Iterator<Item = Pair<'_>> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_at(pair.find('=').unwrap_or(pair.len()));
        let key = if is_plain(key) { Cow::Borrowed(key) } else { decoded(key).0 };
        Pair { key, value: Encoded(value) }
    })
}

impl<'a> Encoded<'a> {
    fn decoded(&self) -> Cow<'a, str> {
        match self.0.strip_prefix('=') {
            None => Cow::Borrowed(""),
            Some(value) if is_plain(value) => Cow::Borrowed(value),
            Some(_) => decoded(self.0).1,
        }
    }
}

/// Does a part of a query stand for itself?
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| PLAIN[usize::from(byte)])
}

const PLAIN: [bool; 256] = letters_and(b"-._");

fn decoded(pair: &str) -> (Cow<'_, str>, Cow<'_, str>) {
    parse(pair.as_bytes()).next().unwrap_or_default()
}
