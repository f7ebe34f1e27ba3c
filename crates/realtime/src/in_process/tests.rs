//! The fold: what a restart brings back, and the rule of sessions against a model that forgets nothing.

mod model;
mod requests;

use super::claims::Claims;
use super::live::Live;
use super::receipt_clock::ReceiptClock;
use super::seen::Stored;
use super::snapshot;
use super::state::State;
use proptest::prelude::*;
use std::sync::Arc;
use ut_core::event::{
    Again, Circumstances, Engagement, Finding, Frame, Ids, PageAddress, SessionState, Source,
};
use ut_core::keys::Keys;
use ut_core::ports::{Candidate, Decisions, Outcome};
use ut_core::{EventId, Lsn, SiteId, VisitorId};
use ut_testkit::conformance::realtime::{START, frame};

const MINUTE: i64 = 60_000;

pub(super) fn empty() -> State {
    let keys = Keys::new(b"a secret of these tests, 32 bytes");
    State::new(keys, Lsn::FIRST, ReceiptClock::default(), Claims::default(), Vec::new())
}

/// One generated event: minutes since the event before it was received, and minutes between event and receipt.
#[derive(Debug, Clone)]
struct Drawn {
    gap: i64,
    age: i64,
    id: Option<u128>,
    site: u32,
    visitor: u8,
    previous: Option<u8>,
    unidentified: bool,
    cookie: Option<u8>,
    timeout: i64,
    page: Option<u8>,
    view: Option<u8>,
    engaged_ms: u32,
    source: Option<u8>,
    /// What is said of one of the events before it, by how many before, instead.
    back: Option<(usize, bool)>,
}

fn drawn(previous: bool) -> impl Strategy<Value = Drawn> {
    let gap = prop_oneof![8 => 0_i64..5, 4 => 5_i64..60, 1 => 600_i64..3000];
    let age = prop_oneof![8 => 0_i64..3, 4 => 3_i64..120, 2 => 1400_i64..1500, 1 => 1500_i64..3000];
    let who = (1_u32..3, 0_u8..4, proptest::option::of(0_u8..4), prop::bool::weighted(0.05));
    let cookie = proptest::option::weighted(0.3, 10_u8..13);
    let what = (proptest::option::of(0_u128..40), 0_usize..3, proptest::option::of(0_u8..4));
    let how = (proptest::option::of(0_u8..4), 0_u32..10_000_000, proptest::option::of(0_u8..3));
    let back = proptest::option::weighted(0.2, (1_usize..20, prop::bool::weighted(0.2)));
    (gap, age, who, what, (how, back, cookie)).prop_map(
        move |(gap, age, (site, visitor, other, unidentified), (id, timeout, page), (how, back, cookie))| {
            Drawn {
                gap,
                age,
                id,
                site,
                visitor,
                previous: other.filter(|_| previous),
                unidentified,
                cookie,
                timeout: [5, 30, 120][timeout] * MINUTE,
                page,
                view: how.0,
                engaged_ms: how.1,
                source: how.2,
                back,
            }
        },
    )
}

fn request(site: SiteId, received_at: i64) -> Arc<Circumstances> {
    Arc::new(Circumstances { site, received_at, ..Circumstances::default() })
}

/// Candidates numbered from 1, among them late ones that come back, some more than once; corrected times differ in their
/// milliseconds, so that no two sessions share a key.
fn stream(drawn: &[Drawn]) -> Vec<Candidate> {
    let mut received_at = START;
    let (mut candidates, mut late): (Vec<Candidate>, Vec<Candidate>) = (Vec::new(), Vec::new());
    for (drawn, number) in drawn.iter().zip(1_u64..) {
        received_at += drawn.gap * MINUTE;
        if let Some((n, known)) = drawn.back
            && !late.is_empty()
        {
            let again = back(&late[late.len() - 1 - n % late.len()], Lsn(number), known);
            late.push(again.clone());
            candidates.push(again);
            continue;
        }
        let ids = Ids {
            cookie: drawn.cookie.map(|cookie| VisitorId([cookie; 16])),
            hash: VisitorId([drawn.visitor; 16]),
            previous: drawn.previous.map(|visitor| VisitorId([visitor; 16])),
        };
        let candidate = Candidate {
            lsn: Lsn(number),
            request: request(SiteId(drawn.site), received_at),
            id: EventId::from_u128(drawn.id.unwrap_or(1000 + u128::from(number))),
            at: received_at - drawn.age * MINUTE + number as i64,
            ids: (!drawn.unidentified).then_some(ids),
            timeout_ms: drawn.timeout,
            page: drawn.page.map(|page| {
                Arc::new(PageAddress { hostname: "shop.example".into(), path: format!("/{page}") })
            }),
            page_view: drawn.view.map(|view| EventId::from_u128(view.into())),
            engagement: drawn
                .page
                .is_none()
                .then_some(Engagement { engaged_ms: drawn.engaged_ms, scroll_pct: 0 }),
            source: drawn
                .source
                .map(|source| Arc::new(Source { source: source.to_string(), ..Source::default() })),
            staging: false,
            engages: drawn.page == Some(3),
            measures: drawn.view == Some(3),
            again: None,
        };
        if is_late(&candidate) {
            late.push(candidate.clone());
        }
        candidates.push(candidate);
    }
    candidates
}

fn is_late(candidate: &Candidate) -> bool {
    candidate.request.received_at - candidate.at > 24 * 60 * MINUTE
}

fn back(parked: &Candidate, lsn: Lsn, known: bool) -> Candidate {
    let finding = if known { Finding::Known } else { Finding::Unknown };
    Candidate { lsn, again: Some(Again { of: parked.lsn, finding }), ..parked.clone() }
}

/// What the synced frames made, in an order of its own.
fn folded(state: &State) -> impl PartialEq + std::fmt::Debug + use<> {
    let captured = state.capture(Stored::default());
    let claims = captured.claims.iter().map(|run| {
        let mut keys: Vec<_> = run.keys.iter().copied().collect();
        keys.sort_unstable();
        (run.hour, keys)
    });
    let sessions = captured.sessions.iter().map(|open| (open.state.as_ref().clone(), open.late, open.seen));
    let mut sessions: Vec<(SessionState, bool, i64)> = sessions.collect();
    sessions.sort_by_key(|(state, ..)| (state.site, state.session));
    (captured.folded, captured.clock, claims.collect::<Vec<_>>(), sessions, captured.parked)
}

fn saved(state: &State) -> (Vec<u8>, Lsn) {
    let captured = state.capture(Stored::default());
    (snapshot::encode(&captured, &Live::default()).unwrap(), captured.folded)
}

fn recovered((bytes, next): &(Vec<u8>, Lsn), frames: &[Frame]) -> State {
    let keys = Keys::new(b"a secret of these tests, 32 bytes");
    let mut state = snapshot::decode(bytes, *next, keys).unwrap().0;
    for frame in frames {
        let bytes = frame.encode().unwrap();
        state.fold(&Frame::decode(&bytes).unwrap()).unwrap();
    }
    state
}

/// Splits a stream at the drawn sizes, over and over.
fn chunks<'a>(mut rest: &'a [Candidate], sizes: &[usize]) -> Vec<&'a [Candidate]> {
    let mut chunks = Vec::new();
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, later) = rest.split_at((*size).min(rest.len()));
        chunks.push(chunk);
        rest = later;
    }
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// A state that was never restarted, one from any snapshot and the frames after it, and one from the frames
    /// alone are the same, also while the pipeline is ahead of what has synced; and they go on alike.
    #[test]
    fn a_restart_changes_nothing(
        drawn in proptest::collection::vec(drawn(false), 1..120),
        sizes in proptest::collection::vec(1_usize..12, 1..8),
        ahead in 0_usize..3,
        cut in any::<prop::sample::Index>(),
        kept in any::<prop::sample::Index>(),
    ) {
        let candidates = stream(&drawn);
        let chunks = chunks(&candidates, &sizes);
        let (cut, mut live) = (cut.index(chunks.len()), empty());
        let mut snapshots = vec![saved(&live)];
        let mut frames: Vec<Frame> = Vec::new();
        let mut waiting: Vec<Frame> = Vec::new();
        for chunk in &chunks[..cut] {
            waiting.push(frame(chunk, &live.answer(chunk).unwrap()));
            if waiting.len() > ahead {
                let next = waiting.remove(0);
                live.fold(&next).unwrap();
                frames.push(next);
                snapshots.push(saved(&live));
            }
        }
        let kept = kept.index(snapshots.len());
        let mut other = recovered(&snapshots[kept], &frames[kept..]);
        prop_assert_eq!(folded(&live), folded(&other));
        prop_assert_eq!(folded(&live), folded(&recovered(&snapshots[0], &frames)));
        // The restarted one decides anew what had not synced, with the same result.
        let synced: usize = frames.iter().map(|frame| frame.fates.len()).sum();
        for chunk in self::chunks(&candidates[synced..], &[7]) {
            let (here, there) = (live.answer(chunk).unwrap(), other.answer(chunk).unwrap());
            prop_assert_eq!(&here, &there);
            live.fold(&frame(chunk, &here)).unwrap();
            other.fold(&frame(chunk, &there)).unwrap();
        }
        prop_assert_eq!(folded(&live), folded(&other));
    }

    /// Where chunks end, and how often they are asked, changes no answer.
    #[test]
    fn borders_and_repetitions_change_nothing(
        drawn in proptest::collection::vec(drawn(true), 1..80),
        sizes in proptest::collection::vec(1_usize..12, 1..8),
        repeats in proptest::collection::vec((any::<prop::sample::Index>(), 1_usize..30), 0..8),
    ) {
        let candidates = stream(&drawn);
        let mut reference = empty();
        let outcomes: Vec<Outcome> =
            candidates.iter().flat_map(|one| reference.answer(std::slice::from_ref(one)).unwrap().outcomes).collect();
        let mut state = empty();
        let mut asked = 0;
        for chunk in chunks(&candidates, &sizes) {
            asked += chunk.len();
            state.answer(chunk).unwrap();
            for (from, length) in &repeats {
                let from = from.index(asked);
                let until = (from + length).min(asked);
                let again = state.answer(&candidates[from..until]).unwrap();
                prop_assert_eq!(&again.outcomes, &outcomes[from..until]);
            }
        }
        // The answer to everything names every session as the reference knows it in the end.
        prop_assert_eq!(state.answer(&candidates).unwrap(), reference.answer(&candidates).unwrap());
    }

    /// Sessions follow the definition, although the state forgets.
    #[test]
    fn sessions_are_those_of_a_model_that_forgets_nothing(
        drawn in proptest::collection::vec(drawn(false), 1..120),
        sizes in proptest::collection::vec(1_usize..12, 1..8),
    ) {
        let mut candidates: Vec<Candidate> = Vec::new();
        for one in stream(&drawn).into_iter().filter(|one| one.id.as_u128() >= 1000 && one.again.is_none()) {
            let one = Candidate { lsn: Lsn(candidates.len() as u64 + 1), ..one };
            // A late one comes back at once.
            let again = is_late(&one).then(|| back(&one, one.lsn.plus(1), false));
            candidates.extend([Some(one), again].into_iter().flatten());
        }
        let mut model: Vec<model::Modelled> = Vec::new();
        let keys = Keys::new(b"a secret of these tests, 32 bytes");
        let mut state = empty();
        for chunk in chunks(&candidates, &sizes) {
            let decisions: Decisions = state.answer(chunk).unwrap();
            for (candidate, outcome) in chunk.iter().zip(&decisions.outcomes) {
                if is_late(candidate) && candidate.again.is_none() {
                    prop_assert_eq!(*outcome, Outcome::Parked);
                    continue;
                }
                let expected = candidate.ids.map(|ids| model::join(&mut model, candidate, ids, &keys));
                let got = match outcome {
                    Outcome::New(decision) => decision.map(|decision| decision.session),
                    other => panic!("every id is new: {other:?}"),
                };
                prop_assert_eq!(got, expected);
            }
            state.fold(&frame(chunk, &decisions)).unwrap();
        }
    }
}

#[test]
fn what_is_synced_cannot_be_asked_again() {
    let mut state = empty();
    let chunk = [ut_testkit::conformance::realtime::candidate(1, 1, 1, START)];
    let decisions = state.answer(&chunk).unwrap();
    state.fold(&frame(&chunk, &decisions)).unwrap();
    assert!(state.answer(&chunk).is_err());
    state.fold(&frame(&chunk, &decisions)).unwrap();
    assert_eq!(
        folded(&state),
        folded(&recovered(&saved(&state), &[])),
        "folding a frame again changes nothing"
    );
}

#[test]
fn a_gap_between_frames_is_refused() {
    let mut state = empty();
    let chunk = [ut_testkit::conformance::realtime::candidate(5, 1, 1, START)];
    let decisions = state.answer(&chunk).unwrap();
    assert!(state.fold(&frame(&chunk, &decisions)).is_err());
}

#[test]
fn an_unknown_or_damaged_snapshot_is_refused() {
    let keys = Keys::new(b"a secret of these tests, 32 bytes");
    assert!(snapshot::decode(&[9, 9, 9], Lsn(4), keys.clone()).is_err());
    let (mut bytes, next) = saved(&empty());
    bytes.truncate(bytes.len() - 1);
    assert!(snapshot::decode(&bytes, next, keys).is_err());
}

/// The machine believed for a moment that it was another year.
#[test]
fn a_clock_that_leaps_and_comes_back_forgets_no_claim_and_no_session() {
    use ut_testkit::conformance::realtime::candidate;
    for leap in [366 * 24 * 60 * MINUTE, -366 * 24 * 60 * MINUTE] {
        let mut state = empty();
        let before = candidate(1, 1, 1, START);
        let wrong = candidate(2, 2, 2, START + leap);
        let again = Candidate { lsn: Lsn(3), ..candidate(3, 1, 1, START + MINUTE) };
        let next = candidate(4, 4, 1, START + 2 * MINUTE);
        let mut outcomes = Vec::new();
        for one in [before, wrong, again, next] {
            let chunk = [one];
            let decisions = state.answer(&chunk).unwrap();
            state.fold(&frame(&chunk, &decisions)).unwrap();
            outcomes.push(decisions.outcomes[0]);
        }
        assert_eq!(outcomes[2], Outcome::Duplicate, "claimed before the leap of {leap}");
        assert_eq!(outcomes[3], outcomes[0], "the session goes on after the leap of {leap}");
    }
}
