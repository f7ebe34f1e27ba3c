//! A real file, and a second process's view of it.

use std::path::Path;
use std::sync::Arc;
use ut_core::module::Migration;
use ut_core::ports::{Statement, Transactional, Value};
use ut_testkit::conformance::transactional;
use ut_transactional::Sqlite;

const CREATE: Migration =
    Migration { number: 1, name: "create_counter", sql: include_str!("sql/create_counter.sql") };
const COUNT: Statement = Statement { name: "count", sql: include_str!("sql/count.sql") };
const READ: Statement = Statement { name: "read", sql: include_str!("sql/read.sql") };
const JOURNAL_MODE: Statement = Statement { name: "journal_mode", sql: include_str!("sql/journal_mode.sql") };
const SYNCHRONOUS: Statement = Statement { name: "synchronous", sql: include_str!("sql/synchronous.sql") };

async fn open(path: &Path) -> Arc<Sqlite> {
    Arc::new(Sqlite::open(path).await.expect("the file opens"))
}

#[tokio::test]
async fn conforms() {
    let folder = tempfile::tempdir().expect("a folder");
    transactional::all(open(&folder.path().join("store.sqlite")).await.as_ref()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_two_processes_wait_for_each_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.sqlite");
    let (one, two) = (open(&path).await, open(&path).await);
    one.migrate(&[CREATE]).await.expect("migrates");
    let mut writers = tokio::task::JoinSet::new();
    for store in [&one, &two, &one, &two, &one, &two] {
        let store = Arc::clone(store);
        writers.spawn(async move {
            for _ in 0..20 {
                store
                    .run_all(&[(&COUNT, vec![]), (&COUNT, vec![])])
                    .await
                    .expect("waits for the other writer");
            }
        });
    }
    writers.join_all().await;
    assert_eq!(two.run(&READ, &[]).await.expect("reads"), [[Value::Int(240)]]);
}

#[tokio::test]
async fn a_second_open_finds_what_the_first_wrote_and_migrated() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.sqlite");
    let first = open(&path).await;
    assert_eq!(first.migrate(&[CREATE]).await.expect("migrates"), 1);
    first.run(&COUNT, &[]).await.expect("counts");
    first.close().await;
    let second = open(&path).await;
    assert_eq!(second.migrate(&[CREATE]).await.expect("has nothing to do"), 0);
    assert_eq!(second.run(&READ, &[]).await.expect("reads"), [[Value::Int(1)]]);
}

#[tokio::test]
async fn a_commit_is_on_disk_when_it_returns() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("store.sqlite")).await;
    assert_eq!(store.run(&JOURNAL_MODE, &[]).await.expect("answers"), [[Value::Text("wal".to_owned())]]);
    // 2 is FULL: without it a commit in WAL mode may be lost with the power.
    assert_eq!(store.run(&SYNCHRONOUS, &[]).await.expect("answers"), [[Value::Int(2)]]);
}

#[tokio::test]
async fn what_is_deleted_is_in_no_file_after_a_scrub() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.sqlite");
    let (store, reader) = (open(&path).await, open(&path).await);
    let run = async |sql| store.run(&Statement { name: "of_the_test", sql }, &[]).await.expect("runs");
    let anywhere = || {
        let read = |name: &str| std::fs::read(folder.path().join(name)).expect("reads");
        let files = ["store.sqlite", "store.sqlite-wal"].map(read).concat();
        files.windows(14).any(|window| window == b"a secret word.")
    };
    run("create table words (word text)").await;
    run("insert into words values ('a secret word.')").await;
    assert!(anywhere());
    assert_eq!(
        reader.run(&Statement { name: "read", sql: "select 1 from words" }, &[]).await.expect("reads").len(),
        1
    );
    run("delete from words").await;
    assert!(anywhere(), "in the write-ahead log: what the scrub is for");
    store.scrub().await.expect("nobody reads an older state");
    assert!(!anywhere());
}

#[cfg(unix)]
#[tokio::test]
async fn its_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("store.sqlite")).await;
    store.migrate(&[CREATE]).await.expect("migrates");
    let mut seen = 0;
    for file in std::fs::read_dir(folder.path()).expect("lists") {
        let file = file.expect("a file");
        assert_eq!(
            file.metadata().expect("its mode").permissions().mode() & 0o777,
            0o600,
            "{:?}",
            file.path()
        );
        seen += 1;
    }
    assert!(seen >= 2, "the store and its write-ahead log");
}

#[tokio::test]
async fn a_folder_that_is_missing_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("missing").join("store.sqlite");
    let error = Sqlite::open(&path).await.expect_err("no such folder").to_string();
    assert!(error.contains("missing"), "{error}");
}
