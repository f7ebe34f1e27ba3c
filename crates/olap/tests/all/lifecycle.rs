//! Opening, closing, crashing.

use crate::{child, library, opened, options, query, value};
use futures_util::StreamExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use ut_core::ports::{Olap, OlapBatch, OlapError, TableKind};
use ut_olap::{Embedded, EmbeddedOptions};
use ut_testkit::FakeClock;

const ENDLESS: &str = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))";

/// Why it is not open; waits while it is still opening.
async fn reason(olap: &Embedded) -> String {
    for _ in 0..300 {
        match olap.ping().await {
            Err(OlapError::Unavailable(reason)) if reason != "the engine is opening" => return reason,
            Err(OlapError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(100)).await,
            other => panic!("{other:?}"),
        }
    }
    panic!("it neither opened nor said why");
}

async fn insert_one(olap: &dyn Olap) {
    olap.execute(
        "CREATE TABLE IF NOT EXISTS kept (n UInt64) ENGINE = MergeTree ORDER BY n \
         SETTINGS fsync_after_insert = 1, fsync_part_directory = 1",
        &[],
    )
    .await
    .unwrap();
    let mut batch = OlapBatch::default();
    batch.row("kept", TableKind::Facts, &["n"], |row| {
        row.u64(1);
    });
    olap.insert("kept", batch.tables(TableKind::Facts).next().unwrap().1).await.unwrap();
}

#[tokio::test]
async fn data_outlives_closing_and_the_process_ends_well() {
    let name = "lifecycle::data_outlives_closing_and_the_process_ends_well";
    let Some((dir, part)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        child::succeeds(name, dir.path(), "write");
        return child::succeeds(name, dir.path(), "read");
    };
    let olap = Embedded::start(options(&dir));
    opened(&olap).await;
    if part == "write" {
        insert_one(&*olap).await;
    }
    assert_eq!(value(&*olap, "SELECT count() FROM kept").await, 1);
    olap.close().await;
    olap.close().await;
    assert!(olap.closed_cleanly());
    let error = olap.query("SELECT 1", &[]).await.unwrap_err();
    assert!(matches!(error, OlapError::Unavailable(_)), "{error}");
}

#[tokio::test]
async fn dropping_it_closes_it() {
    let Some((dir, _)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        child::succeeds("lifecycle::dropping_it_closes_it", dir.path(), "");
        let crashes = std::fs::read(dir.path().join("engine-crashes")).unwrap();
        return assert!(crashes.is_empty(), "it ended well");
    };
    let olap = Embedded::start(options(&dir));
    opened(&olap).await;
    insert_one(&*olap).await;
}

#[tokio::test]
async fn a_process_may_end_with_the_engine_open() {
    let Some((dir, _)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        return child::succeeds("lifecycle::a_process_may_end_with_the_engine_open", dir.path(), "");
    };
    let olap = Embedded::start(options(&dir));
    opened(&olap).await;
    insert_one(&*olap).await;
    let busy = Arc::clone(&olap);
    let runtime = tokio::runtime::Handle::current();
    std::thread::spawn(move || runtime.block_on(busy.query(ENDLESS, &[])));
    tokio::time::sleep(Duration::from_millis(300)).await;
    std::mem::forget(olap);
}

#[tokio::test]
async fn closing_stops_what_runs() {
    let Some((dir, _)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        return child::succeeds("lifecycle::closing_stops_what_runs", dir.path(), "");
    };
    let olap = Embedded::start(EmbeddedOptions { query_seconds: 600, ..options(&dir) });
    opened(&olap).await;
    insert_one(&*olap).await;
    // Two questions run, one waits, one write runs, one reader of a stream sleeps.
    let questions = [ENDLESS; 3].map(|sql| olap.query(sql, &[]));
    let write =
        olap.execute("INSERT INTO kept SELECT number FROM numbers(1000000000000) WHERE number % 7 = 8", &[]);
    let mut stalled = olap.stream("SELECT number FROM system.numbers", &[], "TSV").await.unwrap();
    let close = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        olap.close().await;
    };
    let (questions, write, ()) = tokio::join!(futures_util::future::join_all(questions), write, close);
    assert!(olap.closed_cleanly());
    assert!(questions.iter().all(Result::is_err) && write.is_err(), "{questions:?} {write:?}");
    let mut last = stalled.next().await;
    while let Some(Ok(_)) = last {
        last = stalled.next().await;
    }
    assert!(matches!(last, Some(Err(OlapError::Unavailable(_)))), "cut short, and says so: {last:?}");
}

#[tokio::test]
async fn closing_while_it_opens_is_clean() {
    let Some((dir, _)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        return child::succeeds("lifecycle::closing_while_it_opens_is_clean", dir.path(), "");
    };
    let olap = Embedded::start(options(&dir));
    olap.close().await;
    assert!(olap.closed_cleanly());
    assert!(std::fs::read(dir.join("engine-crashes")).unwrap_or_default().is_empty());
}

#[tokio::test]
async fn a_second_process_is_told_who_has_the_directory() {
    let name = "lifecycle::a_second_process_is_told_who_has_the_directory";
    let Some((dir, part)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        return child::succeeds(name, dir.path(), "first");
    };
    let olap = Embedded::start(options(&dir));
    if part == "first" {
        opened(&olap).await;
        child::succeeds(name, &dir, "second");
    } else {
        let reason = reason(&olap).await;
        assert!(reason.contains("another process has it open (PID: "), "{reason}");
    }
    olap.close().await;
}

#[tokio::test]
async fn it_waits_for_the_engine_to_be_installed() {
    let Some((dir, _)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        return child::succeeds("lifecycle::it_waits_for_the_engine_to_be_installed", dir.path(), "");
    };
    let installed = Arc::new(AtomicBool::new(false));
    let there = Arc::clone(&installed);
    let locate = Box::new(move || match there.load(Ordering::SeqCst) {
        true => Ok(library()),
        false => Err(ut_chdb::engine::NotInstalled::NotInCache.to_string()),
    });
    let olap = Embedded::start(EmbeddedOptions { locate, ..options(&dir) });
    let reason = reason(&olap).await;
    assert!(reason.contains("run `universal-tracking engine install`"), "{reason}");
    installed.store(true, Ordering::SeqCst);
    opened(&olap).await;
    assert_eq!(query(&*olap, "SELECT 1 AS one").await.columns, ["one"]);
    olap.close().await;
}

/// A child that inserts, then ends the process the hard way.
async fn crash(dir: &Path) {
    let olap = Embedded::start(EmbeddedOptions { open_intent: true, ..options(dir) });
    opened(&olap).await;
    insert_one(&*olap).await;
    std::process::abort();
}

#[tokio::test]
async fn three_crashes_with_a_write_under_way_keep_it_closed_for_a_while() {
    let name = "lifecycle::three_crashes_with_a_write_under_way_keep_it_closed_for_a_while";
    let Some((dir, part)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        for _ in 0..3 {
            assert_eq!(child::run(name, dir.path(), "crash").status.code(), None, "ended by a signal");
        }
        child::succeeds(name, dir.path(), "guarded");
        return child::succeeds(name, dir.path(), "no intent");
    };
    let now = ut_core::Clock::now_ms(&ut_core::SystemClock);
    let clock = FakeClock::at(now);
    let usual = EmbeddedOptions { clock: Arc::new(clock.clone()), ..options(&dir) };
    match part.as_str() {
        "crash" => crash(&dir).await,
        "guarded" => {
            let olap = Embedded::start(EmbeddedOptions { open_intent: true, ..usual });
            let reason = reason(&olap).await;
            assert!(reason.contains("3 times within 10 minutes"), "{reason}");
            clock.advance(10 * 60 * 1000);
            opened(&olap).await;
            assert_eq!(value(&*olap, "SELECT count() FROM kept").await, 3, "what was inserted is there");
            olap.close().await;
        }
        _ => {
            let olap = Embedded::start(usual);
            opened(&olap).await;
            olap.close().await;
        }
    }
}
