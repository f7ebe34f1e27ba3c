//! Reads ClickHouse's `JSONCompact`.

use serde::Deserialize;
use ut_core::ports::{OlapError, OlapRows};

/// The format that [`parse`] reads.
pub(crate) const FORMAT: &str = "JSONCompact";

#[derive(Deserialize)]
struct Answer {
    meta: Vec<Column>,
    data: Vec<Vec<serde_json::Value>>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
}

/// The rows of an answer.
pub(crate) fn parse(bytes: &[u8]) -> Result<OlapRows, OlapError> {
    // A statement without an answer (an `INSERT … SELECT` given to `query`) has no document.
    if bytes.is_empty() {
        return Ok(OlapRows::default());
    }
    let answer: Answer = serde_json::from_slice(bytes).map_err(|error| OlapError::Refused {
        code: 0,
        message: format!("the answer is not {FORMAT}: {error}"),
    })?;
    Ok(OlapRows { columns: answer.meta.into_iter().map(|column| column.name).collect(), rows: answer.data })
}
