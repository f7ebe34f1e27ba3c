//! Streams hold little memory, however long they are.

use crate::{child, opened, options};
use futures_util::StreamExt;
use ut_core::ports::Olap;
use ut_olap::Embedded;

/// Resident memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn a_gigabyte_passes_through_a_quarter_of_it() {
    let Some((dir, _)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        return child::succeeds("streams::a_gigabyte_passes_through_a_quarter_of_it", dir.path(), "");
    };
    let olap = Embedded::start(options(&dir));
    opened(&olap).await;
    let sql = "SELECT number, repeat('x', 1000) AS filler FROM numbers(1000000)";
    let before = resident();
    let mut most = before;
    let mut total = 0;
    let mut stream = olap.stream(sql, &[], "JSONEachRow").await.unwrap();
    while let Some(piece) = stream.next().await {
        total += piece.unwrap().len() as u64;
        most = most.max(resident());
    }
    assert!(total > 1_000_000_000, "{total}");
    assert!(most - before < total / 4, "{before} grew to {most}");
    olap.close().await;
}

#[tokio::test]
async fn a_file_for_a_whole_document_does_not_stay() {
    let Some((dir, _)) = child::part() else {
        let dir = tempfile::tempdir().unwrap();
        return child::succeeds("streams::a_file_for_a_whole_document_does_not_stay", dir.path(), "");
    };
    let olap = Embedded::start(options(&dir));
    opened(&olap).await;
    let mut stream = olap.stream("SELECT number FROM numbers(1000000)", &[], "Parquet").await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    let failed = olap.stream("SELECT throwIf(number = 90000) FROM numbers(100000)", &[], "Parquet").await;
    assert!(failed.is_err());
    assert_eq!(std::fs::read_dir(dir.join("exports")).unwrap().count(), 0);
    drop(stream);
    olap.close().await;
}
