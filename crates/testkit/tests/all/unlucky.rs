//! Stores and a module that fail when they are told to; everything else they leave to the real ones.

use futures_core::stream::BoxStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use ut_core::event::{Draft, Frame, Ids, Reentries};
use ut_core::module::{Context, Migration, Module, Verdict};
use ut_core::ports::{
    Candidate, Close, Cursor, Decisions, Entry, LiveAnswer, LiveBatch, LiveView, Log, LogError, LogStatus,
    Olap, OlapError, OlapRows, Param, RateVerdict, Realtime, RealtimeError, SaltDay, Salts, TableRows, Take,
    Topic,
};
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};
use ut_core::{Lsn, SiteId, VisitorId, VisitorKey};

/// Breaks down at the first event named `stumble`.
#[derive(Debug)]
pub(crate) struct Stumble;

static STUMBLED: AtomicBool = AtomicBool::new(false);

#[async_trait::async_trait]
impl Module for Stumble {
    fn name(&self) -> &'static str {
        "stumble"
    }

    fn admit(&self, draft: &mut Draft, _context: &Context<'_>) -> Verdict {
        assert!(draft.name.as_str() != "stumble" || STUMBLED.swap(true, SeqCst), "stumbled, as told");
        Verdict::Keep
    }

    async fn export(&self, _: &Subject, _: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        Ok(Vec::new())
    }

    async fn forget(&self, _: &Subject, _: Veil, _: &Hands<'_>) -> Result<(), RightsError> {
        Ok(())
    }
}

/// What becomes of the rows of an insert that is answered with an error.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rows {
    Stored,
    Lost,
}

/// A history whose next insert into `table` fails.
#[derive(Debug)]
pub(crate) struct UnluckyOlap {
    pub(crate) inner: Arc<dyn Olap>,
    pub(crate) table: &'static str,
    pub(crate) rows: Rows,
    pub(crate) due: AtomicBool,
}

#[async_trait::async_trait]
impl Olap for UnluckyOlap {
    async fn execute(&self, sql: &str, params: &[Param]) -> Result<(), OlapError> {
        self.inner.execute(sql, params).await
    }

    async fn query(&self, sql: &str, params: &[Param]) -> Result<OlapRows, OlapError> {
        self.inner.query(sql, params).await
    }

    async fn stream(
        &self,
        sql: &str,
        params: &[Param],
        format: &str,
    ) -> Result<BoxStream<'static, Result<Vec<u8>, OlapError>>, OlapError> {
        self.inner.stream(sql, params, format).await
    }

    async fn insert(&self, table: &str, rows: &Arc<TableRows>) -> Result<(), OlapError> {
        let fails = table == self.table && self.due.swap(false, SeqCst);
        if !fails || matches!(self.rows, Rows::Stored) {
            self.inner.insert(table, rows).await?;
        }
        // ClickHouse's NOT_ENOUGH_SPACE.
        let refusal = OlapError::Refused { code: 243, message: "no space, as told".to_owned() };
        if fails { Err(refusal) } else { Ok(()) }
    }

    async fn migrate(&self, migrations: &[Migration]) -> Result<usize, OlapError> {
        self.inner.migrate(migrations).await
    }

    async fn ping(&self) -> Result<(), OlapError> {
        self.inner.ping().await
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

/// A real-time store that cannot be told of frames for a while.
#[derive(Debug)]
pub(crate) struct UnluckyRealtime {
    pub(crate) inner: Arc<dyn Realtime>,
    /// How many of the next calls fail.
    pub(crate) failures: AtomicU32,
}

#[async_trait::async_trait]
impl Realtime for UnluckyRealtime {
    async fn decide(&self, candidates: &[Candidate]) -> Result<Decisions, RealtimeError> {
        self.inner.decide(candidates).await
    }

    async fn synced(&self, frame: &Frame) -> Result<(), RealtimeError> {
        if self.failures.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() {
            return Err(RealtimeError("away, as told".to_owned()));
        }
        self.inner.synced(frame).await
    }

    async fn salts(&self, site: SiteId, today: SaltDay) -> Result<(Salts, Option<Salts>), RealtimeError> {
        self.inner.salts(site, today).await
    }

    async fn whose(&self, site: SiteId, ids: &Ids, at: i64) -> Result<VisitorId, RealtimeError> {
        self.inner.whose(site, ids, at).await
    }

    async fn live(&self, batch: &LiveBatch) -> Result<LiveAnswer, RealtimeError> {
        self.inner.live(batch).await
    }

    async fn view(
        &self,
        site: SiteId,
        whose: Option<VisitorKey>,
        now: i64,
    ) -> Result<LiveView, RealtimeError> {
        self.inner.view(site, whose, now).await
    }

    async fn allow(&self, takes: &[Take<'_>], now: i64) -> Result<RateVerdict, RealtimeError> {
        self.inner.allow(takes, now).await
    }
}

/// A log that refuses the late events' records or places.
#[derive(Debug)]
pub(crate) struct UnluckyLog {
    pub(crate) inner: Arc<dyn Log>,
    pub(crate) commits_fail: bool,
    pub(crate) full: bool,
    pub(crate) returns: Returns,
}

/// What becomes of the records in which late events come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    Kept,
    /// They cannot be appended.
    Refused,
    /// What is appended is not understood.
    Spoilt,
}

#[async_trait::async_trait]
impl Log for UnluckyLog {
    async fn append(&self, topic: Topic, count: u32, bytes: Vec<u8>) -> Result<Lsn, LogError> {
        if self.full && topic == Topic::Received {
            return Err(LogError::Full("as told".to_owned()));
        }
        let mut bytes = bytes;
        if topic == Topic::Received && Reentries::is(&bytes) {
            match self.returns {
                Returns::Kept => {}
                Returns::Refused => return Err(LogError::Io("as told".to_owned())),
                Returns::Spoilt => bytes.truncate(bytes.len() / 2),
            }
        }
        self.inner.append(topic, count, bytes).await
    }

    async fn read(&self, topic: Topic, from: Lsn, max_bytes: usize) -> Result<Vec<Entry>, LogError> {
        self.inner.read(topic, from, max_bytes).await
    }

    async fn give_up(&self, topic: Topic, record: &Entry, why: &str) -> Result<(), LogError> {
        self.inner.give_up(topic, record, why).await
    }

    async fn trim(&self, topic: Topic, until: Lsn, close: Close) -> Result<(), LogError> {
        self.inner.trim(topic, until, close).await
    }

    async fn commit(&self, consumer: &str, cursor: Cursor) -> Result<(), LogError> {
        if self.commits_fail && consumer == "late" {
            return Err(LogError::Io("as told".to_owned()));
        }
        self.inner.commit(consumer, cursor).await
    }

    async fn cursor(&self, consumer: &str) -> Result<Cursor, LogError> {
        self.inner.cursor(consumer).await
    }

    async fn reached(&self, consumer: &str) -> Result<Lsn, LogError> {
        self.inner.reached(consumer).await
    }

    fn status(&self) -> LogStatus {
        self.inner.status()
    }
}
