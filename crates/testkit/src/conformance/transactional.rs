//! What every transactional store must do.
#![expect(clippy::expect_used, reason = "a suite panics where the adapter is broken")]

use ut_core::module::Migration;
use ut_core::ports::{Statement, Transactional, TransactionalError, Value};

macro_rules! statement {
    ($name:literal) => {
        Statement { name: $name, sql: include_str!(concat!("sql/", $name, ".transactional.sql")) }
    };
}

const CREATE: Migration =
    migration(1, "conformance_create", include_str!("sql/conformance_create.transactional.sql"));
const EXTEND: Migration =
    migration(2, "conformance_extend", include_str!("sql/conformance_extend.transactional.sql"));
const BROKEN: Migration =
    migration(3, "conformance_broken", include_str!("sql/conformance_broken.transactional.sql"));
const INSERT: Statement = statement!("conformance_insert");
const UPSERT: Statement = statement!("conformance_upsert");
const READ: Statement = statement!("conformance_read");
const READ_ONE: Statement = statement!("conformance_read_one");
const REFER: Statement = statement!("conformance_refer");

const fn migration(number: u32, name: &'static str, sql: &'static str) -> Migration {
    Migration { number, name, sql }
}

/// Every promise of [`Transactional`]. The store must be empty; the suite leaves its tables behind.
pub async fn all(store: &dyn Transactional) {
    store.ping().await.expect("answers");
    migrations(store).await;
    values(store).await;
    conflicts(store).await;
    transactions(store).await;
    decided(store).await;
    references(store).await;
    failed_migration(store).await;
    store.scrub().await.expect("nobody reads meanwhile");
    store.close().await;
    assert!(store.ping().await.is_err(), "a closed store does not answer");
}

async fn migrations(store: &dyn Transactional) {
    // Handed in unordered: EXTEND needs the table CREATE makes.
    assert_eq!(store.migrate(&[EXTEND, CREATE]).await.expect("migrates"), 2);
    assert_eq!(store.migrate(&[CREATE, EXTEND]).await.expect("is done"), 0);
    let renamed = migration(2, "another", EXTEND.sql);
    assert!(store.migrate(&[renamed]).await.is_err(), "a number stands for one migration");
    let twice = [migration(9, "one", EXTEND.sql), migration(9, "two", EXTEND.sql)];
    assert!(store.migrate(&twice).await.is_err(), "two migrations with one number");
}

async fn values(store: &dyn Transactional) {
    let rows = [
        vec![text("a"), Value::Int(i64::MIN), Value::Bytes(vec![0, 255, 1]), Value::Null],
        vec![text("ö ' \" $1 \u{1f600}"), Value::Int(i64::MAX), Value::Bytes(Vec::new()), text("")],
    ];
    for row in &rows {
        let answer = store.run(&INSERT, row).await.expect("inserts");
        assert_eq!(answer, [[row[0].clone()]], "RETURNING answers");
    }
    let read = store.run(&READ, &[]).await.expect("reads");
    assert_eq!(read, rows, "every value comes back as it was, in its type");
    let one = store.run(&READ_ONE, &[text("a")]).await.expect("reads one");
    assert_eq!(one, [rows[0].clone()]);
    assert!(store.run(&READ_ONE, &[text("none")]).await.expect("reads none").is_empty());
}

async fn conflicts(store: &dyn Transactional) {
    let again = [text("a"), Value::Int(1), Value::Bytes(vec![1]), Value::Null];
    match store.run(&INSERT, &again).await {
        Err(TransactionalError::Conflict { statement }) => assert_eq!(statement, INSERT.name),
        other => panic!("a key that exists is a conflict, not {other:?}"),
    }
    let raised = store.run(&UPSERT, &[text("a"), Value::Int(7)]).await.expect("ON CONFLICT updates");
    assert_eq!(raised, [[Value::Int(7)]]);
}

async fn transactions(store: &dyn Transactional) {
    let row = |key: &str| vec![text(key), Value::Int(1), Value::Bytes(vec![]), Value::Null];
    let before = store.run(&READ, &[]).await.expect("reads").len();
    let refused = store.run_all(&[(&INSERT, row("x")), (&INSERT, row("y")), (&INSERT, row("x"))]).await;
    assert!(matches!(refused, Err(TransactionalError::Conflict { .. })), "{refused:?}");
    assert_eq!(store.run(&READ, &[]).await.expect("reads").len(), before, "none of them");
    store.run_all(&[(&INSERT, row("x")), (&INSERT, row("y"))]).await.expect("commits");
    assert_eq!(store.run(&READ, &[]).await.expect("reads").len(), before + 2, "all of them");
}

/// A transaction sees what it has written, nobody else does before its end, and without an end it never was.
async fn decided(store: &dyn Transactional) {
    let row = |key: &str| [text(key), Value::Int(1), Value::Bytes(vec![]), Value::Null];
    let there = async |key: &str| !store.run(&READ_ONE, &[text(key)]).await.expect("reads").is_empty();
    let mut left = store.begin().await.expect("begins");
    left.run(&INSERT, &row("left")).await.expect("inserts");
    assert_eq!(left.run(&READ_ONE, &[text("left")]).await.expect("reads").len(), 1, "it sees its own");
    assert!(!there("left").await, "nobody else does");
    drop(left);
    let mut ended = store.begin().await.expect("begins when the one before is gone");
    assert!(ended.run(&READ_ONE, &[text("left")]).await.expect("reads").is_empty());
    ended.run(&INSERT, &row("ended")).await.expect("inserts");
    match ended.run(&INSERT, &row("ended")).await {
        Err(TransactionalError::Conflict { statement }) => assert_eq!(statement, INSERT.name),
        other => panic!("a conflict is named, not {other:?}"),
    }
    drop(ended);
    let mut last = store.begin().await.expect("begins");
    last.run(&INSERT, &row("last")).await.expect("inserts");
    last.commit().await.expect("commits");
    assert!(there("last").await && !there("ended").await);
}

async fn references(store: &dyn Transactional) {
    store.run(&REFER, &[text("a")]).await.expect("refers to a row that is there");
    let dangling = store.run(&REFER, &[text("nobody")]).await;
    assert!(
        matches!(dangling, Err(TransactionalError::Unavailable { .. })),
        "foreign keys hold: {dangling:?}"
    );
}

/// The first statement of the file works, the second does not: nothing of it stays, and it is tried again.
async fn failed_migration(store: &dyn Transactional) {
    for _ in 0..2 {
        let error = store.migrate(&[BROKEN]).await.expect_err("its second statement fails");
        assert!(error.to_string().contains(BROKEN.name), "names the migration: {error}");
    }
    let mended = migration(BROKEN.number, BROKEN.name, EXTEND_AGAIN);
    assert_eq!(store.migrate(&[mended]).await.expect("the number is still free"), 1);
}

const EXTEND_AGAIN: &str = include_str!("sql/conformance_mended.transactional.sql");

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
