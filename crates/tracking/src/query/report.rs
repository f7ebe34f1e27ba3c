//! Named reports and the export of raw events.

use super::ask::{self, Checked};
use super::buckets::minutes_until;
use super::inquiry::{self, Inquiring};
use super::params;
use super::plan::Plan;
use super::words::ACTIVE_NOW;
use super::{
    Answer, AnswerRow, Compare, DEFAULT_LIMIT, DateRange, MAX_LIMIT, Meta, Query, QueryError, Range,
};
use crate::history;
use futures_core::stream::BoxStream;
use serde_json::{Map, Value};
use ut_core::Deps;
use ut_core::inquiry::{Arguments, Parameter};
use ut_core::module::{Lines, Module, Source};
use ut_core::ports::{LiveView, OlapError, OlapRows};
use ut_core::site::Site;

/// How much of a report is wanted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReportArgs {
    /// The days.
    pub date_range: DateRange,
    /// As in a query.
    pub filters: Option<Value>,
    /// As in a query.
    pub compare: Option<Compare>,
    /// As in a query.
    pub include_staging: bool,
    /// Lines, at most 10,000; by default 100, and for a series all of it.
    pub limit: Option<u64>,
    /// Lines to skip.
    pub offset: u64,
    /// The report's own parameters, by name.
    pub own: Arguments,
}

/// Answers the report `name` of whichever module has it.
pub async fn report(
    deps: &Deps,
    modules: &[&dyn Module],
    site: &Site,
    name: &str,
    args: &ReportArgs,
) -> Result<Answer, QueryError> {
    let mut questions = modules.iter().flat_map(|module| module.questions());
    let Some(question) = questions.find(|question| question.name == name) else {
        let known: Vec<_> =
            modules.iter().flat_map(|module| module.questions()).map(|question| question.name).collect();
        return Err(QueryError::UnknownReport { name: name.to_owned(), known: known.join(", ") });
    };
    let parameters: &[Parameter] = match question.source {
        Source::Inquiry { parameters, .. } => parameters,
        _ => &[],
    };
    inquiry::only(&args.own, parameters)?;
    let range = args.date_range.resolve(deps, site).await?;
    match question.source {
        Source::Inquiry { ask, .. } => {
            let asked = ask(&args.own)?;
            Inquiring::new(deps, site, asked.as_ref(), args).await?.answer(&range, args).await
        }
        Source::Query { dimensions, metrics, lines } => {
            let query = canned(dimensions, metrics, &range, args);
            let mut plan = Plan::new(&query)?;
            if lines == Lines::Named {
                plan.only_named();
            }
            ask::check_patterns(deps, &plan).await?;
            Checked { plan, range, compare: args.compare }.alone(deps, site).await
        }
        Source::Statement { dimensions, sql, totals } => {
            whole(args)?;
            let limit = args.limit.unwrap_or(DEFAULT_LIMIT);
            let lines = deps.olap.query(sql, &params(site, &range, limit, args.offset)).await?;
            let totals = deps.olap.query(totals, &params(site, &range, 1, 0)).await?;
            Ok(stated(dimensions, lines, totals, Meta::of(site, &range, deps.clock.now_ms())))
        }
        Source::Live => {
            whole(args)?;
            let now = deps.clock.now_ms();
            let view = deps.realtime.view(site.id, None, now).await?;
            let today = DateRange::Named("day".to_owned()).resolve(deps, site).await?;
            Ok(live(&view, minutes_until(site, now, view.per_minute.len()), Meta::of(site, &today, now)))
        }
    }
}

fn canned(dimensions: &[&str], metrics: &[&str], range: &Range, args: &ReportArgs) -> Query {
    let dimension = |name: &&str| {
        if *name == "time" { format!("time:{}", range.unit.as_str()) } else { (*name).to_owned() }
    };
    Query {
        metrics: metrics.iter().map(|name| (*name).to_owned()).collect(),
        dimensions: dimensions.iter().map(dimension).collect(),
        filters: args.filters.clone(),
        date_range: args.date_range.clone(),
        compare: args.compare,
        include_staging: args.include_staging,
        order_by: Vec::new(),
        limit: args.limit,
        offset: args.offset,
        totals: true,
    }
}

/// A report that is no query of shared tables takes neither filters nor a comparison.
fn whole(args: &ReportArgs) -> Result<(), QueryError> {
    let refused = |field: &str| {
        let message = "this report is always whole: it is made of other tables than the query language asks";
        Err(QueryError::invalid(field, "not_for_report", message))
    };
    if args.filters.is_some() {
        return refused("filters");
    }
    if args.compare.is_some() {
        return refused("compare");
    }
    if args.limit.is_some_and(|limit| limit > MAX_LIMIT) {
        return Err(QueryError::invalid("limit", "too_large", format!("at most {MAX_LIMIT}")));
    }
    Ok(())
}

pub(super) fn object(
    names: impl Iterator<Item = String>,
    values: impl Iterator<Item = Value>,
) -> Map<String, Value> {
    names.zip(values).collect()
}

fn stated(dimensions: &[&str], lines: OlapRows, totals: OlapRows, meta: Meta) -> Answer {
    let dimensions: Vec<String> = dimensions.iter().map(|name| (*name).to_owned()).collect();
    let metrics: Vec<_> = lines.columns.into_iter().skip(dimensions.len()).collect();
    let line = |mut row: Vec<Value>| {
        let values = row.split_off(dimensions.len());
        AnswerRow {
            dimensions: object(dimensions.iter().cloned(), row.into_iter()),
            metrics: object(metrics.iter().cloned(), values.into_iter()),
            compare: None,
        }
    };
    let rows = lines.rows.into_iter().map(line).collect();
    let total = totals.rows.into_iter().next().unwrap_or_default();
    let totals = object(totals.columns.into_iter(), total.into_iter());
    Answer { dimensions, rows, totals, meta }
}

/// The last half hour per minute, and who is here now. Sets are united, never added up.
fn live(view: &LiveView, minutes: Vec<String>, meta: Meta) -> Answer {
    const TIME: &str = "time:minute";
    let one = |name: &str, value: Value| Map::from_iter([(name.to_owned(), value)]);
    let line = |(minute, visitors): (String, &u32)| AnswerRow {
        dimensions: one(TIME, minute.into()),
        metrics: one("visitors", (*visitors).into()),
        compare: None,
    };
    let rows = minutes.into_iter().zip(&view.per_minute).map(line).collect();
    let totals = [(ACTIVE_NOW, view.now), ("last_5_min", view.last_5_min), ("last_30_min", view.last_30_min)];
    let totals = totals.map(|(name, number)| (name.to_owned(), Value::from(number)));
    Answer { dimensions: vec![TIME.to_owned()], rows, totals: Map::from_iter(totals), meta }
}

/// Streams raw events in one of ClickHouse's formats, in log order.
pub async fn export(
    deps: &Deps,
    site: &Site,
    range: &DateRange,
    format: &str,
) -> Result<BoxStream<'static, Result<Vec<u8>, OlapError>>, QueryError> {
    let range = range.resolve(deps, site).await?;
    // The statement has no limit: an export is everything.
    let (events, params) = history::raw_events(site.id, range.from_ms..range.to_ms, None);
    Ok(deps.olap.stream(events, &params, format).await?)
}
