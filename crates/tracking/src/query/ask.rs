//! One query: from metric and dimension names to statements, and their answers joined.

use super::answer::object;
use super::fragments::{FRAGMENTS, Scope};
use super::{Answer, AnswerRow, DEFAULT_LIMIT, DateRange, MAX_LIMIT, Meta, QueryError, Range, params};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use ut_core::Deps;
use ut_core::site::Site;

/// A query of `POST /api/v1/q`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Names of metrics, at least one.
    pub metrics: Vec<String>,
    /// Names of dimensions.
    #[serde(default)]
    pub dimensions: Vec<String>,
    /// The days.
    pub date_range: DateRange,
    /// `[name, "asc" | "desc"]`; default: time rising, else the first metric falling.
    #[serde(default)]
    pub order_by: Vec<(String, String)>,
    /// At most 10,000; default 100.
    pub limit: Option<u64>,
    /// Lines to skip.
    #[serde(default)]
    pub offset: u64,
}

/// Answers a query.
pub async fn ask(deps: &Deps, site: &Site, query: &Query) -> Result<Answer, QueryError> {
    let plan = Plan::new(query)?;
    let range = query.date_range.resolve(deps, site).await?;
    let rows = plan.rows(deps, site, &range).await?;
    let totals = plan.totals(deps, site, &range).await?;
    Ok(Answer { rows, totals, meta: Meta::of(deps, site, &range).await? })
}

/// Which metrics come from which table, and the order of the rows.
struct Plan<'a> {
    query: &'a Query,
    parts: BTreeMap<Scope, Vec<usize>>,
    order: Vec<(Column, bool)>,
    limit: u64,
}

/// A column of the answer by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Dimension(usize),
    Metric(usize),
}

impl<'a> Plan<'a> {
    fn new(query: &'a Query) -> Result<Self, QueryError> {
        if query.metrics.is_empty() {
            return Err(QueryError::invalid("metrics", "missing", "name at least one metric"));
        }
        known("metrics", &query.metrics, FRAGMENTS.metrics.keys().copied())?;
        known("dimensions", &query.dimensions, FRAGMENTS.dimensions.keys().copied())?;
        let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
        if limit > MAX_LIMIT {
            return Err(QueryError::invalid("limit", "too_large", format!("at most {MAX_LIMIT}")));
        }
        let mut plan = Self { query, parts: BTreeMap::new(), order: Vec::new(), limit };
        plan.choose()?;
        plan.order = plan.order()?;
        Ok(plan)
    }

    /// Metrics of sessions come from `sessions` wherever the dimensions allow it: they belong to the time their session
    /// started at, whatever is asked beside them. The others come from one table where one has them all.
    fn choose(&mut self) -> Result<(), QueryError> {
        let all = 0..self.query.metrics.len();
        let (of_sessions, others): (Vec<_>, Vec<_>) =
            all.partition(|metric| self.has(Scope::Sessions, *metric));
        if !of_sessions.is_empty() {
            self.parts.insert(Scope::Sessions, of_sessions);
        }
        if others.is_empty() {
            return Ok(());
        }
        if let Some(scope) =
            Scope::ALL.into_iter().find(|scope| others.iter().all(|metric| self.has(*scope, *metric)))
        {
            self.parts.insert(scope, others);
            return Ok(());
        }
        for metric in others {
            let Some(scope) = Scope::ALL.into_iter().find(|scope| self.has(*scope, metric)) else {
                let message = format!(
                    "{} cannot be broken down by {}",
                    self.query.metrics[metric],
                    self.query.dimensions.join(", ")
                );
                return Err(QueryError::invalid(format!("metrics[{metric}]"), "not_by_dimension", message));
            };
            self.parts.entry(scope).or_default().push(metric);
        }
        Ok(())
    }

    fn has(&self, scope: Scope, metric: usize) -> bool {
        let metric = FRAGMENTS.metrics[&*self.query.metrics[metric]].contains_key(&scope);
        metric && self.query.dimensions.iter().all(|name| FRAGMENTS.dimensions[&**name].contains_key(&scope))
    }

    fn order(&self) -> Result<Vec<(Column, bool)>, QueryError> {
        let column = |name: &str| {
            let dimension =
                self.query.dimensions.iter().position(|known| known == name).map(Column::Dimension);
            dimension
                .or_else(|| self.query.metrics.iter().position(|known| known == name).map(Column::Metric))
        };
        let mut order = Vec::new();
        for (n, (name, direction)) in self.query.order_by.iter().enumerate() {
            let field = format!("order_by[{n}]");
            let Some(column) = column(name) else {
                return Err(QueryError::invalid(
                    field,
                    "not_selected",
                    format!("{name:?} is not in this query"),
                ));
            };
            match direction.as_str() {
                "asc" => order.push((column, false)),
                "desc" => order.push((column, true)),
                _ => return Err(QueryError::invalid(field, "unknown_direction", "asc or desc")),
            }
        }
        if order.is_empty() && !self.query.dimensions.iter().any(|name| name.starts_with("time:")) {
            order.push((Column::Metric(0), true));
        }
        order.extend((0..self.query.dimensions.len()).map(|n| (Column::Dimension(n), false)));
        Ok(order)
    }

    async fn rows(&self, deps: &Deps, site: &Site, range: &Range) -> Result<Vec<AnswerRow>, QueryError> {
        let single = self.parts.len() == 1;
        let mut joined: BTreeMap<String, (Vec<Value>, Vec<Value>)> = BTreeMap::new();
        let mut order = Vec::new();
        for (scope, metrics) in &self.parts {
            let (limit, offset) = if single { (self.limit, self.query.offset) } else { (MAX_LIMIT + 1, 0) };
            let sql = self.sql(*scope, metrics, true, single);
            let answer = deps.olap.query(&sql, &params(site, range, limit, offset)).await?;
            // A part that is cut would leave lines of the other without their values.
            if !single && answer.rows.len() as u64 > MAX_LIMIT {
                let message =
                    format!("more than {MAX_LIMIT} lines to join: ask for fewer days or longer units");
                return Err(QueryError::invalid("date_range", "too_many_lines", message));
            }
            for mut row in answer.rows {
                let values = row.split_off(self.query.dimensions.len());
                let key = serde_json::to_string(&row).unwrap_or_default();
                let zeros = || vec![Value::from(0); self.query.metrics.len()];
                let line = joined.entry(key.clone()).or_insert_with(|| {
                    order.push(key);
                    (row, zeros())
                });
                metrics.iter().zip(values).for_each(|(metric, value)| line.1[*metric] = value);
            }
        }
        let mut lines: Vec<_> = order.iter().filter_map(|key| joined.remove(key)).collect();
        if !single {
            lines.sort_by(|a, b| self.compare(a, b));
            let from = usize::try_from(self.query.offset).unwrap_or(usize::MAX).min(lines.len());
            lines = lines
                .into_iter()
                .skip(from)
                .take(usize::try_from(self.limit).unwrap_or(usize::MAX))
                .collect();
        }
        Ok(lines.into_iter().map(|line| self.named(line)).collect())
    }

    fn compare(&self, a: &(Vec<Value>, Vec<Value>), b: &(Vec<Value>, Vec<Value>)) -> std::cmp::Ordering {
        let number = |value: &Value| value.as_f64().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.order.iter().fold(std::cmp::Ordering::Equal, |so_far, (column, falling)| {
            so_far.then_with(|| {
                let ordering = match *column {
                    Column::Dimension(n) => text(&a.0[n]).cmp(&text(&b.0[n])),
                    Column::Metric(n) => number(&a.1[n]).total_cmp(&number(&b.1[n])),
                };
                if *falling { ordering.reverse() } else { ordering }
            })
        })
    }

    fn named(&self, (dimensions, metrics): (Vec<Value>, Vec<Value>)) -> AnswerRow {
        AnswerRow {
            dimensions: object(self.query.dimensions.iter().cloned(), dimensions.into_iter()),
            metrics: object(self.query.metrics.iter().cloned(), metrics.into_iter()),
        }
    }

    async fn totals(
        &self,
        deps: &Deps,
        site: &Site,
        range: &Range,
    ) -> Result<Map<String, Value>, QueryError> {
        let mut values = vec![Value::from(0); self.query.metrics.len()];
        for (scope, metrics) in &self.parts {
            let sql = self.sql(*scope, metrics, false, true);
            let answer = deps.olap.query(&sql, &params(site, range, 1, 0)).await?;
            let row = answer.rows.into_iter().next().unwrap_or_default();
            metrics.iter().zip(row).for_each(|(metric, value)| values[*metric] = value);
        }
        Ok(object(self.query.metrics.iter().cloned(), values.into_iter()))
    }

    /// Fills a table's frame: dimensions as `d0, d1, …`, metrics as `m<position>`.
    fn sql(&self, scope: Scope, metrics: &[usize], grouped: bool, ordered: bool) -> String {
        let dimensions = if grouped { &self.query.dimensions[..] } else { &[] };
        let expression =
            |n: usize, name: &String| format!("{} AS d{n}", FRAGMENTS.dimensions[&**name][&scope]);
        let mut columns: Vec<_> =
            dimensions.iter().enumerate().map(|(n, name)| expression(n, name)).collect();
        let metric = |n: &usize| format!("{} AS m{n}", FRAGMENTS.metrics[&*self.query.metrics[*n]][&scope]);
        columns.extend(metrics.iter().map(metric));
        let keys: Vec<_> = (0..dimensions.len()).map(|n| format!("d{n}")).collect();
        let group = if keys.is_empty() { String::new() } else { format!("GROUP BY {}", keys.join(", ")) };
        let order = self.order.iter().filter(|_| grouped && ordered).map(|(column, falling)| {
            let direction = if *falling { "DESC" } else { "ASC" };
            match column {
                Column::Dimension(n) => format!("d{n} {direction}"),
                Column::Metric(n) => format!("m{n} {direction}"),
            }
        });
        let order: Vec<_> = order.collect();
        let order = if order.is_empty() { String::new() } else { format!("ORDER BY {}", order.join(", ")) };
        let frame = scope.frame().replace("/*columns*/", &columns.join(",\n    "));
        frame.replace("/*group*/", &group).replace("/*order*/", &order)
    }
}

fn known(field: &str, names: &[String], known: impl Iterator<Item = &'static str>) -> Result<(), QueryError> {
    let known: Vec<_> = known.collect();
    for (n, name) in names.iter().enumerate() {
        let field = format!("{field}[{n}]");
        if !known.contains(&name.as_str()) {
            let message = format!("{name:?} is not known; known are {}", known.join(", "));
            return Err(QueryError::invalid(field, "unknown_name", message));
        }
        if names[..n].contains(name) {
            return Err(QueryError::invalid(field, "repeated", format!("{name:?} is named twice")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(metrics: &[&str], dimensions: &[&str]) -> Query {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Query {
            metrics: names(metrics),
            dimensions: names(dimensions),
            date_range: DateRange::Named("7d".to_owned()),
            order_by: Vec::new(),
            limit: None,
            offset: 0,
        }
    }

    #[test]
    fn visitors_and_sessions_belong_to_the_start_of_the_session_whatever_is_asked_beside_them() {
        use Scope::{Events, PageDay, Sessions};
        type Case = (&'static [&'static str], &'static [&'static str], &'static [(Scope, &'static [usize])]);
        let cases: &[Case] = &[
            (&["visitors"], &[], &[(Sessions, &[0])]),
            (&["visitors", "page_views"], &[], &[(PageDay, &[1]), (Sessions, &[0])]),
            (&["events", "sessions", "page_views"], &["time:hour"], &[(Sessions, &[1]), (Events, &[0, 2])]),
            (&["visitors", "page_views"], &["time:day"], &[(PageDay, &[1]), (Sessions, &[0])]),
            (&["page_views", "bounce_rate"], &["identity"], &[(Sessions, &[1]), (Events, &[0])]),
            // By what an event says, they count distinct ids over the events.
            (&["visitors", "page_views"], &["page"], &[(Events, &[0, 1])]),
            (&["page_views"], &["page"], &[(PageDay, &[0])]),
            (&["visitors", "sessions"], &["event"], &[(Events, &[0, 1])]),
        ];
        for (metrics, dimensions, expected) in cases {
            let query = query(metrics, dimensions);
            let parts = Plan::new(&query).unwrap().parts;
            let parts: Vec<_> = parts.iter().map(|(scope, metrics)| (*scope, &metrics[..])).collect();
            assert_eq!(&parts, expected, "{metrics:?} by {dimensions:?}");
        }
    }

    #[test]
    fn a_metric_that_the_dimension_does_not_have_is_named() {
        let query = query(&["visitors", "bounce_rate"], &["page"]);
        let Err(QueryError::Invalid { field, code, .. }) = Plan::new(&query).map(|_| ()) else {
            panic!("taken");
        };
        assert_eq!((field.as_str(), code), ("metrics[1]", "not_by_dimension"));
    }
}
