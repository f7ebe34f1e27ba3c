//! Named reports and the export of raw events.

use super::answer::object;
use super::{Answer, AnswerRow, DEFAULT_LIMIT, DateRange, MAX_LIMIT, Meta, QueryError, Range, params};
use crate::history;
use futures_core::stream::BoxStream;
use ut_core::Deps;
use ut_core::module::{Module, Question};
use ut_core::ports::{OlapError, OlapRows};
use ut_core::site::Site;

/// How much of a report is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportArgs {
    /// The days.
    pub date_range: DateRange,
    /// Lines, at most 10,000; by default 100, and for a series all of it.
    pub limit: Option<u64>,
    /// Lines to skip.
    pub offset: u64,
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
    if args.limit.is_some_and(|limit| limit > MAX_LIMIT) {
        return Err(QueryError::invalid("limit", "too_large", format!("at most {MAX_LIMIT}")));
    }
    let range = args.date_range.resolve(deps, site).await?;
    let limit =
        args.limit.unwrap_or(if question.dimensions.contains(&"time") { MAX_LIMIT } else { DEFAULT_LIMIT });
    let lines = deps.olap.query(question.sql, &params(site, &range, limit, args.offset)).await?;
    let totals = deps.olap.query(question.totals, &params(site, &range, 1, 0)).await?;
    let totals_row = totals.rows.into_iter().next().unwrap_or_default();
    Ok(Answer {
        rows: rows(question, &range, lines),
        totals: object(totals.columns.into_iter(), totals_row.into_iter()),
        meta: Meta::of(deps, site, &range).await?,
    })
}

fn rows(question: &Question, range: &Range, lines: OlapRows) -> Vec<AnswerRow> {
    let dimension = |name: &&str| {
        if *name == "time" { format!("time:{}", range.unit.as_str()) } else { (*name).to_owned() }
    };
    let metrics: Vec<_> = lines.columns.into_iter().skip(question.dimensions.len()).collect();
    let line = |mut row: Vec<serde_json::Value>| {
        let values = row.split_off(question.dimensions.len());
        AnswerRow {
            dimensions: object(question.dimensions.iter().map(dimension), row.into_iter()),
            metrics: object(metrics.iter().cloned(), values.into_iter()),
        }
    };
    lines.rows.into_iter().map(line).collect()
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
    let params = params(site, &range, 0, 0);
    Ok(deps.olap.stream(history::EXPORT_EVENTS, &params, format).await?)
}
