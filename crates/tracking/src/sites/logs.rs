//! What is kept of logs outside of them: their numbers (2 bytes in a row of the history instead of 16), and how far
//! history was given their events. By that mark a log that was put back from an older copy is told from one that was
//! not: it would give numbers again which history holds.

use super::SiteError;
use ut_core::ports::{Statement, Transactional, TransactionalError, Value};
use ut_core::{LogId, Lsn};

const LOG_NUMBER: Statement =
    Statement { name: "log_number", sql: include_str!("sql/log_number.transactional.sql") };
const KNOWN_LOGS: Statement =
    Statement { name: "known_logs", sql: include_str!("sql/known_logs.transactional.sql") };
const MARK_HISTORY: Statement =
    Statement { name: "mark_history", sql: include_str!("sql/mark_history.transactional.sql") };
const HISTORY_MARK: Statement =
    Statement { name: "history_mark", sql: include_str!("sql/history_mark.transactional.sql") };

/// Two processes that number new logs at once may pick the same number; the second one asks again.
const ATTEMPTS: usize = 5;

/// The number of a log, given on the first call and the same ever after; from 1.
pub async fn log_number(store: &dyn Transactional, log: LogId) -> Result<u16, SiteError> {
    let mut attempt = 1;
    let rows = loop {
        match store.run(&LOG_NUMBER, &[Value::Text(log.to_string())]).await {
            Err(TransactionalError::Conflict { .. }) if attempt < ATTEMPTS => attempt += 1,
            answer => break answer?,
        }
    };
    match rows.first().map(Vec::as_slice) {
        Some([Value::Int(number)]) => u16::try_from(*number).map_err(|_| SiteError::TooManyLogs),
        other => Err(SiteError::Damaged { site: 0, what: format!("log {log} has the number {other:?}") }),
    }
}

/// Every log there was, oldest first, and the mark of each.
pub async fn known_logs(store: &dyn Transactional) -> Result<Vec<(LogId, Lsn)>, SiteError> {
    let rows = store.run(&KNOWN_LOGS, &[]).await?;
    let log = |row: &Vec<Value>| match row.as_slice() {
        [Value::Text(id), Value::Int(end)] => Some((LogId(u128::from_str_radix(id, 16).ok()?), mark(*end))),
        _ => None,
    };
    let damaged = |row: &Vec<Value>| SiteError::Damaged { site: 0, what: format!("a log is {row:?}") };
    rows.iter().map(|row| log(row).ok_or_else(|| damaged(row))).collect()
}

/// History is about to be given the events of `log` before `end`. Durable when it returns; it never goes back.
pub(crate) async fn mark_history(store: &dyn Transactional, log: LogId, end: Lsn) -> Result<(), SiteError> {
    let end = i64::try_from(end.0).unwrap_or(i64::MAX);
    store.run(&MARK_HISTORY, &[Value::Text(log.to_string()), Value::Int(end)]).await?;
    Ok(())
}

/// History may hold the events of `log` before this number.
pub(crate) async fn history_mark(store: &dyn Transactional, log: LogId) -> Result<Lsn, SiteError> {
    let rows = store.run(&HISTORY_MARK, &[Value::Text(log.to_string())]).await?;
    Ok(match rows.first().map(Vec::as_slice) {
        Some([Value::Int(end)]) => mark(*end),
        _ => Lsn::FIRST,
    })
}

fn mark(end: i64) -> Lsn {
    Lsn(u64::try_from(end).unwrap_or(0)).max(Lsn::FIRST)
}
