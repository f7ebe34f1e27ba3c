//! The ports: what a store must be able to do, and nothing about how. At most seven methods each; the adapter is
//! chosen by the scheme of its URL when the process starts.

mod log;
mod olap;
mod realtime;
mod transactional;

pub use log::{Close, Cursor, Entry, Log, LogError, LogStatus, Replaced, Topic, TopicStatus};
pub use olap::{
    Column, Olap, OlapBatch, OlapError, OlapRows, Param, ParamValue, RowWriter, TableKind, TableRows,
};
pub use realtime::{
    ACTIVITY_LINES, Activity, Candidate, CountryCount, Decision, Decisions, Level, LiveAnswer, LiveBatch,
    LiveOp, LiveView, Outcome, PageCount, RateVerdict, Realtime, RealtimeError, SaltDay, Salts, Take,
};
pub use transactional::{Row, Statement, Transaction, Transactional, TransactionalError, Value};
