//! What several plans about the same visits need of sessions, and of events, is read at once: reading is most of what a
//! statement costs. Every plan falls into its parts; those that can be answered by one reading are.

use super::ask::Window;
use super::plan::{Column, Direction, Part, Plan, SHARE};
use super::statement::{Set, Wanted};
use super::words::Metric;
use super::{MAX_LIMIT, QueryError};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use ut_core::ports::OlapRows;

/// More lines of a ranking than a screen shows are asked for alone.
const MOST_LINES: u64 = 1000;

/// A statement: a part of one plan, or the same part of several.
#[derive(Debug)]
pub(super) struct Reading {
    part: Part,
    /// Whose, by position.
    members: Vec<usize>,
    /// What it asks.
    pub(super) plan: Plan,
    pub(super) wanted: Wanted,
    pub(super) limit: u64,
}

/// How plans are answered.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// By themselves.
    pub(super) alone: Vec<usize>,
    /// By these statements.
    pub(super) list: Vec<Reading>,
    /// Which of them says the share of the cookieless, too.
    share: Option<usize>,
}

impl Plan {
    /// Do its lines come by themselves in their order, or by the first metric?
    fn is_plain(&self) -> bool {
        let [_] = &self.dimensions[..] else { return self.dimensions.is_empty() };
        let order = [(Column::Metric(0), Direction::Falling), (Column::Dimension(0), Direction::Rising)];
        let short = self.offset == 0 && (1..=MOST_LINES).contains(&self.limit);
        let one = [Part::Sessions, Part::Events].iter().any(|part| self.parts.keys().eq([part]));
        self.is_series() || (short && one && self.order == order)
    }

    /// Its metrics of a part, by name.
    fn metrics_of(&self, part: Part) -> impl Iterator<Item = &(String, Metric)> {
        self.parts.get(&part).into_iter().flatten().map(|n| &self.metrics[*n])
    }

    /// One of its parts alone.
    fn of_part(&self, part: Part) -> Self {
        let mut plan = self.clone();
        plan.parts.retain(|known, _| *known == part);
        plan
    }

    /// A part of all of `plans`, line by line of each of their dimensions.
    fn union(plans: &[&Self], part: Part) -> Option<Self> {
        let mut whole = (*plans.first()?).clone();
        whole.metrics.clear();
        for metric in plans.iter().flat_map(|plan| plan.metrics_of(part)) {
            if !whole.metrics.contains(metric) {
                whole.metrics.push(metric.clone());
            }
        }
        whole.parts = [(part, (0..whole.metrics.len()).collect())].into();
        let dimensions = plans.iter().flat_map(|plan| plan.dimensions.iter().cloned());
        whole.dimensions = dimensions.collect();
        let unit = plans.iter().find_map(|plan| plan.time.map(|(_, unit)| unit));
        let place = whole.dimensions.iter().position(|dimension| dimension.time().is_some());
        whole.time = place.zip(unit);
        whole.order.clear();
        Some(whole)
    }
}

impl Readings {
    /// Of plans about the same visits, each with the lines it asks for. Totals of sessions are a statement of their own
    /// where several plans have one, or where the share of the cookieless must be counted beside them.
    pub(super) fn of(asked: &[(&Plan, &Window)], counts_share: bool) -> Self {
        let plain: Vec<usize> = (0..asked.len()).filter(|n| asked[*n].0.is_plain()).collect();
        let has_total = |n: &usize| asked[*n].0.totals && asked[*n].0.parts.contains_key(&Part::Sessions);
        let mut totals: Vec<usize> = plain.iter().copied().filter(has_total).collect();
        if totals.len() < 2 && !counts_share {
            totals.clear();
        }
        let mut found: Vec<(Part, Vec<usize>)> = Vec::new();
        for n in plain {
            for part in asked[n].0.parts.keys().copied() {
                let goes = |other: &usize| asked[n].0.goes_with(asked[*other].0, part);
                match found.iter_mut().find(|(known, members)| *known == part && members.iter().all(goes)) {
                    Some((_, members)) => members.push(n),
                    None => found.push((part, vec![n])),
                }
            }
        }
        // Who shares nothing asks its own way.
        let in_company = |n: usize| found.iter().any(|(_, group)| group.len() > 1 && group.contains(&n));
        let (sharing, alone): (Vec<_>, Vec<_>) =
            (0..asked.len()).partition(|n| totals.contains(n) || in_company(*n));
        let mut list = Vec::new();
        for (part, mut members) in found {
            let apart = part == Part::Sessions && !totals.is_empty();
            members.retain(|n| sharing.contains(n) && !(apart && asked[*n].0.dimensions.is_empty()));
            list.extend(Reading::of(part, members, asked, !apart));
        }
        list.extend(Reading::total(totals, asked));
        Self { alone, list, share: None }
    }

    /// Lets one of them say the share of the cookieless, if one can without a statement more.
    pub(super) fn ask_share(&mut self) -> Result<bool, QueryError> {
        let says = |reading: &Reading| match reading.part {
            Part::Visits => reading.plan.totals,
            Part::Sessions => reading.wanted == Wanted::Total,
            _ => false,
        };
        self.share = self.list.iter().position(says);
        let Some(reading) = self.share.and_then(|place| self.list.get_mut(place)) else { return Ok(false) };
        let behind = reading.plan.metrics.len();
        reading.plan.metrics.push((SHARE.to_owned(), Metric::parse("metrics", SHARE)?));
        reading.plan.parts.entry(reading.part).or_default().push(behind);
        Ok(true)
    }

    /// The share that one of them said.
    pub(super) fn share(&self, answers: &[OlapRows]) -> Option<Value> {
        let total = answers.get(self.share?)?.rows.iter().find(|row| is_total(row));
        Some(total.and_then(|row| row.last().cloned()).unwrap_or_default())
    }

    /// The rows of the `n`th plan, as if one statement had answered it.
    pub(super) fn rows(&self, n: usize, plan: &Plan, answers: &[OlapRows]) -> OlapRows {
        let mut rows = Rows::of(plan);
        for (reading, answer) in self.list.iter().zip(answers) {
            if reading.members.contains(&n) {
                rows.add(reading.part, reading.rows(plan, answer));
            }
        }
        rows.done()
    }
}

impl Plan {
    /// Can one statement answer this part of both?
    fn goes_with(&self, other: &Self, part: Part) -> bool {
        let two_times = self.time.is_some() && other.time.is_some();
        let by_the_same = !self.dimensions.is_empty() && self.dimensions == other.dimensions;
        let fits = match part {
            Part::Events => true,
            // To read sessions again costs less than metrics of lines that nobody asks for.
            Part::Sessions => self.metrics_of(part).eq(other.metrics_of(part)),
            _ => false,
        };
        fits && !two_times && !by_the_same
    }
}

impl Reading {
    /// The totals of sessions of several plans.
    fn total(members: Vec<usize>, asked: &[(&Plan, &Window)]) -> Option<Self> {
        let plans: Vec<&Plan> = members.iter().map(|n| asked[*n].0).collect();
        let plan = Plan { dimensions: Vec::new(), time: None, ..Plan::union(&plans, Part::Sessions)? };
        Some(Self { part: Part::Sessions, members, plan, wanted: Wanted::Total, limit: 1 })
    }

    /// The lines of some plans, and their totals if they are `whole`.
    fn of(part: Part, members: Vec<usize>, asked: &[(&Plan, &Window)], whole: bool) -> Option<Self> {
        if let [n] = members[..] {
            let (known, window) = asked[n];
            let plan = known.of_part(part);
            let (wanted, limit) = match window {
                _ if plan.dimensions.is_empty() => (Wanted::Total, 1),
                Window::Named(lists) => (Wanted::Named(lists.clone()), MAX_LIMIT + 1),
                _ if whole && plan.totals => (Wanted::LinesAndTotal, MAX_LIMIT + 1),
                Window::Asked => (Wanted::Lines, plan.limit),
                Window::Series => (Wanted::Lines, MAX_LIMIT),
            };
            return Some(Self { part, members, plan, wanted, limit });
        }
        let plans: Vec<&Plan> = members.iter().map(|n| asked[*n].0).collect();
        let plan = Plan::union(&plans, part)?;
        let mut lines = 0;
        let mut sets = Vec::new();
        for (known, window) in
            members.iter().map(|n| asked[*n]).filter(|(known, _)| !known.dimensions.is_empty())
        {
            let values = match window {
                Window::Named(lists) => lists.first().cloned(),
                Window::Series | Window::Asked => None,
            };
            lines = lines.max(if known.is_series() { MAX_LIMIT } else { known.limit });
            let by = known.metrics.first().filter(|_| !known.is_series());
            let order = by.and_then(|by| plan.metrics.iter().position(|metric| metric == by));
            sets.push(Set { order, values });
        }
        let limit = lines * sets.len() as u64 + 1;
        let whole = whole && plans.iter().any(|plan| plan.totals);
        let wanted = if sets.is_empty() { Wanted::Total } else { Wanted::Each { sets, lines, whole } };
        Some(Self { part, members, plan, wanted, limit })
    }

    /// The rows of one of its members: whether it is the total, the dimension, the metrics of this part.
    fn rows(&self, member: &Plan, answer: &OlapRows) -> Vec<Vec<Value>> {
        let keys = self.plan.dimensions.len();
        let place = self.plan.dimensions.iter().position(|known| member.dimensions.first() == Some(known));
        let (line, total) = match &self.wanted {
            Wanted::Each { sets, .. } => (place, sets.len()),
            _ => (place.map(|_| 0), 1),
        };
        let column = |(name, _): &(String, Metric)| {
            let place = self.plan.metrics_of(self.part).position(|(known, _)| known == name);
            1 + keys + place.unwrap_or_default()
        };
        let columns: Vec<usize> = member.metrics_of(self.part).map(column).collect();
        let most = if member.is_series() { u64::MAX } else { member.limit };
        let (mut rows, mut lines) = (Vec::new(), 0);
        for row in &answer.rows {
            let said = row.first().and_then(Value::as_u64).and_then(|said| usize::try_from(said).ok());
            let is_total = said == Some(total);
            let key = place.filter(|_| said == line).and_then(|place| row.get(1 + place));
            lines += u64::from(key.is_some());
            if !is_total && (key.is_none() || lines > most) {
                continue;
            }
            let keys = member.dimensions.iter().map(|_| key.cloned().unwrap_or_default());
            let metrics = columns.iter().map(|column| row.get(*column).cloned().unwrap_or_default());
            rows.push([u64::from(is_total).into()].into_iter().chain(keys).chain(metrics).collect());
        }
        rows
    }
}

fn is_total(row: &[Value]) -> bool {
    row.first().and_then(Value::as_u64) == Some(1)
}

/// The rows of a plan, put together from those of its parts.
struct Rows {
    /// Where the metrics of each part begin.
    places: BTreeMap<Part, (usize, usize)>,
    keys: usize,
    width: usize,
    rows: Vec<Vec<Value>>,
    known: HashMap<(bool, String), usize>,
}

impl Rows {
    fn of(plan: &Plan) -> Self {
        let keys = 1 + plan.dimensions.len();
        let mut width = keys;
        let mut places = BTreeMap::new();
        for (part, metrics) in &plan.parts {
            places.insert(*part, (width, metrics.len()));
            width += metrics.len();
        }
        Self { places, keys, width, rows: Vec::new(), known: HashMap::new() }
    }

    fn add(&mut self, part: Part, rows: Vec<Vec<Value>>) {
        let Some((begin, count)) = self.places.get(&part).copied() else { return };
        for row in rows {
            let is_total = is_total(&row);
            let key =
                if is_total { String::new() } else { row.get(1).map(Value::to_string).unwrap_or_default() };
            let next = self.rows.len();
            let at = *self.known.entry((is_total, key)).or_insert(next);
            if at == next {
                let mut made = vec![Value::Null; self.width];
                made.splice(..self.keys, row.iter().take(self.keys).cloned());
                self.rows.push(made);
            }
            let metrics = row.into_iter().skip(self.keys).take(count);
            self.rows[at].splice(begin..begin + count, metrics);
        }
    }

    fn done(self) -> OlapRows {
        OlapRows { columns: Vec::new(), rows: self.rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Query;
    use serde_json::json;

    fn plan(dimension: &str, more: &[(&str, Value)]) -> Plan {
        let mut query = json!({ "metrics": ["visitors"], "dimensions": [dimension], "date_range": "7d" });
        for (name, value) in more {
            query[*name] = value.clone();
        }
        let query: Query = serde_json::from_value(query).unwrap();
        Plan::new(&query).unwrap()
    }

    #[test]
    fn what_several_plans_need_of_a_table_is_read_at_once() {
        let home = json!(["is", "page", ["/"]]);
        let germans = json!(["is", "country", ["DE"]]);
        let everything = json!(["visitors", "page_views", "bounce_rate"]);
        let plans = [
            plan("time:day", &[("metrics", everything), ("filters", germans.clone())]),
            plan("source", &[("filters", germans.clone())]),
            plan("page", &[("metrics", json!(["page_views", "visitors"])), ("filters", germans.clone())]),
            plan("source", &[("filters", germans.clone()), ("limit", 7.into())]),
            plan("city", &[("filters", germans.clone()), ("limit", 5000.into())]),
            plan("os", &[("filters", germans.clone()), ("offset", 1.into())]),
            plan("os", &[("filters", germans.clone()), ("order_by", json!([["os", "asc"]]))]),
            plan("browser", &[("filters", germans.clone()), ("metrics", json!(["sessions", "visitors"]))]),
            plan("country", &[("filters", germans)]),
        ];
        let windows: Vec<Window> = plans.iter().map(Window::of).collect();
        let readings = Readings::of(&plans.iter().zip(&windows).collect::<Vec<_>>(), false);
        let read: Vec<_> = readings.list.iter().map(|one| (one.part, one.members.clone())).collect();
        let lines = [
            (Part::Sessions, vec![0]),
            (Part::Events, vec![0, 2]),
            (Part::Sessions, vec![1, 8]),
            (Part::Sessions, vec![3]),
            (Part::Sessions, vec![7]),
        ];
        assert_eq!(read[..5], lines);
        // All totals of sessions at once.
        assert_eq!(read[5..], [(Part::Sessions, vec![0, 1, 3, 7, 8])]);
        assert_eq!(readings.alone, [4, 5, 6]);
        // Of events alone, and nothing beside them: page views of pages are kept as sums.
        let plans = [plan("page", &[("metrics", json!(["page_views"])), ("filters", home)])];
        let readings = Readings::of(&[(&plans[0], &Window::Asked)], false);
        assert_eq!((readings.list.len(), readings.alone), (0, vec![0]));
    }
}
