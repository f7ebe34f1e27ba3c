//! `enriched` → history, exactly once (architecture: "Exactly once").
//!
//! A batch is announced (`intent`), inserted, confirmed. An intent without confirmation, after a crash **or any
//! error**, is never blindly replayed: `repair` asks which events arrived and rebuilds the sums they touch.

use super::ahead::{Amount, Stretch};
use super::balance::Balance;
use super::batch::{Batch, PIECE_BYTES, unmade};
use super::{decode, give_up, repair};
use crate::complaint::Complaint;
use crate::engine::{Core, Returned};
use crate::history;
use crate::sites::{SiteError, mark_history};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::Lsn;
use ut_core::event::Frame;
use ut_core::ports::{
    Cursor, Entry, Log, LogError, OlapBatch, OlapError, TableKind, Topic, TopicStatus, TransactionalError,
};

/// Its name in the log.
pub(crate) const CONSUMER: &str = "olap";

/// Nearer to the log's end than this, rows are made ahead: what is read meanwhile is soon done.
const NEAR_EVENTS: u64 = 250_000;
/// What was committed waits a moment for company: an insert costs milliseconds and some fifteen files, however few its
/// rows are, and each makes a part that must be merged with others.
const LINGER: Duration = Duration::from_secs(1);
const RETRY: Duration = Duration::from_secs(1);
/// Without events, it looks this often whether there is something else to do.
const IDLE: Duration = Duration::from_secs(2);
/// At the end a batch that has begun may take so long; most take less, and spare the next start a repair.
const GRACE: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub(super) enum ConsumeError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Olap(#[from] OlapError),
    #[error("the cursor does not encode: {0}")]
    Cursor(#[from] postcard::Error),
    #[error("the rows could not be made: {0}")]
    Rows(#[from] tokio::task::JoinError),
    #[error("a record does not encode: {0}")]
    Record(#[from] ut_core::event::ReceivedError),
    #[error("the sites could not be told: {0}")]
    Sites(String),
    #[error("how far it is could not be noted: {0}")]
    Mark(#[from] SiteError),
    #[error("which events are gone is not known: {0}")]
    Gone(#[from] TransactionalError),
}

/// Runs until `stop`; a batch that has begun is finished, or left to the next start's repair.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let mut complaint = Complaint::default();
    let patience = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::pin!(patience);
    loop {
        let outcome = tokio::select! {
            () = &mut patience => return,
            outcome = consume(&core, &stop, &mut complaint) => outcome,
        };
        // Nobody comes for rows while history is away.
        core.ahead.end();
        let Err(error) = outcome else { return };
        // A store that is away says so itself, and so does one that is only opening.
        let away = matches!(error, ConsumeError::Olap(OlapError::Unavailable(_)));
        if complaint.is_new(&error.to_string()) && !away {
            tracing::warn!(%error, "history waits: {error}; events stay in the log");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

/// Repairs the batches that were announced and not confirmed; false when it was stopped before.
async fn mend(core: &Core, stop: &CancellationToken, place: &mut Place) -> Result<bool, ConsumeError> {
    while let Some((first, end)) = place.intent {
        tokio::select! {
            () = stop.cancelled() => return Ok(false),
            () = core.pause.wait_while_paused() => {}
        }
        tracing::info!(first = first.0, end = end.0, "history: repairing the batch {}..{}", first.0, end.0);
        let frames = read_some(core, first, end).await?;
        let next = frames.last().map_or(place.next, Frame::end);
        let _writing = core.writing.lock().await;
        mark(core, next).await?;
        let alone = core.retention.alone().await;
        repair::repair(core, &frames).await?;
        drop(alone);
        let mut balance = place.balance.clone();
        frames.iter().for_each(|frame| balance.add(frame));
        place.confirm(core, next, balance).await?;
    }
    Ok(true)
}

/// Consumes until `stop`, which ends it between two batches.
async fn consume(
    core: &Core,
    stop: &CancellationToken,
    complaint: &mut Complaint,
) -> Result<(), ConsumeError> {
    core.deps.olap.ping().await?;
    let applied = core.deps.olap.migrate(&history::migrations(core.modules)).await?;
    if applied > 0 {
        tracing::info!(applied, "history: {applied} migrations applied");
    }
    let mut place = Place::load(core).await?;
    if !mend(core, stop, &mut place).await? {
        return Ok(());
    }
    loop {
        if !core.pause.is_paused() {
            let _writing = core.writing.lock().await;
            repair::sum_anew(core).await?;
        }
        let next = async {
            core.pause.wait_while_paused().await;
            let next = gather(core, place.next).await;
            // Asked again: who pauses an idle consumer must not see one more batch go.
            if core.pause.is_paused() {
                core.ahead.end();
                core.pause.wait_while_paused().await;
            }
            next
        };
        let next = tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            next = next => next?,
            () = tokio::time::sleep(IDLE) => {
                place.give_up_orphans(core).await?;
                continue;
            }
        };
        let balance = place.balance.clone();
        let batch = match next {
            Next::Made(stretch) => Batch::of(core, balance, stretch).await?,
            Next::Read(entries) => Batch::gather(core, stop, (place.next, balance), entries).await?,
        };
        let writing = core.writing.lock().await;
        place.announce(core, batch.end).await?;
        insert(core, &batch.rows).await?;
        place.confirm(core, batch.end, batch.balance).await?;
        drop(writing);
        place.give_up_orphans(core).await?;
        complaint.settle();
    }
}

/// What comes next into history.
enum Next {
    /// Rows that were made when their frames were committed.
    Made(Box<Stretch>),
    /// Frames of the log.
    Read(Vec<Entry>),
}

/// What follows `from`; waits a moment when it is little.
async fn gather(core: &Core, from: Lsn) -> Result<Next, LogError> {
    let log = core.deps.log.as_ref();
    let log_end = || log.status().enriched.end;
    loop {
        if log_end().0.saturating_sub(from.0) < NEAR_EVENTS {
            core.ahead.begin(log_end);
        }
        match core.ahead.begins() {
            Some((made, Amount::Nothing)) if made == from => core.ahead.committed().await,
            Some((made, _)) if made == from => {
                // A timeout is what is expected.
                let _ = tokio::time::timeout(LINGER, core.ahead.is_full()).await;
                if let Some(stretch) = core.ahead.take(from) {
                    return Ok(Next::Made(stretch));
                }
            }
            // Its beginning came into history from the log.
            Some((made, _)) if made < from => core.ahead.end(),
            _ => {
                let entries = unmade(core, log.read(Topic::Enriched, from, PIECE_BYTES).await?);
                if !entries.is_empty() {
                    return Ok(Next::Read(entries));
                }
            }
        }
    }
}

/// The first frames of what was announced.
async fn read_some(core: &Core, first: Lsn, end: Lsn) -> Result<Vec<Frame>, ConsumeError> {
    let mut entries = core.deps.log.read(Topic::Enriched, first, PIECE_BYTES).await?;
    entries.retain(|entry| entry.first < end);
    let decoded = tokio::task::spawn_blocking(move || decode(&entries)).await?;
    give_up(core.deps.log.as_ref(), &decoded.unread).await?;
    Ok(decoded.frames)
}

async fn insert(core: &Core, batch: &OlapBatch) -> Result<(), OlapError> {
    let _alone = core.retention.alone().await;
    for kind in [TableKind::Facts, TableKind::Replacing, TableKind::Rollup] {
        for (table, rows) in batch.tables(kind) {
            core.deps.olap.insert(table, rows).await?;
        }
    }
    Ok(())
}

/// Where the consumer stands in the log. A new log gets its first place. Where there are frames and no place, it is lost:
/// any of them may be in history already, so all that is retained counts as announced and is repaired.
pub(crate) async fn cursor(log: &dyn Log) -> Result<Cursor, LogError> {
    let cursor = log.cursor(CONSUMER).await?;
    if cursor.next > Lsn(0) {
        return Ok(cursor);
    }
    let TopicStatus { start, end, .. } = log.status().enriched;
    let cursor = Cursor { next: start, intent: (start < end).then_some((start, end)), state: Vec::new() };
    if cursor.intent.is_some() {
        tracing::warn!(
            from = start.0,
            to = end.0,
            "history: its place in the log is lost, all of the log is repaired"
        );
    }
    log.commit(CONSUMER, cursor.clone()).await?;
    Ok(cursor)
}

/// Notes outside the log how far history is given its events, before it is.
async fn mark(core: &Core, end: Lsn) -> Result<(), ConsumeError> {
    mark_history(core.deps.transactional.as_ref(), core.deps.log_number.0, end).await?;
    Ok(())
}

/// The cursor of a log that was put back from an older copy stands before what history was given: all of that counts as
/// announced and is repaired.
pub(crate) async fn not_behind(log: &dyn Log, cursor: Cursor, mark: Lsn) -> Result<Cursor, LogError> {
    if cursor.intent.map_or(cursor.next, |(_, end)| end) >= mark {
        return Ok(cursor);
    }
    let cursor = Cursor { intent: Some((cursor.next, mark)), ..cursor };
    tracing::warn!(
        from = cursor.next.0,
        to = mark.0,
        "history: it was given events up to {}, its place in the log is {}: what lies between is repaired",
        mark.0,
        cursor.next.0
    );
    log.commit(CONSUMER, cursor.clone()).await?;
    Ok(cursor)
}

/// Where the consumer stands, with the balance up to there.
struct Place {
    next: Lsn,
    intent: Option<(Lsn, Lsn)>,
    balance: Balance,
}

impl Place {
    async fn load(core: &Core) -> Result<Self, LogError> {
        let cursor = cursor(core.deps.log.as_ref()).await?;
        let (next, balance) = (cursor.next, Balance::read(&cursor.state, cursor.next));
        // A confirmation whose answer was an error may be on disk all the same.
        *core.history.lock() = (next, balance.clone());
        Ok(Self { next, intent: cursor.intent, balance })
    }

    async fn announce(&self, core: &Core, end: Lsn) -> Result<(), ConsumeError> {
        mark(core, end).await?;
        self.commit(core, self.next, Some((self.next, end)), &self.balance).await
    }

    /// What was announced is done up to `next`, and `balance` is the balance there.
    async fn confirm(&mut self, core: &Core, next: Lsn, balance: Balance) -> Result<(), ConsumeError> {
        let intent = self.intent.filter(|(_, end)| next < *end).map(|(_, end)| (next, end));
        self.commit(core, next, intent, &balance).await?;
        *core.history.lock() = (next, balance.clone());
        (self.next, self.intent, self.balance) = (next, intent, balance);
        Ok(())
    }

    /// Parked events that should have come back and have not: their frame, or the record they came back in, is lost.
    async fn give_up_orphans(&mut self, core: &Core) -> Result<(), ConsumeError> {
        let returned = *core.returned.lock();
        let Some(Returned { parked_before, by }) = returned.filter(|returned| returned.by <= self.next)
        else {
            return Ok(());
        };
        let orphans = self.balance.orphans_before(parked_before);
        for lsn in &orphans {
            let event = Entry::new(*lsn, 1, Vec::new());
            let why = "it waited for history's word, and what it should have come back by is lost";
            core.deps.log.give_up(Topic::Received, &event, why).await?;
        }
        if !orphans.is_empty() {
            let mut balance = self.balance.clone();
            balance.give_up(&orphans);
            self.commit(core, self.next, self.intent, &balance).await?;
            *core.history.lock() = (self.next, balance.clone());
            self.balance = balance;
        }
        // The next look comes with the next word of who brings them back.
        core.returned.lock().take_if(|newer| newer.by == by);
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
