//! Commands that touch stores: done by the server that runs on the data, else by this process.

use crate::Failure;
use crate::admin::{Admin, backup_offline, migrate_offline};
use crate::config::Config;
use crate::control::{CallError, ControlHandler, call};
use crate::data_dir::{DataDir, DataDirError, Role};
use serde_json::Value;
use std::time::Duration;

/// How long a command waits for another one, or for a server that has taken the data and not yet opened its socket.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// Carries out one command.
pub(super) async fn carry_out(config: &Config, command: &str, args: Value) -> Result<Value, Failure> {
    let dir = match take_turn(config, command, &args).await? {
        Turn::Answered(answer) => return Ok(answer),
        Turn::Ours(dir) => dir,
    };
    if command == "migrate" {
        return Ok(migrate_offline(config).await?);
    }
    let secrets = dir.secrets(&config.secrets).map_err(Failure::from)?;
    if command == "backup" {
        let to = args["to"].as_str().unwrap_or_default();
        return backup_offline(config, &secrets, to.as_ref()).await;
    }
    let admin = Admin::open(config, &secrets).await?;
    let answer = admin.handle(command, args).await;
    admin.transactional.close().await;
    Ok(answer?)
}

enum Turn {
    /// A server has done it.
    Answered(Value),
    /// No server runs: the folder is ours.
    Ours(DataDir),
}

async fn take_turn(config: &Config, command: &str, args: &Value) -> Result<Turn, Failure> {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(answer) = call(&config.data_dir, command, args.clone()).await? {
            return Ok(Turn::Answered(answer));
        }
        match DataDir::lock(&config.data_dir, Role::Command) {
            Ok(dir) => return Ok(Turn::Ours(dir)),
            Err(DataDirError::Held { .. }) if waited < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Refused(refusal) => refusal.into(),
            CallError::Broken { .. } => {
                Self::new(error.to_string()).fix("look at the server's log and try again")
            }
        }
    }
}

impl From<DataDirError> for Failure {
    fn from(error: DataDirError) -> Self {
        let fix = match &error {
            DataDirError::Held { .. } => Some("stop it first, or choose another folder with --data-dir"),
            DataDirError::Shared { .. } => {
                Some("run chmod o-w on it, or choose a folder below it with --data-dir")
            }
            DataDirError::Io { .. } => Some("choose another folder with --data-dir (or DATA_DIR)"),
            DataDirError::Secrets { .. } => None,
        };
        let failure = Self::refused(error.to_string());
        match fix {
            Some(fix) => failure.fix(fix),
            None => failure,
        }
    }
}
