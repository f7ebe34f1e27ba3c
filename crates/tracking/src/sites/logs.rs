//! Numbers of logs: 2 bytes in a row of the history instead of 16.

use super::SiteError;
use ut_core::LogId;
use ut_core::ports::{Statement, Transactional, TransactionalError, Value};

const LOG_NUMBER: Statement =
    Statement { name: "log_number", sql: include_str!("sql/log_number.transactional.sql") };

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
