//! Limits, settings and cancelling.

use crate::{query, shared, value};
use std::time::Duration;
use ut_core::ports::{Olap, OlapBatch, OlapError, TableKind};

/// Takes hours; recognised in `system.processes` by its marker.
fn endless(marker: &str) -> String {
    format!("SELECT count() /* {marker} */ FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))")
}

async fn running(olap: &dyn Olap, marker: &str) -> u64 {
    let sql = format!(
        "SELECT count() FROM system.processes WHERE query LIKE '%{marker}%' AND query NOT LIKE '%system.processes%'"
    );
    value(olap, &sql).await.as_u64().unwrap()
}

async fn until_running(olap: &dyn Olap, marker: &str, expected: u64) {
    for _ in 0..200 {
        if running(olap, marker).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{marker}: {} run, expected {expected}", running(olap, marker).await);
}

#[tokio::test]
async fn a_question_is_refused_when_its_time_is_up() {
    let error = shared().await.query(&endless("time is up"), &[]).await.unwrap_err();
    assert!(matches!(error, OlapError::Refused { code: 159, .. }), "{error}");
}

#[tokio::test]
async fn a_question_is_refused_when_it_wants_too_much_memory() {
    let sql = "SELECT length(groupArray(number)) FROM numbers(100000000)";
    let error = shared().await.query(sql, &[]).await.unwrap_err();
    assert!(matches!(error, OlapError::Refused { code: 241, .. }), "{error}");
}

#[tokio::test]
async fn a_question_that_nobody_waits_for_is_cancelled() {
    let olap = shared().await;
    let sql = endless("left question");
    let waited = tokio::time::timeout(Duration::from_millis(300), olap.query(&sql, &[])).await;
    assert!(waited.is_err());
    until_running(&*olap, "left question", 0).await;
}

#[tokio::test]
async fn a_stream_that_is_left_before_its_first_piece_is_cancelled() {
    let olap = shared().await;
    for format in ["TSV", "Parquet"] {
        let sql = endless("left stream");
        let waited = tokio::time::timeout(Duration::from_millis(300), olap.stream(&sql, &[], format)).await;
        assert!(waited.is_err());
        until_running(&*olap, "left stream", 0).await;
    }
}

#[tokio::test]
async fn an_insert_that_would_become_two_blocks_is_refused() {
    let mut batch = OlapBatch::default();
    for _ in 0..500_000 {
        batch.row("anything", TableKind::Facts, &["n"], |row| _ = row.u8(1));
    }
    let (table, rows) = batch.tables(TableKind::Facts).next().unwrap();
    let error = shared().await.insert(table, rows).await.unwrap_err();
    assert!(matches!(error, OlapError::Refused { code: 158, .. }), "{error}");
}

#[tokio::test]
async fn the_server_is_small_and_keeps_no_logs_of_itself() {
    let olap = shared().await;
    let sql = "SELECT name, value FROM system.server_settings WHERE name IN ('max_server_memory_usage', \
               'background_pool_size', 'mark_cache_size') ORDER BY name";
    let rows = query(&*olap, sql).await.rows;
    assert_eq!(
        rows,
        [
            ["background_pool_size", "2"],
            ["mark_cache_size", "67108864"],
            ["max_server_memory_usage", "600000000"],
        ]
    );
    let logs = "SELECT count() FROM system.tables WHERE database = 'system' AND name LIKE '%\\_log'";
    assert_eq!(value(&*olap, logs).await, 0);
    assert_eq!(value(&*olap, "SELECT currentDatabase()").await, "default");
    assert_eq!(value(&*olap, "SELECT timezone()").await, "UTC");
}
