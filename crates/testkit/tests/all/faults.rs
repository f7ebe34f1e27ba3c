//! Stores and stages that fail while the system runs: what they had begun is done again, once.

use crate::unlucky::{Rows, UnluckyOlap, UnluckyRealtime};
use crate::{agrees, restart};
use std::sync::Arc;
use std::time::Duration;
use ut_core::Lsn;
use ut_core::event::VitalMetric;
use ut_testkit::conformance::realtime::candidate;
use ut_testkit::world::World;

/// The store says no, and it is unknown what it has stored: all of it, or nothing.
pub(super) async fn an_insert_that_fails_is_mended_without_a_restart(world: &mut World) {
    let history = world.deps.olap.clone();
    for table in ["events", "sessions", "page_day", "guestbook_signatures", "performance_vitals"] {
        for rows in [Rows::Stored, Rows::Lost] {
            world.engine.drain(Duration::from_secs(5)).await;
            let due = true.into();
            world.deps.olap = Arc::new(UnluckyOlap { inner: history.clone(), table, rows, due });
            restart(world).await;
            let drafts = vec![
                world.draft("page_view", "/unlucky", &[]),
                world.draft("guestbook_sign", "/unlucky", &[("mood", "unlucky")]),
                world.vital("/unlucky", VitalMetric::Lcp, &format!("{table} {rows:?}"), 1000.0),
            ];
            world.receive("unlucky", drafts).await;
            world.settled().await;
            agrees(world).await;
        }
    }
    world.engine.drain(Duration::from_secs(5)).await;
    world.deps.olap = history;
    restart(world).await;
}

/// The frame is in the log, but the real-time store does not hear of it at first.
pub(super) async fn a_frame_the_live_store_missed_is_told_again(world: &mut World) {
    let realtime = world.deps.realtime.clone();
    world.engine.drain(Duration::from_secs(5)).await;
    world.deps.realtime = Arc::new(UnluckyRealtime { inner: realtime.clone(), failures: 2.into() });
    restart(world).await;
    for path in ["/one", "/two", "/three"] {
        world.receive("missed", vec![world.draft("page_view", path, &[])]).await;
    }
    world.settled().await;
    knows_every_frame(world).await;
    agrees(world).await;
    world.engine.drain(Duration::from_secs(5)).await;
    world.deps.realtime = realtime;
    restart(world).await;
    world.receive("missed", vec![world.draft("page_view", "/four", &[])]).await;
    world.settled().await;
    agrees(world).await;
}

/// A number whose frame the store knows cannot be asked again.
async fn knows_every_frame(world: &World) {
    let last = Lsn(world.deps.log.status().enriched.end.0 - 1);
    let asked = candidate(last.0, 1, 1, world.deps.clock.now_ms());
    for _ in 0..400 {
        if world.deps.realtime.decide(std::slice::from_ref(&asked)).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the real-time store was never told of the newest frame");
}

/// A panic ends one attempt, not the stage.
pub(super) async fn a_stage_that_breaks_down_starts_again(world: &World) {
    world.receive("stumbling", vec![world.draft("stumble", "/stumble", &[])]).await;
    world.receive("stumbling", vec![world.draft("page_view", "/on", &[])]).await;
    world.settled().await;
    agrees(world).await;
}
