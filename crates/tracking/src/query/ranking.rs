//! Rankings of pages and hosts: sums that are kept per day put the lines in order, and who was there is counted for the
//! lines that are shown and for no others. Sets of visitors are most of what such a ranking costs.

use super::ask::{Asking, Found};
use super::filter::{Condition, Filter, Operator, Sense};
use super::fragments::Scope;
use super::known::Known;
use super::lines::Lines;
use super::plan::{Column, Direction, Part, Plan, SHARE};
use super::statement::Wanted;
use super::words::Metric;
use super::{QueryError, Range};
use serde_json::Value;

/// Metrics that are sizes of sets.
const SETS: [&str; 2] = ["visitors", "sessions"];
/// A longer list of lines costs as much as all of them.
const MOST_LINES: u64 = 1000;

/// A ranking in parts.
#[derive(Debug)]
pub(super) struct Apart {
    /// Its lines and their total without the sets.
    sums: Plan,
    /// The sets alone; which lines is not said yet.
    sets: Plan,
    /// The sets of everything.
    all: Plan,
}

impl Plan {
    /// Its parts, if it is a ranking by sums that are kept per day. To read all events for the sums costs as much as is won.
    pub(super) fn apart(&self) -> Option<Apart> {
        let [dimension] = &self.dimensions[..] else { return None };
        let by_value = self.time.is_none() && self.offset == 0 && dimension.at(Scope::Events).is_some();
        let of_events = self.parts.keys().all(|part| matches!(part, Part::PageDay | Part::Events));
        let short = (1..=MOST_LINES).contains(&self.limit);
        let is_a_set = |(name, _): &(String, Metric)| SETS.contains(&&**name);
        let is_set = |n: usize| is_a_set(&self.metrics[n]);
        let by_sums = self.order.iter().all(|(column, _)| match column {
            Column::Metric(n) => !is_set(*n),
            Column::Dimension(_) => true,
        });
        // Of a line it is a share of events' visitors, of a total one of sessions'.
        let shares = self.metrics.iter().any(|(name, _)| name == SHARE);
        if !by_value || !of_events || !short || !by_sums || shares || !self.metrics.iter().any(is_a_set) {
            return None;
        }
        let (sums, sets) = (self.with(|n| !is_set(n))?, self.with(is_set)?);
        if !sums.parts.keys().eq([&Part::PageDay]) {
            return None;
        }
        let all = sets.in_all();
        Some(Apart { sums, sets, all })
    }

    /// The total of these sets: those of the sessions that the events belong to.
    fn in_all(&self) -> Self {
        let parts = [(Part::Visits, (0..self.metrics.len()).collect())].into();
        Self { dimensions: Vec::new(), totals: true, order: Vec::new(), limit: 1, parts, ..self.clone() }
    }

    /// The same with these metrics alone; nothing without any.
    pub(super) fn with(&self, wanted: impl Fn(usize) -> bool) -> Option<Self> {
        let places: Vec<usize> = (0..self.metrics.len()).filter(|n| wanted(*n)).collect();
        let place = |(column, direction): &(Column, Direction)| match column {
            Column::Metric(n) => {
                let place = places.iter().position(|known| known == n)?;
                Some((Column::Metric(place), *direction))
            }
            Column::Dimension(_) => Some((*column, *direction)),
        };
        let mut plan = self.clone();
        plan.metrics = places.iter().map(|n| self.metrics[*n].clone()).collect();
        plan.order = self.order.iter().filter_map(place).collect();
        plan.cookieless = self.cookieless.and_then(|n| places.iter().position(|known| *known == n));
        plan.choose().ok()?;
        (!places.is_empty()).then_some(plan)
    }

    /// The same lines, but only those with these values of the one dimension; nothing where there are none.
    fn of_values(mut self, values: Vec<String>) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        self.limit = values.len() as u64;
        let dimension = self.dimensions.first()?.clone();
        let place = format!("lines of {}", dimension.name);
        let operator = Operator::Is;
        let shown = Filter::One(Condition { dimension, operator, sense: Sense::Taken, values, place });
        self.filter = Some(match self.filter.take() {
            Some(asked) => Filter::All(vec![asked, shown]),
            None => shown,
        });
        self.choose().ok()?;
        Some(self)
    }
}

impl Asking<'_> {
    /// Lines and totals of a ranking in parts.
    pub(super) async fn ranking(
        &self,
        range: &Range,
        known: Known,
        apart: Apart,
    ) -> Result<Found, QueryError> {
        let Apart { sums, sets, mut all } = apart;
        if known.is_mixed() {
            all.look_at_identities()?;
        }
        if !self.plan.totals {
            let mut lines = self.shown(range, &known, (&sums, &sets)).await?;
            lines.total.metrics = Lines::of_nothing(self.plan);
            return Ok(Found { lines, known, share: None });
        }
        let (lines, whole) = tokio::join!(
            self.shown(range, &known, (&sums, &sets)),
            self.alone(range, &known, &all, Wanted::Total)
        );
        let (mut lines, whole) = (lines?, whole?.total);
        lines.total.metrics = self.in_order(&[(&sums, &lines.total.metrics), (&all, &whole.metrics)]);
        let share = all.cookieless.and_then(|n| whole.metrics.get(n).cloned());
        Ok(Found { lines, known, share })
    }

    /// The lines that are shown, with everything that is asked of them.
    async fn shown(
        &self,
        range: &Range,
        known: &Known,
        (sums, sets): (&Plan, &Plan),
    ) -> Result<Lines, QueryError> {
        let mut lines = self.alone(range, known, sums, Wanted::LinesAndTotal).await?;
        let values: Vec<String> = lines.lines.iter().filter_map(|line| line.texts.first().cloned()).collect();
        let who = match sets.clone().of_values(values) {
            Some(sets) => self.alone(range, known, &sets, Wanted::Lines).await?.lines,
            None => Vec::new(),
        };
        for line in &mut lines.lines {
            let counted = who.iter().find(|other| other.texts == line.texts);
            let counted = counted.map_or_else(|| Lines::of_nothing(sets), |other| other.metrics.clone());
            line.metrics = self.in_order(&[(sums, &line.metrics), (sets, &counted)]);
        }
        Ok(lines)
    }

    /// What one of the parts says.
    async fn alone(
        &self,
        range: &Range,
        known: &Known,
        plan: &Plan,
        wanted: Wanted,
    ) -> Result<Lines, QueryError> {
        let asking = Asking { plan, ..*self };
        // The total is a line more.
        let rows = asking.rows(range, known, None, wanted, (plan.limit + 1, 0)).await?;
        Ok(Lines::read(plan, rows, None, self.deps.clock.now_ms()))
    }

    /// The metrics of the whole query, from those of its parts.
    fn in_order(&self, parts: &[(&Plan, &Vec<Value>)]) -> Vec<Value> {
        let of = |name: &str| {
            parts.iter().find_map(|(plan, values)| {
                values.get(plan.metrics.iter().position(|(known, _)| known == name)?).cloned()
            })
        };
        self.plan.metrics.iter().map(|(name, _)| of(name).unwrap_or_default()).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::query::Query;
    use crate::query::plan::{Part, Plan};
    use serde_json::{Value, json};

    fn apart(more: Value) -> Option<(Vec<Part>, Vec<Part>)> {
        let mut query = json!({
            "metrics": ["page_views", "visitors", "engaged_time_s"], "dimensions": ["page"], "date_range": "7d",
        });
        query.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let query: Query = serde_json::from_value(query).unwrap();
        let parts = |plan: Plan| plan.parts.into_keys().collect();
        Plan::new(&query).unwrap().apart().map(|apart| (parts(apart.sums), parts(apart.sets)))
    }

    #[test]
    fn visitors_are_counted_apart_where_a_sum_puts_the_lines_in_order() {
        let parts = Some((vec![Part::PageDay], vec![Part::Events]));
        for taken in [
            json!({}),
            json!({ "dimensions": ["hostname"], "filters": ["is_not", "page", [""]] }),
            json!({ "order_by": [["page", "asc"]] }),
        ] {
            assert_eq!(apart(taken.clone()), parts, "{taken}");
        }
        for other in [
            json!({ "filters": ["is", "country", ["DE"]] }),
            json!({ "dimensions": ["title"] }),
            json!({ "order_by": [["visitors", "desc"]] }),
            json!({ "order_by": [["page_views", "desc"], ["visitors", "asc"]] }),
            json!({ "metrics": ["visitors", "page_views"] }),
            json!({ "metrics": ["page_views", "engaged_time_s"] }),
            json!({ "metrics": ["page_views", "visitors", "cookieless_share"] }),
            json!({ "metrics": ["page_views", "visitors", "scroll_pct"] }),
            json!({ "dimensions": ["page", "hostname"] }),
            json!({ "dimensions": ["time:day"], "filters": ["is", "page", ["/"]] }),
            json!({ "limit": 1001 }),
            json!({ "limit": 0 }),
            json!({ "offset": 1 }),
        ] {
            assert_eq!(apart(other.clone()), None, "{other}");
        }
    }
}
