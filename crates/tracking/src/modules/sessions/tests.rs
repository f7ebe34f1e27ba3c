//! The joining rule at its edges (the rule itself is a word of `ut_core`, the real-time store applies it).

use proptest::prelude::*;
use ut_core::event::{Identity, PageAddress, SESSION_MAX_MS, SessionState};
use ut_core::{SessionKey, SiteId, VisitorId};

const MIN: i64 = 60_000;

fn open(at: i64) -> SessionState {
    SessionState::open(SiteId(1), SessionKey(1), VisitorId([1; 16]), Identity::Cookieless, at)
}

fn page(path: &str) -> PageAddress {
    PageAddress { hostname: "shop.example".into(), path: path.into() }
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
        session.add(at, None, false);
        at += 29 * MIN;
    }
    assert!(session.last_at - session.first_at <= SESSION_MAX_MS);
    assert!(at > SESSION_MAX_MS - 30 * MIN, "it ended for its length, not for a silence");
}

#[test]
fn a_late_page_view_becomes_the_entry_and_renames_nothing() {
    let mut session = open(100 * MIN);
    session.add(100 * MIN, Some(&page("/second")), false);
    session.add(90 * MIN, Some(&page("/first")), false);
    session.add(95 * MIN, None, false);
    assert_eq!(session.entry.as_ref().unwrap().1.path, "/first");
    assert_eq!(session.exit.as_ref().unwrap().1.path, "/second");
    assert_eq!((session.started_at, session.first_at), (100 * MIN, 90 * MIN));
    assert_eq!((session.page_views, session.events, session.version), (2, 3, 3));
}

#[test]
fn an_event_that_is_no_page_view_never_steals_the_entry() {
    let mut session = open(0);
    session.add(0, None, false);
    session.add(MIN, Some(&page("/")), false);
    assert_eq!(session.entry.as_ref().unwrap().1.path, "/");
    assert!(!session.engaged(), "one page view is a bounce");
    session.add(2 * MIN, None, true);
    assert!(session.engaged(), "an e-commerce event makes it engaged");
}

proptest! {
    #[test]
    fn order_of_arrival_changes_no_sum(mut times in proptest::collection::vec(0_i64..30 * MIN, 1..40)) {
        let build = |times: &[i64]| {
            let mut session = open(times[0]);
            for (n, at) in times.iter().enumerate() {
                session.add(*at, (n % 2 == 0).then(|| page("/")).as_ref(), false);
            }
            (session.first_at, session.last_at, session.events)
        };
        let forward = build(&times);
        times.reverse();
        prop_assert_eq!(forward, build(&times));
    }
}
