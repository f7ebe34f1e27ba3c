//! The lines of an answer: read, filled, put in order, named.

use super::answer::Comparison;
use super::ask::{named, without_now};
use super::buckets::Buckets;
use super::plan::{Column, Direction, Plan};
use super::words::Metric;
use super::{Answer, AnswerRow, Meta};
use serde_json::{Map, Value};
use std::cmp::Ordering;
use ut_core::ports::OlapRows;

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The place of its time among the buckets.
    pub(super) bucket: Option<usize>,
    /// The values of its other dimensions, in their order.
    pub(super) texts: Vec<String>,
    /// In the order of the query.
    pub(super) metrics: Vec<Value>,
}

/// The lines and the total of a range.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) lines: Vec<Line>,
    pub(super) total: Line,
    pub(super) buckets: Option<Buckets>,
}

impl Lines {
    /// The metrics of nothing.
    pub(super) fn of_nothing(plan: &Plan) -> Vec<Value> {
        plan.metrics.iter().map(|(name, _)| Metric::of_nothing(name)).collect()
    }

    pub(super) fn empty(plan: &Plan, buckets: Option<Buckets>) -> Self {
        let total = Line { bucket: None, texts: Vec::new(), metrics: Self::of_nothing(plan) };
        Self { lines: vec![total.clone()], total, buckets }
    }

    /// Reads the answer of a statement; `now` ends a series that reaches beyond it.
    pub(super) fn read(plan: &Plan, rows: OlapRows, buckets: Option<Buckets>, now: i64) -> Self {
        let mut whole = Self { lines: Vec::new(), ..Self::empty(plan, buckets) };
        for row in rows.rows {
            let is_total = row.first().and_then(Value::as_u64) == Some(1);
            let Some(line) = whole.line(plan, row) else { continue };
            if is_total { whole.total = line } else { whole.lines.push(line) }
        }
        if plan.dimensions.is_empty() {
            whole.lines = vec![whole.total.clone()];
        }
        if plan.is_series() {
            whole.fill(plan, now);
        }
        whole
    }

    fn line(&self, plan: &Plan, row: Vec<Value>) -> Option<Line> {
        let mut values = row.into_iter().skip(1);
        let (mut bucket, mut texts) = (None, Vec::new());
        for n in 0..plan.dimensions.len() {
            let value = values.next()?;
            if plan.time.is_some_and(|(time, _)| time == n) {
                bucket = value.as_i64().and_then(|start| self.buckets.as_ref()?.at(start));
            } else {
                texts.push(value.as_str().unwrap_or_default().to_owned());
            }
        }
        let mut metrics = Self::of_nothing(plan);
        for n in plan.parts.values().flatten() {
            if let Some(value) = values.next().filter(|value| !value.is_null()) {
                metrics[*n] = value;
            }
        }
        Some(Line { bucket, texts, metrics })
    }

    /// One line per bucket that has begun, in the order that was asked for.
    fn fill(&mut self, plan: &Plan, now: i64) {
        let Some(buckets) = &self.buckets else { return };
        let mut found: Vec<Option<Line>> = vec![None; buckets.list.len()];
        for line in self.lines.drain(..) {
            if let Some(place) = line.bucket.and_then(|bucket| found.get_mut(bucket)) {
                *place = Some(line);
            }
        }
        let filled = found.into_iter().zip(&buckets.list).enumerate().filter_map(|(n, (line, bucket))| {
            let nothing = || Line { bucket: Some(n), texts: Vec::new(), metrics: Self::of_nothing(plan) };
            line.or_else(|| (bucket.start <= now).then(nothing))
        });
        let mut lines: Vec<Line> = filled.collect();
        lines.sort_by(|a, b| compare(plan, a, b));
        let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        self.lines = lines.into_iter().skip(place(plan.offset)).take(place(plan.limit)).collect();
    }

    /// Puts the number of who is here now where it was asked for.
    pub(super) fn put_now(&mut self, now: Option<u32>, plan: &Plan) {
        let Some(now) = now else { return };
        let places = plan.metrics.iter().enumerate().filter(|(_, (_, metric))| *metric == Metric::ActiveNow);
        for (n, _) in places {
            self.total.metrics[n] = now.into();
            self.lines.iter_mut().for_each(|line| line.metrics[n] = now.into());
        }
    }

    /// The values of the dimensions that are no time, one list per dimension, each line's once.
    pub(super) fn values(&self, plan: &Plan) -> Vec<Vec<String>> {
        let others = plan.dimensions.len() - usize::from(plan.time.is_some());
        let distinct: std::collections::BTreeSet<_> = self.lines.iter().map(|line| &line.texts).collect();
        (0..others).map(|n| distinct.iter().filter_map(|texts| texts.get(n)).cloned().collect()).collect()
    }

    pub(super) fn into_answer(self, plan: &Plan, meta: Meta, comparison: Option<Comparison>) -> Answer {
        let (mut before, mut total_before) = (Vec::new(), None);
        if let Some(comparison) = comparison {
            before = comparison.rows;
            total_before = Some(comparison.total);
        }
        let mut before = before.into_iter();
        let mut totals = if plan.totals { named(plan, self.total.metrics.clone()) } else { Map::new() };
        if let Some(values) = total_before.filter(|_| plan.totals) {
            totals.insert("compare".to_owned(), without_now(named(plan, values)).into());
        }
        let rows = self.lines.iter().map(|line| AnswerRow {
            dimensions: self.dimensions(plan, line),
            metrics: named(plan, line.metrics.clone()),
            compare: before.next().map(|values| without_now(named(plan, values))),
        });
        let rows = rows.collect();
        let dimensions = plan.dimensions.iter().map(|dimension| dimension.name.clone()).collect();
        Answer { dimensions, rows, totals, meta }
    }

    fn dimensions(&self, plan: &Plan, line: &Line) -> Map<String, Value> {
        let mut texts = line.texts.iter();
        let value = |n: usize| {
            if plan.time.is_some_and(|(time, _)| time == n) {
                let bucket = self.buckets.as_ref()?.list.get(line.bucket?)?;
                return Some(Value::from(bucket.label.as_str()));
            }
            texts.next().map(|text| Value::from(text.as_str()))
        };
        let values = (0..plan.dimensions.len()).map(value).map(Option::unwrap_or_default);
        let values: Vec<_> = values.collect();
        plan.dimensions.iter().map(|dimension| dimension.name.clone()).zip(values).collect()
    }
}

/// A metric as a number; amounts are texts.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// The order of a series' lines; what has no value comes last, whichever way.
fn compare(plan: &Plan, a: &Line, b: &Line) -> Ordering {
    plan.order.iter().fold(Ordering::Equal, |so_far, (column, direction)| {
        so_far.then_with(|| {
            let turned = |ordering: Ordering| match direction {
                Direction::Rising => ordering,
                Direction::Falling => ordering.reverse(),
            };
            match *column {
                Column::Dimension(_) => turned(a.bucket.cmp(&b.bucket)),
                Column::Metric(n) => match (number(&a.metrics[n]), number(&b.metrics[n])) {
                    (Some(a), Some(b)) => turned(a.total_cmp(&b)),
                    (a, b) => b.is_some().cmp(&a.is_some()),
                },
            }
        })
    })
}
