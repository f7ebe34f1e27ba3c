//! Stories in one process: a module is one folder and one line; a torn batch is mended; what fails is done again. Time
//! moves by hand.
#![expect(clippy::unwrap_used, reason = "a test helper fails its test")]

mod backlog;
mod damage;
mod faults;
mod guestbook;
mod late;
mod oracle;
mod repair;
mod unlucky;
mod vitals;

use std::sync::Arc;
use ut_core::module::Module;
use ut_core::ports::OlapRows;
use ut_testkit::modules::Guestbook;
use ut_testkit::world::World;
use ut_tracking::engine::Engine;
use ut_tracking::modules::consent::Identifier;
use ut_tracking::modules::{
    active_users, attribution, consent, device_intel, geo_time, page_analytics, performance, sessions,
};

/// The product's modules and two more lines.
const MODULES: &[&dyn Module] = &[
    &consent::ConsentModule,
    &device_intel::DeviceIntel,
    &geo_time::GeoTime,
    &page_analytics::PageAnalytics,
    &sessions::Sessions,
    &attribution::Attribution,
    &active_users::ActiveUsers,
    &performance::Performance,
    &Guestbook,
    &unlucky::Stumble,
];

/// 2026-11-22 23:40 UTC: 20 minutes before midnight UTC, after midnight in Berlin.
const NIGHT: i64 = 1_795_390_800_000;
const MINUTE: i64 = 60_000;

/// The engine opens once per process, so the stories share a world and follow each other.
#[tokio::test(flavor = "multi_thread")]
async fn stories() {
    let mut world = World::open(MODULES, NIGHT).await;
    guestbook::signatures_are_counted(&world).await;
    guestbook::a_session_crosses_the_salt_rotation(&world).await;
    vitals::measuring_changes_no_other_number(&world).await;
    vitals::templates_are_learnt_from_traffic(&mut world).await;
    agrees(&world).await;
    repair::a_paused_history_takes_nothing(&world).await;
    repair::a_held_history_stands_between_two_batches(&world).await;
    backlog::a_backlog_becomes_one_insert(&world).await;
    repair::torn_batches_are_mended(&mut world).await;
    faults::an_insert_that_fails_is_mended_without_a_restart(&mut world).await;
    faults::a_frame_the_live_store_missed_is_told_again(&mut world).await;
    faults::a_stage_that_breaks_down_starts_again(&world).await;
    late::an_event_sent_again_days_later_is_not_stored_again(&world).await;
    late::an_unknown_late_event_is_stored_once(&world).await;
    late::a_late_vital_is_kept(&world).await;
    late::of_two_copies_one_is_stored(&world).await;
    late::a_crash_between_record_and_place_settles_once(&mut world).await;
    late::a_full_log_holds_nothing_up(&mut world).await;
    late::without_history_it_stays_in_flight(&world).await;
    oracle::reports_are_those_of_the_oracle(&mut world).await;
    agrees(&world).await;
    damage::a_damaged_request_is_counted_as_lost(&mut world).await;
    damage::a_request_that_nobody_understands_is_counted_as_lost(&world).await;
    damage::a_parked_event_whose_frame_is_lost_does_not_stay_in_flight(&mut world).await;
    damage::a_parked_event_whose_return_is_lost_does_not_stay_in_flight(&mut world).await;
    damage::a_frame_that_nobody_understands_is_counted_as_lost(&mut world).await;
    damage::a_damaged_frame_is_counted_as_lost(&mut world).await;
    damage::a_lost_place_repairs_what_is_retained(&mut world).await;
    world.close().await;
}

/// Starts the stages anew on `world.deps`.
async fn restart(world: &mut World) {
    let identifier = Arc::new(Identifier::new(world.deps.realtime.clone()));
    let (rights, retention) = (world.rights.clone(), world.retention.clone());
    let told = world.integrations.clone();
    let engine = Engine::start(world.deps.clone(), MODULES, identifier, rights, retention, told).await;
    world.engine = Arc::new(engine.unwrap());
}

/// Waits until the pipeline has decided everything.
async fn decided(world: &World) {
    while world.deps.log.status().enriched.end < world.deps.log.status().received.end {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// History agrees with itself and with the ingest balance.
async fn agrees(world: &World) {
    let differences = world.deps.olap.query(include_str!("sql/differences.sql"), &[]).await.unwrap();
    assert!(differences.rows[0].iter().all(|figure| figure == 0), "{differences:?}");
    let balance = world.engine.balance();
    assert_eq!(stored(world).await.rows[0][0], balance.settled.stored);
    assert_eq!(balance.received, balance.settled.total() + balance.in_flight);
}

async fn stored(world: &World) -> OlapRows {
    world.deps.olap.query(include_str!("sql/stored.sql"), &[]).await.unwrap()
}
