//! A batch of which nobody knows how much was stored.

use crate::{MINUTE, MODULES, agrees, decided, restart, stored};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;
use ut_core::Lsn;
use ut_core::event::{Draft, Fate, Frame, VitalMetric};
use ut_core::module::RowsContext;
use ut_core::ports::{Cursor, OlapBatch, TableKind, Topic};
use ut_testkit::world::World;
use ut_tracking::engine::Engine;
use ut_tracking::history;

/// What of a batch had arrived when the process died.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Torn {
    Nothing,
    HalfTheEvents,
    EventsAlone,
    HalfTheSums,
    AllButTheConfirmation,
}

/// An idle consumer waits for its next batch; a pause must hold that one, too.
pub(super) async fn a_paused_history_takes_nothing(world: &World) {
    let before = world.deps.log.cursor(Engine::HISTORY_CURSOR).await.unwrap();
    world.engine.pause_history(true);
    world.receive("paused", vec![world.draft("page_view", "/paused", &[])]).await;
    decided(world).await;
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(world.deps.log.cursor(Engine::HISTORY_CURSOR).await.unwrap(), before);
    assert_eq!(world.engine.balance().in_flight, 1);
    world.engine.pause_history(false);
    world.settled().await;
}

/// For a backup: what was acknowledged before is in, nothing is half in, and nothing comes until it is let go.
pub(super) async fn a_held_history_stands_between_two_batches(world: &World) {
    world.receive("holder", vec![world.draft("page_view", "/holder", &[])]).await;
    let held = world.engine.hold_history(Duration::from_secs(30)).await.unwrap();
    assert_eq!(held.waiting_events, 0);
    let before = world.deps.log.cursor(Engine::HISTORY_CURSOR).await.unwrap();
    assert_eq!(before.intent, None);
    agrees(world).await;
    world.receive("held", vec![world.draft("page_view", "/held", &[])]).await;
    decided(world).await;
    // Longer than the consumer waits for company.
    tokio::time::sleep(Duration::from_millis(1_600)).await;
    assert_eq!(world.deps.log.cursor(Engine::HISTORY_CURSOR).await.unwrap(), before);
    drop(held);
    world.settled().await;
    agrees(world).await;
}

pub(super) async fn torn_batches_are_mended(world: &mut World) {
    let tears = [
        Torn::Nothing,
        Torn::HalfTheEvents,
        Torn::EventsAlone,
        Torn::HalfTheSums,
        Torn::AllButTheConfirmation,
    ];
    for torn in tears {
        world.engine.pause_history(true);
        visits(world).await;
        decided(world).await;
        world.engine.drain(Duration::ZERO).await;
        let (place, frames) = waiting(world).await;
        tear(world, &place, &frames, torn).await;
        restart(world).await;
        world.settled().await;
        agrees(world).await;
        let whole = stored(world).await;
        check_ids(world, &frames, torn).await;
        again(world, &place).await;
        assert_eq!(stored(world).await, whole, "{torn:?}: a second repair changes nothing");
    }
}

/// Visits of two days and three salt days, with a repeated id, an event that is not counted and one that comes too
/// late to be identified.
async fn visits(world: &World) {
    world.clock.advance(3 * MINUTE);
    for visitor in ["first", "second", "third"] {
        let mut drafts: Vec<Draft> = (0..12).map(|n| earlier(world, n * 125 * MINUTE)).collect();
        drafts.push(drafts[3].clone());
        drafts.push(world.draft("guestbook_sign", "/guestbook", &[("mood", visitor)]));
        drafts.extend((0..4).map(|n| {
            let vital = world.vital("/p/1", VitalMetric::Inp, visitor, (n * 40 % 100) as f64);
            Draft { at: vital.at - n, ..vital }
        }));
        let mut nowhere = world.draft("page_view", "/", &[]);
        nowhere.url.clear();
        drafts.push(nowhere);
        drafts.push(earlier(world, 4 * 24 * 60 * MINUTE));
        world.receive(visitor, drafts).await;
        decided(world).await;
    }
}

fn earlier(world: &World, back: i64) -> Draft {
    let mut draft = world.draft("page_view", &format!("/p/{}", back / MINUTE % 5), &[]);
    draft.at -= back;
    draft
}

/// Where history stands, and the frames it has not taken.
async fn waiting(world: &World) -> (Cursor, Vec<Frame>) {
    let log = &world.deps.log;
    let place = log.cursor(Engine::HISTORY_CURSOR).await.unwrap();
    assert_eq!(place.intent, None, "a paused history has announced nothing");
    let (mut frames, mut next): (Vec<Frame>, Lsn) = (Vec::new(), place.next);
    while next < log.status().enriched.end {
        for entry in log.read(Topic::Enriched, next, 1 << 20).await.unwrap() {
            frames.push(Frame::decode(&entry.bytes).unwrap());
            next = entry.end();
        }
    }
    assert!(frames.len() >= 3, "{} frames", frames.len());
    (place, frames)
}

/// Announces the batch and stores a part of it.
async fn tear(world: &World, place: &Cursor, frames: &[Frame], torn: Torn) {
    announce(world, place, frames).await;
    let (whole, half) = (rows(world, frames), rows(world, &every_second(frames)));
    let parts: &[(&OlapBatch, TableKind)] = match torn {
        Torn::Nothing => &[],
        Torn::HalfTheEvents => &[(&half, TableKind::Facts)],
        Torn::EventsAlone => &[(&whole, TableKind::Facts)],
        Torn::HalfTheSums => {
            &[(&whole, TableKind::Facts), (&whole, TableKind::Replacing), (&half, TableKind::Rollup)]
        }
        Torn::AllButTheConfirmation => {
            &[(&whole, TableKind::Facts), (&whole, TableKind::Replacing), (&whole, TableKind::Rollup)]
        }
    };
    for (batch, kind) in parts {
        for (table, rows) in batch.tables(*kind) {
            world.deps.olap.insert(table, rows).await.unwrap();
        }
    }
}

async fn announce(world: &World, place: &Cursor, frames: &[Frame]) {
    announce_until(world, place, frames.last().unwrap().end()).await;
}

async fn announce_until(world: &World, place: &Cursor, end: Lsn) {
    let cursor = Cursor { intent: Some((place.next, end)), ..place.clone() };
    world.deps.log.commit(Engine::HISTORY_CURSOR, cursor).await.unwrap();
}

fn rows(world: &World, frames: &[Frame]) -> OlapBatch {
    let deps = &world.deps;
    let context = RowsContext { log: deps.log_number.1, sites: deps.sites.as_ref(), keys: &deps.keys };
    let mut rows = history::Rows::default();
    frames.iter().for_each(|frame| rows.add(frame, MODULES, &context));
    rows.finish(&context)
}

fn every_second(frames: &[Frame]) -> Vec<Frame> {
    let half = |fates: &[Fate]| fates.iter().step_by(2).cloned().collect();
    frames.iter().map(|frame| Frame { fates: half(&frame.fates), ..frame.clone() }).collect()
}

/// Every event of the batch is in history, and nothing that was not decided to be.
async fn check_ids(world: &World, frames: &[Frame], torn: Torn) {
    let expected: BTreeSet<_> = frames.iter().flat_map(Frame::happenings).map(|event| event.lsn.0).collect();
    let range = [
        ("table", ut_core::ports::ParamValue::Text("events".to_owned())),
        ("log", ut_core::ports::ParamValue::UInt(world.deps.log_number.1.into())),
        ("first", ut_core::ports::ParamValue::UInt(frames[0].from.0)),
        ("end", ut_core::ports::ParamValue::UInt(frames.last().unwrap().end().0)),
        ("from", ut_core::ports::ParamValue::Int(0)),
        ("to", ut_core::ports::ParamValue::Int(i64::from(u32::MAX) * 1000)),
    ];
    let answer = world.deps.olap.query(history::STORED_LSNS, &range).await.unwrap();
    let found: BTreeSet<_> =
        answer.rows.iter().filter_map(|row| row.first().and_then(Value::as_u64)).collect();
    assert_eq!(found, expected, "{torn:?}");
    let fates = || frames.iter().flat_map(|frame| &frame.fates);
    let duplicates = fates().filter(|fate| **fate == Fate::Duplicate).count();
    let parked =
        fates().filter(|fate| matches!(fate, Fate::Parked(parked) if parked.whose.is_none())).count();
    assert_eq!((parked, duplicates), (3, 3), "{torn:?}: the story has what it is about");
}

/// Repairs everything once more, with the late events that came back: the confirmation was lost.
async fn again(world: &mut World, place: &Cursor) {
    world.engine.drain(Duration::ZERO).await;
    announce_until(world, place, world.deps.log.status().enriched.end).await;
    restart(world).await;
    world.settled().await;
    agrees(world).await;
}
