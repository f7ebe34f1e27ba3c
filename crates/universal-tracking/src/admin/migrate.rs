//! `migrate` without a server: opens each store, brings it to shape, closes it.

use super::{history_is_not, open_store, transactional_migrations};
use crate::config::{Config, cache_dir};
use crate::control::ControlError;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use ut_core::SystemClock;
use ut_core::ports::{Olap, OlapError, Transactional};
use ut_olap::{Embedded, EmbeddedOptions};
use ut_tracking::history;
use ut_tracking::modules::MODULES;

/// How long the engine may take to open.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(100);

/// Brings both stores to shape; the answer says how many changes each needed.
pub(crate) async fn migrate(config: &Config) -> Result<Value, ControlError> {
    let store = open_store(config).await?;
    let transactional = store.migrate(&transactional_migrations()).await;
    store.close().await;
    let transactional = transactional.map_err(|error| ControlError::new("store", error.to_string()))?;
    let olap = history(config).await.map_err(|reason| history_is_not(&reason))?;
    Ok(json!({"transactional": transactional, "olap": olap}))
}

async fn history(config: &Config) -> Result<usize, String> {
    let engine = open_engine(config, config.olap_path()).await.map_err(|error| error.message)?;
    let applied = engine.migrate(&history::migrations(MODULES)).await;
    engine.close().await;
    applied.map_err(|error| error.to_string())
}

/// Opens the engine on a folder and waits until it answers. A process can do so once.
pub(crate) async fn open_engine(config: &Config, folder: PathBuf) -> Result<Arc<Embedded>, ControlError> {
    let failed = |reason: String| ControlError::new("history", reason);
    let given = config.stores.chdb_lib.clone();
    let cache = cache_dir().unwrap_or_default();
    let locate = move || ut_chdb::engine::locate(given.as_deref(), &cache).map_err(|error| error.to_string());
    // Asked here first: without the library, waiting would be in vain.
    locate().map_err(failed)?;
    let options = EmbeddedOptions::new(folder, Box::new(locate), Arc::new(SystemClock));
    let engine = Embedded::start(options);
    if let Err(error) = opened(engine.as_ref()).await {
        engine.close().await;
        return Err(failed(error.to_string()));
    }
    Ok(engine)
}

async fn opened(engine: &dyn Olap) -> Result<(), OlapError> {
    let mut waited = Duration::ZERO;
    loop {
        match engine.ping().await {
            Err(OlapError::Unavailable(_)) if waited < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            answer => return answer,
        }
    }
}
