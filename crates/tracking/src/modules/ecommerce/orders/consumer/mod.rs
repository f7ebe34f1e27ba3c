//! `enriched` → the ledger, exactly once: what events tell is entered in the transaction that holds the consumer's place.
//!
//! What the pipeline has just committed is handed over in memory; the log is read for what came before.

use super::ledger::{Book, LedgerError, PLACE_OF_LOG, PUT_PLACE};
use super::mirror::{self, MirrorError};
use super::observe::reports;
use super::restate::Known;
use crate::complaint::Complaint;
use crate::consumers::{context, frames_of};
use crate::engine::Core;
use crate::pipeline::Handover;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use ut_core::event::Frame;
use ut_core::module::{Module, RowsContext};
use ut_core::order::OrderReport;
use ut_core::ports::{LogError, Topic, TransactionalError, Value};
use ut_core::{LogId, Lsn};

/// The module whose ledger this is.
const NAME: &str = "ecommerce";

const BATCH_BYTES: usize = 1 << 20;
const RETRY: Duration = Duration::from_millis(500);
/// Events that tell of no order: the place is noted only so often.
const NOTE: Duration = Duration::from_secs(5);
/// With nothing to do, history is looked at this often: an order may be owed to it from before.
const LOOK: Duration = Duration::from_secs(5);

/// What the pipeline hands over to the ledger, and how far the ledger is.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    told: Handover<OrderReport>,
    /// What events before this number tell is in it.
    entered: AtomicU64,
    /// And this number is noted with it: from here on events are read again after a crash.
    noted: AtomicU64,
    changed: Notify,
}

impl Ledger {
    /// The ledger of a build with the module of this name. Without it there is none: nothing waits for it, the log least
    /// of all.
    pub(crate) fn of(modules: &[&dyn Module]) -> Option<Arc<Self>> {
        modules.iter().any(|module| module.name() == NAME).then(Arc::default)
    }

    /// Hands over what a frame tells that the log has.
    pub(crate) fn hand_over(&self, frame: &Frame, context: &RowsContext<'_>) {
        self.told.push(frame.from, frame.end(), reports(frame, context));
    }

    /// What events before this number tell is in it.
    pub(crate) fn entered(&self) -> Lsn {
        Lsn(self.entered.load(SeqCst))
    }

    /// Nobody reads events before this number for it any more.
    pub(crate) fn noted(&self) -> Lsn {
        Lsn(self.noted.load(SeqCst))
    }

    /// There is something for history.
    pub(super) fn wake(&self) {
        self.changed.notify_one();
    }
}

#[derive(Debug, thiserror::Error)]
enum ConsumeError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Store(#[from] TransactionalError),
}

/// Runs until `stop`: the ledger, and its image in history.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let Some(ledger) = core.ledger.as_deref() else { return };
    let mut complaint = Complaint::default();
    let entering = async {
        loop {
            let Err(error) = consume(&core, ledger, &mut complaint).await;
            if complaint.is_new(&error.to_string()) {
                tracing::warn!(%error, "the order ledger waits: {error}; events stay in the log");
            }
            tokio::time::sleep(RETRY).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = entering => {}
        () = image(&core, ledger) => {}
    }
}

async fn consume(
    core: &Core,
    ledger: &Ledger,
    complaint: &mut Complaint,
) -> Result<std::convert::Infallible, ConsumeError> {
    let log = core.deps.log_number.0;
    let mut next = place(core, log).await?;
    ledger.noted.store(next.0, SeqCst);
    let mut noted = (next, tokio::time::Instant::now());
    loop {
        let from = next.max(core.deps.log.status().enriched.start);
        let change = tokio::time::timeout(NOTE, told(core, ledger, from)).await;
        let (until, told) = match change {
            Ok(change) => change?,
            Err(_) => (next, Vec::new()),
        };
        let late = noted.0 != until && (noted.1.elapsed() >= NOTE || core.hurry.load(SeqCst));
        if !told.is_empty() || late {
            enter(core, log, until, told).await?;
            ledger.noted.store(until.0, SeqCst);
            ledger.wake();
            noted = (until, tokio::time::Instant::now());
        }
        ledger.entered.store(until.0, SeqCst);
        next = until;
        complaint.settle();
    }
}

async fn place(core: &Core, log: LogId) -> Result<Lsn, TransactionalError> {
    let rows = core.deps.transactional.run(&PLACE_OF_LOG, &[Value::Text(log.to_string())]).await?;
    let next = match rows.first().map(Vec::as_slice) {
        Some([Value::Int(next)]) => u64::try_from(*next).unwrap_or_default(),
        _ => 0,
    };
    Ok(Lsn(next).max(Lsn::FIRST))
}

/// What events tell from `from` on, and up to where.
async fn told(core: &Core, ledger: &Ledger, from: Lsn) -> Result<(Lsn, Vec<OrderReport>), LogError> {
    loop {
        if let Some(handed) = ledger.told.take(from) {
            return Ok(handed);
        }
        if from < core.deps.log.status().enriched.end {
            let entries = core.deps.log.read(Topic::Enriched, from, BATCH_BYTES).await?;
            let frames = frames_of(core.deps.log.as_ref(), &entries).await?;
            let until = frames.last().map_or(from, |frame| frame.end());
            let context = context(core);
            return Ok((until, frames.iter().flat_map(|frame| reports(frame, &context)).collect()));
        }
        ledger.told.committed().await;
    }
}

/// Enters what was told, and up to where it was.
async fn enter(core: &Core, log: LogId, until: Lsn, told: Vec<OrderReport>) -> Result<(), ConsumeError> {
    let mut transaction = core.deps.transactional.begin().await?;
    let mut book = Book::new(transaction.as_mut());
    for report in told {
        book.enter(report).await?;
    }
    book.write().await?;
    let place = [Value::Text(log.to_string()), Value::Int(until.0.cast_signed())];
    transaction.run(&PUT_PLACE, &place).await?;
    Ok(transaction.commit().await?)
}

/// Writes what is owed to history; true if there may be more.
async fn owed(core: &Core, known: &mut Known) -> Result<bool, MirrorError> {
    for site in core.deps.sites.all() {
        known.keep(core, &site).await?;
    }
    mirror::some(core).await
}

/// Keeps history's image of the ledger up to date.
async fn image(core: &Core, ledger: &Ledger) {
    let (mut complaint, mut known) = (Complaint::default(), Known::default());
    loop {
        core.pause.wait_while_paused().await;
        match owed(core, &mut known).await {
            Ok(true) => continue,
            Ok(false) => complaint.settle(),
            Err(error) => {
                if complaint.is_new(&error.to_string()) {
                    tracing::debug!(%error, "orders wait for history: {error}");
                }
            }
        }
        // A timeout is what is expected.
        let _ = tokio::time::timeout(LOOK, ledger.changed.notified()).await;
    }
}
