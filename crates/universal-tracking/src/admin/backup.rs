//! `backup`: by a server while it goes on, or by the command itself on stores that nobody uses.

use super::arguments::Backup;
use super::{Admin, open_engine};
use crate::Failure;
use crate::backup::take;
use crate::config::Config;
use crate::control::ControlError;
use crate::data_dir::Secrets;
use crate::system::history_place;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use ut_core::SystemClock;
use ut_core::ports::Olap;

/// How long history may take to catch up with the log.
const PATIENCE: Duration = Duration::from_secs(60);

impl Admin {
    /// Copies the stores of the running server into a folder.
    pub(super) async fn backup(&self, args: &Backup) -> Result<Value, ControlError> {
        let (Some(olap), Some(engine)) = (&self.olap, &self.engine) else {
            return Err(ControlError::new("no_server", "no server runs on this DATA_DIR"));
        };
        let held = engine.hold_history(PATIENCE).await;
        let held = held.map_err(|error| ControlError::new("history", format!("no backup: {error}")))?;
        let taken = take(self, olap.as_ref(), &args.to, held.waiting_events, &SystemClock).await?;
        Ok(json!(taken))
    }
}

/// The same without a server.
pub(crate) async fn backup_offline(
    config: &Config,
    secrets: &Secrets,
    folder: &Path,
) -> Result<Value, Failure> {
    let admin = Admin::open(config, secrets).await?;
    let place = history_place(config, &admin).await?;
    if place.is_torn {
        let message = "the last server was killed while it wrote to history, which is still to be repaired";
        return Err(Failure::new(message).fix("start the server, and back up while it runs"));
    }
    let olap = open_engine(config, config.olap_path()).await?;
    let taken = take(&admin, olap.as_ref(), folder, place.waiting_events, &SystemClock).await;
    olap.close().await;
    admin.transactional.close().await;
    Ok(json!(taken?))
}
