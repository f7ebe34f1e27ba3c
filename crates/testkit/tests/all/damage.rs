//! Bytes of the log that are no longer what was written: the events are lost, named and counted, and the rest goes on.

use crate::{agrees, decided, restart, stored};
use std::time::Duration;
use ut_core::event::DropReason;
use ut_core::ports::Cursor;
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
