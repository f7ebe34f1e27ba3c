//! What history holds of a person: shown to them, and taken out of it.
//!
//! Rows that reports count stay, as rows of somebody: their ids are made anew with a key that is destroyed afterwards.

use ut_core::ports::{OlapError, OlapRows, Param, ParamValue};
use ut_core::rights::{Part, RightsError, Subject, Veil};
use ut_core::{Deps, SiteId, VisitorKey};

const SESSIONS: &str = include_str!("sql/subject_sessions.sql");
const SUMMARY: &str = include_str!("sql/subject_summary.sql");
const VISITORS_OF_PART: &str = include_str!("sql/visitors_of_part.sql");
const VEIL_EVENTS: &str = include_str!("sql/veil_events.sql");
const ERASE_EVENTS: &str = include_str!("sql/erase_events.sql");
const VEIL_SESSIONS: &str = include_str!("sql/veil_sessions.sql");
const ERASE_SESSIONS: &str = include_str!("sql/erase_sessions.sql");
const ERASE_TABLES: &str = include_str!("sql/erase_tables.sql");
const ERASE_BEGIN: &str = include_str!("sql/erase_begin.sql");
const ERASE_NOW: &str = include_str!("sql/erase_now.sql");
const ERASE_LEFT: &str = include_str!("sql/erase_left.sql");
const ERASE_END: &str = include_str!("sql/erase_end.sql");
const ERASURE_OBEYED: &str = include_str!("sql/erasure_obeyed.sql");
const ERASURES_OBEYED: &str = include_str!("sql/erasures_obeyed.sql");

/// All visitors of a site are looked at in so many parts: a hundred million in parts of 400,000.
const PARTS: u64 = 256;

/// All times an event can have, Unix milliseconds: until 2255.
const EVER: std::ops::Range<i64> = 0..9_000_000_000_000;

/// How much there is of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Summary {
    /// Events.
    pub events: u64,
    /// Visits.
    pub sessions: u64,
    /// The time of the first event and that of the last, Unix milliseconds.
    pub range: Option<(i64, i64)>,
}

/// What every statement about a person is told.
#[must_use]
pub(crate) fn params(subject: &Subject, veil: Veil) -> [Param; 4] {
    let visitors = subject.visitors.iter().map(|visitor| visitor.0).collect();
    [
        ("site", ParamValue::UInt(subject.site.0.into())),
        ("visitors", ParamValue::UInts(visitors)),
        ("veil_0", ParamValue::UInt(veil.0[0])),
        ("veil_1", ParamValue::UInt(veil.0[1])),
    ]
}

/// A part, as a statement about a person answers it.
pub(crate) async fn part(deps: &Deps, name: &str, sql: &str, subject: &Subject) -> Result<Part, RightsError> {
    let OlapRows { columns, rows } = deps.olap.query(sql, &params(subject, Veil([0, 0]))[..2]).await?;
    Ok(Part { name: name.to_owned(), columns, rows })
}

/// Their events and visits.
pub(crate) async fn export(subject: &Subject, deps: &Deps) -> Result<Vec<Part>, RightsError> {
    let (events, params) = super::raw_events(subject.site, EVER, Some(&subject.visitors));
    let OlapRows { columns, rows } = deps.olap.query(events, &params).await?;
    let events = Part { name: "events".to_owned(), columns, rows };
    Ok(vec![events, part(deps, "sessions", SESSIONS, subject).await?])
}

/// How much that is.
pub(crate) async fn summary(subject: &Subject, deps: &Deps) -> Result<Summary, RightsError> {
    let answer = deps.olap.query(SUMMARY, &params(subject, Veil([0, 0]))[..2]).await?;
    let row = answer.rows.first().map_or(&[][..], Vec::as_slice);
    let count = |at: usize| row.get(at).and_then(serde_json::Value::as_u64).unwrap_or(0);
    let time = |at: usize| row.get(at).and_then(serde_json::Value::as_i64);
    let range = time(2).zip(time(3)).filter(|_| count(0) > 0);
    Ok(Summary { events: count(0), sessions: count(1), range })
}

/// The visitors of a site whom `is` recognises.
pub(crate) async fn visitors(
    site: SiteId,
    deps: &Deps,
    is: impl Fn(VisitorKey) -> bool,
) -> Result<Vec<VisitorKey>, OlapError> {
    let mut found = Vec::new();
    for part in 0..PARTS {
        let params: [Param; 3] = [
            ("site", ParamValue::UInt(site.0.into())),
            ("parts", ParamValue::UInt(PARTS)),
            ("part", ParamValue::UInt(part)),
        ];
        let answer = deps.olap.query(VISITORS_OF_PART, &params).await?;
        let visitor = |row: &Vec<serde_json::Value>| u64::from_str_radix(row.first()?.as_str()?, 16).ok();
        found.extend(answer.rows.iter().filter_map(visitor).map(VisitorKey).filter(|visitor| is(*visitor)));
    }
    Ok(found)
}

/// Takes them out. Everything of them must have reached history, and modules must have taken out what they find by the
/// person's visits.
pub(crate) async fn forget(subject: &Subject, veil: Veil, deps: &Deps) -> Result<(), RightsError> {
    let params = params(subject, veil);
    deps.olap.execute(VEIL_EVENTS, &params).await?;
    deps.olap.execute(ERASE_EVENTS, &params[..2]).await?;
    deps.olap.execute(VEIL_SESSIONS, &params).await?;
    deps.olap.execute(ERASE_SESSIONS, &params[..2]).await?;
    Ok(())
}

/// From now on, files that are replaced go at once.
pub(crate) async fn begin(deps: &Deps) -> Result<(), OlapError> {
    for_every_table(deps, ERASE_BEGIN).await
}

/// The time, in seconds of history's own clock.
pub(crate) async fn now(deps: &Deps) -> Result<i64, OlapError> {
    let answer = deps.olap.query(ERASE_NOW, &[]).await?;
    Ok(answer.rows.first().and_then(|row| row.first()?.as_i64()).unwrap_or(i64::MAX))
}

/// How many files that were replaced until then are still there.
pub(crate) async fn left(deps: &Deps, at: i64) -> Result<u64, OlapError> {
    let answer = deps.olap.query(ERASE_LEFT, &[("at", ParamValue::Int(at))]).await?;
    Ok(answer.rows.first().and_then(|row| row.first()?.as_u64()).unwrap_or(0))
}

/// Files that are replaced stay for a while again.
pub(crate) async fn end(deps: &Deps) -> Result<(), OlapError> {
    for_every_table(deps, ERASE_END).await
}

async fn for_every_table(deps: &Deps, sql: &str) -> Result<(), OlapError> {
    for row in deps.olap.query(ERASE_TABLES, &[]).await?.rows {
        let Some(table) = row.first().and_then(serde_json::Value::as_str) else { continue };
        deps.olap.execute(sql, &[("table", ParamValue::Text(table.to_owned()))]).await?;
    }
    Ok(())
}

/// Notes that this history has carried out an erasure.
pub(crate) async fn obeyed(erasure: u64, at: i64, deps: &Deps) -> Result<(), OlapError> {
    let params: [Param; 2] = [("erasure", ParamValue::UInt(erasure)), ("at", ParamValue::Int(at))];
    deps.olap.execute(ERASURE_OBEYED, &params).await
}

/// Which erasures this history has carried out, and when last (Unix milliseconds).
pub(crate) async fn all_obeyed(deps: &Deps) -> Result<Vec<(u64, i64)>, OlapError> {
    let answer = deps.olap.query(ERASURES_OBEYED, &[]).await?;
    Ok(answer.rows.iter().filter_map(|row| Some((row.first()?.as_u64()?, row.get(1)?.as_i64()?))).collect())
}
