//! Late events: history is asked whether it knows them. Each counts once, and the balance closes all the while.

use crate::unlucky::{Returns, UnluckyLog};
use crate::{MINUTE, agrees, decided, restart, stored};
use std::sync::Arc;
use std::time::Duration;
use ut_core::event::{Draft, VitalMetric};
use ut_testkit::world::World;

const HOUR: i64 = 60 * MINUTE;

/// Time passes for the claims, too: they age by what is received.
async fn hours(world: &World, hours: u32) {
    for _ in 0..hours {
        world.clock.advance(HOUR);
        world.receive("hourly", vec![world.draft("page_view", "/hourly", &[])]).await;
        decided(world).await;
    }
    world.settled().await;
}

/// The events, sessions and duplicates there are.
async fn counted(world: &World) -> [u64; 3] {
    world.settled().await;
    agrees(world).await;
    assert_eq!(world.engine.balance().settled.parked.len(), 0);
    let stored = stored(world).await;
    let count = |place: usize| stored.rows[0][place].as_u64().unwrap();
    [count(0), count(2), world.engine.balance().settled.deduplicated]
}

/// Of 25 hours ago, at noon: the visitor's hash of that day is still known.
pub(super) async fn late(world: &World, path: &str) -> Draft {
    let now = world.deps.clock.now_ms();
    world.clock.advance((36 * HOUR - now.rem_euclid(24 * HOUR)) % (24 * HOUR));
    let draft = world.draft("page_view", path, &[]);
    Draft { at: draft.at - 25 * HOUR, ..draft }
}

pub(super) async fn an_event_sent_again_days_later_is_not_stored_again(world: &World) {
    let draft = world.draft("page_view", "/again", &[]);
    world.receive("again", vec![draft.clone()]).await;
    hours(world, 28).await;
    let ([events, sessions, duplicates], reentered) =
        (counted(world).await, world.engine.balance().settled.reentered);
    world.receive("again", vec![draft]).await;
    assert_eq!(counted(world).await, [events, sessions, duplicates + 1]);
    assert_eq!(world.engine.balance().settled.reentered, reentered + 1, "nobody claimed it: history knew");
}

/// It waits like any late event and opens no session.
pub(super) async fn a_late_vital_is_kept(world: &World) {
    let [events, sessions, duplicates] = counted(world).await;
    let vital = world.vital("/slow", VitalMetric::Cls, "late", 0.3);
    world.receive("slow", vec![Draft { at: vital.at - 25 * HOUR, ..vital }]).await;
    assert_eq!(counted(world).await, [events + 1, sessions, duplicates]);
}

pub(super) async fn an_unknown_late_event_is_stored_once(world: &World) {
    let on_time = late(world, "/on-time").await;
    world.receive("slow", vec![Draft { at: on_time.at + 25 * HOUR, ..on_time }]).await;
    let noon = world.deps.clock.now_ms();
    hours(world, 25).await;
    let [events, sessions, duplicates] = counted(world).await;
    let after = |minutes| Draft { at: noon + minutes * MINUTE, ..world.draft("page_view", "/slow", &[]) };
    world.receive("slow", vec![after(5)]).await;
    assert_eq!(counted(world).await, [events + 1, sessions + 1, duplicates], "in a session of its own");
    let kept = after(10);
    world.receive("slow", vec![kept.clone()]).await;
    assert_eq!(counted(world).await, [events + 2, sessions + 1, duplicates], "which other late ones join");
    world.receive("slow", vec![kept]).await;
    assert_eq!(counted(world).await, [events + 2, sessions + 1, duplicates + 1]);
}

pub(super) async fn of_two_copies_one_is_stored(world: &World) {
    let [events, sessions, duplicates] = counted(world).await;
    let draft = late(world, "/copied").await;
    world.receive("copier", vec![draft.clone(), draft.clone()]).await;
    world.receive("copier", vec![draft]).await;
    assert_eq!(counted(world).await, [events + 1, sessions + 1, duplicates + 2]);
}

/// The record is in the log, the place is not.
pub(super) async fn a_crash_between_record_and_place_settles_once(world: &mut World) {
    let [events, sessions, duplicates] = counted(world).await;
    let reentered = world.engine.balance().settled.reentered;
    let (log, draft) = (world.deps.log.clone(), late(world, "/crash").await);
    with_log(
        world,
        UnluckyLog { inner: log.clone(), commits_fail: true, full: false, returns: Returns::Kept },
    )
    .await;
    let end = log.status().received.end;
    world.receive("crash", vec![draft]).await;
    while log.status().received.end < end.plus(2) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    world.engine.drain(Duration::ZERO).await;
    restart(world).await;
    // Nobody waits for the second time: it is no event that is in flight.
    for _ in 0..600 {
        if world.engine.balance().settled.reentered >= reentered + 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(counted(world).await, [events + 1, sessions + 1, duplicates]);
    let reentered = world.engine.balance().settled.reentered - reentered;
    assert!(reentered >= 2, "it came back {reentered} times");
}

/// A full log takes no record. That holds up neither the frames nor the end of the process.
pub(super) async fn a_full_log_holds_nothing_up(world: &mut World) {
    let [events, sessions, duplicates] = counted(world).await;
    let (log, draft) = (world.deps.log.clone(), late(world, "/full").await);
    with_log(
        world,
        UnluckyLog { inner: log.clone(), commits_fail: false, full: true, returns: Returns::Kept },
    )
    .await;
    world.receive("full", vec![draft]).await;
    let end = log.status().received.end;
    while log.reached("late").await.unwrap() < end {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let balance = world.engine.balance();
    assert_eq!((balance.in_flight, balance.settled.parked.len()), (1, 1), "{balance:?}");
    agrees(world).await;
    let drained = world.engine.drain(Duration::from_secs(3600));
    tokio::time::timeout(Duration::from_secs(60), drained).await.unwrap();
    assert_eq!(log.status().received.end, end, "nothing came back");
    restart(world).await;
    assert_eq!(counted(world).await, [events + 1, sessions + 1, duplicates]);
}

pub(super) async fn without_history_it_stays_in_flight(world: &World) {
    let [events, sessions, duplicates] = counted(world).await;
    let draft = late(world, "/paused").await;
    world.engine.pause_history(true);
    world.receive("paused", vec![draft]).await;
    decided(world).await;
    let end = world.deps.log.status().received.end;
    tokio::time::sleep(Duration::from_millis(600)).await;
    agrees(world).await;
    assert_eq!(world.engine.balance().in_flight, 1);
    assert_eq!(world.deps.log.status().received.end, end, "nobody was asked, nothing came back");
    world.engine.pause_history(false);
    assert_eq!(counted(world).await, [events + 1, sessions + 1, duplicates]);
}

/// Starts the stages anew on another log; the door keeps the real one.
pub(super) async fn with_log(world: &mut World, unlucky: UnluckyLog) {
    world.engine.drain(Duration::from_secs(5)).await;
    let log = std::mem::replace(&mut world.deps.log, Arc::new(unlucky));
    restart(world).await;
    world.deps.log = log;
}
