//! One body, read as the door reads it, and what must hold of every body. The fuzzer calls it (`fuzz/`), and a test
//! with what the fuzzer has found worth keeping.

#![expect(clippy::expect_used, reason = "it ends where something is wrong")]

use super::envelope::{Caller, Outline, utf8};
use super::event::{self, MAX_PROPS, MAX_TITLE, MAX_URL, Reading};
use super::kind::Kind;
use super::made_id::Maker;
use super::person;
use super::pii::{Field, Filter};
use super::times::Correction;
use crate::metrics::Metrics;
use ut_core::SiteId;
use ut_core::event::Draft;

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

#[cfg(test)]
#[test]
fn the_corpus_holds() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut bodies = 0;
    for entry in std::fs::read_dir(root.join("fuzz/corpus/envelope")).expect("a part of the project") {
        envelope(&std::fs::read(entry.expect("a file").path()).expect("a body"));
        bodies += 1;
    }
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
