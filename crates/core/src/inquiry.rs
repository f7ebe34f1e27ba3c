//! Reports that a module asks in statements of its own and that take parameters of their own.

use crate::ports::{OlapRows, Param};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A parameter of one report, in the query string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it says, a sentence for people.
    pub about: &'static str,
}

/// What was given of a report's parameters, by name.
pub type Arguments = BTreeMap<String, String>;

/// A parameter that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Which one.
    pub field: String,
    /// A word for programs.
    pub code: &'static str,
    /// What would be right, a sentence for people.
    pub message: String,
}

/// One question as a module puts it: a statement, and how its rows are read. Pure.
///
/// Beside values of its own the statement may use `{site:UInt32} {from:Int64} {to:Int64}` (Unix milliseconds, half
/// open), `{from_day:Int32} {to_day:Int32}` (days since 1970-01-01, inclusive) and `{limit:UInt64}`, the most rows
/// there may be. In it these places are filled: `/*breakdown*/`, the dimension's expression over `sessions`;
/// `/*sessions*/`, which of them are people and match the filters (begins with `AND`); `/*events*/`, which events are
/// people's. And so may it use `{currency:String}`, the site's, and `{coin:Int64}`, its smallest coin in 1/10,000.
pub trait Inquiry: Send + Sync + std::fmt::Debug {
    /// The statement.
    fn sql(&self) -> String;

    /// Its own values.
    fn params(&self) -> Vec<Param>;

    /// The dimension of sessions that it is broken down by.
    fn breakdown(&self) -> Option<&str> {
        None
    }

    /// Does it take filters on sessions?
    fn takes_filters(&self) -> bool {
        false
    }

    /// Does it count visitors, so that the share of those who live one day is worth saying?
    fn counts_visitors(&self) -> bool {
        false
    }

    /// Are there amounts among its metrics, in the site's currency?
    fn has_amounts(&self) -> bool {
        false
    }

    /// Is it about the last minutes instead of about days?
    fn lately(&self) -> Option<Lately> {
        None
    }

    /// Groups of lines an answer has when nothing is said.
    fn groups(&self) -> u64;

    /// The names of its lines' dimensions.
    fn dimensions(&self) -> Vec<String>;

    /// What the rows say. Amounts have so many digits behind the point.
    fn read(&self, rows: OlapRows, digits: u32) -> Reading;
}

/// The last minutes, beside the median of the same minutes of the weeks before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lately {
    /// How many minutes.
    pub minutes: u16,
    /// How many weeks.
    pub weeks: u8,
}

/// What the rows of a statement say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// The lines, in their order; those of a group stay together.
    pub groups: Vec<Vec<Line>>,
    /// The metrics over everything.
    pub totals: Map<String, Value>,
    /// Sentences for people.
    pub warnings: Vec<String>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The values of the dimensions, in their order.
    pub dimensions: Vec<Value>,
    /// By name.
    pub metrics: Map<String, Value>,
}
