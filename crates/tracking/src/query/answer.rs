//! The shape of every answer.

use super::{QueryError, Range, params};
use serde::Serialize;
use serde_json::{Map, Value};
use ut_core::Deps;
use ut_core::site::Site;

/// One result: rows, totals and what is worth knowing about them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The lines.
    pub rows: Vec<AnswerRow>,
    /// The metrics over everything, computed anew, not added up.
    pub totals: Map<String, Value>,
    /// About the range.
    pub meta: Meta,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerRow {
    /// By name.
    pub dimensions: Map<String, Value>,
    /// By name; counts are integers, rates fractions of 1, durations seconds.
    pub metrics: Map<String, Value>,
}

/// What is worth knowing about an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Meta {
    /// The zone of its days.
    pub timezone: String,
    /// First day.
    pub from: String,
    /// Last day, inclusive.
    pub to: String,
    /// Whether it is an estimate from a sample.
    pub sampled: bool,
    /// Share of visitors known by a hash of one day only; null without visitors.
    pub cookieless_share: Value,
    /// Sentences for people.
    pub warnings: Vec<String>,
}

impl Meta {
    pub(super) async fn of(deps: &Deps, site: &Site, range: &Range) -> Result<Self, QueryError> {
        let answer = deps.olap.query(include_str!("sql/about_range.sql"), &params(site, range, 1, 0)).await?;
        let share =
            answer.rows.into_iter().next().and_then(|row| row.into_iter().next()).unwrap_or(Value::Null);
        let (from, to) = range.dates();
        let mut warnings = Vec::new();
        if range.from_day < range.to_day && share.as_f64().is_some_and(|share| share > 0.0) {
            warnings.push(
                "Cookieless visitors live one day: someone who comes on two days counts twice.".to_owned(),
            );
        }
        Ok(Self {
            timezone: site.zone_name().to_owned(),
            from,
            to,
            sampled: false,
            cookieless_share: share,
            warnings,
        })
    }
}

/// Pairs names with values.
pub(super) fn object(
    names: impl Iterator<Item = String>,
    values: impl Iterator<Item = Value>,
) -> Map<String, Value> {
    names.zip(values).collect()
}
