//! Questions about history: `POST /api/v1/q` and the named reports answer in the same shape.

mod answer;
mod ask;
mod bind;
mod buckets;
mod compare;
mod conditions;
mod filter;
mod fragments;
mod inquiry;
mod known;
mod lately;
mod lines;
mod money;
mod part;
mod plan;
mod range;
mod ranking;
mod report;
mod share;
mod shared;
mod statement;
mod templates;
mod together;
mod vitals;
mod words;

pub use answer::{Answer, AnswerRow, Days, Meta};
pub use ask::{Query, ask};
pub use buckets::Unit;
pub use range::{Compare, DateRange, Range};
pub use report::{ReportArgs, export, report};
pub use templates::suggested_templates;
pub use together::ask_together;

use ut_core::ports::{OlapError, Param, ParamValue, RealtimeError};
use ut_core::site::Site;

/// Lines of an answer when nothing is said.
const DEFAULT_LIMIT: u64 = 100;
/// Most lines of an answer.
const MAX_LIMIT: u64 = 10_000;

/// Why a question was not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum QueryError {
    /// The question is wrong: which field, a word for programs, a sentence for people.
    #[error("{field}: {message}")]
    Invalid {
        /// The field of the request.
        field: String,
        /// e.g. `unknown_metric`.
        code: &'static str,
        /// What is wrong and what would be right.
        message: String,
    },
    /// There is no report of that name.
    #[error("there is no report {name:?}; there are: {known}")]
    UnknownReport {
        /// The name that was asked for.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The history did not answer.
    #[error(transparent)]
    Olap(#[from] OlapError),
    /// The store of what happens now did not answer.
    #[error(transparent)]
    Realtime(#[from] RealtimeError),
}

impl QueryError {
    fn invalid(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), code, message: message.into() }
    }
}

/// The values every statement of this folder and of the reports may use.
fn params(site: &Site, range: &Range, limit: u64, offset: u64) -> Vec<Param> {
    vec![
        ("site", ParamValue::UInt(site.id.0.into())),
        ("from", ParamValue::Int(range.from_ms)),
        ("to", ParamValue::Int(range.to_ms)),
        ("from_day", ParamValue::Int(range.from_day.into())),
        ("to_day", ParamValue::Int(range.to_day.into())),
        ("limit", ParamValue::UInt(limit)),
        ("offset", ParamValue::UInt(offset)),
    ]
}
