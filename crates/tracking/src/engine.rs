//! The running system behind the door: pipeline, consumers, housekeeping, and how they end.

use crate::complaint::Complaint;
use crate::consumers::ahead::Ahead;
use crate::consumers::{self, Balance};
use crate::integrations::{Integrations, Provider};
use crate::modules::consent::Identifier;
use crate::modules::ecommerce::orders::{self, LedgerError};
use crate::pipeline::{self, Handover};
use crate::retention::{self, Retention};
use crate::rights::{self, Rights};
use crate::sites::history_mark;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use ut_core::module::Module;
use ut_core::order::OrderReport;
use ut_core::ports::{Close, LiveBatch, LiveOp, LogError, SaltDay, Topic};
use ut_core::{Deps, Lsn, SiteId};

/// Housekeeping happens this often: salts rotate within seconds of 04:00, and freed segments go soon.
const TICK: Duration = Duration::from_secs(5);

/// How often it is looked whether history has come further.
const LOOK: Duration = Duration::from_millis(20);

/// A stage that broke down starts again after so long.
const RESTART: Duration = Duration::from_secs(1);

/// What every stage shares.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    pub(crate) deps: Deps,
    pub(crate) modules: &'static [&'static dyn Module],
    pub(crate) identifier: Arc<Identifier>,
    pub(crate) pause: Pause,
    /// Held while something is written to history, from its announcement to its confirmation.
    pub(crate) writing: Arc<tokio::sync::Mutex<()>>,
    pub(crate) history: Arc<Mutex<(Lsn, Balance)>>,
    /// Numbers that parked events took when they came back, as far as this process knows.
    pub(crate) reentries: Arc<AtomicU64>,
    pub(crate) returned: Arc<Mutex<Option<Returned>>>,
    /// What the pipeline has just committed.
    pub(crate) handover: Arc<Handover<LiveOp>>,
    /// The order ledger's side of it.
    pub(crate) ledger: Option<Arc<orders::Ledger>>,
    /// The rows of it.
    pub(crate) ahead: Arc<Ahead>,
    /// Who was forgotten, and is to be.
    pub(crate) rights: Arc<Rights>,
    /// Somebody waits for the log to let go of what is done: every stage notes its place at once.
    pub(crate) hurry: Arc<AtomicBool>,
    /// What goes when it is too old.
    pub(crate) retention: Arc<Retention>,
    /// Which shops tell of their orders themselves.
    pub(crate) integrations: Arc<Integrations>,
}

/// What the consumer of late events says of those it has brought back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Returned {
    /// Every event that was parked under a number before this one has come back...
    pub(crate) parked_before: Lsn,
    /// ... by a record before this number.
    pub(crate) by: Lsn,
}

/// The brake of the history consumer (`olap pause`).
#[derive(Debug, Clone)]
pub(crate) struct Pause(tokio::sync::watch::Sender<bool>);

impl Pause {
    pub(crate) fn is_paused(&self) -> bool {
        *self.0.borrow()
    }

    pub(crate) async fn wait_while_paused(&self) {
        // The sender lives in `self`: the channel cannot be closed here.
        let _ = self.0.subscribe().wait_for(|paused| !paused).await;
    }
}

/// The ingest balance of this log, as `/metrics` and the dashboard show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestBalance {
    /// Events acknowledged. A parked event that came back is no new one.
    pub received: u64,
    /// What became of those the history is past.
    pub settled: Balance,
    /// Acknowledged and not yet settled.
    pub in_flight: u64,
}

/// History stands still, between two batches, until this is dropped. The door and the pipeline go on.
#[derive(Debug)]
pub struct HistoryHeld {
    _writing: tokio::sync::OwnedMutexGuard<()>,
    /// Events that are acknowledged and not in it.
    pub waiting_events: u64,
}

/// Pipeline, consumers and housekeeping of one process.
#[derive(Debug)]
pub struct Engine {
    core: Core,
    stop: CancellationToken,
    tasks: Mutex<JoinSet<()>>,
}

impl Engine {
    /// The consumer under which history keeps its place in the log.
    pub const HISTORY_CURSOR: &str = consumers::olap::CONSUMER;

    /// Starts every stage on the current runtime.
    pub async fn start(
        deps: Deps,
        modules: &'static [&'static dyn Module],
        identifier: Arc<Identifier>,
        rights: Arc<Rights>,
        retention: Arc<Retention>,
        integrations: Arc<Integrations>,
    ) -> Result<Self, LogError> {
        let mark = history_mark(deps.transactional.as_ref(), deps.log_number.0).await;
        let mark = mark.map_err(|error| LogError::Io(format!("how far history is: {error}")))?;
        let cursor = consumers::olap::cursor(deps.log.as_ref()).await?;
        let cursor = consumers::olap::not_behind(deps.log.as_ref(), cursor, mark).await?;
        consumers::late::cursor(deps.log.as_ref()).await?;
        let balance = Balance::read(&cursor.state, cursor.next);
        let reentries = Arc::new(AtomicU64::new(balance.reentered));
        let history = Arc::new(Mutex::new((cursor.next, balance)));
        let pause = Pause(tokio::sync::watch::Sender::new(false));
        let core = Core {
            deps,
            modules,
            identifier,
            pause,
            writing: Arc::default(),
            history,
            reentries,
            returned: Arc::default(),
            handover: Arc::default(),
            ledger: orders::Ledger::of(modules),
            ahead: Arc::default(),
            rights,
            hurry: Arc::default(),
            retention,
            integrations,
        };
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(supervised("the pipeline", core.clone(), stop.clone(), pipeline::run));
        tasks.spawn(supervised("history", core.clone(), stop.clone(), consumers::olap::run));
        tasks.spawn(supervised("late events", core.clone(), stop.clone(), consumers::late::run));
        tasks.spawn(supervised("the live picture", core.clone(), stop.clone(), consumers::live::run));
        tasks.spawn(supervised("the order ledger", core.clone(), stop.clone(), orders::run));
        tasks.spawn(supervised("erasures", core.clone(), stop.clone(), rights::run));
        tasks.spawn(supervised("housekeeping", core.clone(), stop.clone(), housekeeping));
        tasks.spawn(supervised("retention", core.clone(), stop.clone(), retention::stage));
        Ok(Self { core, stop, tasks: Mutex::new(tasks) })
    }

    /// The balance at this moment.
    #[must_use]
    pub fn balance(&self) -> IngestBalance {
        let settled = self.core.history.lock().1.clone();
        // The end is asked last: what is behind it and not known as a re-entry yet is in flight for a moment.
        let reentered = settled.reentered.max(self.core.reentries.load(SeqCst));
        let received = self.core.deps.log.status().received.end.0.saturating_sub(1 + reentered);
        let in_flight = received.saturating_sub(settled.total());
        IngestBalance { received, settled, in_flight }
    }

    /// Enters what a shop's own system tells of an order; durable when it returns. True if it says anything new.
    ///
    /// # Errors
    /// When the store does not answer: nothing was entered.
    pub async fn tell_order(&self, provider: Provider, report: OrderReport) -> Result<bool, LedgerError> {
        let delivered = self.core.integrations.note(report.site, provider);
        orders::tell(&self.core, report, delivered).await
    }

    /// Numbers the history has not consumed yet.
    #[must_use]
    pub fn history_lag(&self) -> u64 {
        let next = self.core.history.lock().0;
        self.core.deps.log.status().received.end.0 - next.0
    }

    /// Stops (`true`) or resumes the history consumer; door and pipeline go on.
    pub fn pause_history(&self, paused: bool) {
        self.core.pause.0.send_replace(paused);
    }

    /// Lets history catch up with what is acknowledged now, for at most `patience`, and then holds it between two batches.
    ///
    /// # Errors
    /// When its place in the log cannot be read, or a batch that was torn is not mended within `patience`.
    pub async fn hold_history(&self, patience: Duration) -> Result<HistoryHeld, LogError> {
        let until = self.core.deps.log.status().received.end;
        let caught_up = async {
            while self.core.history.lock().0 < until {
                tokio::time::sleep(LOOK).await;
            }
        };
        // What is late then is counted as waiting.
        let _ = tokio::time::timeout(patience, caught_up).await;
        let whole = async {
            loop {
                let writing = self.core.writing.clone().lock_owned().await;
                if self.core.deps.log.cursor(Self::HISTORY_CURSOR).await?.intent.is_none() {
                    return Ok(writing);
                }
                drop(writing);
                tokio::time::sleep(LOOK).await;
            }
        };
        let torn =
            |_| LogError::Io("history is still to be repaired: look at /ready, and try again".to_owned());
        let writing = tokio::time::timeout(patience, whole).await.map_err(torn)??;
        Ok(HistoryHeld { _writing: writing, waiting_events: self.balance().in_flight })
    }

    /// Waits, at most `patience`, until everything acknowledged is in history, or parked; then ends every stage. What is left
    /// stays in the log and is taken up at the next start.
    pub async fn drain(&self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.settle()).await;
        self.stop.cancel();
        let mut tasks = std::mem::take(&mut *self.tasks.lock());
        while tasks.join_next().await.is_some() {}
    }

    /// Waits, at most `patience`, until history holds what is acknowledged at the call; does it?
    pub async fn caught_up(&self, patience: Duration) -> bool {
        let end = self.core.deps.log.status().received.end;
        let passed = async {
            while !passed(&self.core, end) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(patience, passed).await.is_ok()
    }

    async fn settle(&self) {
        while self.history_lag() > 0 && self.core.deps.olap.ping().await.is_ok() {
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// Runs a stage, and again after a panic: the door goes on acknowledging, so a stage that ends in silence would let the
/// log fill up. What it had not committed it does again.
async fn supervised<F>(
    name: &'static str,
    core: Core,
    stop: CancellationToken,
    stage: impl Fn(Core, CancellationToken) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let mut running = JoinSet::new();
        running.spawn(stage(core.clone(), stop.clone()));
        let Some(Err(error)) = running.join_next().await else { return };
        tracing::error!(%error, "{name} broke down: {error}; it starts again");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RESTART) => {}
        }
    }
}

/// Ticks every module, and frees the log of what nobody needs any more.
async fn housekeeping(core: Core, stop: CancellationToken) {
    let (mut days, mut complaint) = (HashMap::new(), Complaint::default());
    // Stays due until it has worked: a full disk must not make a rotation forgotten.
    let mut close = Close::WhenOld;
    loop {
        for module in core.modules {
            module.tick(&core.deps).await;
        }
        if rotated(&core, &mut days) {
            close = Close::Now;
        }
        match trim(&core, close).await {
            Ok(()) => {
                close = Close::WhenOld;
                complaint.settle();
            }
            Err(error) if complaint.is_new(&error) => {
                tracing::warn!(error, "the log could not be trimmed: {error}; tried again every few seconds");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// `received` goes once frames cover it; `enriched` once history, the order ledger, the late events, the live picture and a
/// snapshot are past it. Each
/// is tried, whatever became of the other: on a full disk, what goes makes room for what could not be done.
pub(crate) async fn trim(core: &Core, close: Close) -> Result<(), String> {
    let log = &core.deps.log;
    let received = log.trim(Topic::Received, log.status().enriched.end, close).await;
    let enriched = match unneeded(core).await {
        Ok(until) => log.trim(Topic::Enriched, until, close).await.map_err(|error| error.to_string()),
        Err(error) => Err(error),
    };
    received.map_err(|error| error.to_string()).and(enriched)
}

/// Have the pipeline, history and the order ledger done everything before this number?
pub(crate) fn passed(core: &Core, until: Lsn) -> bool {
    let entered = core.ledger.as_ref().is_none_or(|ledger| ledger.entered() >= until);
    entered && core.deps.log.status().enriched.end >= until && core.history.lock().0 >= until
}

/// The number before which nobody needs a frame any more.
async fn unneeded(core: &Core) -> Result<Lsn, String> {
    let history = core.history.lock().0;
    let snapshot = core.deps.log.reached(SNAPSHOT).await.map_err(|error| error.to_string())?;
    let late = core.deps.log.reached(consumers::late::CONSUMER).await.map_err(|error| error.to_string())?;
    let live = core.deps.realtime.live(&LiveBatch::default()).await.map_err(|error| error.to_string())?;
    let ledger = core.ledger.as_ref().map_or(history, |ledger| ledger.noted());
    Ok(history.min(snapshot).min(late).min(live.until).min(ledger))
}

/// The real-time store's snapshot in the log: state and live picture as of its number.
const SNAPSHOT: &str = "state";

/// Whether any site's salts rotated since the last look: identities sealed under a dying key must not linger.
fn rotated(core: &Core, days: &mut HashMap<SiteId, SaltDay>) -> bool {
    let now = core.deps.clock.now_ms();
    let mut rotated = false;
    for site in core.deps.sites.all() {
        let today = crate::modules::consent::salt_day(&site, now);
        rotated |= days.insert(site.id, today).is_some_and(|known| known != today);
    }
    rotated
}
