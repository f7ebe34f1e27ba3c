//! Claims and sessions.

use super::{HOUR, MINUTE, SITE, START, candidate, decide, decision, request, settle, state};
use ut_core::event::{Again, Circumstances, Finding, Identity, Ids};
use ut_core::ports::{Candidate, Outcome, Realtime};
use ut_core::{Lsn, VisitorId};

pub(super) async fn one_id_counts_once(store: &dyn Realtime) {
    let mut elsewhere = candidate(3, 7, 1, START);
    let other = Circumstances { site: ut_core::SiteId(2), ..(*elsewhere.request).clone() };
    elsewhere.request = std::sync::Arc::new(other);
    let chunk = [candidate(1, 7, 1, START), candidate(2, 7, 1, START + 1), elsewhere];
    let decisions = decide(store, &chunk).await;
    assert!(matches!(decisions.outcomes[0], Outcome::New(Some(_))), "the first is new");
    assert_eq!(decisions.outcomes[1], Outcome::Duplicate, "the second of the same id is not");
    assert!(matches!(decisions.outcomes[2], Outcome::New(Some(_))), "another site's id is another id");
    assert_eq!(state(&decisions, decision(&decisions, 0).session).events, 1, "a duplicate is not counted");
    assert_eq!(decisions.sessions.len(), 2, "each changed session once");
}

pub(super) async fn repeated_numbers_get_the_same_answer(store: &dyn Realtime) {
    let chunk: Vec<Candidate> =
        (1..=6).map(|n| candidate(n, u128::from(n % 5), (n % 2) as u8 + 1, START + n as i64)).collect();
    let all = decide(store, &chunk).await;
    assert_eq!(decide(store, &chunk).await, all, "asked again");
    let head = decide(store, &chunk[..3]).await;
    assert_eq!(head.outcomes, all.outcomes[..3], "asked again for a part");
    let session = decision(&head, 0).session;
    assert_eq!(state(&head, session).events, 2, "sessions stand as of the end of the part");
    assert_eq!(settle(store, &chunk[..3]).await, head);
    let tail = decide(store, &chunk[3..]).await;
    assert_eq!(tail.outcomes, all.outcomes[3..], "the rest, after the part has synced");
    assert_eq!(state(&tail, session), state(&all, session), "and the same sessions in the end");
    let more = [chunk[5].clone(), candidate(7, 99, 1, START + 7)];
    let more = decide(store, &more).await;
    assert_eq!(more.outcomes[0], all.outcomes[5], "a chunk of old and new numbers");
    assert_eq!(state(&more, decision(&more, 1).session).events, 3);
}

pub(super) async fn claims_outlive_the_frame(store: &dyn Realtime) {
    settle(store, &[candidate(1, 7, 1, START)]).await;
    let again = settle(store, &[candidate(2, 7, 1, START + 24 * HOUR)]).await;
    assert_eq!(again.outcomes, [Outcome::Duplicate], "a day later");
}

pub(super) async fn sessions_follow_the_timeout(store: &dyn Realtime) {
    let mut click = candidate(3, 3, 1, START + 40 * MINUTE);
    (click.page, click.engages) = (None, true);
    let chunk = [
        candidate(1, 1, 1, START),
        candidate(2, 2, 1, START + 30 * MINUTE),
        click,
        candidate(4, 4, 1, START - 30 * MINUTE),
        candidate(5, 5, 1, START + 70 * MINUTE + 1),
        candidate(6, 6, 2, START),
    ];
    let decisions = decide(store, &chunk).await;
    let sessions: Vec<_> = (0..6).map(|index| decision(&decisions, index).session).collect();
    assert!(sessions[1..4].iter().all(|session| *session == sessions[0]), "within the timeout, either side");
    assert_ne!(sessions[4], sessions[0], "after the timeout");
    assert_ne!(sessions[5], sessions[0], "another visitor");
    let first = state(&decisions, sessions[0]);
    assert_eq!(
        (first.started_at, first.first_at),
        (START, START - 30 * MINUTE),
        "an earlier event renames nothing"
    );
    assert_eq!((first.events, first.page_views, first.version), (4, 3, 4));
    assert!(first.commerce);
    assert_eq!(first.entry.as_ref().map(|(at, _)| *at), Some(START - 30 * MINUTE));
    assert_eq!(first.exit.as_ref().map(|(at, _)| *at), Some(START + 30 * MINUTE));
}

pub(super) async fn the_earlier_of_two_sessions_takes_it(store: &dyn Realtime) {
    let apart = [candidate(1, 1, 1, START), candidate(2, 2, 1, START + 50 * MINUTE)];
    let two = settle(store, &apart).await;
    assert_ne!(decision(&two, 0).session, decision(&two, 1).session);
    let between = settle(store, &[candidate(3, 3, 1, START + 25 * MINUTE)]).await;
    assert_eq!(decision(&between, 0).session, decision(&two, 0).session);
}

pub(super) async fn a_rotation_does_not_split_a_session(store: &dyn Realtime) {
    let rotated = |lsn, previous, at| {
        let mut candidate = candidate(lsn, u128::from(lsn), 2, at);
        candidate.ids = Some(Ids { previous, ..Ids::hash(VisitorId([2; 16])) });
        candidate
    };
    let before = settle(store, &[candidate(1, 1, 1, START)]).await;
    let joined = settle(store, &[rotated(2, Some(VisitorId([1; 16])), START + 10 * MINUTE)]).await;
    assert_eq!(decision(&joined, 0), decision(&before, 0), "found under the hash before the rotation");
    let alias = settle(store, &[rotated(3, None, START + 35 * MINUTE)]).await;
    assert_eq!(decision(&alias, 0), decision(&before, 0), "the newer hash is its alias");
    let ids = Ids::hash(VisitorId([2; 16]));
    let whose = store.whose(SITE, &ids, START + 36 * MINUTE).await;
    assert_eq!(
        whose.unwrap_or_else(|error| panic!("{error}")),
        VisitorId([1; 16]),
        "a heartbeat finds it, too"
    );
    let new = settle(store, &[rotated(4, None, START + 90 * MINUTE)]).await;
    assert_eq!(decision(&new, 0).visitor, VisitorId([2; 16]), "a new session takes the hash of its own day");
}

pub(super) async fn consent_makes_the_open_session_known(store: &dyn Realtime) {
    let cookie = VisitorId([9; 16]);
    let agreed = |lsn, hash, at| {
        let mut candidate = candidate(lsn, u128::from(lsn), hash, at);
        candidate.ids = Some(Ids { cookie: Some(cookie), ..Ids::hash(VisitorId([hash; 16])) });
        candidate
    };
    let over = settle(store, &[candidate(1, 1, 1, START)]).await;
    let before = settle(store, &[candidate(2, 2, 1, START + HOUR)]).await;
    let after = settle(store, &[agreed(3, 1, START + HOUR + MINUTE)]).await;
    let (first, joined) = (decision(&before, 0), decision(&after, 0));
    assert_eq!((first.visitor, first.identity), (VisitorId([1; 16]), Identity::Cookieless));
    assert_eq!((joined.visitor, joined.identity), (cookie, Identity::Cookie));
    assert_eq!(joined.session, first.session, "the same session");
    let session = state(&after, joined.session);
    assert_eq!((session.visitor, session.identity, session.events), (cookie, Identity::Cookie, 2));
    assert_ne!(decision(&over, 0).session, joined.session, "one that was over stays who it was");
    let elsewhere = settle(store, &[agreed(4, 2, START + HOUR + 2 * MINUTE)]).await;
    assert_eq!(decision(&elsewhere, 0).session, joined.session, "found by the cookie from another network");
    let another = settle(store, &[candidate(5, 5, 1, START + HOUR + 3 * MINUTE)]).await;
    let another = decision(&another, 0);
    assert_eq!(another.visitor, VisitorId([1; 16]), "who shares the network and has not agreed is another");
    assert_ne!(another.session, joined.session);
    let whose = store.whose(SITE, &Ids::alone(cookie, Identity::Cookie), START + HOUR + 3 * MINUTE).await;
    assert_eq!(whose.unwrap_or_else(|error| panic!("{error}")), cookie);
    let new = settle(store, &[agreed(6, 3, START + 3 * HOUR)]).await;
    assert_eq!(decision(&new, 0).visitor, cookie);
    assert_eq!(state(&new, decision(&new, 0).session).before, None);
}

/// The browser of one who has agreed gets another id: somebody else has logged in.
pub(super) async fn a_new_cookie_joins_no_session_of_the_one_before(store: &dyn Realtime) {
    let (ann, bob) = (VisitorId([9; 16]), VisitorId([8; 16]));
    let with = |lsn, cookie, minutes: i64| {
        let mut candidate = candidate(lsn, u128::from(lsn), 1, START + minutes * MINUTE);
        let ids = Ids::hash(VisitorId([1; 16]));
        candidate.ids = Some(Ids { cookie, previous: Some(VisitorId([2; 16])), ..ids });
        candidate
    };
    // She came without consent, agreed, and he logs in: one browser, one network, one hash all the time.
    let before = settle(store, &[with(1, None, 0)]).await;
    let hers = settle(store, &[with(2, Some(ann), 1)]).await;
    let his = settle(store, &[with(3, Some(bob), 2)]).await;
    let again = settle(store, &[with(4, Some(ann), 3), with(5, Some(bob), 4)]).await;
    let [before, hers, his] = [before, hers, his].map(|answer| decision(&answer, 0));
    assert_eq!((before.session, hers.visitor), (hers.session, ann));
    assert_eq!((his.visitor, his.identity), (bob, Identity::Cookie));
    assert_ne!(his.session, hers.session, "his session is not hers");
    assert_eq!((decision(&again, 0).session, decision(&again, 1).session), (hers.session, his.session));
    let session = state(&again, his.session);
    assert_eq!((session.visitor, session.before, session.events), (bob, None, 2));
}

pub(super) async fn the_unidentified_open_nothing(store: &dyn Realtime) {
    let mut nobody = candidate(1, 1, 1, START);
    nobody.ids = None;
    let decisions = settle(store, &[nobody.clone()]).await;
    assert_eq!(decisions.outcomes, [Outcome::New(None)]);
    assert!(decisions.sessions.is_empty());
    nobody.lsn = ut_core::Lsn(2);
    assert_eq!(
        settle(store, &[nobody]).await.outcomes,
        [Outcome::Duplicate],
        "its id is claimed all the same"
    );
}

pub(super) async fn late_events_stay_among_themselves(store: &dyn Realtime) {
    let late = |lsn, minutes| {
        let mut candidate = candidate(lsn, u128::from(lsn), 1, START + minutes * MINUTE);
        candidate.request = request(START + 25 * HOUR);
        candidate
    };
    let on_time = settle(store, &[candidate(1, 1, 1, START)]).await;
    settle(store, &[late(2, 1), late(3, 20)]).await;
    let first = settle(store, &[back(4, &late(2, 1), Finding::Unknown)]).await;
    assert_ne!(decision(&first, 0).session, decision(&on_time, 0).session, "it joins no normal session");
    let second = settle(store, &[back(5, &late(3, 20), Finding::Unknown)]).await;
    assert_eq!(decision(&second, 0), decision(&first, 0), "but one that a late event opened");
}

/// A parked event comes back under the number `lsn`.
fn back(lsn: u64, parked: &Candidate, finding: Finding) -> Candidate {
    Candidate { lsn: Lsn(lsn), again: Some(Again { of: parked.lsn, finding }), ..parked.clone() }
}

pub(super) async fn late_events_wait_for_history(store: &dyn Realtime) {
    let late = |lsn, id| {
        let mut candidate = candidate(lsn, id, 1, START - 25 * HOUR);
        candidate.request = request(START);
        candidate
    };
    let claimed = Candidate { lsn: Lsn(2), ..late(2, 7) };
    let chunk = [candidate(1, 7, 1, START), claimed, late(3, 8), late(4, 8), late(5, 9), late(6, 7)];
    let first = settle(store, &chunk).await;
    assert_eq!(first.outcomes[1], Outcome::Duplicate, "it is claimed: nobody has to be asked");
    assert_eq!(first.outcomes[2..5], [Outcome::Parked; 3], "nobody claims them, not even one another");
    assert_eq!(first.outcomes[5], Outcome::Duplicate);
    assert_eq!(first.sessions.len(), 1, "parked events change no session");
    let chunk = [
        back(7, &chunk[2], Finding::Unknown),
        back(8, &chunk[3], Finding::Unknown),
        back(9, &chunk[4], Finding::Known),
        back(10, &chunk[2], Finding::Unknown),
        back(11, &chunk[1], Finding::Unknown),
    ];
    let second = decide(store, &chunk).await;
    assert!(matches!(second.outcomes[0], Outcome::New(Some(_))), "unknown, and nobody claims it");
    assert_eq!(second.outcomes[1], Outcome::Duplicate, "its copy claims it by now");
    assert_eq!(second.outcomes[2], Outcome::Duplicate, "history has it");
    assert_eq!(second.outcomes[3..], [Outcome::Moot; 2], "settled already, and never parked");
    assert_eq!(settle(store, &chunk).await, second, "asked again");
    let moot = chunk.iter().zip(12..).map(|(one, lsn)| Candidate { lsn: Lsn(lsn), ..one.clone() });
    let moot: Vec<_> = moot.collect();
    assert_eq!(settle(store, &moot).await.outcomes, [Outcome::Moot; 5], "each comes back once");
}

pub(super) async fn a_late_event_that_waited_too_long_waits_again(store: &dyn Realtime) {
    let mut late = candidate(1, 1, 1, START - 25 * HOUR);
    late.request = request(START);
    settle(store, &[late.clone()]).await;
    for hour in 1..=27 {
        settle(store, &[candidate(hour + 1, (hour + 1).into(), 2, START + hour as i64 * HOUR)]).await;
    }
    let anew = back(29, &late, Finding::Unknown);
    let parked = settle(store, &[anew.clone(), back(30, &late, Finding::Unknown)]).await;
    assert_eq!(parked.outcomes, [Outcome::Parked, Outcome::Moot], "who claimed it since may be forgotten");
    let settled = settle(store, &[back(31, &anew, Finding::Unknown)]).await;
    assert!(matches!(settled.outcomes[0], Outcome::New(Some(_))), "by its new number");
}

pub(super) async fn asking_whose_changes_nothing(store: &dyn Realtime) {
    let ids = |hash: u8, previous: u8| Ids {
        cookie: None,
        hash: VisitorId([hash; 16]),
        previous: Some(VisitorId([previous; 16])),
    };
    let chunk = [candidate(1, 1, 1, START)];
    let asked = |hash, previous, at| async move {
        store.whose(SITE, &ids(hash, previous), at).await.unwrap_or_else(|error| panic!("whose: {error}"))
    };
    assert_eq!(asked(1, 9, START).await, VisitorId([1; 16]), "nobody's session: the hash");
    decide(store, &chunk).await;
    assert_eq!(asked(2, 1, START + MINUTE).await, VisitorId([1; 16]), "a session under the hash before");
    assert_eq!(asked(2, 9, START + MINUTE).await, VisitorId([2; 16]), "asking made no alias");
    assert_eq!(asked(2, 1, START + HOUR).await, VisitorId([2; 16]), "a session that is over");
    assert_eq!(
        state(&decide(store, &chunk).await, decision(&decide(store, &chunk).await, 0).session).events,
        1
    );
}
