//! Floor I: 100,000 rows of `events` that are ready, streamed into the same table with the same codecs and syncs, and
//! nothing else: no sums, no sessions, no merges.

use crate::history::History;
use crate::{Outcome, cpu};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;
use std::time::Instant;
use ut_chdb::BoundParam;

/// How often the rows are inserted.
const TIMES: u32 = 5;
/// Visits that give a little more than 100,000 rows.
const VISITS: &str = "15000";
/// A day in the past, in Unix milliseconds: one partition.
const DAY: (&str, &str) = ("1760000000000", "80000000");

/// The form in which rows are streamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Row by row.
    RowBinary,
    /// Column by column, as the engine keeps them.
    Native,
}

impl Format {
    const fn name(self) -> &'static str {
        match self {
            Self::RowBinary => "RowBinary",
            Self::Native => "Native",
        }
    }

    /// The word of the command line.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::RowBinary => "row-binary",
            Self::Native => "native",
        }
    }
}

/// What the floor's process says.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Inserted {
    pub(crate) rows_per_cpu_s: f64,
    pub(crate) rows_per_s: f64,
    pub(crate) bytes_per_row: f64,
}

/// Measures and prints [`Inserted`].
pub(crate) fn run(format: Format, dir: &Path) -> Outcome<()> {
    let mut history = History::open(dir)?;
    let params =
        [("first", "0"), ("count", VISITS), ("from", DAY.0), ("span", DAY.1), ("site", "1"), ("log", "1")];
    let params = params.map(|(name, value)| BoundParam { name: name.to_owned(), value: value.into() });
    history.run_all(include_str!("sql/slice.sql"), &params)?;
    history.run_all(include_str!("sql/slice_events.sql"), &params)?;
    let data = history.rows(include_str!("sql/floor_rows.sql"), format.name(), &[])?;
    history.run_all(include_str!("sql/floor_begin.sql"), &[])?;
    let pid = std::process::id();
    let (before, began) = (cpu::seconds_when_idle(pid)?, Instant::now());
    for _ in 0..TIMES {
        history.insert(include_str!("sql/floor_insert.sql"), format.name(), &data)?;
    }
    let (spent, took) = (cpu::seconds(pid)? - before, began.elapsed().as_secs_f64());
    let rows = f64::from(TIMES) * 100_000.0;
    let inserted = Inserted {
        rows_per_cpu_s: rows / spent,
        rows_per_s: rows / took,
        bytes_per_row: data.len() as f64 / 100_000.0,
    };
    let text = serde_json::to_string(&inserted).map_err(|error| error.to_string())?;
    writeln!(std::io::stdout(), "{text}").map_err(|error| format!("nobody listens: {error}"))
}
