//! The system put together: stores opened in order, stages started, and closed in the reverse order.

use crate::Failure;
use crate::admin::Admin;
use crate::config::{Config, cache_dir};
use crate::data_dir::Secrets;
use crate::rank::{self, Rank};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::keys::Keys;
use ut_core::ports::{Log, Olap};
use ut_core::{Clock, Deps, SystemClock};
use ut_http::live::LiveHub;
use ut_http::metrics::Metrics;
use ut_http::state::{AppState, Doubtful, HttpSettings};
use ut_olap::{Embedded, EmbeddedOptions};
use ut_realtime::InProcess;
use ut_spool::{KnownLog, Spool, SpoolOptions};
use ut_tracking::engine::Engine;
use ut_tracking::modules::MODULES;
use ut_tracking::modules::consent::Identifier;
use ut_tracking::modules::geo_time::{GeoDatabaseError, GeoLookup};
use ut_tracking::rights::Desk;
use ut_tracking::sites::{known_logs, log_number};

/// At the end, what was acknowledged may take so long to reach history; the rest waits in the log.
const DRAIN: Duration = Duration::from_secs(4);

/// A running system.
#[derive(Debug)]
pub(crate) struct System {
    /// What requests touch.
    pub(crate) state: AppState,
    spool: Arc<Spool>,
    realtime: Arc<InProcess>,
}

/// Whose process this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    /// The server's: its crashes are noted, so that an engine that causes them is left closed.
    #[cfg(feature = "server")]
    Own,
    /// An app's, whose signals are its own.
    Shared,
}

/// The real-time store, as `/ready` asks it.
#[derive(Debug)]
struct OwnDoubt(Arc<InProcess>);

impl Doubtful for OwnDoubt {
    fn doubt(&self) -> Option<String> {
        self.0.doubt()
    }
}

impl System {
    /// Opens the stores and starts the stages. The engine opens in the background.
    pub(crate) async fn start(
        config: &Config,
        secrets: &Secrets,
        admin: &Admin,
        geo: Arc<GeoLookup>,
        settings: HttpSettings,
        process: Process,
        shutdown: CancellationToken,
    ) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let keys = Keys::new(secrets.hmac.as_bytes());
        let spool = open_spool(config, admin, clock.clone()).await?;
        let log: Arc<dyn Log> = spool.clone();
        let dir = config.data_dir.clone();
        let realtime = InProcess::recover(log.clone(), keys.clone(), dir, clock.clone()).await;
        let realtime =
            Arc::new(realtime.map_err(|error| broken("the real-time state cannot be recovered", &error))?);
        let id = log.status().id;
        let number = log_number(admin.transactional.as_ref(), id).await;
        let deps = Deps {
            clock: clock.clone(),
            log: log.clone(),
            realtime: realtime.clone(),
            olap: open_history(config, log.as_ref(), process, clock).await?,
            transactional: admin.transactional.clone(),
            sites: admin.sites.clone(),
            keys,
            log_number: (id, number.map_err(|error| broken("the log has no number", &error))?),
        };
        let identifier = Arc::new(Identifier::new(deps.realtime.clone()));
        let (rights, retention) = (admin.rights.clone(), admin.retention.clone());
        let told = admin.integrations.clone();
        let engine = Engine::start(deps.clone(), MODULES, identifier.clone(), rights, retention, told).await;
        let engine = Arc::new(engine.map_err(|error| broken("the pipeline cannot start", &error))?);
        let state = AppState {
            rights: admin.rights.clone(),
            desk: Arc::new(Desk::new(admin.rights.clone(), engine.clone(), deps.clone(), MODULES)),
            engine,
            live: LiveHub::new(deps.realtime.clone(), deps.clock.clone(), shutdown),
            deps,
            accounts: admin.accounts.clone(),
            sites: admin.sites.clone(),
            integrations: admin.integrations.clone(),
            settings: Arc::new(settings),
            realtime_doubt: Arc::new(OwnDoubt(realtime.clone())),
            geo,
            identifier,
            receipts: admin.receipts.clone(),
            people: admin.people.clone(),
            retention: admin.retention.clone(),
            metrics: Arc::new(Metrics::default()),
            modules: MODULES,
        };
        Ok(Self { state, spool, realtime })
    }

    /// Drains what was acknowledged into history as far as time allows, saves the real-time state, closes the stores.
    pub(crate) async fn close(&self) {
        self.state.engine.drain(DRAIN).await;
        if let Err(error) = self.realtime.snapshot().await {
            tracing::warn!(%error, "the real-time state was not saved ({error}); the next start folds the log instead");
        }
        self.state.deps.olap.close().await;
        self.spool.close().await;
        self.state.deps.transactional.close().await;
    }
}

/// Opens `GEO_DB`. Reads all of a large database: not on a thread that answers.
pub(crate) async fn open_geo(config: &Config) -> Result<Arc<GeoLookup>, Failure> {
    let path = config.stores.geo_db.clone();
    let opened = tokio::task::spawn_blocking(move || GeoLookup::open(path.as_deref())).await;
    let opened = opened.map_err(|error| broken("GEO_DB cannot be opened", &error))?;
    let wrong =
        |error: GeoDatabaseError| Failure::refused(error.to_string()).fix("name a sound MMDB file, or none");
    opened.map(Arc::new).map_err(wrong)
}

/// How history stands to the log while no server runs.
#[cfg(feature = "server")]
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct HistoryPlace {
    /// A batch has begun and was not confirmed.
    pub(crate) is_torn: bool,
    /// Events that are acknowledged and not in history.
    pub(crate) waiting_events: u64,
}

/// Asks the log, if there is one.
#[cfg(feature = "server")]
pub(crate) async fn history_place(config: &Config, admin: &Admin) -> Result<HistoryPlace, Failure> {
    if !config.spool_path().exists() {
        return Ok(HistoryPlace::default());
    }
    let spool = open_spool(config, admin, Arc::new(SystemClock)).await?;
    let cursor = spool.cursor(Engine::HISTORY_CURSOR).await;
    let end = spool.status().received.end.0;
    spool.close().await;
    let cursor = cursor.map_err(|error| broken("the history's place in the log cannot be read", &error))?;
    let waiting_events = if cursor.next.0 == 0 { 0 } else { end.saturating_sub(cursor.next.0) };
    Ok(HistoryPlace { is_torn: cursor.intent.is_some(), waiting_events })
}

async fn open_spool(config: &Config, admin: &Admin, clock: Arc<dyn Clock>) -> Result<Arc<Spool>, Failure> {
    let mut options = SpoolOptions::new(config.spool_path(), clock);
    let known = known_logs(admin.transactional.as_ref()).await;
    let known = known.map_err(|error| broken("which logs there were cannot be read", &error))?;
    options.known = known.into_iter().map(|(id, end)| KnownLog { id, end }).collect();
    if config.spool.max_bytes > 0 {
        options.max_bytes = config.spool.max_bytes;
    }
    options.reserve_bytes = config.spool.reserve_bytes;
    // Its writers are at the door.
    let opened = rank::open(Rank::Door, "the log", move || Spool::open(options)).await?;
    Ok(Arc::new(opened.map_err(|error| broken("the log cannot be opened", &error))?))
}

async fn open_history(
    config: &Config,
    log: &dyn Log,
    process: Process,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Olap>, Failure> {
    let cursor = log.cursor(Engine::HISTORY_CURSOR).await;
    let cursor = cursor.map_err(|error| broken("the history's place in the log cannot be read", &error))?;
    let given = config.stores.chdb_lib.clone();
    let cache = cache_dir().unwrap_or_default();
    let locate = move || ut_chdb::engine::locate(given.as_deref(), &cache).map_err(|error| error.to_string());
    let mut options = EmbeddedOptions::new(config.olap_path(), Box::new(locate), clock);
    options.open_intent = cursor.intent.is_some();
    options.note_crashes = process != Process::Shared;
    Ok(rank::open(Rank::History, "the history", move || Embedded::start(options)).await?)
}

fn broken(what: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(format!("{what}: {error}"))
}
