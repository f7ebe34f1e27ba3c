//! The stores, read as their engines read them, and their files, byte by byte.
//!
//! ClickHouse opens once per process, and the story needs it more often: this program is run again for each look.

use futures_util::StreamExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use ut_core::SystemClock;
use ut_core::ports::{Olap, ParamValue, Statement, Transactional, Value};
use ut_olap::{Embedded, EmbeddedOptions};
use ut_transactional::Sqlite;

const TASK: &str = "UT_TEST_TASK";
const FOLDER: &str = "UT_TEST_FOLDER";

/// From here on nothing of events, visits and measurements is compressed: bytes can be searched for.
pub(super) fn without_compression(story: &str, data: &Path) {
    run(story, "uncompressed", data);
}

/// Everything in every column of every table of history and of the transactional store, as text.
pub(crate) fn read(story: &str, data: &Path) -> String {
    run(story, "read", data)
}

fn run(story: &str, task: &str, data: &Path) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", story, "--nocapture"])
        .env(TASK, task)
        .env(FOLDER, data)
        .output()
        .unwrap();
    assert!(output.status.success(), "{task}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Does the task this process was started for, if it was.
pub(crate) async fn is_a_task() -> bool {
    #[expect(clippy::disallowed_methods, reason = "how the story tells itself what to do")]
    let variable = |name| std::env::var(name).ok();
    let (Some(task), Some(data)) = (variable(TASK), variable(FOLDER)) else { return false };
    let data = PathBuf::from(data);
    let olap = history(&data).await;
    match task.as_str() {
        "uncompressed" => uncompress(olap.as_ref()).await,
        _ => {
            print_history(olap.as_ref()).await;
            print_store(&data).await;
        }
    }
    olap.close().await;
    true
}

async fn history(data: &Path) -> Arc<dyn Olap> {
    let cache = universal_tracking::config::cache_dir().unwrap_or_default();
    let locate = move || ut_chdb::engine::locate(None, &cache).map_err(|error| error.to_string());
    let olap =
        Embedded::start(EmbeddedOptions::new(data.join("olap"), Box::new(locate), Arc::new(SystemClock)));
    for _ in 0..600 {
        if olap.ping().await.is_ok() {
            return olap;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("history does not open");
}

async fn uncompress(olap: &dyn Olap) {
    for row in olap.query(include_str!("sql/columns.sql"), &[]).await.unwrap().rows {
        let [table, column] = [0, 1].map(|at| ParamValue::Text(row[at].as_str().unwrap().to_owned()));
        let params = [("table", table), ("column", column)];
        olap.execute(include_str!("sql/uncompress.sql"), &params).await.unwrap();
    }
}

async fn print_history(olap: &dyn Olap) {
    let tables = olap.query(include_str!("../../sql/tables.sql"), &[]).await.unwrap().rows;
    assert!(tables.len() >= 4, "{tables:?}");
    for table in tables.iter().filter_map(|row| row[0].as_str()) {
        let params = [("table", ParamValue::Text(table.to_owned()))];
        let rows = olap.stream(include_str!("../../sql/rows.sql"), &params, "JSONEachRow").await.unwrap();
        let rows: Vec<Vec<u8>> = rows.map(Result::unwrap).collect().await;
        println!("{table}\n{}", String::from_utf8(rows.concat()).unwrap());
    }
}

async fn print_store(data: &Path) {
    let store = Sqlite::open(&data.join("main.sqlite")).await.unwrap();
    let tables = Statement { name: "tables", sql: include_str!("sql/tables_of_store.transactional.sql") };
    let tables = store.run(&tables, &[]).await.unwrap();
    assert!(tables.len() > 10);
    for table in tables {
        let [Value::Text(table)] = &table[..] else { panic!("{table:?}") };
        let all = include_str!("sql/all_of_table.transactional.sql").trim().replace("$table", table);
        let all = Statement { name: "all", sql: all.leak() };
        for row in store.run(&all, &[]).await.unwrap() {
            let cells: Vec<String> = row
                .iter()
                .map(|value| match value {
                    Value::Bytes(bytes) => hex::encode(bytes),
                    Value::Text(text) => text.clone(),
                    other => format!("{other:?}"),
                })
                .collect();
            println!("{table} {}", cells.join("|"));
        }
    }
    store.close().await;
}

/// The files below a folder that hold one of these bytes, and which.
pub(super) fn holding(data: &Path, needles: &[(&'static str, Vec<u8>)]) -> Vec<String> {
    let (mut folders, mut found) = (vec![data.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
                let hits = needles.iter().filter(|(_, needle)| holds(needle));
                found.extend(hits.map(|(name, _)| format!("{}: {name}", path.display())));
            }
        }
    }
    found
}
