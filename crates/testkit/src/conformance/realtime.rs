//! The conformance suite of the port [`Realtime`]: what every adapter must do, whatever it is made of.

mod decisions;
mod engagement;
mod picture;
mod secrets;

use crate::FakeClock;
use std::sync::Arc;
use ut_core::event::{
    Circumstances, Draft, Event, EventName, Fate, Frame, Identity, Ids, PageAddress, Parked, SessionState,
    Settlement, Vital, VitalMetric,
};
use ut_core::ports::{Candidate, Decision, Decisions, Outcome, Realtime};
use ut_core::{EventId, Lsn, SessionKey, SiteId, VisitorId};

/// When the suite's stories begin: 2027-01-15 08:00 UTC.
pub const START: i64 = 1_800_000_000_000;
/// The secret of the stores' keys.
pub const SECRET: &[u8] = b"a secret of these tests, 32 bytes";
/// The suite's session timeout.
pub const TIMEOUT: i64 = 30 * MINUTE;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const SITE: SiteId = SiteId(1);

/// Runs every case, each against a store of its own that `make` returns; the store must live by the clock it is
/// given, which starts at [`START`].
pub async fn suite<F>(make: impl Fn(FakeClock) -> F)
where
    F: Future<Output = Arc<dyn Realtime>>,
{
    let fresh = || make(FakeClock::at(START));
    decisions::one_id_counts_once(&*fresh().await).await;
    decisions::repeated_numbers_get_the_same_answer(&*fresh().await).await;
    decisions::claims_outlive_the_frame(&*fresh().await).await;
    decisions::sessions_follow_the_timeout(&*fresh().await).await;
    decisions::the_earlier_of_two_sessions_takes_it(&*fresh().await).await;
    decisions::a_rotation_does_not_split_a_session(&*fresh().await).await;
    decisions::consent_makes_the_open_session_known(&*fresh().await).await;
    decisions::a_new_cookie_joins_no_session_of_the_one_before(&*fresh().await).await;
    decisions::the_unidentified_open_nothing(&*fresh().await).await;
    decisions::late_events_stay_among_themselves(&*fresh().await).await;
    decisions::late_events_wait_for_history(&*fresh().await).await;
    decisions::a_late_event_that_waited_too_long_waits_again(&*fresh().await).await;
    decisions::asking_whose_changes_nothing(&*fresh().await).await;
    secrets::salts_live_two_days(&*fresh().await).await;
    secrets::salts_survive_a_clock_that_goes_back(&*fresh().await).await;
    secrets::limits_refill(&*fresh().await).await;
    secrets::several_buckets_give_all_or_nothing(&*fresh().await).await;
    secrets::a_minute_lets_exactly_its_number_through(&*fresh().await).await;
    picture::visitors_are_counted_by_union(&*fresh().await).await;
    picture::a_repeated_batch_changes_nothing(&*fresh().await).await;
    picture::a_renamed_visitor_is_one(&*fresh().await).await;
    picture::who_is_forgotten_is_in_no_picture_and_no_session(&*fresh().await).await;
    picture::activity_is_a_short_feed(&*fresh().await).await;
    picture::pages_are_where_people_are_now(&*fresh().await).await;
    picture::countries_are_those_of_who_is_here_now(&*fresh().await).await;
    engagement::time_is_counted_once(&*fresh().await).await;
    engagement::a_page_view_outlives_its_session(&*fresh().await).await;
    engagement::touches_are_changes_of_source(&*fresh().await).await;
    engagement::a_measurement_changes_no_session(&*fresh().await).await;
}

/// A candidate of visitor `visitor` at `at`, received at once: a page view of `/`.
#[must_use]
pub fn candidate(lsn: u64, id: u128, visitor: u8, at: i64) -> Candidate {
    Candidate {
        lsn: Lsn(lsn),
        request: request(at),
        id: EventId::from_u128(id),
        at,
        ids: Some(Ids::hash(VisitorId([visitor; 16]))),
        timeout_ms: TIMEOUT,
        page: Some(Arc::new(PageAddress { hostname: "shop.example".into(), path: "/".into() })),
        page_view: None,
        engagement: None,
        source: None,
        staging: false,
        engages: false,
        measures: false,
        again: None,
    }
}

/// A request received at `received_at`, of which nothing else is known.
#[must_use]
pub fn request(received_at: i64) -> Arc<Circumstances> {
    Arc::new(Circumstances { site: SITE, received_at, ..Circumstances::default() })
}

/// The frame the pipeline makes of a chunk and its decisions.
#[must_use]
pub fn frame(candidates: &[Candidate], decisions: &Decisions) -> Frame {
    let fates =
        candidates.iter().zip(&decisions.outcomes).map(|(candidate, outcome)| fate(candidate, *outcome));
    Frame {
        from: candidates.first().map_or(Lsn::FIRST, |candidate| candidate.lsn),
        fates: fates.collect(),
        sessions: decisions.sessions.clone(),
    }
}

fn fate(candidate: &Candidate, outcome: Outcome) -> Fate {
    let of = candidate.again.map(|again| again.of);
    let end = match outcome {
        Outcome::Duplicate => Settlement::Duplicate,
        Outcome::New(decision) => Settlement::Stored(Box::new(event(candidate, decision))),
        Outcome::Moot => return Fate::Moot,
        Outcome::Parked => {
            let draft = event(candidate, None).draft;
            let whose = candidate.ids.map(|ids| ids.own());
            return Fate::Parked(Box::new(Parked { request: candidate.request.clone(), whose, draft, of }));
        }
    };
    match (of, end) {
        (Some(of), end) => Fate::Settled { of, end },
        (None, Settlement::Stored(event)) => Fate::Stored(event),
        (None, _) => Fate::Duplicate,
    }
}

fn event(candidate: &Candidate, decision: Option<Decision>) -> Event {
    let name = match candidate.page {
        _ if candidate.measures => Vital::EVENT,
        Some(_) => "page_view",
        None => "engagement",
    };
    let name = EventName::parse(name).unwrap_or_else(|error| unreachable!("{error}"));
    Event {
        lsn: candidate.lsn,
        request: candidate.request.clone(),
        identity: decision.map_or(Identity::Unidentified, |decision| decision.identity),
        visitor: decision.map(|decision| decision.visitor),
        session: decision.map_or(SessionKey(0), |decision| decision.session),
        touch: decision.is_some_and(|decision| decision.touch),
        engaged_ms: decision.map_or(0, |decision| decision.engaged_ms),
        orphan: decision.is_some_and(|decision| decision.orphan),
        draft: Draft {
            page_view: candidate.page_view,
            page: candidate.page.clone(),
            facts: if candidate.measures { vital(candidate.lsn).facts() } else { Vec::new() },
            ..Draft::new(candidate.id, name, candidate.at)
        },
    }
}

/// What a candidate that measures has measured.
fn vital(lsn: Lsn) -> Vital {
    Vital { metric: VitalMetric::Lcp, id: lsn.0, navigation_type: String::new(), value: 1234.5 }
}

async fn decide(store: &dyn Realtime, candidates: &[Candidate]) -> Decisions {
    store.decide(candidates).await.unwrap_or_else(|error| panic!("decide: {error}"))
}

/// Decides and makes the frame durable.
async fn settle(store: &dyn Realtime, candidates: &[Candidate]) -> Decisions {
    let decisions = decide(store, candidates).await;
    let frame = frame(candidates, &decisions);
    store.synced(&frame).await.unwrap_or_else(|error| panic!("synced: {error}"));
    decisions
}

/// The decision about the candidate at `index`, which must be new and identified.
fn decision(decisions: &Decisions, index: usize) -> Decision {
    match decisions.outcomes[index] {
        Outcome::New(Some(decision)) => decision,
        other => panic!("candidate {index} is {other:?}"),
    }
}

fn state(decisions: &Decisions, session: SessionKey) -> &SessionState {
    let found = decisions.sessions.iter().find(|state| state.session == session);
    found.unwrap_or_else(|| panic!("{session:?} is not among the changed sessions"))
}
