//! `enriched` → history, exactly once (architecture: "Exactly once").
//!
//! A batch is announced (`intent`), inserted, confirmed. An intent without confirmation, after a crash **or any
//! error**, is never blindly replayed: `repair` asks which events arrived and rebuilds the sums they touch.

use super::balance::Balance;
use super::{decode, repair};
use crate::engine::Core;
use crate::history;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::Lsn;
use ut_core::event::Frame;
use ut_core::module::RowsContext;
use ut_core::ports::{Cursor, Entry, LogError, OlapBatch, OlapError, TableKind, Topic};

/// Its name in the log.
pub(crate) const CONSUMER: &str = "olap";

/// At most so much of `enriched` becomes one insert: some 20,000 events, far below the engine's block size.
const BATCH_BYTES: usize = 8 << 20;

/// A batch smaller than this waits a moment for company: tiny inserts cost milliseconds each.
const SMALL_BYTES: usize = 1 << 20;
const LINGER: Duration = Duration::from_millis(250);
const RETRY: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub(super) enum ConsumeError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Olap(#[from] OlapError),
    #[error("the cursor does not encode: {0}")]
    Cursor(#[from] postcard::Error),
}

/// Runs until `stop`; a batch that has begun is finished or left to the next start's repair.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let mut complaint = String::new();
    loop {
        let error = tokio::select! {
            () = stop.cancelled() => return,
            outcome = consume(&core) => outcome,
        };
        let Err(error) = error;
        let text = error.to_string();
        if text != complaint {
            tracing::warn!(%error, "history waits: {error}; events stay in the log");
            complaint = text;
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

/// Consumes for ever; returns only with an error.
async fn consume(core: &Core) -> Result<std::convert::Infallible, ConsumeError> {
    core.deps.olap.ping().await?;
    let applied = core.deps.olap.migrate(&history::migrations(core.modules)).await?;
    if applied > 0 {
        tracing::info!(applied, "history: {applied} migrations applied");
    }
    let mut place = Place::load(core).await?;
    if let Some((first, end)) = place.intent.take() {
        tracing::info!(first = first.0, end = end.0, "history: repairing the batch {}..{}", first.0, end.0);
        let frames = read_all(core, first, end).await?;
        repair::repair(core, &frames).await?;
        place.confirm(core, &frames).await?;
    }
    loop {
        core.pause.wait_while_paused().await;
        let frames = decode(&gather(core, place.next).await?)?;
        place.announce(core, &frames).await?;
        insert(core, &frames).await?;
        place.confirm(core, &frames).await?;
    }
}

/// The next frames; waits a moment when there are few.
async fn gather(core: &Core, from: Lsn) -> Result<Vec<Entry>, LogError> {
    let entries = core.deps.log.read(Topic::Enriched, from, BATCH_BYTES).await?;
    if entries.iter().map(|entry| entry.bytes.len()).sum::<usize>() >= SMALL_BYTES {
        return Ok(entries);
    }
    tokio::time::sleep(LINGER).await;
    core.deps.log.read(Topic::Enriched, from, BATCH_BYTES).await
}

async fn read_all(core: &Core, first: Lsn, end: Lsn) -> Result<Vec<Frame>, LogError> {
    let mut frames = Vec::new();
    let mut from = first;
    while from < end {
        let entries = core.deps.log.read(Topic::Enriched, from, BATCH_BYTES).await?;
        let wanted: Vec<_> = entries.into_iter().filter(|entry| entry.first < end).collect();
        from = wanted.last().map_or(end, Entry::end);
        frames.extend(decode(&wanted)?);
    }
    Ok(frames)
}

/// The rows of some frames, for every table.
pub(super) fn batch(core: &Core, frames: &[Frame]) -> OlapBatch {
    let context =
        RowsContext { log: core.deps.log_number.1, sites: core.deps.sites.as_ref(), keys: &core.deps.keys };
    let mut batch = OlapBatch::default();
    for frame in frames {
        history::rows(frame, core.modules, &context, &mut batch);
    }
    batch
}

async fn insert(core: &Core, frames: &[Frame]) -> Result<(), OlapError> {
    let batch = batch(core, frames);
    for kind in [TableKind::Facts, TableKind::Replacing, TableKind::Rollup] {
        for (table, rows) in batch.tables(kind) {
            core.deps.olap.insert(table, rows).await?;
        }
    }
    Ok(())
}

/// Where the consumer stands, with the balance up to there.
struct Place {
    next: Lsn,
    intent: Option<(Lsn, Lsn)>,
    balance: Balance,
}

impl Place {
    async fn load(core: &Core) -> Result<Self, LogError> {
        let cursor = core.deps.log.cursor(CONSUMER).await?;
        let balance = postcard::from_bytes(&cursor.state).unwrap_or_default();
        Ok(Self { next: cursor.next.max(Lsn::FIRST), intent: cursor.intent, balance })
    }

    async fn announce(&self, core: &Core, frames: &[Frame]) -> Result<(), ConsumeError> {
        let end = frames.last().map_or(self.next, Frame::end);
        self.commit(core, self.next, Some((self.next, end)), &self.balance).await
    }

    async fn confirm(&mut self, core: &Core, frames: &[Frame]) -> Result<(), ConsumeError> {
        let mut balance = self.balance.clone();
        frames.iter().for_each(|frame| balance.add(frame));
        let next = frames.last().map_or(self.next, Frame::end);
        self.commit(core, next, None, &balance).await?;
        *core.history.lock() = (next, balance.clone());
        (self.next, self.balance) = (next, balance);
        Ok(())
    }

    async fn commit(
        &self,
        core: &Core,
        next: Lsn,
        intent: Option<(Lsn, Lsn)>,
        balance: &Balance,
    ) -> Result<(), ConsumeError> {
        let state = postcard::to_stdvec(balance)?;
        core.deps.log.commit(CONSUMER, Cursor { next, intent, state }).await?;
        Ok(())
    }
}
