//! The shape of every answer.

use super::Range;
use super::range::date;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use ut_core::site::{Class, Site};

/// One result: rows, totals and what is worth knowing about them.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Answer {
    /// The names of the rows' dimensions, also when there is no row.
    #[serde(skip)]
    pub dimensions: Vec<String>,
    /// The lines.
    pub rows: Vec<AnswerRow>,
    /// The metrics over everything, computed anew, not added up; `compare` holds those of the time before.
    pub totals: Map<String, Value>,
    /// About the range.
    pub meta: Meta,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AnswerRow {
    /// By name.
    pub dimensions: Map<String, Value>,
    /// By name; counts are integers, rates fractions of 1, durations seconds; null where there is nothing to divide by.
    pub metrics: Map<String, Value>,
    /// The metrics of the time before, where a comparison was asked for; null where that has no such bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Map<String, Value>>,
}

/// The metrics of the time before, in the order of the query: of each line, and in total.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) rows: Vec<Vec<Value>>,
    pub(super) total: Vec<Value>,
}

/// What is worth knowing about an answer.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Meta {
    /// The zone of its days.
    pub timezone: String,
    /// First day.
    pub from: String,
    /// Last day, inclusive.
    pub to: String,
    /// What it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare: Option<Days>,
    /// Whether it is an estimate from a sample.
    pub sampled: bool,
    /// Share of visitors known by a hash of one day only; null without visitors.
    #[schemars(with = "Option<f64>")]
    pub cookieless_share: Value,
    /// The currency of the amounts among the metrics (ISO 4217); they are decimal texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Sentences for people.
    pub warnings: Vec<String>,
}

/// Days, both inclusive, or one of them until some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Days {
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Of today so far: until which time, e.g. `2026-11-21T10:42`, on the site's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl Meta {
    /// Of an answer that is given at `now_ms`.
    pub(super) fn of(site: &Site, range: &Range, now_ms: i64) -> Self {
        let (from, to) = range.dates();
        let kept_from = site.kept_from_day(Class::Events, now_ms);
        let gone = (range.from_day < kept_from)
            .then(|| format!("Events before {} are deleted by this site's retention.", date(kept_from)));
        Self {
            timezone: site.zone_name().to_owned(),
            from,
            to,
            compare: None,
            sampled: false,
            cookieless_share: Value::Null,
            currency: None,
            warnings: gone.into_iter().collect(),
        }
    }

    /// Says which share of the visitors lives one day, and what that means.
    pub(super) fn cookieless(&mut self, share: Value, range: &Range) {
        if range.from_day < range.to_day && share.as_f64().is_some_and(|share| share > 0.0) {
            self.warnings.push(
                "Cookieless visitors live one day: someone who comes on two days counts twice.".to_owned(),
            );
        }
        self.cookieless_share = share;
    }
}
