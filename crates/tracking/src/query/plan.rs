//! A query, checked, and what answers which of its metrics.

use super::buckets::{Buckets, Unit};
use super::filter::Filter;
use super::fragments::Scope;
pub(super) use super::part::Part;
use super::words::{self, ACTIVE_NOW, Dimension, Metric};
use super::{DEFAULT_LIMIT, MAX_LIMIT, Query, QueryError, Range};
use std::collections::BTreeMap;
use ut_core::site::Site;

/// A column of the answer by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Dimension(usize),
    Metric(usize),
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Rising,
    Falling,
}

/// Traffic that is not the shop's customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traffic {
    pub(super) bots: bool,
    pub(super) staging: bool,
}

/// A checked query.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) metrics: Vec<(String, Metric)>,
    pub(super) dimensions: Vec<Dimension>,
    pub(super) filter: Option<Filter>,
    pub(super) traffic: Traffic,
    /// Metrics by position.
    pub(super) parts: BTreeMap<Part, Vec<usize>>,
    pub(super) order: Vec<(Column, Direction)>,
    pub(super) limit: u64,
    pub(super) offset: u64,
    /// The dimension that is a time, and its unit.
    pub(super) time: Option<(usize, Unit)>,
    /// Whether the whole is asked for beside the lines.
    pub(super) totals: bool,
    /// A metric behind those that were asked for: the share of visitors that are cookieless.
    pub(super) cookieless: Option<usize>,
}

pub(super) const VISITORS: &str = "visitors";
/// Asked beside the visitors of sessions, which are counted anyway.
pub(super) const SHARE: &str = "cookieless_share";

impl Plan {
    pub(super) fn new(query: &Query) -> Result<Self, QueryError> {
        if query.metrics.is_empty() {
            return Err(QueryError::invalid("metrics", "missing", "name at least one metric"));
        }
        let metrics = words::all("metrics", &query.metrics, Metric::parse)?;
        let dimensions = words::all("dimensions", &query.dimensions, Dimension::parse)?;
        let filter = query.filters.as_ref().map(Filter::parse).transpose()?;
        let time = time(&dimensions)?;
        let limit = query.limit.unwrap_or(if time.is_some() { MAX_LIMIT } else { DEFAULT_LIMIT });
        if limit > MAX_LIMIT {
            return Err(QueryError::invalid("limit", "too_large", format!("at most {MAX_LIMIT}")));
        }
        let names_bots = |dimension: &Dimension| dimension.name == "bot";
        let conditions = filter.iter().flat_map(Filter::conditions);
        let bots = dimensions.iter().chain(conditions.map(|one| &one.dimension)).any(names_bots);
        let mut plan = Self {
            metrics: query.metrics.iter().cloned().zip(metrics).collect(),
            dimensions,
            filter,
            traffic: Traffic { bots, staging: query.include_staging },
            parts: BTreeMap::new(),
            order: Vec::new(),
            limit,
            offset: query.offset,
            time,
            // Without lines there is nothing else.
            totals: query.totals || query.dimensions.is_empty(),
            cookieless: None,
        };
        plan.choose()?;
        plan.look_at_identities()?;
        plan.order = plan.order(&query.order_by)?;
        Ok(plan)
    }

    /// Leaves out lines whose first dimension has no value.
    pub(super) fn only_named(&mut self) {
        let Some(first) = self.dimensions.first() else { return };
        let named = Filter::has_value(first.clone());
        self.filter = Some(match self.filter.take() {
            Some(asked) => Filter::All(vec![named, asked]),
            None => named,
        });
    }

    /// Does something it says belong to single events? Then sessions and visitors are those of the events that match;
    /// otherwise they belong to the time their session started at.
    pub(super) fn of_events(&self) -> bool {
        self.dimensions.iter().chain(self.conditions()).any(Dimension::of_events_alone)
    }

    /// The dimensions that its filter names.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Dimension> {
        self.filter.iter().flat_map(Filter::conditions).map(|one| &one.dimension)
    }

    /// Gives every metric to what answers it.
    pub(super) fn choose(&mut self) -> Result<(), QueryError> {
        let of_events = self.of_events();
        let summed = |metric: Metric| {
            let mut named = self.dimensions.iter().chain(self.conditions());
            metric.at(Scope::PageDay).is_some() && named.all(|one| one.at(Scope::PageDay).is_some())
        };
        let whole = |name: &str| [VISITORS, SHARE, "sessions"].contains(&name);
        let part = |name: &str, metric: Metric| {
            if metric.at(Scope::Sessions).is_some() && !of_events {
                return Part::Sessions;
            }
            match metric {
                // Without lines, sessions need not be told apart by what their events say: they are counted as they are.
                _ if self.dimensions.is_empty() && whole(name) => Part::Visits,
                _ if metric.at(Scope::Scrolls).is_some() => Part::Scrolls,
                _ if summed(metric) => Part::PageDay,
                _ if metric.at(Scope::Events).is_some() => Part::Events,
                _ => Part::Visits,
            }
        };
        let mut parts = BTreeMap::<Part, Vec<usize>>::new();
        for (n, (name, metric)) in self.metrics.iter().enumerate() {
            match metric {
                Metric::ActiveNow => self.only_alone(n)?,
                Metric::Of(..) if metric.at(Scope::Vitals).is_some() => {
                    self.known_by(name, Scope::Vitals)?;
                    parts.entry(Part::Vitals).or_default().push(n);
                }
                Metric::Of(..) if metric.at(Scope::Orders).is_some() => {
                    self.known_by(name, Scope::Orders)?;
                    parts.entry(Part::Orders).or_default().push(n);
                }
                Metric::Of(..) => {
                    self.happened_by(name)?;
                    parts.entry(part(name, *metric)).or_default().push(n);
                }
            }
        }
        // Where events are read anyway, their page views cost nothing more.
        if parts.contains_key(&Part::Events) {
            let summed = parts.remove(&Part::PageDay).unwrap_or_default();
            parts.entry(Part::Events).or_default().extend(summed);
        }
        self.parts = parts;
        Ok(())
    }

    /// Asks for the share of the cookieless where visitors of sessions are asked for.
    pub(super) fn look_at_identities(&mut self) -> Result<(), QueryError> {
        let parts = [Part::Sessions, Part::Visits];
        let part = parts.into_iter().find(|part| self.totals && self.counts_visitors(*part));
        let Some(part) = part else { return Ok(()) };
        let behind = self.metrics.len();
        self.metrics.push((SHARE.to_owned(), Metric::parse("metrics", SHARE)?));
        self.parts.entry(part).or_default().push(behind);
        self.cookieless = Some(behind);
        Ok(())
    }

    /// The metrics that were asked for.
    pub(super) fn shown(&self) -> &[(String, Metric)] {
        &self.metrics[..self.cookieless.unwrap_or(self.metrics.len())]
    }

    /// Does it ask for a number of visitors that `part` answers?
    pub(super) fn counts_visitors(&self, part: Part) -> bool {
        let counts = |n: &usize| [VISITORS, SHARE].contains(&&*self.metrics[*n].0);
        self.parts.get(&part).is_some_and(|metrics| metrics.iter().any(counts))
    }

    /// Does it ask for one at all?
    pub(super) fn counts_any_visitors(&self) -> bool {
        [Part::Sessions, Part::Events, Part::Visits].into_iter().any(|part| self.counts_visitors(part))
    }

    /// Who is here now has no past and no dimensions.
    fn only_alone(&self, n: usize) -> Result<(), QueryError> {
        if self.dimensions.is_empty() && self.filter.is_none() {
            return Ok(());
        }
        let message =
            format!("{ACTIVE_NOW} is a number of this moment: ask for it without dimensions and filters");
        Err(QueryError::invalid(format!("metrics[{n}]"), "not_by_dimension", message))
    }

    fn order(&self, asked: &[(String, String)]) -> Result<Vec<(Column, Direction)>, QueryError> {
        let dimension = |name: &str| self.dimensions.iter().position(|known| known.name == name);
        let metric = |name: &str| self.metrics.iter().position(|(known, _)| known == name);
        let column =
            |name: &str| dimension(name).map(Column::Dimension).or_else(|| metric(name).map(Column::Metric));
        let mut order = Vec::new();
        for (n, (name, direction)) in asked.iter().enumerate() {
            let field = format!("order_by[{n}]");
            let Some(column) = column(name) else {
                let message = format!("{name:?} is not in this query");
                return Err(QueryError::invalid(field, "not_selected", message));
            };
            match direction.as_str() {
                "asc" => order.push((column, Direction::Rising)),
                "desc" => order.push((column, Direction::Falling)),
                _ => return Err(QueryError::invalid(field, "unknown_direction", "asc or desc")),
            }
        }
        if order.is_empty() && self.time.is_none() {
            order.push((Column::Metric(0), Direction::Falling));
        }
        let time = self.time.iter().map(|(n, _)| *n);
        let others = (0..self.dimensions.len()).filter(|n| self.time.is_none_or(|(time, _)| time != *n));
        order.extend(time.chain(others).map(|n| (Column::Dimension(n), Direction::Rising)));
        Ok(order)
    }

    /// The buckets of its time over a range.
    pub(super) fn buckets(&self, site: &Site, range: &Range) -> Result<Option<Buckets>, QueryError> {
        let Some((n, unit)) = self.time else { return Ok(None) };
        Buckets::new(&format!("dimensions[{n}]"), unit, site, range).map(Some)
    }

    /// Is it a series: one line per bucket, with nothing beside the time?
    pub(super) fn is_series(&self) -> bool {
        self.time.is_some() && self.dimensions.len() == 1
    }
}

fn time(dimensions: &[Dimension]) -> Result<Option<(usize, Unit)>, QueryError> {
    let mut found = None;
    for (n, dimension) in dimensions.iter().enumerate() {
        let Some(unit) = dimension.time().and_then(Unit::parse) else { continue };
        if found.is_some() {
            let message = "one unit of time is enough: the shorter one";
            return Err(QueryError::invalid(format!("dimensions[{n}]"), "repeated", message));
        }
        found = Some((n, unit));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn query(json: Value) -> Query {
        let mut json = json;
        json["date_range"] = "7d".into();
        serde_json::from_value(json).unwrap()
    }

    fn refused(json: Value) -> (String, &'static str) {
        match Plan::new(&query(json)) {
            Err(QueryError::Invalid { field, code, .. }) => (field, code),
            other => panic!("taken: {other:?}"),
        }
    }

    #[test]
    fn visitors_and_sessions_belong_to_the_start_of_the_session_until_a_word_of_events_is_said() {
        use Part::{Events, PageDay, Scrolls, Sessions, Visits, Vitals};
        type Case<'a> = (&'a [&'a str], &'a [&'a str], Option<&'a str>, &'a [(Part, &'a [usize])]);
        let cases: &[Case<'_>] = &[
            (&["visitors"], &[], None, &[(Sessions, &[0])]),
            (&["visitors", "page_views"], &[], None, &[(PageDay, &[1]), (Sessions, &[0])]),
            (
                &["events", "sessions", "page_views"],
                &["time:hour"],
                None,
                &[(Sessions, &[1]), (Events, &[0, 2])],
            ),
            (&["page_views", "bounce_rate"], &["identity"], None, &[(Sessions, &[1]), (Events, &[0])]),
            (&["visitors", "page_views"], &["source"], None, &[(Sessions, &[0]), (Events, &[1])]),
            (&["engaged_time_s"], &["country"], None, &[(Sessions, &[0])]),
            // By what an event says.
            (&["visitors", "page_views"], &["page"], None, &[(Events, &[0, 1])]),
            (&["page_views", "engaged_time_s"], &["page"], None, &[(PageDay, &[0, 1])]),
            (&["page_views"], &["page"], Some("country"), &[(Events, &[0])]),
            (&["visitors", "bounce_rate"], &["event"], None, &[(Events, &[0]), (Visits, &[1])]),
            (&["sessions", "scroll_pct"], &[], Some("page"), &[(Visits, &[0]), (Scrolls, &[1])]),
            (
                &["visitors", "events", "bounce_rate"],
                &[],
                Some("title"),
                &[(Events, &[1]), (Visits, &[0, 2])],
            ),
            (&["page_views"], &["time:week"], Some("page"), &[(PageDay, &[0])]),
            (&["page_views", "p75_lcp"], &["page_template"], None, &[(PageDay, &[0]), (Vitals, &[1])]),
            (&["sessions", "samples_cls"], &["country"], None, &[(Sessions, &[0]), (Vitals, &[1])]),
            (
                &["visitors", "page_views", "events"],
                &["time:day"],
                None,
                &[(PageDay, &[1, 2]), (Sessions, &[0])],
            ),
        ];
        for (metrics, dimensions, filter, expected) in cases {
            let mut json = json!({ "metrics": metrics, "dimensions": dimensions });
            if let Some(filter) = filter {
                json["filters"] = json!(["is", filter, ["x"]]);
            }
            let plan = Plan::new(&query(json)).unwrap();
            let shown = |metrics: &[usize]| {
                metrics.iter().copied().filter(|n| *n < plan.shown().len()).collect::<Vec<_>>()
            };
            let parts: Vec<_> = plan.parts.iter().map(|(part, metrics)| (*part, shown(metrics))).collect();
            let expected: Vec<_> = expected.iter().map(|(part, metrics)| (*part, metrics.to_vec())).collect();
            assert_eq!(parts, expected, "{metrics:?} by {dimensions:?} where {filter:?}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_refused_by_its_place() {
        let cases = [
            (json!({ "metrics": [] }), "metrics", "missing"),
            (json!({ "metrics": ["visitors"], "limit": 10_001 }), "limit", "too_large"),
            (
                json!({ "metrics": ["visitors", "active_now"], "dimensions": ["page"] }),
                "metrics[1]",
                "not_by_dimension",
            ),
            (
                json!({ "metrics": ["visitors"], "dimensions": ["time:day", "time:hour"] }),
                "dimensions[1]",
                "repeated",
            ),
            (
                json!({ "metrics": ["p75_lcp"], "dimensions": ["page", "source"] }),
                "dimensions[1]",
                "not_by_dimension",
            ),
            (
                json!({ "metrics": ["good_cls"], "filters": ["and", ["is", "page", ["/"]], ["is", "city", ["x"]]] }),
                "filters[2][1]",
                "not_by_dimension",
            ),
            (
                json!({ "metrics": ["visitors"], "order_by": [["sessions", "desc"]] }),
                "order_by[0]",
                "not_selected",
            ),
            (
                json!({ "metrics": ["visitors"], "order_by": [["visitors", "down"]] }),
                "order_by[0]",
                "unknown_direction",
            ),
        ];
        for (json, field, code) in cases {
            assert_eq!(refused(json), (field.to_owned(), code));
        }
    }
}
