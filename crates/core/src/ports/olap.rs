//! The history store: ClickHouse, in this process or on a server. One SQL dialect, values always bound.

use futures_core::stream::BoxStream;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A value for `{name:Type}` in a query; the adapter writes it in ClickHouse's text form, escaped.
#[derive(Debug, Clone, PartialEq)]
pub enum ParamValue {
    /// `UInt8` … `UInt64`.
    UInt(u64),
    /// `Int64`, also milliseconds for `fromUnixTimestamp64Milli`.
    Int(i64),
    /// `String`.
    Text(String),
    /// `Array(UInt64)`; also `Array(Int64)`.
    UInts(Vec<u64>),
    /// `Array(String)`.
    Texts(Vec<String>),
}

/// A named value.
pub type Param = (&'static str, ParamValue);

/// The answer of a query: columns by name, rows of JSON values (numbers up to 2^53 as numbers, 64-bit ids are the
/// query's business: it shows them as hex text).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct OlapRows {
    /// Column names.
    pub columns: Vec<String>,
    /// Values, row by row, in the order of `columns`.
    pub rows: Vec<Vec<serde_json::Value>>,
}

/// How a table behaves when a batch is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableKind {
    /// One row per event, with `log` and `lsn`: a repair inserts only the missing numbers.
    Facts,
    /// `ReplacingMergeTree(version)`: writing a row twice is harmless.
    Replacing,
    /// Sums over `Facts`; its key ends in `log`: a repair deletes and rebuilds what the batch touched.
    Rollup,
}

/// A column of an insert.
pub type Column = &'static str;

/// Rows for one table in ClickHouse's `RowBinary` format.
#[derive(Debug, Clone)]
pub struct TableRows {
    /// How the table takes a repeated batch.
    pub kind: TableKind,
    /// The columns, in the order in which the rows hold them.
    pub columns: &'static [Column],
    /// The rows.
    pub data: RowWriter,
    /// How many there are.
    pub rows: u64,
}

/// What one consumer batch writes, table by table. Filled by `Module::rows`.
#[derive(Debug, Clone, Default)]
pub struct OlapBatch {
    tables: BTreeMap<&'static str, TableRows>,
}

impl OlapBatch {
    /// Adds one row: `write` puts the values in the order of `columns`.
    pub fn row(
        &mut self,
        table: &'static str,
        kind: TableKind,
        columns: &'static [Column],
        write: impl FnOnce(&mut RowWriter),
    ) {
        let rows = self.tables.entry(table).or_insert_with(|| TableRows {
            kind,
            columns,
            data: RowWriter::default(),
            rows: 0,
        });
        write(&mut rows.data);
        rows.rows += 1;
    }

    /// The tables of one kind, by name.
    pub fn tables(&self, kind: TableKind) -> impl Iterator<Item = (&'static str, &TableRows)> {
        self.tables.iter().filter(move |(_, rows)| rows.kind == kind).map(|(name, rows)| (*name, rows))
    }
}

/// Writes `RowBinary` (<https://clickhouse.com/docs/interfaces/formats/RowBinary>): little-endian numbers, text
/// with a LEB128 length in front. The caller keeps to the column types.
#[derive(Debug, Clone, Default)]
pub struct RowWriter {
    bytes: Vec<u8>,
}

impl RowWriter {
    /// `UInt8` (also `Bool` and `Enum8`).
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.bytes.push(value);
        self
    }
    /// `UInt16`.
    pub fn u16(&mut self, value: u16) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }
    /// `UInt32`.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }
    /// `Int32`; `Date32` as days since 1970-01-01.
    pub fn i32(&mut self, value: i32) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }
    /// `UInt64`.
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }
    /// `Int64`; `DateTime64(3)` as Unix milliseconds; `Decimal(18,4)` as 1/10,000.
    pub fn i64(&mut self, value: i64) -> &mut Self {
        self.raw(&value.to_le_bytes())
    }
    /// `UUID`: two little-endian halves, the high one first.
    pub fn uuid(&mut self, value: uuid::Uuid) -> &mut Self {
        let (high, low) = value.as_u64_pair();
        self.u64(high).u64(low)
    }
    /// `String` or `LowCardinality(String)`.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.len(value.len()).raw(value.as_bytes())
    }
    /// The length in front of an `Array` or `Map`.
    pub fn len(&mut self, mut value: usize) -> &mut Self {
        while value >= 0x80 {
            self.bytes.push((value & 0x7f) as u8 | 0x80);
            value >>= 7;
        }
        self.u8(value as u8)
    }
    /// `Nullable(T)`: writes the flag, then the value if there is one.
    pub fn nullable<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) -> &mut Self {
        match value {
            None => self.u8(1),
            Some(value) => {
                self.u8(0);
                write(self, value);
                self
            }
        }
    }
    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }
    /// The bytes written so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why the history store refused.
#[derive(Debug, Clone, thiserror::Error)]
pub enum OlapError {
    /// Not there (yet): the engine is opening or not installed, or the server does not answer. Retry later.
    #[error("history is not available: {0}")]
    Unavailable(String),
    /// ClickHouse refused: its code and words.
    #[error("history refused (code {code}): {message}")]
    Refused {
        /// ClickHouse's error code, e.g. 159 for a time-out.
        code: i32,
        /// Its message.
        message: String,
    },
}

/// The history store.
#[async_trait::async_trait]
pub trait Olap: Send + Sync + std::fmt::Debug {
    /// Runs a statement without an answer (DDL, `DELETE`, `INSERT … SELECT`).
    async fn execute(&self, sql: &str, params: &[Param]) -> Result<(), OlapError>;

    /// Runs a query and returns all of its rows. Limited in time and memory by the adapter.
    async fn query(&self, sql: &str, params: &[Param]) -> Result<OlapRows, OlapError>;

    /// Runs a query and streams its answer in `format` (`JSONEachRow`, `CSVWithNames`, `Parquet`, …) chunk by
    /// chunk without holding it in memory; an error ends the stream. Dropping the stream cancels the query.
    async fn stream(
        &self,
        sql: &str,
        params: &[Param],
        format: &str,
    ) -> Result<BoxStream<'static, Result<Vec<u8>, OlapError>>, OlapError>;

    /// Inserts rows as one block, synced when it returns. An error says nothing about how much was stored.
    async fn insert(&self, table: &str, rows: &TableRows) -> Result<(), OlapError>;

    /// Applies numbered migrations that are not applied yet, under a lock; returns how many were.
    async fn migrate(&self, migrations: &[crate::module::Migration]) -> Result<usize, OlapError>;

    /// `Ok` when queries are answered; otherwise why not, in words for `/ready`.
    async fn ping(&self) -> Result<(), OlapError>;

    /// Cancels what runs and closes the store; at most 10 s.
    async fn close(&self);
}
