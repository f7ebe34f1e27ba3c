//! All that can be read of a stopped server: its files, byte by byte, and its tables, row by row.

use futures_util::StreamExt;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use ut_core::SystemClock;
use ut_core::ports::{Olap, ParamValue};
use ut_olap::{Embedded, EmbeddedOptions};

/// Names the history to the child, and the folder into which it writes what is in it.
const FROM: &str = "UT_UNLINKABLE_FROM";
const TO: &str = "UT_UNLINKABLE_TO";

/// A row, by column.
pub(super) type Row = Map<String, Value>;

/// The files below a folder, by their paths in it, without the zeros at their ends.
pub(super) struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    pub(super) fn read(folder: &Path) -> Self {
        let (mut folders, mut files) = (vec![folder.to_owned()], BTreeMap::new());
        while let Some(below) = folders.pop() {
            for entry in std::fs::read_dir(below).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.is_file() {
                    let mut bytes = std::fs::read(&path).unwrap();
                    // The last key of a file may end with some.
                    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1 + 32);
                    bytes.truncate(end);
                    files.insert(path.strip_prefix(folder).unwrap().display().to_string(), bytes);
                }
            }
        }
        Self(files)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    pub(super) fn text(&self, path: &str) -> String {
        String::from_utf8(self.0[path].clone()).unwrap().trim_end_matches('\0').to_owned()
    }

    /// Where one of the forms stands.
    pub(super) fn holding<'a>(&'a self, forms: &'a [Vec<u8>]) -> impl Iterator<Item = String> + 'a {
        self.iter().flat_map(|(path, bytes)| {
            let held =
                forms.iter().filter(|form| bytes.windows(form.len()).any(|window| window == &form[..]));
            held.map(move |form| format!("{path}: {}", form.escape_ascii()))
        })
    }

    /// Runs of at least 64 hexadecimal digits, without the last one where their number is odd, and their files.
    pub(super) fn hex_runs(&self) -> Vec<(String, String)> {
        let mut runs = Vec::new();
        for (path, bytes) in self.iter() {
            for run in bytes.split(|byte| !byte.is_ascii_hexdigit()).filter(|run| run.len() >= 64) {
                let even = &run[..run.len() / 2 * 2];
                runs.push((path.to_owned(), String::from_utf8(even.to_vec()).unwrap()));
            }
        }
        runs
    }
}

/// Not a test of its own but a process that reads a history while no server has it; without a folder it has nothing to
/// do. (A process opens one history in its life.)
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    #[expect(clippy::disallowed_methods, reason = "how the parent tells where")]
    let [from, to] = [FROM, TO].map(|name| std::env::var_os(name).map(PathBuf::from));
    let (Some(from), Some(to)) = (from, to) else { return };
    let cache = universal_tracking::config::cache_dir().unwrap_or_default();
    let locate = move || ut_chdb::engine::locate(None, &cache).map_err(|error| error.to_string());
    let olap = Embedded::start(EmbeddedOptions::new(from, Box::new(locate), Arc::new(SystemClock)));
    while olap.ping().await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for table in olap.query(include_str!("../../sql/tables.sql"), &[]).await.unwrap().rows {
        let table = table[0].as_str().unwrap();
        let params = [("table", ParamValue::Text(table.to_owned()))];
        let sql = include_str!("../../sql/whole_rows.sql");
        let mut rows = olap.stream(sql, &params, "JSONEachRow").await.unwrap();
        let mut bytes = Vec::new();
        while let Some(chunk) = rows.next().await {
            bytes.extend(chunk.unwrap());
        }
        std::fs::write(to.join(table), bytes).unwrap();
    }
    olap.close().await;
}

/// Every column of every row of the history, by table.
pub(super) fn tables(data: &Path) -> BTreeMap<String, Vec<Row>> {
    let to = tempfile::tempdir().unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "consent::unlinkable::evidence::child", "--nocapture"])
        .envs([(FROM, data.join("olap")), (TO, to.path().to_owned())])
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    let mut tables = BTreeMap::new();
    for entry in std::fs::read_dir(to.path()).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let rows: Vec<Row> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        tables.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), rows);
    }
    assert!(tables["events"].len() > 1 && tables["sessions"].len() > 1, "{tables:?}");
    tables
}
