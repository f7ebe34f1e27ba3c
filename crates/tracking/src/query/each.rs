//! Lines of several queries by one reading of the sessions, or of the events: most of what a ranking costs is reading them.

use super::ask::{Asking, Totals};
use super::buckets::Buckets;
use super::plan::{Column, Direction, Part, Plan};
use super::statement::Wanted;
use super::{QueryError, Range};
use std::collections::BTreeMap;
use ut_core::ports::OlapRows;

/// More lines of a ranking than a screen shows are asked for alone.
const MOST_LINES: u64 = 1000;

impl Plan {
    /// Is it of sessions, or of events, by one dimension, from the first line on, in the order that goes without saying?
    pub(super) fn is_plain_ranking(&self) -> bool {
        let order = match self.time {
            Some(_) => &[(Column::Dimension(0), Direction::Rising)][..],
            None => &[(Column::Metric(0), Direction::Falling), (Column::Dimension(0), Direction::Rising)][..],
        };
        let short = self.time.is_some() || self.limit <= MOST_LINES;
        let one = [Part::Sessions, Part::Events].iter().any(|part| self.parts.keys().eq([part]));
        self.dimensions.len() == 1 && self.offset == 0 && short && one && self.order == order
    }

    /// Can both be answered by one reading?
    fn goes_with(&self, other: &Self) -> bool {
        let names = |plan: &Self| plan.shown().iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let two_times = self.time.is_some() && other.time.is_some();
        let same_parts = self.parts.keys().eq(other.parts.keys());
        !two_times && same_parts && self.dimensions != other.dimensions && names(self) == names(other)
    }

    /// Those of `plans`, by position, that can be answered by one reading.
    pub(super) fn together(plans: &[&Self]) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for (n, plan) in plans.iter().enumerate().filter(|(_, plan)| plan.is_plain_ranking()) {
            if found.iter().all(|other| plans[*other].goes_with(plan)) {
                found.push(n);
            }
        }
        found
    }

    /// The rankings of all of `plans`, without shares.
    fn each(plans: &[&Self]) -> Option<Self> {
        let mut whole = plans.first()?.without_share();
        let dimensions = plans.iter().flat_map(|plan| plan.dimensions.iter().cloned());
        whole.dimensions = dimensions.collect();
        whole.time = plans.iter().enumerate().find_map(|(n, plan)| plan.time.map(|(_, unit)| (n, unit)));
        whole.order = vec![(Column::Metric(0), Direction::Falling)];
        let dimensions = (0..whole.dimensions.len()).map(Column::Dimension);
        whole.order.extend(dimensions.map(|column| (column, Direction::Rising)));
        Some(whole)
    }
}

impl Asking<'_> {
    /// The lines of each of `plans`, as if it had been asked alone; nothing where they must be.
    pub(super) async fn each(
        &self,
        range: &Range,
        plans: &[&Plan],
        totals: &Totals,
    ) -> Result<Option<Vec<OlapRows>>, QueryError> {
        let Some(whole) = Plan::each(plans) else { return Ok(None) };
        let asking = Asking { plan: &whole, ..*self };
        let counted = totals.known().as_far_as_counted();
        let warnings = counted.warnings.len();
        let known = counted.learn(self.deps, self.site, range, &whole).await?;
        // What is worth saying of one of them is not said of the others.
        if known.warnings.len() > warnings {
            return Ok(None);
        }
        let buckets = whole.buckets(self.site, range)?;
        let longest = plans.iter().filter(|plan| plan.time.is_none()).map(|plan| plan.limit).max();
        let series = buckets.as_ref().map_or(0, |buckets: &Buckets| buckets.list.len() as u64);
        let lines = longest.unwrap_or_default().max(series);
        let limit = lines * plans.len() as u64;
        let wanted = Wanted::Each(usize::try_from(lines).unwrap_or(usize::MAX));
        let rows = asking.rows(range, &known, buckets.as_ref(), wanted, (limit, 0)).await?;
        Ok(Some(apart(rows, plans)))
    }
}

/// The rows of each ranking: no total, its own dimension and the metrics.
fn apart(all: OlapRows, plans: &[&Plan]) -> Vec<OlapRows> {
    let mut rows: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for mut row in all.rows {
        let number = row.first().and_then(serde_json::Value::as_u64).unwrap_or_default();
        let Ok(number) = usize::try_from(number) else { continue };
        let metrics = row.split_off((1 + plans.len()).min(row.len()));
        let Some(key) = row.into_iter().nth(1 + number) else { continue };
        rows.entry(number).or_default().push([0.into(), key].into_iter().chain(metrics).collect());
    }
    let of = |(n, plan): (usize, &&Plan)| {
        let mut rows = rows.remove(&n).unwrap_or_default();
        if plan.time.is_none() {
            rows.truncate(usize::try_from(plan.limit).unwrap_or(usize::MAX));
        }
        OlapRows { columns: Vec::new(), rows }
    };
    plans.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use serde_json::{Value, json};

    fn plan(dimension: &str, more: &[(&str, Value)]) -> Plan {
        let mut query = json!({ "metrics": ["visitors"], "dimensions": [dimension], "date_range": "7d" });
        for (name, value) in more {
            query[*name] = value.clone();
        }
        let query: Query = serde_json::from_value(query).unwrap();
        Plan::new(&query).unwrap()
    }

    #[test]
    fn rankings_of_the_same_metrics_are_read_at_once() {
        let plans = [
            plan("source", &[]),
            plan("time:day", &[]),
            plan("time:week", &[]),
            plan("source", &[("limit", 7.into())]),
            plan("country", &[("limit", 7.into())]),
            plan("city", &[("limit", 5000.into())]),
            plan("os", &[("offset", 1.into())]),
            plan("os", &[("order_by", json!([["os", "asc"]]))]),
            plan("os", &[("metrics", json!(["sessions", "visitors"]))]),
            plan("browser", &[]),
        ];
        let plans: Vec<&Plan> = plans.iter().collect();
        assert_eq!(Plan::together(&plans), [0, 1, 4, 9]);
    }
}
