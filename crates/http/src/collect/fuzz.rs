//! Bodies and cookies, read as the door reads them, and what must hold of all of them. The fuzzers call it (`fuzz/`), and
//! tests with what the fuzzers have found worth keeping.

#![expect(clippy::expect_used, reason = "it ends where something is wrong")]

use super::envelope::{Caller, Outline, utf8};
use super::event::{self, MAX_PROPS, MAX_TITLE, MAX_URL, Reading};
use super::jar;
use super::kind::Kind;
use super::made_id::Maker;
use super::person;
use super::pii::{Field, Filter};
use super::times::Correction;
use crate::metrics::Metrics;
use axum::http::{HeaderMap, HeaderValue, header};
use ut_core::SiteId;
use ut_core::event::{Currency, Draft};
use ut_core::keys::Keys;
use ut_core::site::{Site, SiteSettings};
use ut_tracking::modules::consent::Choice;
use uuid::Uuid;

/// A moment that the times in the corpus are near.
const NOW: i64 = 1_763_800_000_000;

/// Reads a body for every kind of caller and route.
///
/// # Panics
/// When something does not hold that must.
pub fn envelope(body: &[u8]) {
    let Ok(text) = utf8(body) else { return };
    let Ok(outline) = Outline::of(text) else { return };
    let _ = outline.heartbeat();
    let _ = outline.bare();
    for caller in [Caller::Page, Caller::Server] {
        if let Ok((_, user)) = outline.person(caller) {
            let first = person::parse(user);
            assert_eq!(person::parse(user), first);
        }
        for kind in [Kind::Any, Kind::Page, Kind::Commerce, Kind::Performance] {
            let Ok(envelope) = outline.batch(caller, kind) else { continue };
            let context = envelope.context.as_ref().map(|(_, raw)| *raw);
            let maker = (caller == Caller::Server).then_some(Maker { site: SiteId(1), context });
            let correction = Correction::new(NOW, envelope.sent_at);
            for raw in envelope.events {
                let metrics = Metrics::default();
                let allowed = ["size".to_owned()];
                let filter = Filter::new(&allowed, &metrics.removed);
                let reading = Reading { correction, kind, maker, filter };
                let first = event::parse(raw, reading);
                if let Ok(draft) = &first {
                    check(draft, filter);
                }
                // The same event again is the same draft, its made id included.
                assert_eq!(event::parse(raw, reading), first);
            }
        }
    }
}

/// What holds of every event that is taken.
fn check(draft: &Draft, filter: Filter<'_>) {
    assert!((NOW - 7 * 86_400_000..=NOW + 600_000).contains(&draft.at), "{draft:?}");
    assert!(draft.props.len() <= MAX_PROPS && draft.props.is_sorted(), "{draft:?}");
    // Nothing is cut off; what is taken out leaves a word of ten bytes at most per piece of three.
    let bounds = [(&draft.url, MAX_URL), (&draft.referrer, MAX_URL), (&draft.title, MAX_TITLE)];
    for (text, max) in bounds {
        assert!(text.len() <= 4 * max && !text.contains('\0'), "{draft:?}");
    }
    // What has been filtered has nothing left in it.
    assert_eq!(filter.text(Field::Title, draft.title.clone()), draft.title);
    assert_eq!(filter.items(draft.items.clone()), draft.items);
    let props = draft.props.clone();
    assert_eq!(filter.props(Field::Props, props), draft.props);
    if !draft.url.is_empty() {
        assert_eq!(filter.page_url(&draft.url).as_deref(), Some(&*draft.url));
    }
    assert_eq!(filter.referrer(&draft.referrer), draft.referrer);
    // The log gives back what it got.
    let bytes = postcard::to_extend(draft, Vec::new()).expect("a draft can be written");
    assert_eq!(&postcard::from_bytes::<Draft>(&bytes).expect("what was written"), draft);
}

/// Reads cookies: as a browser sends them, and an id of ours that somebody has changed, by the bytes as a program.
///
/// # Panics
/// When something does not hold that must.
pub fn cookies(bytes: &[u8]) {
    let (site, keys) = (site(SiteId(1)), Keys::new(b"a secret of thirty-two bytes or more"));
    if let Ok(line) = HeaderValue::from_bytes(bytes) {
        let headers = HeaderMap::from_iter([(header::COOKIE, line)]);
        kept(&jar::choice(&headers));
        let _ = jar::has_visitor(&headers);
        if let Some(id) = jar::visitor(&headers, &site, &keys) {
            let value = jar::cookie(&headers, jar::VISITOR).expect("its id was read");
            assert!(value.to_ascii_lowercase().ends_with(&tag(&keys, &site, id)), "{value}");
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let mut choice = text.parse::<Choice>().unwrap_or_default();
        kept(&choice);
        choice.shown(text);
        kept(&choice);
    }
    if let Some((id, program)) = bytes.split_first_chunk() {
        changed(&site, &keys, Uuid::from_bytes(*id), program);
    }
}

/// What a browser keeps of a choice is that choice, and nothing in it ends the cookie.
fn kept(choice: &Choice) {
    let text = choice.to_string();
    assert_eq!(text.parse().as_ref(), Ok(choice), "{text}");
    let line = HeaderValue::try_from(format!("a=1; _ut_c={text}; b=2")).expect("letters of cookies");
    assert_eq!(&jar::choice(&HeaderMap::from_iter([(header::COOKIE, line)])), choice, "{text}");
}

/// Whatever is done to a cookie of ours: what is still taken is the id that we gave, for its own site, under its own key.
fn changed(site: &Site, keys: &Keys, id: Uuid, program: &[u8]) {
    let ours = format!("{id}.{}", tag(keys, site, id));
    assert_eq!(jar::checked(&ours, site, keys), Some(id));
    assert_eq!(jar::checked(&ours, &self::site(SiteId(2)), keys), None, "of another site");
    assert_eq!(jar::checked(&ours, site, &Keys::new(b"another secret of thirty-two bytes")), None);
    let mut value = ours.clone().into_bytes();
    for step in program.chunks_exact(2) {
        let place = usize::from(step[0]) % (value.len() + 1);
        match value.get_mut(place) {
            Some(_) if step[1] == 0 => drop(value.remove(place)),
            Some(letter) => *letter = step[1],
            None => value.push(step[1]),
        }
    }
    let Ok(value) = std::str::from_utf8(&value) else { return };
    let taken = jar::checked(value, site, keys);
    assert!(taken.is_none_or(|taken| taken == id), "{value} is taken for {taken:?}, and {ours} was given");
    if taken.is_some() {
        assert!(value.to_ascii_lowercase().ends_with(&tag(keys, site, id)), "{value} for {ours}");
    }
}

fn tag(keys: &Keys, site: &Site, id: Uuid) -> String {
    hex::encode(keys.cookie_tag(site.id, id))
}

fn site(id: SiteId) -> Site {
    Site {
        id,
        key: String::new(),
        domains: vec!["shop.example".to_owned()],
        currency: Currency::parse("EUR").expect("a currency"),
        time_zone: jiff::tz::TimeZone::UTC,
        session_timeout_min: 30,
        settings: SiteSettings::default(),
    }
}

/// Runs what stands in a folder of the corpus; how much that is.
#[cfg(test)]
fn replay(name: &str, run: impl Fn(&[u8])) -> usize {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let mut inputs = 0;
    for entry in std::fs::read_dir(root.join(name)).expect("a part of the project") {
        run(&std::fs::read(entry.expect("a file").path()).expect("an input"));
        inputs += 1;
    }
    inputs
}

#[cfg(test)]
#[test]
fn the_corpus_of_cookies_holds() {
    let inputs = replay("cookies", cookies);
    assert!(inputs > 10, "{inputs}");
}

#[cfg(test)]
#[test]
fn the_corpus_holds() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut bodies = replay("envelope", envelope);
    for name in ["accepted", "refused"] {
        let text =
            std::fs::read(root.join(format!("contract/golden/{name}.json"))).expect("a part of the project");
        let cases: Vec<serde_json::Value> = serde_json::from_slice(&text).expect("JSON");
        for case in cases {
            envelope(case["body"].to_string().as_bytes());
            bodies += 1;
        }
    }
    assert!(bodies > 70, "{bodies}");
}
