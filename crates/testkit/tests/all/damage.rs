//! Bytes of the log that are no longer what was written: the events are lost, named and counted, and the rest goes on.

use crate::late::{late, with_log};
use crate::unlucky::{Returns, UnluckyLog};
use crate::{agrees, decided, restart, stored};
use std::time::Duration;
use ut_core::event::DropReason;
use ut_core::ports::{Cursor, Topic};
use ut_testkit::world::World;
use ut_tracking::engine::Engine;

/// Turns a byte of the record that holds `text`.
fn spoil(world: &World, topic: &str, text: &str) {
    for file in std::fs::read_dir(world.dir().join("spool").join(topic)).unwrap() {
        let path = file.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        if let Some(place) = bytes.windows(text.len()).position(|window| window == text.as_bytes()) {
            bytes[place] ^= 1;
            return std::fs::write(path, bytes).unwrap();
        }
    }
    panic!("`{text}` is not in {topic}");
}

fn report(world: &World) -> String {
    std::fs::read_to_string(world.dir().join("spool/losses")).unwrap_or_default()
}

fn damaged(world: &World) -> u64 {
    world.engine.balance().settled.dropped.get(&DropReason::Damaged).copied().unwrap_or(0)
}

/// A request that nobody has decided yet; the one behind it is not hurt.
pub(super) async fn a_damaged_request_is_counted_as_lost(world: &mut World) {
    let (before, rows) = (damaged(world), world.engine.balance().settled.stored);
    world.engine.drain(Duration::from_secs(5)).await;
    let first = world.deps.log.status().received.end.0;
    let visits = |path: &str| vec![world.draft("page_view", path, &[]), world.draft("page_view", path, &[])];
    world.receive("spoilt", visits("/spoilt-request")).await;
    world.receive("spoilt", visits("/sound-request")).await;
    spoil(world, "received", "/spoilt-request");
    restart(world).await;
    world.settled().await;
    assert_eq!((damaged(world), world.engine.balance().settled.stored), (before + 2, rows + 2));
    let line = format!("{{\"topic\":\"received\",\"first\":{first},\"end\":{}", first + 2);
    assert_eq!(report(world).matches(&line).count(), 1, "{}", report(world));
    agrees(world).await;
}

/// A frame that history has not taken yet.
pub(super) async fn a_damaged_frame_is_counted_as_lost(world: &mut World) {
    let (before, rows) = (damaged(world), world.engine.balance().settled.stored);
    world.engine.pause_history(true);
    let first = world.deps.log.status().enriched.end.0;
    for path in ["/spoilt-frame", "/sound-frame"] {
        world.receive("spoilt", vec![world.draft("page_view", path, &[])]).await;
        decided(world).await;
    }
    world.engine.drain(Duration::ZERO).await;
    spoil(world, "enriched", "/spoilt-frame");
    restart(world).await;
    world.settled().await;
    assert_eq!((damaged(world), world.engine.balance().settled.stored), (before + 1, rows + 1));
    let line = format!("{{\"topic\":\"enriched\",\"first\":{first},\"end\":{}", first + 1);
    assert_eq!(report(world).matches(&line).count(), 1, "{}", report(world));
    // The session saw the event, which history never will: its row is one ahead, and nothing else differs.
    let differences = world.deps.olap.query(include_str!("sql/differences.sql"), &[]).await.unwrap();
    let differing: Vec<_> =
        differences.columns.iter().zip(&differences.rows[0]).filter(|(_, figure)| **figure != 0).collect();
    assert!(differing.iter().all(|(name, _)| *name == "sessions"), "{differing:?}");
    let balance = world.engine.balance();
    assert_eq!(stored(world).await.rows[0][0], balance.settled.stored);
    assert_eq!(balance.received, balance.settled.total() + balance.in_flight);
}

/// The file that says how far history has come is gone: what is retained is there already, and stays there once.
pub(super) async fn a_lost_place_repairs_what_is_retained(world: &mut World) {
    let before = stored(world).await;
    world.engine.drain(Duration::from_secs(5)).await;
    world.deps.log.commit(Engine::HISTORY_CURSOR, Cursor::default()).await.unwrap();
    // Asked while every stage rests: the log is trimmed again as soon as history has found its place.
    let retained = world.deps.log.status().enriched.start;
    restart(world).await;
    world.settled().await;
    assert_eq!(stored(world).await, before, "nothing twice");
    let balance = world.engine.balance();
    let numbers = world.deps.log.status().received.end.0 - 1;
    assert_eq!(balance.received, balance.settled.total(), "{balance:?}");
    assert_eq!(balance.received + balance.settled.reentered, numbers, "{balance:?}");
    assert_eq!(balance.settled.forgotten, retained.0 - 1);
    world.receive("on", vec![world.draft("page_view", "/on", &[])]).await;
    world.settled().await;
    assert_eq!(world.engine.balance().settled.total(), balance.received + 1);
}

/// Records whose bytes are what was appended, and are no request, or one of another number of events. They hold up nobody.
pub(super) async fn a_request_that_nobody_understands_is_counted_as_lost(world: &World) {
    let (before, rows) = (damaged(world), world.engine.balance().settled.stored);
    let log = &world.deps.log;
    let mut short = world.record("short", vec![world.draft("page_view", "/short", &[])]).await;
    short.drafts.push(world.draft("page_view", "/short", &[]));
    let records = [(3, b"no request".to_vec()), (1, short.encode().unwrap()), (2, vec![0x82, 9, 9])];
    let first = log.status().received.end.0;
    // The last one is of events that come back, by its first byte: they are no new ones.
    for (count, bytes) in records {
        log.append(Topic::Received, count, bytes).await.unwrap();
    }
    world.receive("sound", vec![world.draft("page_view", "/behind-it", &[])]).await;
    world.settled().await;
    assert_eq!((damaged(world), world.engine.balance().settled.stored), (before + 4, rows + 1));
    for (first, end, size, why) in
        [(first, first + 3, 10, "format 110"), (first + 3, first + 4, 0, "holds 2 events and has 1 numbers")]
    {
        let line = format!("{{\"topic\":\"received\",\"first\":{first},\"end\":{end},");
        let report = report(world);
        let line =
            report.lines().find(|other| other.starts_with(&line)).unwrap_or_else(|| panic!("{report}"));
        assert!(line.contains(why) && line.contains(".seg\""), "{line}");
        assert!(size == 0 || line.contains(&format!("\"size\":{size},")), "{line}");
    }
    agrees(world).await;
}

/// The same of a frame: recovery, history, the late events and the live picture all go on behind it.
pub(super) async fn a_frame_that_nobody_understands_is_counted_as_lost(world: &mut World) {
    let (before, rows) = (damaged(world), world.engine.balance().settled.stored);
    world.engine.drain(Duration::from_secs(5)).await;
    let first = world.deps.log.status().enriched.end.0;
    let visits = |path: &str| vec![world.draft("page_view", path, &[]), world.draft("page_view", path, &[])];
    world.receive("frame", visits("/not-understood")).await;
    world.deps.log.append(Topic::Enriched, 2, b"no frame".to_vec()).await.unwrap();
    world.receive("frame", visits("/understood")).await;
    world.recover().await;
    restart(world).await;
    world.settled().await;
    assert_eq!((damaged(world), world.engine.balance().settled.stored), (before + 2, rows + 2));
    let line = format!("{{\"topic\":\"enriched\",\"first\":{first},\"end\":{},", first + 2);
    assert_eq!(report(world).matches(&line).count(), 1, "{}", report(world));
    agrees(world).await;
    while world.deps.log.reached("late").await.unwrap().0 < first + 4 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let live = world.deps.realtime.live(&ut_core::ports::LiveBatch::default()).await.unwrap().until;
    assert!(live.0 >= first + 4, "the live picture stands at {live:?}");
}

/// History has read the frame that parks an event; then the frame is damaged, before the event could come back.
pub(super) async fn a_parked_event_whose_frame_is_lost_does_not_stay_in_flight(world: &mut World) {
    let (before, rows) = (damaged(world), world.engine.balance().settled.stored);
    let (log, draft) = (world.deps.log.clone(), late(world, "/parked-and-spoilt").await);
    let unlucky = UnluckyLog { inner: log, commits_fail: false, full: false, returns: Returns::Refused };
    with_log(world, unlucky).await;
    let lsn = world.deps.log.status().received.end.0;
    world.receive("lost", vec![draft]).await;
    while world.engine.balance().settled.parked.len() != 1 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(world.engine.balance().in_flight, 1, "it waits");
    world.engine.drain(Duration::ZERO).await;
    spoil(world, "enriched", "/parked-and-spoilt");
    restart(world).await;
    given_up(world, lsn, [before + 1, rows]).await;
}

/// The record in which it comes back is not understood.
pub(super) async fn a_parked_event_whose_return_is_lost_does_not_stay_in_flight(world: &mut World) {
    let (before, rows) = (damaged(world), world.engine.balance().settled.stored);
    let (log, draft) = (world.deps.log.clone(), late(world, "/spoilt-return").await);
    let unlucky = UnluckyLog { inner: log, commits_fail: false, full: false, returns: Returns::Spoilt };
    with_log(world, unlucky).await;
    let lsn = world.deps.log.status().received.end.0;
    world.receive("lost", vec![draft]).await;
    given_up(world, lsn, [before + 1, rows]).await;
    world.engine.drain(Duration::from_secs(5)).await;
    restart(world).await;
}

async fn given_up(world: &World, lsn: u64, figures: [u64; 2]) {
    world.settled().await;
    // A return that is under way has been decided by now.
    while world.engine.balance().settled.parked.len() + (world.engine.balance().in_flight as usize) > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!([damaged(world), world.engine.balance().settled.stored], figures);
    let line = format!("{{\"topic\":\"received\",\"first\":{lsn},\"end\":{},", lsn + 1);
    assert!(report(world).contains(&line), "{}", report(world));
    agrees(world).await;
}
