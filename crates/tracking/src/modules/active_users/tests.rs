//! The story: a frame in, the live picture's operations out.

use super::ActiveUsers;
use std::sync::Arc;
use ut_core::VisitorId;
use ut_core::event::{Frame, Identity, PageAddress};
use ut_core::module::Module;
use ut_core::ports::{Decision, Decisions, LiveBatch, LiveOp, Outcome};
use ut_testkit::conformance::realtime::{START, candidate, frame, request};

fn story() -> Frame {
    let visitor = VisitorId([1; 16]);
    let session = ut_core::SessionKey(1);
    let decision = Decision {
        visitor,
        identity: Identity::Cookieless,
        session,
        touch: false,
        engaged_ms: 0,
        orphan: false,
    };
    let known = Outcome::New(Some(decision));
    let mut engagement = candidate(2, 2, 1, START + 1000);
    engagement.page = None;
    let mut late = candidate(3, 3, 1, START - 86_400_000);
    late.request = request(START + 2000);
    let chunk = [candidate(1, 1, 1, START), engagement, late, candidate(4, 1, 1, START + 3000)];
    let outcomes = vec![known, known, Outcome::New(None), Outcome::Duplicate];
    frame(&chunk, &Decisions { outcomes, sessions: Vec::new() })
}

#[test]
fn stored_events_say_who_is_here_and_what_they_do() {
    let mut batch = LiveBatch::default();
    ActiveUsers.live(&story(), &mut batch);
    let seen = batch.ops.iter().filter_map(|op| match op {
        LiveOp::Seen { visitor, at, page, .. } => Some((visitor.0[0], *at, page.as_deref())),
        _ => None,
    });
    let seen: Vec<_> = seen.collect();
    assert_eq!(
        seen,
        [(1, START, Some("/")), (1, START + 1000, None)],
        "whoever is identified, engagement too"
    );
    let lines: Vec<_> = batch
        .ops
        .iter()
        .filter_map(|op| match op {
            LiveOp::Activity(_, line) => Some((line.id.as_u128(), line.name.as_str(), line.at)),
            _ => None,
        })
        .collect();
    assert_eq!(
        lines,
        [(1, "page_view", START), (3, "page_view", START + 2000)],
        "all but engagement, by receipt"
    );
}

/// A request with 60 page views and an engagement, of a visitor who is somebody else from the 30th event on.
#[test]
fn a_request_says_once_who_is_here_and_no_more_than_the_feed_shows() {
    let request = request(START);
    let chunk = (0..=60).map(|n: u64| {
        let mut event = candidate(n + 1, u128::from(n), 1, START);
        let page = PageAddress { hostname: "shop.example".to_owned(), path: format!("/{n}") };
        event.page = (n < 60).then(|| Arc::new(page));
        event.request = request.clone();
        event
    });
    let outcome = |n| {
        let (visitor, session) = (VisitorId([if n < 30 { 1 } else { 2 }; 16]), ut_core::SessionKey(1));
        Outcome::New(Some(Decision {
            visitor,
            identity: Identity::Cookieless,
            session,
            touch: false,
            engaged_ms: 0,
            orphan: false,
        }))
    };
    let (chunk, outcomes): (Vec<_>, _) = (chunk.collect(), (0..=60).map(outcome).collect());
    let mut batch = LiveBatch::default();
    ActiveUsers.live(&frame(&chunk, &Decisions { outcomes, sessions: Vec::new() }), &mut batch);
    let (mut seen, mut lines) = (Vec::new(), Vec::new());
    for op in batch.ops {
        match op {
            LiveOp::Seen { visitor, page, .. } => seen.push((visitor.0[0], page)),
            LiveOp::Activity(_, line) => lines.push(line.id.as_u128()),
            LiveOp::Renamed { .. } | LiveOp::Forgotten { .. } => {}
        }
    }
    assert_eq!(
        seen,
        [(1, Some("/29".to_owned())), (2, Some("/59".to_owned()))],
        "on the last page they name"
    );
    assert_eq!(lines, (10..60).collect::<Vec<_>>(), "the newest, oldest first");
}
