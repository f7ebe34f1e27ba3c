//! From a plan to one statement: the frames of `sql/` filled with the expressions of `sql/fragments.sql`.

use super::bind::Bound;
use super::conditions::{at, filtered, keyed};
use super::fragments::Scope;
use super::known::Counting;
use super::plan::{Column, Direction, Part, Plan};
use crate::modules::performance;
use std::fmt::Write;
use ut_core::ports::ParamValue;

/// Which lines a statement answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The lines and the total in front of them.
    LinesAndTotal,
    /// The lines.
    Lines,
    /// The total and the lines with these values of the dimensions that are no time, one list per dimension.
    Named(Vec<Vec<String>>),
    /// The total.
    Total,
    /// Lines by each dimension alone, numbered in place of a total, so many of each; the total has the next number.
    Each {
        /// Of each dimension.
        sets: Vec<Set>,
        /// At most so many lines of each.
        lines: u64,
        /// Whether there is a total.
        whole: bool,
    },
}

/// The lines of one dimension among others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set {
    /// The metric that puts them in order, the greatest first; without it their own order does.
    pub(super) order: Option<usize>,
    /// Only those with these values.
    pub(super) values: Option<Vec<String>>,
}

/// Whose visitor an event is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VisitorOf {
    /// Its own.
    Event,
    /// That of its session: someone who agrees to a cookie during a visit counts once.
    Session,
}

/// What of a range the statement has to mind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    /// How many there are.
    pub(super) days: i32,
    pub(super) visitor: VisitorOf,
    pub(super) counting: Counting,
    /// `Sessions`, or `Gateways` where some came back from one.
    pub(super) scope: Scope,
    /// The site's patterns of pages.
    pub(super) templates: &'a [String],
}

/// A quarter of a year.
const FEW_DAYS: i32 = 92;

/// Builds the statement of one plan.
pub(super) struct Builder<'a> {
    plan: &'a Plan,
    sessions: Surroundings<'a>,
    wanted: Wanted,
    bound: Bound,
}

impl<'a> Builder<'a> {
    pub(super) fn new(plan: &'a Plan, sessions: Surroundings<'a>, wanted: Wanted, bound: Bound) -> Self {
        Self { plan, sessions, wanted, bound }
    }

    /// The statement and its values.
    pub(super) fn build(mut self) -> (String, Bound) {
        let parts: Vec<_> = self.plan.parts.keys().copied().collect();
        let parts: Vec<String> = parts.into_iter().flat_map(|part| self.part(part)).collect();
        let keys: String = self.keys().fold(String::new(), |mut keys, n| {
            let _ = write!(keys, ", d{n}");
            keys
        });
        let metrics = self.plan.parts.values().flatten();
        let columns = metrics.fold(keys.clone(), |mut columns, n| {
            let _ = write!(columns, ", max(m{n}) AS m{n}");
            columns
        });
        let sql = include_str!("sql/lines.sql")
            .replace("/*columns*/", &columns)
            .replace("/*parts*/", &parts.join("UNION ALL\n"))
            .replace("/*only*/", &self.only())
            .replace("/*keys*/", &keys)
            .replace("/*order*/", &self.order())
            .replace("/*each*/", &self.each())
            .replace("/*settings*/", &[self.threads(), self.sides()].concat());
        (self.with_templates(sql), self.bound)
    }

    /// Puts in the first pattern that fits a page. Each is a constant to the engine: compiled once, and asked once per
    /// different path.
    fn with_templates(&mut self, sql: String) -> String {
        const PLACE: &str = "/*page_template*/";
        if !sql.contains(PLACE) {
            return sql;
        }
        let mut first = String::new();
        for template in self.sessions.templates {
            let fits = ParamValue::Text(performance::regular_expression(template));
            let fits = self.bound.fill("match(path, {$:String}), ", fits);
            let name = self.bound.fill("{$:String}, ", ParamValue::Text(template.clone()));
            first.push_str(&fits);
            first.push_str(&name);
        }
        let first = if first.is_empty() { "path".to_owned() } else { format!("multiIf({first}path)") };
        sql.replace(PLACE, &first)
    }

    /// Of events and sessions, it is sessions that are kept to look in: left alone, the engine believes that few events
    /// match and keeps those.
    fn sides(&self) -> &'static str {
        let joined = self.plan.counts_visitors(Part::Events) && self.sessions.visitor == VisitorOf::Session;
        if joined { ", query_plan_join_swap_table = 'false'" } else { "" }
    }

    /// Sets of visitors that two threads fill have to be put together: below a few million sessions that costs more
    /// processor time than it saves waiting.
    fn threads(&self) -> &'static str {
        let small = |part: &Part| matches!(part, Part::PageDay | Part::Sessions);
        let few = self.sessions.days <= FEW_DAYS && self.plan.parts.keys().all(small);
        if few { ", max_threads = 1" } else { "" }
    }

    /// The positions of the dimensions that the statement groups by.
    fn keys(&self) -> std::ops::Range<usize> {
        0..if self.wanted == Wanted::Total { 0 } else { self.plan.dimensions.len() }
    }

    fn each(&self) -> String {
        match self.wanted {
            Wanted::Each { lines, .. } => format!("LIMIT {lines} BY total"),
            _ => String::new(),
        }
    }

    /// Which dimension a line is by, where there are lines by each.
    fn number(&self) -> String {
        let places = self.keys().map(|n| format!("grouping(d{n}) = 0, {n}, "));
        format!("multiIf({}{}) AS total", places.collect::<String>(), self.keys().end)
    }

    fn order(&self) -> String {
        let mut order = String::new();
        if let Wanted::Each { sets, .. } = &self.wanted {
            let by = sets.iter().enumerate().filter_map(|(n, set)| Some((n, set.order?)));
            let by: String = by.map(|(n, metric)| format!("total = {n}, toFloat64(m{metric}), ")).collect();
            if !by.is_empty() {
                let _ = write!(order, ", multiIf({by}NULL) DESC");
            }
            return self.keys().fold(order, |order, n| format!("{order}, d{n}"));
        }
        for (column, direction) in &self.plan.order {
            let direction = if *direction == Direction::Falling { "DESC" } else { "ASC" };
            let _ = match column {
                Column::Dimension(n) if self.keys().contains(n) => write!(order, ", d{n} {direction}"),
                Column::Metric(n) if self.plan.parts.values().flatten().any(|known| known == n) => {
                    write!(order, ", m{n} {direction}")
                }
                Column::Dimension(_) | Column::Metric(_) => Ok(()),
            };
        }
        order
    }

    fn only(&mut self) -> String {
        let lists = match &self.wanted {
            Wanted::Named(lists) => lists.clone(),
            Wanted::Lines => return "WHERE total = 0".to_owned(),
            Wanted::Each { sets, .. } => return self.only_of_each(&sets.clone()),
            Wanted::LinesAndTotal | Wanted::Total => return String::new(),
        };
        let time = self.plan.time.map(|(n, _)| n);
        let named: Vec<_> = (0..self.plan.dimensions.len()).filter(|n| Some(*n) != time).collect();
        if named.is_empty() {
            return String::new();
        }
        let columns: Vec<_> = named.iter().map(|n| format!("toString(d{n})")).collect();
        let lists =
            lists.into_iter().map(|list| self.bound.fill("{$:Array(String)}", ParamValue::Texts(list)));
        let lists: Vec<_> = lists.collect();
        match (&columns[..], &lists[..]) {
            ([column], [list]) => format!("WHERE total = 1 OR {column} IN {list}"),
            _ => format!("WHERE total = 1 OR ({}) IN arrayZip({})", columns.join(", "), lists.join(", ")),
        }
    }

    fn only_of_each(&mut self, sets: &[Set]) -> String {
        let mut only = String::new();
        for (n, values) in sets.iter().enumerate().filter_map(|(n, set)| Some((n, set.values.clone()?))) {
            let list = self.bound.fill("{$:Array(String)}", ParamValue::Texts(values));
            let word = if only.is_empty() { "WHERE" } else { "AND" };
            let _ = write!(only, "{word} (total != {n} OR toString(d{n}) IN {list}) ");
        }
        only
    }

    /// A part's statements: lines and total at once where the total follows from the lines' states, else apart.
    fn part(&mut self, part: Part) -> Vec<String> {
        match part {
            Part::Visits if self.plan.is_series() && self.wanted == Wanted::LinesAndTotal => {
                vec![self.visits_of_series()]
            }
            Part::Visits | Part::Scrolls => {
                let mut both = Vec::new();
                if !self.keys().is_empty() {
                    both.push(self.nested(part, self.keys()));
                }
                if self.wanted != Wanted::Lines {
                    both.push(self.nested(part, 0..0));
                }
                both
            }
            _ => vec![self.summed(part)],
        }
    }

    fn summed(&mut self, part: Part) -> String {
        let keys = self.keys();
        let mut columns = match (keys.is_empty(), &self.wanted) {
            (true, _) => "1 AS total".to_owned(),
            (false, Wanted::Lines) => "0 AS total".to_owned(),
            (false, Wanted::Each { .. }) => self.number(),
            (false, _) => "grouping(d0) AS total".to_owned(),
        };
        for n in keys.clone() {
            let expression = self.key(n, part);
            let _ = write!(columns, ",\n    {expression} AS d{n}");
        }
        columns.push_str(&self.metrics(part));
        let frame = match part {
            Part::PageDay => include_str!("sql/from_page_day.sql"),
            Part::Sessions => include_str!("sql/from_sessions.sql"),
            Part::Vitals => include_str!("sql/from_vitals.sql"),
            Part::Orders => include_str!("sql/from_orders.sql"),
            _ => include_str!("sql/from_events.sql"),
        };
        let group = self.group(keys);
        let (join, condition) = (self.join(part), self.condition(part));
        frame
            .replace("/*columns*/", &columns)
            .replace("/*join*/", &join)
            .replace("/*where*/", &condition)
            .replace("/*group*/", &group)
    }

    fn group(&self, keys: std::ops::Range<usize>) -> String {
        let names: Vec<_> = keys.map(|n| format!("d{n}")).collect();
        let (Some(first), Some(last)) = (names.first(), names.last()) else { return String::new() };
        let sets = names.join("), (");
        let names = names.join(", ");
        match self.wanted {
            Wanted::Each { whole: true, .. } => format!("GROUP BY GROUPING SETS (({sets}), ())"),
            Wanted::Each { whole: false, .. } => format!("GROUP BY GROUPING SETS (({sets}))"),
            Wanted::Lines => format!("GROUP BY {names}"),
            // Of the steps of a roll-up only the finest and the total.
            _ => format!("GROUP BY {names} WITH ROLLUP HAVING grouping({first}) = grouping({last})"),
        }
    }

    fn nested(&mut self, part: Part, keys: std::ops::Range<usize>) -> String {
        let mut columns = if keys.is_empty() { "1 AS total".to_owned() } else { "0 AS total".to_owned() };
        let mut inner = String::new();
        for n in keys.clone() {
            let expression = self.key(n, part);
            let _ = write!(inner, "{expression} AS d{n}, ");
            let _ = write!(columns, ", d{n}");
        }
        // The total has no keys, and a union the same columns everywhere.
        for n in keys.end..self.keys().end {
            let is_time = self.plan.time.is_some_and(|(time, _)| time == n);
            let _ = write!(columns, ", {} AS d{n}", if is_time { "toInt64(0)" } else { "''" });
        }
        columns.push_str(&self.metrics(part));
        let names: Vec<_> = keys.map(|n| format!("d{n}")).collect();
        let group = if names.is_empty() { String::new() } else { format!("GROUP BY {}", names.join(", ")) };
        let frame = match part {
            Part::Scrolls => include_str!("sql/from_scrolls.sql"),
            _ if names.is_empty() => include_str!("sql/from_whole_visits.sql"),
            _ => &include_str!("sql/from_visits.sql")
                .replace("/*visits*/", include_str!("sql/visits_of_lines.sql")),
        };
        let (join, condition) = (self.join(part), self.condition(part));
        frame
            .replace("/*columns*/", &columns)
            .replace("/*keys*/", &inner)
            .replace("/*join*/", &join)
            .replace("/*where*/", &condition)
            .replace("/*group*/", &group)
    }

    /// Lines and total by one reading: a visit belongs to each of the times it has events in, and once to the total.
    fn visits_of_series(&mut self) -> String {
        let key = self.key(0, Part::Visits);
        let columns = ["d0 = 0 AS total, d0".to_owned(), self.metrics(Part::Visits)].concat();
        let (join, condition) = (self.join(Part::Visits), self.condition(Part::Visits));
        include_str!("sql/from_visits.sql")
            .replace("/*visits*/", include_str!("sql/visits_of_series.sql"))
            .replace("/*columns*/", &columns)
            .replace("/*group*/", "GROUP BY d0")
            .replace("/*key*/", &key)
            .replace("/*join*/", &join)
            .replace("/*where*/", &condition)
    }

    /// Every part has a column for every metric; another part's are empty.
    fn metrics(&self, part: Part) -> String {
        let mut columns = String::new();
        for (owner, metrics) in &self.plan.parts {
            for n in metrics {
                let expression = self.metric(*n, part).filter(|_| *owner == part);
                let visitor = match self.sessions.visitor {
                    VisitorOf::Event => "visitor",
                    VisitorOf::Session => "if(session_visitor != 0, session_visitor, visitor)",
                };
                let expression = expression.unwrap_or("NULL").replace("/*visitor*/", visitor);
                let _ = write!(columns, ",\n    {expression} AS m{n}");
            }
        }
        columns
    }

    /// A metric's expression; where there are many sessions the one that estimates, if it has one.
    fn metric(&self, n: usize, part: Part) -> Option<&'static str> {
        let metric = self.plan.metrics[n].1;
        let many = match (self.sessions.counting, part.metrics()) {
            (Counting::Estimated, Scope::Sessions) => metric.at(Scope::ManySessions),
            (Counting::Estimated, Scope::Events) => metric.at(Scope::ManyEvents),
            _ => None,
        };
        many.or_else(|| metric.at(part.metrics()))
    }

    fn key(&mut self, n: usize, part: Part) -> String {
        let dimension = &self.plan.dimensions[n];
        if let Some(expression) = at(dimension, part.dimensions(), self.sessions.scope) {
            return keyed(&mut self.bound, dimension, expression);
        }
        format!("s{n}")
    }

    /// What events do not say themselves.
    fn join(&self, part: Part) -> String {
        if part.dimensions() != Scope::Events {
            return String::new();
        }
        let mut columns = String::new();
        for (n, dimension) in self.plan.dimensions.iter().enumerate().take(self.keys().end) {
            let expression = at(dimension, Scope::Sessions, self.sessions.scope);
            if let Some(expression) = expression.filter(|_| dimension.of_sessions_alone()) {
                let _ = write!(columns, ",\n        {expression} AS s{n}");
            }
        }
        let counts_visitors = part == Part::Events && self.sessions.visitor == VisitorOf::Session;
        if columns.is_empty() && !counts_visitors {
            return String::new();
        }
        // Of others, an event says the visitor itself.
        let only = if columns.is_empty() { "AND upgraded = 1" } else { "" };
        include_str!("sql/join_sessions.sql").replace("/*columns*/", &columns).replace("/*only*/", only)
    }

    fn condition(&mut self, part: Part) -> String {
        let mut condition = self.plan.traffic.condition(part);
        if let Some(filter) = &self.plan.filter {
            let _ = write!(
                condition,
                "AND {}",
                filtered(&mut self.bound, filter, part.dimensions(), self.sessions.scope)
            );
        }
        condition
    }
}
