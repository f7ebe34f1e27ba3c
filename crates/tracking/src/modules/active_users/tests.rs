//! The story: a frame in, the live picture's operations out.

use super::ActiveUsers;
use ut_core::VisitorId;
use ut_core::event::Frame;
use ut_core::module::Module;
use ut_core::ports::{Decision, Decisions, LiveBatch, LiveOp, Outcome};
use ut_testkit::conformance::realtime::{START, candidate, frame, request};

fn story() -> Frame {
    let visitor = VisitorId([1; 16]);
    let session = ut_core::SessionKey(1);
    let decision = Decision { visitor, session, touch: false, engaged_ms: 0, orphan: false };
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
        LiveOp::Activity(..) => None,
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
            LiveOp::Seen { .. } => None,
        })
        .collect();
    assert_eq!(
        lines,
        [(1, "page_view", START), (3, "page_view", START + 2000)],
        "all but engagement, by receipt"
    );
}
