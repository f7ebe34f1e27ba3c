//! Twenty million events of ninety days, made once per shape of the stores and kept in the user's cache.

use crate::history::{self, History};
use crate::{Outcome, server};
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use ut_chdb::BoundParam;
use ut_core::ports::{Row, Statement, Transactional, Value};
use ut_core::{Clock, SystemClock};
use ut_transactional::Sqlite;

/// Days, and visits of a day: 7.2 events each.
const DAYS: i64 = 90;
const VISITS: u64 = 31_000;
const DAY_MS: i64 = 86_400_000;
/// The number of the log these events pretend to come from; a new server begins with 1.
const LOG: &str = "900";
/// What says that a data set is complete.
const NOTE: &str = "complete.json";
/// Changes whenever other rows are made.
const RECIPE: [&str; 4] = [
    include_str!("sql/slice.sql"),
    include_str!("sql/slice_events.sql"),
    include_str!("sql/slice_sessions.sql"),
    include_str!("sql/slice_page_day.sql"),
];

/// A data folder full of events.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Dataset {
    #[serde(skip)]
    dir: PathBuf,
    /// The site's number.
    pub(crate) site: String,
    /// Unix milliseconds, half open.
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// How many events.
    pub(crate) events: u64,
}

impl Dataset {
    /// The one for the shape this program gives its stores; made if it is not there, which takes minutes.
    pub(crate) fn of(program: &Path, data: &Path) -> Outcome<Self> {
        let fresh = server::folder(data)?;
        let tables = server::migrate(program, fresh.path())?;
        let shapes = [child("dataset-schema", &tables, &[])?, shape(fresh.path())?];
        let cache = history::cache()?.join("bench");
        let dir = cache.join(fingerprint(&shapes));
        std::fs::create_dir_all(&cache).map_err(|error| format!("{}: {error}", cache.display()))?;
        // Held until the data set is complete, by whoever makes it; a complete one is only read.
        let _lock = lock(&dir.with_extension("lock"))?;
        if let Ok(note) = std::fs::read(dir.join(NOTE)) {
            let known: Self = serde_json::from_slice(&note).map_err(|error| format!("{NOTE}: {error}"))?;
            return Ok(Self { dir, ..known });
        }
        eprintln!("making 20 million events in {} (once; some minutes)", dir.display());
        Self::make(program, dir)
    }

    fn make(program: &Path, dir: PathBuf) -> Outcome<Self> {
        // What a run left that was broken off.
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
        let site = server::site(program, &dir)?.1;
        let tables = server::migrate(program, &dir)?;
        let to = SystemClock.now_ms() / DAY_MS * DAY_MS;
        let from = to - DAYS * DAY_MS;
        let events = child("dataset-fill", &tables, &[&site, &from.to_string()])?;
        let events = events.trim().parse().map_err(|_| format!("the data set was not made: {events}"))?;
        let made = Self { dir: dir.clone(), site, from, to, events };
        let note = serde_json::to_vec(&made).map_err(|error| error.to_string())?;
        std::fs::write(dir.join(NOTE), note).map_err(|error| format!("{}: {error}", dir.display()))?;
        Ok(made)
    }

    /// A copy to work on.
    pub(crate) fn copy(&self, data: &Path) -> Outcome<TempDir> {
        let dir = server::folder(data)?;
        let copied = Command::new("cp").arg("-a").arg(self.dir.join("data")).arg(dir.path()).status();
        match copied {
            Ok(status) if status.success() => Ok(dir),
            _ => Err(format!("{} could not be copied", self.dir.display())),
        }
    }
}

/// Takes the lock of a file, which ends with the process at the latest; waits for another run that has it.
fn lock(path: &Path) -> Outcome<File> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = File::create(path).map_err(said)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("another run makes the same 20 million events; waiting for it");
            file.lock().map_err(said)?;
        }
        Err(TryLockError::Error(error)) => return Err(said(error)),
    }
    Ok(file)
}

/// Runs a part of this program that opens the engine: a process opens it once.
pub(crate) fn child(command: &str, tables: &Path, arguments: &[&str]) -> Outcome<String> {
    let mut child = Command::new(server::this()?);
    child.arg(command).arg(tables).args(arguments).stderr(Stdio::inherit());
    let output = child.output().map_err(|error| format!("{command} did not start: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command} failed"));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

/// The tables' definitions.
pub(crate) fn schema(tables: &Path) -> Outcome<String> {
    let rows = History::open(tables)?.rows(include_str!("sql/schema.sql"), "TSVRaw", &[])?;
    Ok(String::from_utf8_lossy(&rows).into_owned())
}

/// The shape of the store of sites and accounts in a data folder.
fn shape(dir: &Path) -> Outcome<String> {
    const SHAPE: Statement = Statement { name: "shape", sql: include_str!("sql/shape.sql") };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let rows = runtime.map_err(|error| format!("no runtime: {error}"))?.block_on(async {
        let store = Sqlite::open(&dir.join("data/main.sqlite")).await?;
        let rows = store.run(&SHAPE, &[]).await;
        store.close().await;
        rows
    });
    let text = |row: &Row| match row.first() {
        Some(Value::Text(text)) => format!("{text}\n"),
        _ => String::new(),
    };
    Ok(rows.map_err(|error| error.to_string())?.iter().map(text).collect())
}

/// Fills the tables; returns how many events there are then.
pub(crate) fn fill(tables: &Path, site: &str, from: i64) -> Outcome<String> {
    let mut history = History::open(tables)?;
    for day in 0..DAYS {
        let params = [
            ("first", (day as u64 * VISITS).to_string()),
            ("count", VISITS.to_string()),
            ("from", (from + day * DAY_MS).to_string()),
            ("span", DAY_MS.to_string()),
            ("site", site.to_owned()),
            ("log", LOG.to_owned()),
        ];
        let params = params.map(|(name, value)| BoundParam { name: name.to_owned(), value: value.into() });
        RECIPE[..3].iter().try_for_each(|sql| history.run_all(sql, &params))?;
        eprint!("\r{} of {DAYS} days", day + 1);
    }
    history.run_all(RECIPE[3], &[])?;
    history.run_all(include_str!("sql/dataset_end.sql"), &[])?;
    eprintln!();
    let count = history.rows(include_str!("sql/count.sql"), "TSV", &[])?;
    Ok(String::from_utf8_lossy(&count).into_owned())
}

/// FNV-1a: the same on every machine and with every compiler.
fn fingerprint(shapes: &[String; 2]) -> String {
    let texts = shapes.iter().map(String::as_str).chain(RECIPE);
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in texts.flat_map(str::bytes) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ut_core::module::Migration;

    /// The shape of a store that these changes made.
    fn shape_after(changes: &[Migration]) -> String {
        let dir = server::folder(&std::env::temp_dir()).unwrap();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Sqlite::open(&dir.path().join("data/main.sqlite")).await.unwrap();
            store.migrate(changes).await.unwrap();
            store.close().await;
        });
        shape(dir.path()).unwrap()
    }

    #[test]
    fn another_shape_of_either_store_needs_another_data_set() {
        let change = |name, sql| Migration { number: 1, name, sql };
        let tables = "CREATE TABLE events".to_owned();
        let of = |change| fingerprint(&[tables.clone(), shape_after(&[change])]);
        let before = of(change("shops", "CREATE TABLE shops (id INTEGER)"));
        assert_eq!(before, of(change("shops", "CREATE TABLE shops (id INTEGER)")), "the same is the same");
        assert_ne!(
            before,
            of(change("shops", "CREATE TABLE shops (id INTEGER, name TEXT)")),
            "a column more"
        );
        assert_ne!(before, of(change("more", "CREATE TABLE shops (id INTEGER)")), "another change");
        let shops = shape_after(&[change("shops", "CREATE TABLE shops (id INTEGER)")]);
        assert_ne!(before, fingerprint(&["CREATE TABLE sessions".to_owned(), shops]));
    }

    #[test]
    fn only_one_run_at_a_time_makes_a_data_set() {
        let dir = server::folder(&std::env::temp_dir()).unwrap();
        let path = dir.path().join("lock");
        let first = lock(&path).unwrap();
        let other = File::create(&path).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(first);
        assert!(lock(&path).is_ok());
    }
}
