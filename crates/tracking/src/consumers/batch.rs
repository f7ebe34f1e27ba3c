//! What becomes one insert: the rows of many frames, made frame by frame, so that no more than a piece of the log is in
//! memory at once beside them.

use super::ahead::Stretch;
use super::balance::Balance;
use super::olap::ConsumeError;
use super::{Unread, frame, give_up};
use crate::engine::Core;
use crate::history;
use tokio_util::sync::CancellationToken;
use ut_core::Lsn;
use ut_core::event::Frame;
use ut_core::module::RowsContext;
use ut_core::ports::{Entry, OlapBatch, Topic};

/// At most so much of `enriched` is read at once: some 20,000 events.
pub(super) const PIECE_BYTES: usize = 8 << 20;

/// With so many events, or so much of `enriched`, an insert is large enough: what each costs besides its rows, and the
/// merging of many small parts, is little then, and it is still far below the engine's block size and its memory. One
/// more piece may come to it.
const ENOUGH_EVENTS: u64 = 250_000;
const ENOUGH_BYTES: usize = 96 << 20;

/// Frames that history gets together.
#[derive(Debug)]
pub(super) struct Batch {
    /// The number after the last event.
    pub(super) end: Lsn,
    /// The balance up to there.
    pub(super) balance: Balance,
    /// Their rows.
    pub(super) rows: OlapBatch,
}

/// A batch that more frames may come to.
struct Gathering {
    end: Lsn,
    balance: Balance,
    bytes: usize,
    rows: history::Rows,
}

/// Those of the frames that are not gathered ahead.
pub(super) fn unmade(core: &Core, mut entries: Vec<Entry>) -> Vec<Entry> {
    if let Some((made, _)) = core.ahead.begins() {
        entries.retain(|entry| entry.first < made);
    }
    entries
}

impl Batch {
    /// Begins with `entries`, which start at `from`, and goes on while the log has more, up to what is enough.
    pub(super) async fn gather(
        core: &Core,
        stop: &CancellationToken,
        (from, balance): (Lsn, Balance),
        mut entries: Vec<Entry>,
    ) -> Result<Self, ConsumeError> {
        let mut batch = Gathering { end: from, balance, bytes: 0, rows: history::Rows::default() };
        loop {
            batch = batch.with(core, entries).await?;
            let enough = batch.end.0 - from.0 >= ENOUGH_EVENTS || batch.bytes >= ENOUGH_BYTES;
            if enough || stop.is_cancelled() || core.deps.log.status().enriched.end <= batch.end {
                return batch.finish(core).await;
            }
            entries = unmade(core, core.deps.log.read(Topic::Enriched, batch.end, PIECE_BYTES).await?);
            if entries.is_empty() {
                return batch.finish(core).await;
            }
        }
    }

    /// Of rows that were made ahead, behind what `balance` counts.
    pub(super) async fn of(
        core: &Core,
        mut balance: Balance,
        stretch: Box<Stretch>,
    ) -> Result<Self, ConsumeError> {
        let Stretch { end, changes, rows, .. } = *stretch;
        balance.apply(changes);
        Gathering { end, balance, bytes: 0, rows }.finish(core).await
    }
}

impl Gathering {
    /// Tens of milliseconds of work for a piece: not on the threads that answer requests.
    async fn with(mut self, core: &Core, entries: Vec<Entry>) -> Result<Self, ConsumeError> {
        let worker = core.clone();
        let work = move || {
            let mut unread = Unread::new();
            for entry in &entries {
                let frame = frame(entry, &mut unread);
                self.end = frame.end();
                self.balance.add(&frame);
                self.bytes += entry.bytes.len();
                self.rows.add(&frame, worker.modules, &context(&worker));
            }
            (self, unread)
        };
        let (batch, unread) = tokio::task::spawn_blocking(work).await?;
        give_up(core.deps.log.as_ref(), &unread).await?;
        Ok(batch)
    }

    async fn finish(self, core: &Core) -> Result<Batch, ConsumeError> {
        let core = core.clone();
        let work = move || {
            let Self { end, balance, rows, .. } = self;
            Batch { end, balance, rows: rows.finish(&context(&core)) }
        };
        Ok(tokio::task::spawn_blocking(work).await?)
    }
}

/// The rows of some frames, for every table.
pub(super) fn rows(core: &Core, frames: impl IntoIterator<Item = Frame>) -> OlapBatch {
    let (mut rows, context) = (history::Rows::default(), context(core));
    frames.into_iter().for_each(|frame| rows.add(&frame, core.modules, &context));
    rows.finish(&context)
}

pub(crate) fn context(core: &Core) -> RowsContext<'_> {
    RowsContext { log: core.deps.log_number.1, sites: core.deps.sites.as_ref(), keys: &core.deps.keys }
}
