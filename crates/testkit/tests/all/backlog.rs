//! What waited for history.

use crate::{agrees, decided};
use ut_core::ports::Topic;
use ut_testkit::world::World;

/// The log is read in pieces of 8 MB; the inserts are not as small as that.
const PIECE: usize = 8 << 20;

/// Requests whose events are as large as they may be: few of them are much of the log.
pub(super) async fn a_backlog_becomes_one_insert(world: &World) {
    let text = "x".repeat(1024);
    let keys: Vec<_> = (0..64).map(|n| format!("key_{n}")).collect();
    let props: Vec<_> = keys.iter().map(|key| (key.as_str(), text.as_str())).collect();
    let before = last_block(world).await;
    world.engine.pause_history(true);
    let from = world.deps.log.status().enriched.end;
    for n in 0..10 {
        let person = format!("person {}", n % 3);
        let drafts =
            (0..20).map(|n| world.draft("page_view", &format!("/large/{}", n % 4), &props)).collect();
        world.receive(&person, drafts).await;
        decided(world).await;
    }
    let piece = world.deps.log.read(Topic::Enriched, from, PIECE).await.unwrap();
    assert!(piece.last().unwrap().end() < world.deps.log.status().enriched.end, "more than one piece waits");
    world.engine.pause_history(false);
    world.settled().await;
    assert_eq!(last_block(world).await, before + 1);
    agrees(world).await;
}

async fn last_block(world: &World) -> u64 {
    let answer = world.deps.olap.query(include_str!("sql/last_block.sql"), &[]).await.unwrap();
    answer.rows[0][0].as_u64().unwrap()
}
