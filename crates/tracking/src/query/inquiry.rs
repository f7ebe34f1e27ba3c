//! Reports that a module asks in a statement of its own: its places are filled, and what it reads is put into the shape
//! of every answer.

use super::answer::{Answer, AnswerRow, Days, Meta};
use super::ask::{self, Asking};
use super::bind::Bound;
use super::compare::Earlier;
use super::conditions::{at, filtered, keyed};
use super::fragments::Scope;
use super::known::Known;
use super::plan::{Part, Plan};
use super::report::object;
use super::{MAX_LIMIT, Query, QueryError, Range, ReportArgs, params};
use crate::sites::minor_unit;
use serde_json::Value;
use ut_core::Deps;
use ut_core::inquiry::{Arguments, Inquiry, Line, Parameter, Reading, Wrong};
use ut_core::ports::ParamValue;
use ut_core::site::Site;

/// Which groups of the time before have a counterpart is not known before they are there.
const EVERYTHING: u64 = 1_000_000;

/// Refuses parameters that are not among `known`.
pub(super) fn only(given: &Arguments, known: &[Parameter]) -> Result<(), QueryError> {
    let stranger = given.keys().find(|name| known.iter().all(|parameter| parameter.name != *name));
    let Some(stranger) = stranger else { return Ok(()) };
    let names: Vec<_> = known.iter().map(|parameter| parameter.name).collect();
    let own = if names.is_empty() { String::new() } else { format!(", {}", names.join(", ")) };
    let message = format!(
        "known are site, date_range, from, to, filters, compare, include_staging, limit, offset, format{own}"
    );
    Err(QueryError::invalid(stranger.clone(), "unknown_field", message))
}

impl From<Wrong> for QueryError {
    fn from(wrong: Wrong) -> Self {
        Self::Invalid { field: wrong.field, code: wrong.code, message: wrong.message }
    }
}

/// An inquiry about a site, and what of its sessions is meant.
pub(super) struct Inquiring<'a> {
    pub(super) deps: &'a Deps,
    pub(super) site: &'a Site,
    pub(super) inquiry: &'a dyn Inquiry,
    plan: Plan,
}

impl<'a> Inquiring<'a> {
    pub(super) async fn new(
        deps: &'a Deps,
        site: &'a Site,
        inquiry: &'a dyn Inquiry,
        args: &ReportArgs,
    ) -> Result<Self, QueryError> {
        if args.filters.is_some() && !inquiry.takes_filters() {
            let message = "this report is always whole: what it is made of is known of no session";
            return Err(QueryError::invalid("filters", "not_for_report", message));
        }
        if args.compare.is_some() && inquiry.lately().is_some() {
            let message = "this report is compared with the weeks before, always";
            return Err(QueryError::invalid("compare", "not_for_report", message));
        }
        let plan = plan(inquiry, args)?;
        ask::check_patterns(deps, &plan).await?;
        Ok(Self { deps, site, inquiry, plan })
    }

    /// The whole answer.
    pub(super) async fn answer(&self, range: &Range, args: &ReportArgs) -> Result<Answer, QueryError> {
        if let Some(lately) = self.inquiry.lately() {
            return self.lately(lately).await;
        }
        let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let most = args.limit.unwrap_or_else(|| self.inquiry.groups());
        // A row is a group or the total.
        let needed = args.offset.saturating_add(most).saturating_add(1);
        let now = self.reading(range, needed).await?;
        let mut meta = Meta::of(self.site, range, self.deps.clock.now_ms());
        meta.warnings.extend(now.warnings);
        meta.currency = self.inquiry.has_amounts().then(|| self.site.currency.as_str().to_owned());
        if self.inquiry.counts_visitors() {
            let asking = Asking { deps: self.deps, site: self.site, plan: &self.plan };
            meta.cookieless(asking.share(range).await?, range);
        }
        let mut totals = now.totals;
        let mut before = None;
        if let Some(compare) = args.compare {
            let earlier = Earlier::than(range, compare, self.deps, self.site);
            let cut = earlier.so_far.as_ref().map_or(&earlier.whole, |(cut, _)| cut);
            let reading = self.reading(cut, EVERYTHING).await?;
            totals.insert("compare".to_owned(), reading.totals.into());
            before = Some(reading.groups);
            let (from, to) = earlier.whole.dates();
            meta.compare = Some(Days { from, to, until: earlier.so_far.map(|(_, until)| until) });
        }
        let groups = now.groups.into_iter().skip(place(args.offset)).take(place(most));
        let dimensions = self.inquiry.dimensions();
        let rows = groups.flat_map(|group| {
            let twin = before.as_ref().map(|before| twin(before, &group));
            lines(&dimensions, group, twin.flatten(), before.is_some())
        });
        Ok(Answer { rows: rows.collect(), totals, meta, dimensions: dimensions.clone() })
    }

    pub(super) async fn reading(&self, range: &Range, rows: u64) -> Result<Reading, QueryError> {
        let known = Known::learn(self.deps, self.site, range, &[&self.plan]).await?;
        let mut bound = Bound::with(params(self.site, range, rows, 0));
        for (name, value) in self.inquiry.params().into_iter().chain(known.params.iter().cloned()) {
            bound.put(name, value);
        }
        let coin = minor_unit(self.site.currency);
        bound.put("currency", ParamValue::Text(self.site.currency.as_str().to_owned()));
        bound.put("coin", ParamValue::Int(coin));
        let scope = if known.has_gateways { Scope::Gateways } else { Scope::Sessions };
        let sql = self.filled(&mut bound, scope);
        let rows = self.deps.olap.query(&sql, bound.params()).await?;
        let mut reading = self.inquiry.read(rows, 4 - coin.ilog10());
        reading.warnings.extend(known.warnings(&self.plan));
        Ok(reading)
    }

    /// The statement with its places filled.
    fn filled(&self, bound: &mut Bound, scope: Scope) -> String {
        let breakdown = self.plan.dimensions.first().and_then(|dimension| {
            at(dimension, Scope::Sessions, scope).map(|expression| keyed(bound, dimension, expression))
        });
        let mut sessions = self.plan.traffic.condition(Part::Sessions);
        if let Some(filter) = &self.plan.filter {
            sessions.push_str("AND ");
            sessions.push_str(&filtered(bound, filter, Scope::Sessions, scope));
        }
        self.inquiry
            .sql()
            .replace("/*breakdown*/", breakdown.as_deref().unwrap_or("''"))
            .replace("/*sessions*/", &sessions)
            .replace("/*events*/", &self.plan.traffic.condition(Part::Events))
    }
}

/// What it says of sessions, checked as a query is.
fn plan(inquiry: &dyn Inquiry, args: &ReportArgs) -> Result<Plan, QueryError> {
    if args.limit.is_some_and(|limit| limit > MAX_LIMIT) {
        return Err(QueryError::invalid("limit", "too_large", format!("at most {MAX_LIMIT}")));
    }
    let refused = |field: &str, name: &str| {
        let message = format!("{name} is no dimension of sessions");
        Err(QueryError::invalid(field, "not_by_dimension", message))
    };
    let query = Query {
        metrics: vec!["sessions".to_owned()],
        dimensions: inquiry.breakdown().map(ToOwned::to_owned).into_iter().collect(),
        filters: args.filters.clone(),
        date_range: args.date_range.clone(),
        compare: None,
        include_staging: args.include_staging,
        order_by: Vec::new(),
        limit: None,
        offset: 0,
        totals: false,
    };
    let plan = Plan::new(&query).map_err(|error| match error {
        QueryError::Invalid { field, code, message } if field == "dimensions[0]" => {
            QueryError::Invalid { field: "breakdown".to_owned(), code, message }
        }
        error => error,
    })?;
    let of_events = |dimension: &&super::words::Dimension| dimension.of_events_alone();
    if let Some(dimension) = plan.dimensions.iter().find(|one| one.of_events_alone() || one.time().is_some())
    {
        return refused("breakdown", &dimension.name);
    }
    if let Some(dimension) = plan.conditions().find(of_events) {
        return refused("filters", &dimension.name);
    }
    Ok(plan)
}

/// The group of the time before that is about the same.
pub(super) fn twin<'a>(before: &'a [Vec<Line>], group: &[Line]) -> Option<&'a [Line]> {
    // What follows the first value describes it, or is of the group's lines.
    let first = |group: &[Line]| group.first().and_then(|line| line.dimensions.first().cloned());
    let wanted = first(group);
    let same = |other: &&Vec<Line>| first(other) == wanted;
    before.iter().find(same).map(Vec::as_slice)
}

pub(super) fn lines(
    dimensions: &[String],
    group: Vec<Line>,
    before: Option<&[Line]>,
    compared: bool,
) -> Vec<AnswerRow> {
    let line = |(n, line): (usize, Line)| {
        // Of what was not there: no events, and no share of them.
        let none = |value: &Value| if value.is_u64() { Value::from(0) } else { Value::Null };
        let nothing = || line.metrics.iter().map(|(name, value)| (name.clone(), none(value))).collect();
        let twin = before.and_then(|before| before.get(n));
        let compare = compared.then(|| twin.map_or_else(nothing, |twin| twin.metrics.clone()));
        AnswerRow {
            dimensions: object(dimensions.iter().cloned(), line.dimensions.into_iter()),
            metrics: line.metrics,
            compare,
        }
    };
    group.into_iter().enumerate().map(line).collect()
}
