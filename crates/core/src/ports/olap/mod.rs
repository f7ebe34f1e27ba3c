//! The history store: ClickHouse, in this process or on a server. One SQL dialect, values always bound.

mod cells;
mod rows;
mod words;

pub use rows::{Column, OlapBatch, RowWriter, TableKind, TableRows};

use futures_core::stream::BoxStream;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
    async fn insert(&self, table: &str, rows: &Arc<TableRows>) -> Result<(), OlapError>;

    /// Applies numbered migrations that are not applied yet, under a lock; returns how many were.
    async fn migrate(&self, migrations: &[crate::module::Migration]) -> Result<usize, OlapError>;

    /// `Ok` when queries are answered; otherwise why not, in words for `/ready`.
    async fn ping(&self) -> Result<(), OlapError>;

    /// Cancels what runs and closes the store; at most 10 s.
    async fn close(&self);
}
