//! Engaged time and touches.

use super::{MINUTE, START, candidate, decide, decision, settle, state};
use std::sync::Arc;
use ut_core::event::{Engagement, Source};
use ut_core::ports::{Candidate, Outcome, Realtime};
use ut_core::{EventId, SessionKey};

const VIEW: EventId = EventId::from_u128(0xabcdef);

/// A page view whose showing is [`VIEW`].
fn shown(lsn: u64, at: i64) -> Candidate {
    Candidate { page_view: Some(VIEW), ..candidate(lsn, lsn.into(), 1, at) }
}

/// What the tab says of [`VIEW`].
fn told(lsn: u64, at: i64, engaged_ms: u32) -> Candidate {
    let engagement = Some(Engagement { engaged_ms, scroll_pct: 50 });
    Candidate { page: None, engagement, ..shown(lsn, at) }
}

/// A running total, repeated, out of order and beyond what can be: each only raises what was counted.
pub(super) async fn time_is_counted_once(store: &dyn Realtime) {
    let unknown = Candidate { page_view: Some(EventId::from_u128(1)), ..told(6, START + 50_000, 5_000) };
    let chunk = [
        shown(1, START),
        told(2, START + 30_000, 20_000),
        told(3, START + 10_000, 8_000),
        told(4, START + 40_000, 25_000),
        told(5, START + 45_000, 600_000),
        unknown,
    ];
    let decisions = decide(store, &chunk).await;
    let engaged: Vec<_> = (0..6).map(|index| decision(&decisions, index).engaged_ms).collect();
    assert_eq!(engaged, [0, 20_000, 0, 5_000, 20_000, 0], "never beyond the 45 s since the page appeared");
    let orphans: Vec<_> = (0..6).map(|index| decision(&decisions, index).orphan).collect();
    assert_eq!(orphans, [false, false, false, false, false, true], "of a page view nobody knows");
    let session = state(&decisions, decision(&decisions, 0).session);
    assert_eq!((session.engaged_ms, session.engaged()), (45_000, true));
    assert_eq!(decide(store, &chunk).await, decisions, "asked again");
}

/// A tab left open: the time counts in the session of the moment, the page view is still the old one.
pub(super) async fn a_page_view_outlives_its_session(store: &dyn Realtime) {
    settle(store, &[shown(1, START), told(2, START + 20_000, 15_000)]).await;
    let back = settle(store, &[told(3, START + 60 * MINUTE, 35_000)]).await;
    let new = decision(&back, 0);
    assert_eq!(new.engaged_ms, 20_000, "what was counted before is not counted again");
    assert_eq!(state(&back, new.session).engaged_ms, 20_000);
    assert_eq!(back.sessions.len(), 2, "the session it began in remembers the page view");
    let again = decide(store, &[told(4, START + 61 * MINUTE, 36_000)]).await;
    assert_eq!(decision(&again, 0).engaged_ms, 1_000);
    assert_eq!(decision(&again, 0).session, new.session);
}

pub(super) async fn touches_are_changes_of_source(store: &dyn Realtime) {
    let from = |lsn: u64, name: &str| {
        let source = Some(Arc::new(Source { source: name.to_owned(), ..Source::default() }));
        Candidate { source, ..candidate(lsn, lsn.into(), 1, START + lsn as i64) }
    };
    let direct = candidate(3, 3, 1, START + 3);
    let first = settle(store, &[from(1, "newsletter"), from(2, "newsletter"), direct]).await;
    let second = settle(store, &[from(4, "google"), from(5, "google")]).await;
    let touch = |decisions, index| decision(decisions, index).touch;
    assert_eq!([touch(&first, 0), touch(&first, 1), touch(&first, 2)], [true, false, false]);
    assert_eq!([touch(&second, 0), touch(&second, 1)], [true, false]);
    let session = state(&second, decision(&second, 0).session);
    assert_eq!(session.touches, 2);
    let origin = session.origin.as_ref().and_then(|origin| origin.source.as_deref());
    assert_eq!(origin.map(|source| source.source.as_str()), Some("newsletter"), "the first one stays");
}

/// A web vital belongs to the session that is there. It opens none, and makes none longer.
pub(super) async fn a_measurement_changes_no_session(store: &dyn Realtime) {
    let measured = |lsn: u64, at: i64| Candidate { measures: true, ..shown(lsn, at) };
    let alone = settle(store, &[measured(1, START)]).await;
    assert_eq!((decision(&alone, 0).session, alone.sessions.len()), (SessionKey(0), 0), "it opens none");
    let visit = settle(store, &[shown(2, START), measured(3, START + 20 * MINUTE)]).await;
    let session = decision(&visit, 0).session;
    assert_eq!(decision(&visit, 1).session, session);
    assert_eq!(decision(&visit, 1).visitor, decision(&visit, 0).visitor);
    let counted = state(&visit, session);
    assert_eq!((counted.last_at, counted.events, counted.page_views, counted.version), (START, 1, 1, 1));
    let next = settle(store, &[shown(4, START + 31 * MINUTE), measured(5, START + 31 * MINUTE)]).await;
    assert_ne!(decision(&next, 0).session, session, "the silence was not broken by it");
    assert_eq!(decision(&next, 1).session, decision(&next, 0).session);
    let again = Candidate { lsn: ut_core::Lsn(6), ..measured(5, START + 31 * MINUTE) };
    assert_eq!(decide(store, &[again]).await.outcomes, [Outcome::Duplicate], "its id counts once");
}
