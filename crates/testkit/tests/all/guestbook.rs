//! A module that only tests register goes all the way: admitted, stored, summed, asked. Beside it the product's own.

use crate::{MINUTE, NIGHT};
use serde_json::json;
use ut_testkit::world::World;

pub(super) async fn signatures_are_counted(world: &World) {
    let sign = |mood| world.draft("guestbook_sign", "/guestbook", &[("mood", mood)]);
    world.receive("a", vec![world.draft("page_view", "/guestbook", &[]), sign("Happy"), sign("happy")]).await;
    world.receive("b", vec![sign("curious")]).await;
    world.settled().await;
    let answer = world.report("guestbook").await;
    let lines: Vec<_> =
        answer.rows.iter().map(|row| (&row.dimensions["mood"], &row.metrics["signatures"])).collect();
    assert_eq!(lines, [(&json!("happy"), &json!(2)), (&json!("curious"), &json!(1))]);
    assert_eq!(answer.totals["signatures"], 3);
    assert_eq!(world.report("pages").await.totals["page_views"], 1);
}

/// One person reads on every 20 minutes from 03:20 to 05:00 Berlin time: salts rotate at 04:00, the visit goes on.
pub(super) async fn a_session_crosses_the_salt_rotation(world: &World) {
    let before = world.report("overview").await.totals;
    world.clock.set(NIGHT + 160 * MINUTE);
    for _ in 0..6 {
        world.receive("reader", vec![world.draft("page_view", "/book", &[])]).await;
        world.settled().await;
        world.clock.advance(20 * MINUTE);
    }
    let after = world.report("overview").await.totals;
    let more = |name: &str| after[name].as_u64().unwrap() - before[name].as_u64().unwrap();
    assert_eq!((more("visitors"), more("sessions"), more("page_views")), (1, 1, 6), "{after:?}");
    // After a silence longer than the timeout the same person is a new visitor of the new salt day.
    world.clock.advance(31 * MINUTE);
    world.receive("reader", vec![world.draft("page_view", "/book", &[])]).await;
    world.settled().await;
    let later = world.report("overview").await.totals;
    let more = |name: &str| later[name].as_u64().unwrap() - after[name].as_u64().unwrap();
    assert_eq!((more("visitors"), more("sessions")), (1, 1), "{later:?}");
}
