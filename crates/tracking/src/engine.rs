//! The running system behind the door: pipeline, consumers, housekeeping, and how they end.

use crate::consumers::{self, Balance};
use crate::modules::consent::Identifier;
use crate::pipeline;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use ut_core::module::Module;
use ut_core::ports::{Close, SaltDay, Topic};
use ut_core::{Deps, Lsn, SiteId};

/// Housekeeping happens this often: salts rotate within seconds of 04:00, and freed segments go soon.
const TICK: Duration = Duration::from_secs(5);

/// What every stage shares.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    pub(crate) deps: Deps,
    pub(crate) modules: &'static [&'static dyn Module],
    pub(crate) identifier: Arc<Identifier>,
    pub(crate) pause: Pause,
    pub(crate) history: Arc<Mutex<(Lsn, Balance)>>,
}

/// The brake of the history consumer (`olap pause`).
#[derive(Debug, Clone)]
pub(crate) struct Pause(tokio::sync::watch::Sender<bool>);

impl Pause {
    pub(crate) async fn wait_while_paused(&self) {
        // The sender lives in `self`: the channel cannot be closed here.
        let _ = self.0.subscribe().wait_for(|paused| !paused).await;
    }
}

/// The ingest balance of this log, as `/metrics` and the dashboard show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestBalance {
    /// Events acknowledged.
    pub received: u64,
    /// What became of those the history is past.
    pub settled: Balance,
    /// Acknowledged and not yet settled.
    pub in_flight: u64,
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
    ) -> Result<Self, ut_core::ports::LogError> {
        let cursor = deps.log.cursor(consumers::olap::CONSUMER).await?;
        let balance = postcard::from_bytes(&cursor.state).unwrap_or_default();
        let history = Arc::new(Mutex::new((cursor.next.max(Lsn::FIRST), balance)));
        let pause = Pause(tokio::sync::watch::Sender::new(false));
        let core = Core { deps, modules, identifier, pause, history };
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(pipeline::run(core.clone(), stop.clone()));
        tasks.spawn(consumers::olap::run(core.clone(), stop.clone()));
        tasks.spawn(consumers::live::run(core.clone(), stop.clone()));
        tasks.spawn(housekeeping(core.clone(), stop.clone()));
        Ok(Self { core, stop, tasks: Mutex::new(tasks) })
    }

    /// The balance at this moment.
    #[must_use]
    pub fn balance(&self) -> IngestBalance {
        let (next, settled) = self.core.history.lock().clone();
        let end = self.core.deps.log.status().received.end;
        IngestBalance { received: end.0 - 1, settled, in_flight: end.0 - next.0 }
    }

    /// Events the history has not consumed yet.
    #[must_use]
    pub fn history_lag(&self) -> u64 {
        self.balance().in_flight
    }

    /// Stops (`true`) or resumes the history consumer; door and pipeline go on.
    pub fn pause_history(&self, paused: bool) {
        self.core.pause.0.send_replace(paused);
    }

    /// Waits, at most `patience`, until everything acknowledged is in history; then ends every stage. What is left
    /// stays in the log and is taken up at the next start.
    pub async fn drain(&self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.settle()).await;
        self.stop.cancel();
        let mut tasks = std::mem::take(&mut *self.tasks.lock());
        while tasks.join_next().await.is_some() {}
    }

    async fn settle(&self) {
        while self.balance().in_flight > 0 && self.core.deps.olap.ping().await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Ticks every module, and frees the log of what nobody needs any more.
async fn housekeeping(core: Core, stop: CancellationToken) {
    let mut days = HashMap::new();
    loop {
        for module in core.modules {
            module.tick(&core.deps).await;
        }
        if let Err(error) = trim(&core, &mut days).await {
            tracing::warn!(%error, "the log could not be trimmed: {error}; tried again soon");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// `received` goes once frames cover it; `enriched` once history, the live picture and a snapshot are past it.
async fn trim(core: &Core, days: &mut HashMap<SiteId, SaltDay>) -> Result<(), ut_core::ports::LogError> {
    let log = &core.deps.log;
    let close = if rotated(core, days) { Close::Now } else { Close::WhenOld };
    log.trim(Topic::Received, log.status().enriched.end, close).await?;
    let history = core.history.lock().0;
    let snapshot = log.cursor(SNAPSHOT).await?.next;
    log.trim(Topic::Enriched, history.min(snapshot), close).await
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
