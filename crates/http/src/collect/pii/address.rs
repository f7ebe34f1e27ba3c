//! Addresses of pages: the path, the parameters that say where a visitor came from and those the owner allows, and
//! nothing else.

use super::{Hint, clean, keys};
use std::borrow::Cow;
use url::Url;

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

/// What is left of an address, and how many texts in it were removed.
pub(super) struct Kept {
    pub(super) text: String,
    pub(super) removed: u64,
}

/// A page's URL: http(s) with a host, else none. Fragment, user and password go, and every parameter but `utm_*`,
/// `source`, `ref`, the kinds of click ids and `allowed`.
pub(super) fn page(text: &str, allowed: &[String]) -> Option<Kept> {
    let mut url =
        Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
    strip(&mut url);
    let mut removed = 0;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in url.query_pairs() {
        match kept(&key, allowed) {
            Parameter::Dropped => {}
            Parameter::Kind(kind) => {
                query.append_pair(kind, "");
            }
            Parameter::Kept => {
                let value = value_of(&key, &value);
                removed += u64::from(matches!(value, Cow::Owned(_)));
                query.append_pair(&key, &value);
            }
        }
    }
    let query = query.finish();
    url.set_query((!query.is_empty()).then_some(&query));
    let path = path(url);
    Some(Kept { text: path.text, removed: removed + path.removed })
}

/// A referrer: host and path. What is no address with a host is none.
pub(super) fn referrer(text: &str) -> Option<Kept> {
    let mut url = Url::parse(text).ok().filter(Url::has_host)?;
    strip(&mut url);
    url.set_query(None);
    Some(path(url))
}

fn strip(url: &mut Url) {
    url.set_fragment(None);
    // A URL with a host takes any credentials, also none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

/// The URL with a clean path.
fn path(url: Url) -> Kept {
    match clean(url.path(), Hint::None) {
        Cow::Borrowed(_) => Kept { text: url.into(), removed: 0 },
        Cow::Owned(path) => {
            let text = [&url[..url::Position::BeforePath], &path, &url[url::Position::AfterPath..]].concat();
            Kept { text, removed: 1 }
        }
    }
}

enum Parameter {
    Kept,
    Kind(&'static str),
    Dropped,
}

fn kept(key: &str, allowed: &[String]) -> Parameter {
    if let Some(kind) = CLICK_IDS.iter().find(|kind| key.eq_ignore_ascii_case(kind)) {
        return Parameter::Kind(kind);
    }
    let campaign = key.len() <= 64
        && key
            .strip_prefix("utm_")
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    if campaign || matches!(key, "source" | "ref") || allowed.iter().any(|name| name == key) {
        return Parameter::Kept;
    }
    Parameter::Dropped
}

/// A text that is an address: user and password go, and parameters that are personal by name or value; the others stay.
pub(super) fn inner(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok().filter(Url::has_host)?;
    let credentials = !url.username().is_empty() || url.password().is_some();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let mut personal = false;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in url.query_pairs() {
        let value = value_of(&key, &value);
        personal |= matches!(value, Cow::Owned(_));
        query.append_pair(&key, &value);
    }
    let query = query.finish();
    if personal {
        url.set_query(Some(&query));
    }
    (credentials || personal).then(|| url.into())
}

/// A parameter's value as it is kept; owned if something was removed.
fn value_of<'a>(key: &str, value: &'a str) -> Cow<'a, str> {
    match keys::kind(key) {
        keys::Kind::Personal => Cow::Owned(super::REMOVED.to_owned()),
        keys::Kind::Phone => clean(value, Hint::Phone),
        _ => clean(value, Hint::None),
    }
}
