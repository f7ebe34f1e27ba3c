//! The joining rule at its edges (the rule itself is a word of `ut_core`, the real-time store applies it).

use proptest::prelude::*;
use std::sync::Arc;
use ut_core::event::{
    Circumstances, Happening, Identity, Opening, PageAddress, PageViewState, SESSION_MAX_MS, SessionState,
    Source,
};
use ut_core::{SessionKey, VisitorId};

const MIN: i64 = 60_000;

fn open(at: i64) -> SessionState {
    SessionState::open(Opening {
        session: SessionKey(1),
        visitor: VisitorId([1; 16]),
        identity: Identity::Cookieless,
        at,
        staging: false,
        request: Arc::new(Circumstances::default()),
    })
}

fn page(path: &str) -> Arc<PageAddress> {
    Arc::new(PageAddress { hostname: "shop.example".into(), path: path.into() })
}

fn source(name: &str) -> Arc<Source> {
    Arc::new(Source { source: name.to_owned(), ..Source::default() })
}

/// An event at `at` that is nothing but there.
fn event<'a>(at: i64) -> Happening<'a> {
    Happening { at, page: None, source: None, engages: false, engaged_ms: 0 }
}

#[test]
fn an_event_joins_within_the_timeout_on_both_sides() {
    let session = open(100 * MIN);
    for (at, joins) in [(70 * MIN, true), (70 * MIN - 1, false), (130 * MIN, true), (130 * MIN + 1, false)] {
        assert_eq!(session.takes(at, 30 * MIN), joins, "{at}");
    }
}

#[test]
fn a_session_never_grows_beyond_a_day() {
    let mut session = open(0);
    let mut at = 0;
    while session.takes(at, 30 * MIN) {
        session.add(&event(at));
        at += 29 * MIN;
    }
    assert!(session.last_at - session.first_at <= SESSION_MAX_MS);
    assert!(at > SESSION_MAX_MS - 30 * MIN, "it ended for its length, not for a silence");
}

#[test]
fn a_late_page_view_becomes_the_entry_and_renames_nothing() {
    let mut session = open(100 * MIN);
    session.add(&Happening { page: Some(&page("/second")), ..event(100 * MIN) });
    session.add(&Happening { page: Some(&page("/first")), ..event(90 * MIN) });
    session.add(&event(95 * MIN));
    assert_eq!(session.entry.as_ref().unwrap().1.path, "/first");
    assert_eq!(session.exit.as_ref().unwrap().1.path, "/second");
    assert_eq!((session.started_at, session.first_at), (100 * MIN, 90 * MIN));
    assert_eq!((session.page_views, session.events, session.version), (2, 3, 3));
}

#[test]
fn an_event_that_is_no_page_view_never_steals_the_entry() {
    let mut session = open(0);
    session.add(&event(0));
    session.add(&Happening { page: Some(&page("/")), ..event(MIN) });
    assert_eq!(session.entry.as_ref().unwrap().1.path, "/");
    assert!(!session.engaged(), "one page view is a bounce");
    session.add(&Happening { engages: true, ..event(2 * MIN) });
    assert!(session.engaged(), "an e-commerce event makes it engaged");
}

#[test]
fn ten_seconds_of_attention_are_no_bounce() {
    let mut session = open(0);
    session.add(&Happening { page: Some(&page("/")), ..event(0) });
    session.add(&Happening { engaged_ms: 9_999, ..event(MIN) });
    assert!(!session.engaged());
    session.add(&Happening { engaged_ms: 1, ..event(2 * MIN) });
    assert!(session.engaged());
}

#[test]
fn a_session_comes_from_where_its_earliest_page_view_came_from() {
    let (mail, search) = (source("newsletter"), source("google"));
    let mut session = open(100 * MIN);
    session.add(&Happening { source: Some(&mail), ..event(80 * MIN) });
    let from = |session: &SessionState| session.origin.clone().unwrap().source;
    assert_eq!(from(&session), Some(mail.clone()), "until there is a page view, the earliest event says");
    session.add(&Happening { page: Some(&page("/b")), ..event(100 * MIN) });
    assert_eq!(from(&session), None, "a page view outranks it: this one was direct");
    session.add(&Happening { page: Some(&page("/a")), source: Some(&search), ..event(90 * MIN) });
    assert_eq!(from(&session), Some(search), "a late, earlier page view is the landing");
    session.add(&Happening { page: Some(&page("/c")), source: Some(&mail), ..event(110 * MIN) });
    assert_eq!(from(&session).unwrap().source, "google", "a later campaign changes nothing");
}

#[test]
fn a_touch_is_a_change_of_source() {
    let (mail, search) = (source("newsletter"), source("google"));
    let mut session = open(0);
    let touches = [Some(&mail), Some(&mail), None, Some(&mail), Some(&search), Some(&mail)]
        .map(|source| session.add(&Happening { source, ..event(MIN) }));
    assert_eq!(touches, [true, false, false, false, true, true]);
    assert_eq!(session.touches, 3);
}

#[test]
fn engaged_time_rises_by_what_is_new_and_never_beyond_the_time_that_passed() {
    let view = PageViewState { key: 1, first_at: 0, engaged_ms: 4_000 };
    for (claimed, at, increase) in [
        (5_000, 10_000, 1_000),
        (3_000, 10_000, 0),
        (60_000, 10_000, 6_000),
        (60_000, -5, 0),
        (4_000, 10_000, 0),
    ] {
        assert_eq!(view.increase(claimed, at), increase, "{claimed} at {at}");
    }
}

#[test]
fn only_the_newest_page_views_are_remembered() {
    let mut session = open(0);
    (0..100).for_each(|key| session.put_view(PageViewState { key, first_at: 0, engaged_ms: 0 }));
    session.put_view(PageViewState { key: 99, first_at: 0, engaged_ms: 7 });
    assert_eq!((session.views.len(), session.view(35), session.view(99).unwrap().engaged_ms), (64, None, 7));
    assert!(session.view(36).is_some());
}

proptest! {
    #[test]
    fn order_of_arrival_changes_no_sum(mut times in proptest::collection::vec(0_i64..30 * MIN, 1..40)) {
        let build = |times: &[i64]| {
            let mut session = open(times[0]);
            for (n, at) in times.iter().enumerate() {
                let page = (n % 2 == 0).then(|| page("/"));
                session.add(&Happening { page: page.as_ref(), ..event(*at) });
            }
            (session.first_at, session.last_at, session.events)
        };
        let forward = build(&times);
        times.reverse();
        prop_assert_eq!(forward, build(&times));
    }
}
