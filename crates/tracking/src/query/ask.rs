//! One query: checked, asked, put into words.

use super::answer::{Comparison, Days, Meta};
use super::bind::Bound;
use super::buckets::{Buckets, Shift};
use super::compare::{Before, Earlier};
use super::filter::{Filter, Operator};
use super::fragments::Scope;
use super::known::Known;
use super::lines::{Line, Lines};
use super::plan::Plan;
use super::statement::{Builder, Surroundings, VisitorOf, Wanted};
use super::words::{ACTIVE_NOW, Metric};
use super::{Answer, Compare, DateRange, MAX_LIMIT, QueryError, Range, params};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use ut_core::Deps;
use ut_core::ports::{OlapError, OlapRows, ParamValue};
use ut_core::site::Site;

/// A query of `POST /api/v1/q`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Names of metrics, at least one.
    #[schemars(length(min = 1))]
    pub metrics: Vec<String>,
    /// Names of dimensions.
    #[serde(default)]
    pub dimensions: Vec<String>,
    /// `[operator, dimension, [values]]`, `["and" | "or", filter, …]` or `["not", filter]`.
    #[serde(default)]
    pub filters: Option<Value>,
    /// The days.
    pub date_range: DateRange,
    /// What each line and the totals are compared with.
    #[serde(default)]
    pub compare: Option<Compare>,
    /// Whether events on hosts that are not the real shop count.
    #[serde(default)]
    pub include_staging: bool,
    /// `[name, "asc" | "desc"]`; default: time rising, else the first metric falling.
    #[serde(default)]
    pub order_by: Vec<(String, String)>,
    /// At most 10,000; default 100, of a series all of it.
    #[serde(default)]
    #[schemars(range(max = 10_000))]
    pub limit: Option<u64>,
    /// Lines to skip.
    #[serde(default)]
    pub offset: u64,
    /// Whether metrics over everything are wanted beside lines. Without them `totals` is empty, `meta.cookieless_share` is
    /// null, and rankings by what single events say are answered sooner.
    #[serde(default = "wanted")]
    pub totals: bool,
}

const fn wanted() -> bool {
    true
}

/// ClickHouse's CANNOT_COMPILE_REGEXP.
const BAD_PATTERN: i32 = 427;

/// Answers a query.
pub async fn ask(deps: &Deps, site: &Site, query: &Query) -> Result<Answer, QueryError> {
    Checked::of(deps, site, query).await?.alone(deps, site).await
}

/// A query that can be asked.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) plan: Plan,
    pub(super) range: Range,
    pub(super) compare: Option<Compare>,
}

impl Checked {
    pub(super) async fn of(deps: &Deps, site: &Site, query: &Query) -> Result<Self, QueryError> {
        let plan = Plan::new(query)?;
        let range = query.date_range.resolve(deps, site).await?;
        check_patterns(deps, &plan).await?;
        Ok(Self { plan, range, compare: query.compare })
    }

    /// Its answer, asked by itself.
    pub(super) async fn alone(&self, deps: &Deps, site: &Site) -> Result<Answer, QueryError> {
        let asking = Asking { deps, site, plan: &self.plan };
        let found = asking.range(&self.range, Window::of(&self.plan)).await?;
        let share = asking.cookieless_share(&self.range, &found, None).await?;
        let before = match self.compare {
            Some(compare) => {
                let earlier = Earlier::than(&self.range, compare, deps, site);
                Some(asking.before(earlier, &found.lines).await?)
            }
            None => None,
        };
        asking.answer(self, found, share, before).await
    }
}

/// What the engine cannot read is refused with its place, before it is asked.
pub(super) async fn check_patterns(deps: &Deps, plan: &Plan) -> Result<(), QueryError> {
    let conditions = plan.filter.iter().flat_map(Filter::conditions);
    for condition in conditions.filter(|one| one.operator == Operator::Matches) {
        for (n, pattern) in condition.values.iter().enumerate() {
            let params = [("pattern", ParamValue::Text(pattern.clone()))];
            match deps.olap.query(include_str!("sql/valid_pattern.sql"), &params).await {
                Ok(_) => {}
                Err(OlapError::Refused { code: BAD_PATTERN, .. }) => {
                    let field = format!("{}[2][{n}]", condition.place);
                    let message = format!("{pattern:?} is no regular expression of RE2");
                    return Err(QueryError::invalid(field, "invalid_pattern", message));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// Which lines of a range.
#[derive(Debug, Clone)]
pub(super) enum Window {
    /// All of a series, to be filled.
    Series,
    /// Those the query asks for.
    Asked,
    /// Those of these values, one list per dimension that is no time.
    Named(Vec<Vec<String>>),
}

impl Window {
    pub(super) fn of(plan: &Plan) -> Self {
        if plan.is_series() { Self::Series } else { Self::Asked }
    }

    /// Of the time before, the counterparts of `lines`.
    pub(super) fn before(plan: &Plan, lines: &Lines) -> Self {
        match Self::of(plan) {
            Self::Asked if !plan.dimensions.is_empty() => Self::Named(lines.values(plan)),
            whole => whole,
        }
    }
}

/// What was found in a range.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) lines: Lines,
    pub(super) known: Known,
    /// The share of the cookieless, where it was counted beside something else.
    pub(super) share: Option<Value>,
}

pub(super) struct Asking<'a> {
    pub(super) deps: &'a Deps,
    pub(super) site: &'a Site,
    pub(super) plan: &'a Plan,
}

impl Asking<'_> {
    /// Lines and totals of a range.
    pub(super) async fn range(&self, range: &Range, window: Window) -> Result<Found, QueryError> {
        let Self { deps, site, plan } = self;
        let known = Known::learn(deps, site, range, &[plan]).await?;
        self.range_as_known(range, window, known).await
    }

    /// The same, where what must be known of the range is.
    pub(super) async fn range_as_known(
        &self,
        range: &Range,
        window: Window,
        known: Known,
    ) -> Result<Found, QueryError> {
        let Self { deps, site, plan } = self;
        let buckets = plan.buckets(site, range)?;
        if plan.parts.is_empty() {
            return Ok(Found { lines: Lines::empty(plan, buckets), known, share: None });
        }
        if let (Window::Asked, Some(apart)) = (&window, plan.apart()) {
            return self.ranking(range, known, apart).await;
        }
        let ask = async |wanted: Wanted, limit: u64, offset: u64| {
            self.rows(range, &known, buckets.as_ref(), wanted, (limit, offset)).await
        };
        let rows = match window {
            Window::Series if plan.totals => ask(Wanted::LinesAndTotal, MAX_LIMIT + 1, 0).await?,
            Window::Series => ask(Wanted::Lines, MAX_LIMIT + 1, 0).await?,
            Window::Asked if !plan.totals => ask(Wanted::Lines, plan.limit, plan.offset).await?,
            Window::Named(lists) => ask(Wanted::Named(lists), MAX_LIMIT + 1, 0).await?,
            Window::Asked if plan.offset == 0 => ask(Wanted::LinesAndTotal, plan.limit + 1, 0).await?,
            Window::Asked => {
                let (lines, total) =
                    tokio::join!(ask(Wanted::Lines, plan.limit, plan.offset), ask(Wanted::Total, 1, 0));
                joined(lines?, total?, plan.dimensions.len())
            }
        };
        let lines = Lines::read(plan, rows, buckets, deps.clock.now_ms());
        Ok(Found { lines, known, share: None })
    }

    /// One statement.
    pub(super) async fn rows(
        &self,
        range: &Range,
        known: &Known,
        buckets: Option<&Buckets>,
        wanted: Wanted,
        (limit, offset): (u64, u64),
    ) -> Result<OlapRows, OlapError> {
        let site = self.site;
        let mut bound = self.bound(range, known, buckets, limit, offset);
        if let Some(metrics) = self.plan.vitals() {
            bound.put("vitals", ParamValue::Texts(metrics));
        }
        let visitor = if known.identities.upgraded { VisitorOf::Session } else { VisitorOf::Event };
        let scope = if known.has_gateways { Scope::Gateways } else { Scope::Sessions };
        let days = range.to_day - range.from_day + 1;
        let surroundings = Surroundings {
            days,
            visitor,
            counting: known.counting,
            scope,
            templates: &site.settings.page_templates,
        };
        let (sql, bound) = Builder::new(self.plan, surroundings, wanted, bound).build();
        self.deps.olap.query(&sql, bound.params()).await
    }

    fn bound(
        &self,
        range: &Range,
        known: &Known,
        buckets: Option<&Buckets>,
        limit: u64,
        offset: u64,
    ) -> Bound {
        let mut bound = Bound::with(params(self.site, range, limit, offset));
        for (name, value) in &known.params {
            bound.put(name, value.clone());
        }
        if let Some(buckets) = buckets {
            let starts = buckets.list.iter().map(|bucket| u64::try_from(bucket.start).unwrap_or_default());
            let days = buckets.list.iter().map(|bucket| u64::try_from(bucket.day).unwrap_or_default());
            bound.put("buckets", ParamValue::UInts(starts.collect()));
            bound.put("bucket_days", ParamValue::UInts(days.collect()));
        }
        bound
    }

    /// Visitors who are here now, where they are asked for.
    async fn active_now(&self) -> Result<Option<u32>, QueryError> {
        if !self.plan.metrics.iter().any(|(_, metric)| *metric == Metric::ActiveNow) {
            return Ok(None);
        }
        let view = self.deps.realtime.view(self.site.id, None, self.deps.clock.now_ms()).await?;
        Ok(Some(view.now))
    }

    /// The whole answer of what was found, now and in the time before.
    pub(super) async fn answer(
        &self,
        checked: &Checked,
        found: Found,
        share: Value,
        before: Option<Before>,
    ) -> Result<Answer, QueryError> {
        let Checked { plan, range, .. } = checked;
        let Found { mut lines, known, .. } = found;
        lines.put_now(self.active_now().await?, plan);
        let mut meta = Meta::of(self.site, range, self.deps.clock.now_ms());
        meta.warnings.extend(known.warnings(plan));
        meta.cookieless(share, range);
        let comparison = before.map(|Before { lines: before, warnings, earlier }| {
            let new = warnings.into_iter().filter(|new| !meta.warnings.contains(new));
            let new: Vec<_> = new.collect();
            meta.warnings.extend(new);
            let (from, to) = earlier.whole.dates();
            meta.compare = Some(Days { from, to, until: earlier.so_far.map(|(_, until)| until) });
            compared(plan, &lines, &before, earlier.shift)
        });
        let mut answer = lines.into_answer(plan, meta, comparison);
        super::money::write(&mut answer, self.site.currency);
        Ok(answer)
    }
}

/// Lines and their total as if one statement had answered them.
fn joined(lines: OlapRows, total: OlapRows, keys: usize) -> OlapRows {
    let mut rows = Vec::with_capacity(lines.rows.len() + 1);
    for mut row in total.rows {
        let metrics = row.split_off(1);
        row.extend(std::iter::repeat_n(Value::Null, keys));
        row.extend(metrics);
        rows.push(row);
    }
    rows.extend(lines.rows);
    OlapRows { columns: lines.columns, rows }
}

/// Each line's metrics of the time before.
fn compared(plan: &Plan, now: &Lines, before: &Lines, shift: Shift) -> Comparison {
    let twins = match (&now.buckets, &before.buckets) {
        (Some(now), Some(before)) => now.counterparts(before, &shift),
        _ => Vec::new(),
    };
    let nothing = || Lines::of_nothing(plan);
    let twin = |line: &Line| {
        let bucket = match line.bucket {
            Some(bucket) => Some(twins.get(bucket).copied().flatten()?),
            None => None,
        };
        let same = |other: &&Line| other.bucket == bucket && other.texts == line.texts;
        Some(before.lines.iter().find(same).map_or_else(nothing, |line| line.metrics.clone()))
    };
    let none = || vec![Value::Null; plan.metrics.len()];
    let rows = now.lines.iter().map(|line| twin(line).unwrap_or_else(none));
    Comparison { rows: rows.collect(), total: before.total.metrics.clone() }
}

/// Names with values, without those that have no past.
pub(super) fn named(plan: &Plan, values: Vec<Value>) -> Map<String, Value> {
    plan.shown().iter().map(|(name, _)| name.clone()).zip(values).collect()
}

/// Who is here now has no past.
pub(super) fn without_now(mut metrics: Map<String, Value>) -> Map<String, Value> {
    metrics.remove(ACTIVE_NOW);
    metrics
}
