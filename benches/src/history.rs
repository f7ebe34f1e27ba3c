//! The history's tables without a server around them, in a folder where the server's `migrate` has made them.

use crate::Outcome;
use std::path::{Path, PathBuf};
use ut_chdb::{BoundParam, Connection, Engine, Library};

/// This user's cache, where the engine is installed.
#[expect(
    clippy::disallowed_methods,
    reason = "this tool has no configuration but its arguments and the machine's"
)]
pub(crate) fn cache() -> Outcome<PathBuf> {
    let folder = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty()).map(PathBuf::from);
    let caches = folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")));
    caches
        .map(|caches| caches.join("universal-tracking"))
        .ok_or_else(|| "neither HOME nor XDG_CACHE_HOME is set".to_owned())
}

/// The history of one process.
#[derive(Debug)]
pub(crate) struct History {
    connection: Connection,
    // Dropped after its connection.
    _engine: Engine,
}

impl History {
    /// Opens the engine on the history of a data folder.
    pub(crate) fn open(dir: &Path) -> Outcome<Self> {
        let library = ut_chdb::engine::locate(None, &cache()?).map_err(|error| error.to_string())?;
        let library = Library::open(&library).map_err(|error| error.to_string())?;
        let (engine, connection) = Engine::open(library, dir, &[]).map_err(|error| error.to_string())?;
        Ok(Self { connection, _engine: engine })
    }

    /// Runs statements that end with a `;` at the end of a line.
    pub(crate) fn run_all(&mut self, sql: &str, params: &[BoundParam]) -> Outcome<()> {
        for statement in sql.split_inclusive(";\n").filter(|text| text.lines().any(is_code)) {
            self.rows(statement.trim_end().trim_end_matches(';'), "Null", params)?;
        }
        Ok(())
    }

    /// Asks, and returns the answer in `format`.
    pub(crate) fn rows(&mut self, sql: &str, format: &str, params: &[BoundParam]) -> Outcome<Vec<u8>> {
        let answer = self
            .connection
            .query(sql, format, params)
            .map_err(|error| format!("{error}, asking: {}", sql.lines().next().unwrap_or_default()))?;
        Ok(answer.bytes().to_vec())
    }

    /// Inserts rows that are ready.
    pub(crate) fn insert(&mut self, sql: &str, format: &str, data: &[u8]) -> Outcome<()> {
        self.connection.insert(sql, format, |out| out.write_all(data)).map_err(|error| error.to_string())
    }
}

fn is_code(line: &str) -> bool {
    !line.trim().is_empty() && !line.trim_start().starts_with("--")
}
