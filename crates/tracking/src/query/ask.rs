//! One query: checked, asked, put into words.

use super::answer::{Comparison, Days, Meta};
use super::bind::Bound;
use super::buckets::{Buckets, Shift};
use super::filter::{Filter, Operator};
use super::fragments::Scope;
use super::known::Known;
use super::lines::{Line, Lines};
use super::plan::{Plan, SHARE};
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
}

/// ClickHouse's CANNOT_COMPILE_REGEXP.
const BAD_PATTERN: i32 = 427;

/// Answers a query.
pub async fn ask(deps: &Deps, site: &Site, query: &Query) -> Result<Answer, QueryError> {
    let checked = Checked::of(deps, site, query).await?;
    checked.answer(deps, site, None).await
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

    pub(super) async fn answer(
        &self,
        deps: &Deps,
        site: &Site,
        given: Option<Given<'_>>,
    ) -> Result<Answer, QueryError> {
        answer(deps, site, (&self.plan, &self.range), self.compare, given).await
    }
}

/// What of an answer is known before.
#[derive(Debug, Clone, Copy)]
pub(super) enum Given<'a> {
    /// The totals, perhaps also the rows of its lines.
    Totals(&'a Totals, Option<&'a OlapRows>),
    /// Some metrics of the total, by name; there are no lines.
    Metrics(&'a Map<String, Value>),
}

/// Answers a checked query of which something may be known already.
pub(super) async fn answer(
    deps: &Deps,
    site: &Site,
    (plan, range): (&Plan, &Range),
    compare: Option<Compare>,
    given: Option<Given<'_>>,
) -> Result<Answer, QueryError> {
    let asking = Asking { deps, site, plan };
    let (mut lines, known) = match given {
        Some(Given::Totals(totals, rows)) => asking.below(range, totals, rows).await?,
        Some(Given::Metrics(metrics)) => asking.others(range, metrics).await?,
        None => asking.range(range, Window::of(plan)).await?,
    };
    lines.put_now(asking.active_now().await?, plan);
    let mut meta = Meta::of(site, range);
    let share = asking.cookieless_share(range, &known, &lines.total).await?;
    meta.warnings.extend(known.warnings);
    meta.cookieless(share, range);
    let comparison = match compare {
        Some(compare) => Some(asking.earlier(range, compare, &lines, &mut meta).await?),
        None => None,
    };
    Ok(lines.into_answer(plan, meta, comparison))
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

/// The totals of several queries.
#[derive(Debug)]
pub(super) struct Totals {
    pub(super) plan: Plan,
    known: Known,
    total: Line,
}

impl Totals {
    /// Those of the metrics of `plan`, which has no dimensions.
    pub(super) async fn of(deps: &Deps, site: &Site, plan: Plan, range: &Range) -> Result<Self, QueryError> {
        let (lines, known) = Asking { deps, site, plan: &plan }.range(range, Window::Asked).await?;
        Ok(Self { plan, known, total: lines.total })
    }

    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    fn metric(&self, name: &str) -> Value {
        let place = self.plan.metrics.iter().position(|(known, _)| known == name);
        place.map_or_else(|| Metric::of_nothing(name), |n| self.total.metrics[n].clone())
    }
}

/// Which lines of a range.
#[derive(Debug, Clone)]
pub(super) enum Window {
    /// All of a series, whose total is known.
    SeriesAlone,
    /// Those the query asks for, whose total is known.
    AskedAlone,
    /// All of a series, to be filled.
    Series,
    /// Those the query asks for.
    Asked,
    /// Those of these values.
    Named(Vec<Vec<String>>),
}

impl Window {
    fn of(plan: &Plan) -> Self {
        if plan.is_series() { Self::Series } else { Self::Asked }
    }
}

pub(super) struct Asking<'a> {
    pub(super) deps: &'a Deps,
    pub(super) site: &'a Site,
    pub(super) plan: &'a Plan,
}

impl Asking<'_> {
    /// Lines and totals of a range.
    pub(super) async fn range(&self, range: &Range, window: Window) -> Result<(Lines, Known), QueryError> {
        self.range_with(range, window, Known::default()).await
    }

    /// The same, where some is `known` already.
    async fn range_with(
        &self,
        range: &Range,
        window: Window,
        known: Known,
    ) -> Result<(Lines, Known), QueryError> {
        let Self { deps, site, plan } = self;
        let buckets = plan.buckets(site, range)?;
        if plan.parts.is_empty() {
            return Ok((Lines::empty(plan, buckets), known));
        }
        let known = known.learn(deps, site, range, plan).await?;
        if let (Window::Asked, Some(apart)) = (&window, plan.apart()) {
            return self.ranking(range, known, apart).await;
        }
        let ask = async |wanted: Wanted, limit: u64, offset: u64| {
            self.rows(range, &known, buckets.as_ref(), wanted, (limit, offset)).await
        };
        let rows = match window {
            Window::Series => ask(Wanted::LinesAndTotal, MAX_LIMIT + 1, 0).await?,
            Window::SeriesAlone => ask(Wanted::Lines, MAX_LIMIT + 1, 0).await?,
            Window::AskedAlone => ask(Wanted::Lines, plan.limit, plan.offset).await?,
            Window::Named(lists) => ask(Wanted::Named(lists), MAX_LIMIT + 1, 0).await?,
            Window::Asked if plan.offset == 0 => ask(Wanted::LinesAndTotal, plan.limit + 1, 0).await?,
            Window::Asked => {
                let (lines, total) =
                    tokio::join!(ask(Wanted::Lines, plan.limit, plan.offset), ask(Wanted::Total, 1, 0));
                joined(lines?, total?, plan.dimensions.len())
            }
        };
        Ok((Lines::read(plan, rows, buckets, deps.clock.now_ms()), known))
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
        let visitor = if known.identities.cookie { VisitorOf::Session } else { VisitorOf::Event };
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

    /// The lines below totals that are known.
    async fn below(
        &self,
        range: &Range,
        totals: &Totals,
        rows: Option<&OlapRows>,
    ) -> Result<(Lines, Known), QueryError> {
        let total = self.plan.metrics.iter().map(|(name, _)| totals.metric(name)).collect();
        let total = Line { bucket: None, texts: Vec::new(), metrics: total };
        let mut known = totals.known.as_far_as_counted();
        known.share = Some(totals.metric(SHARE));
        if self.plan.dimensions.is_empty() {
            return Ok((Lines { lines: vec![total.clone()], total, buckets: None }, known));
        }
        let plan = self.plan.without_share();
        if let Some(rows) = rows {
            let buckets = plan.buckets(self.site, range)?;
            let lines = Lines::read(&plan, rows.clone(), buckets, self.deps.clock.now_ms());
            return Ok((Lines { total, ..lines }, known));
        }
        let asking = Asking { plan: &plan, ..*self };
        let window = if plan.is_series() { Window::SeriesAlone } else { Window::AskedAlone };
        let (lines, known) = asking.range_with(range, window, known).await?;
        Ok((Lines { total, ..lines }, known))
    }

    /// The total, some metrics of which are known.
    async fn others(&self, range: &Range, given: &Map<String, Value>) -> Result<(Lines, Known), QueryError> {
        let Some(rest) = self.plan.with(|n| !given.contains_key(&self.plan.metrics[n].0)) else {
            return self.range(range, Window::Asked).await;
        };
        let (lines, known) = Asking { plan: &rest, ..*self }.range(range, Window::Asked).await?;
        let mut asked = lines.total.metrics.into_iter();
        let metrics = self.plan.metrics.iter().map(|(name, _)| match given.get(name) {
            Some(value) => value.clone(),
            None => asked.next().unwrap_or_default(),
        });
        let total = Line { metrics: metrics.collect(), ..lines.total };
        Ok((Lines { lines: vec![total.clone()], total, buckets: None }, known))
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
        let view = self.deps.realtime.view(self.site.id, self.deps.clock.now_ms()).await?;
        Ok(Some(view.now))
    }

    /// The lines' counterparts of the time before.
    async fn earlier(
        &self,
        range: &Range,
        compare: Compare,
        lines: &Lines,
        meta: &mut Meta,
    ) -> Result<Comparison, QueryError> {
        let (earlier, shift) = range.before(self.site, compare);
        let window = match Window::of(self.plan) {
            Window::Asked if !self.plan.dimensions.is_empty() => Window::Named(lines.values(self.plan)),
            whole => whole,
        };
        let (before, known) = self.range(&earlier, window).await?;
        meta.warnings.extend(
            known.warnings.into_iter().filter(|new| !meta.warnings.contains(new)).collect::<Vec<_>>(),
        );
        let (from, to) = earlier.dates();
        meta.compare = Some(Days { from, to });
        Ok(compared(self.plan, lines, &before, shift))
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
