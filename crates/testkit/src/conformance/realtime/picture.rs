//! The live picture.

use super::{MINUTE, SECRET, SITE, START, candidate, decision, settle};
use ut_core::keys::Keys;
use ut_core::ports::{Activity, CountryCount, Decisions, LiveBatch, LiveOp, LiveView, PageCount, Realtime};
use ut_core::{EventId, Lsn, SiteId, VisitorId};

fn seen(visitor: u8, at: i64, page: &str) -> LiveOp {
    from(visitor, at, page, "")
}

fn from(visitor: u8, at: i64, page: &str, country: &str) -> LiveOp {
    let (page, country) = (Some(page.to_owned()), country.to_owned());
    LiveOp::Seen { site: SITE, visitor: VisitorId([visitor; 16]), at, page, country }
}

fn activity(id: u128) -> LiveOp {
    let line =
        Activity { id: EventId::from_u128(id), name: "page_view".into(), page: Some("/".into()), at: START };
    LiveOp::Activity(SITE, line)
}

async fn apply(store: &dyn Realtime, until: u64, ops: Vec<LiveOp>) -> Lsn {
    let batch = LiveBatch { until: Lsn(until), ops };
    store.live(&batch).await.unwrap_or_else(|error| panic!("live: {error}")).until
}

async fn view(store: &dyn Realtime, now: i64) -> LiveView {
    store.view(SITE, None, now).await.unwrap_or_else(|error| panic!("view: {error}"))
}

pub(super) async fn visitors_are_counted_by_union(store: &dyn Realtime) {
    let minutes = |back: i64| START - back * MINUTE;
    let ops = vec![
        seen(1, START, "/"),
        seen(1, minutes(1), "/"),
        seen(2, minutes(1), "/"),
        seen(2, minutes(10), "/"),
        seen(3, minutes(29), "/"),
        seen(4, minutes(31), "/"),
    ];
    apply(store, 0, ops).await;
    let view = view(store, START).await;
    assert_eq!((view.now, view.last_5_min, view.last_30_min), (1, 2, 3));
    let mut per_minute = vec![0; 30];
    (per_minute[29], per_minute[28], per_minute[19], per_minute[0]) = (1, 2, 1, 1);
    assert_eq!(view.per_minute, per_minute, "oldest first, the last one being the current minute");
    let other = store.view(SiteId(2), None, START).await.unwrap_or_else(|error| panic!("view: {error}"));
    assert_eq!((other.now, other.per_minute.len()), (0, 30), "another site is empty");
}

pub(super) async fn a_renamed_visitor_is_one(store: &dyn Realtime) {
    let rename = LiveOp::Renamed { site: SITE, from: VisitorId([1; 16]), to: VisitorId([2; 16]) };
    let ops = vec![seen(1, START - 2 * MINUTE, "/a"), seen(1, START - MINUTE, "/b"), seen(2, START, "/c")];
    apply(store, 0, ops).await;
    let two = view(store, START).await;
    assert_eq!((two.now, two.last_5_min), (1, 2));
    apply(store, 0, vec![rename.clone()]).await;
    let one = view(store, START).await;
    assert_eq!((one.now, one.last_5_min, one.last_30_min), (1, 1, 1));
    assert_eq!(one.per_minute[27..], [1, 1, 1], "the minutes of both");
    assert_eq!(one.pages[0].page, "/c");
    apply(store, 0, vec![rename]).await;
    assert_eq!(view(store, START).await, one, "once is enough");
}

pub(super) async fn who_is_forgotten_is_in_no_picture_and_no_session(store: &dyn Realtime) {
    let (one, two) = (VisitorId([1; 16]), VisitorId([2; 16]));
    let key = |visitor| Keys::new(SECRET).visitor(SITE, visitor);
    let chunk = [candidate(1, 1, 1, START), candidate(2, 2, 2, START)];
    let before = settle(store, &chunk).await;
    apply(store, 0, vec![seen(1, START, "/a"), seen(2, START, "/b")]).await;
    let alone = store.view(SITE, Some(key(one)), START).await.unwrap_or_else(|error| panic!("view: {error}"));
    assert_eq!((alone.now, alone.pages[0].page.as_str()), (1, "/a"), "the picture of one visitor");
    apply(store, 0, vec![LiveOp::Forgotten { site: SITE, visitor: key(one) }]).await;
    let left = view(store, START).await;
    assert_eq!((left.now, left.last_30_min, left.pages.len()), (1, 1, 1), "the other one is there");
    let chunk = [candidate(3, 3, 1, START + 1), candidate(4, 4, 2, START + 1)];
    let after = settle(store, &chunk).await;
    let sessions = |decisions: &Decisions, at| {
        let decision = decision(decisions, at);
        (decision.visitor, decision.session)
    };
    assert_eq!((sessions(&after, 0).0, sessions(&after, 1).0), (one, two));
    assert_ne!(sessions(&after, 0), sessions(&before, 0), "a visit of before is not gone on with");
    assert_eq!(sessions(&after, 1), sessions(&before, 1), "that of the other is");
}

pub(super) async fn a_repeated_batch_changes_nothing(store: &dyn Realtime) {
    let position = apply(store, 0, Vec::new()).await;
    assert!(position <= Lsn::FIRST, "a new store covers nothing");
    let ops = vec![seen(1, START, "/a"), activity(1), activity(2)];
    assert_eq!(apply(store, 5, ops.clone()).await, Lsn(5));
    let once = view(store, START).await;
    assert_eq!(apply(store, 5, ops.clone()).await, Lsn(5));
    assert_eq!(apply(store, 0, ops).await, Lsn(5), "heartbeats do not move it");
    assert_eq!(view(store, START).await, once);
    assert_eq!(apply(store, 3, vec![seen(2, START, "/b")]).await, Lsn(5), "an older batch is covered");
    assert_eq!(view(store, START).await, once);
    assert_eq!(apply(store, 6, vec![seen(2, START, "/b")]).await, Lsn(6));
    assert_eq!(view(store, START).await.now, 2);
}

pub(super) async fn activity_is_a_short_feed(store: &dyn Realtime) {
    apply(store, 2, (1..=60).map(activity).collect()).await;
    let feed = view(store, START).await.activity;
    let ids: Vec<_> = feed.iter().map(|line| line.id.as_u128()).collect();
    assert_eq!(ids, (11..=60).collect::<Vec<_>>(), "the newest 50, oldest first");
}

pub(super) async fn pages_are_where_people_are_now(store: &dyn Realtime) {
    let ops = vec![
        seen(1, START - 40_000, "/a"),
        seen(1, START - 1_000, "/b"),
        seen(2, START - 2_000, "/b"),
        seen(3, START - 46_000, "/a"),
        seen(4, START - 45_000, "/c"),
    ];
    apply(store, 0, ops).await;
    let pages = view(store, START).await.pages;
    let page = |page: &str, visitors| PageCount { page: page.to_owned(), visitors };
    assert_eq!(pages, [page("/b", 2), page("/c", 1)]);
    let many = (0..30).map(|n| seen(100 + n, START, &format!("/p{n}"))).collect();
    apply(store, 0, many).await;
    assert_eq!(view(store, START).await.pages.len(), 10);
}

pub(super) async fn countries_are_those_of_who_is_here_now(store: &dyn Realtime) {
    let ops = vec![
        from(1, START - 1_000, "/", "DE"),
        from(2, START - 2_000, "/", "DE"),
        from(2, START - 1_000, "/", ""),
        from(3, START - 3_000, "/", "FR"),
        from(4, START - 46_000, "/", "IT"),
        from(5, START, "/", ""),
    ];
    apply(store, 0, ops).await;
    let country = |country: &str, visitors| CountryCount { country: country.to_owned(), visitors };
    assert_eq!(view(store, START).await.countries, [country("DE", 2), country("FR", 1)]);
}
