//! Commands that touch stores: done by the server that runs on the data, else by this process.

use crate::Failure;
use crate::admin::{Admin, backup_offline, migrate_offline};
use crate::config::Config;
use crate::control::{CallError, ControlHandler, call};
use crate::data_dir::{DataDir, DataDirError, Role, Secrets};
use crate::library::build::http_settings;
use crate::system::{self, Process, System};
use serde_json::Value;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a command waits for another one, or for a server that has taken the data and not yet opened its socket.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);
/// How long the engine may take to open.
const OPENING: Duration = Duration::from_secs(60);

/// What needs every store.
const PEOPLE: [&str; 4] = ["privacy.find", "privacy.export", "privacy.erase", "privacy.erasures"];

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
    if PEOPLE.contains(&command) {
        return with_all_stores(config, &secrets, admin, command, args).await;
    }
    let answer = admin.handle(command, args).await;
    admin.transactional.close().await;
    Ok(answer?)
}

/// Runs everything but the listeners for one command: what is kept of a person is in every store.
async fn with_all_stores(
    config: &Config,
    secrets: &Secrets,
    mut admin: Admin,
    command: &str,
    args: Value,
) -> Result<Value, Failure> {
    let geo = system::open_geo(config).await?;
    let settings = http_settings(config)?;
    let stop = CancellationToken::new();
    let system = System::start(config, secrets, &admin, geo, settings, Process::Own, stop.clone()).await?;
    admin.run_on(&system.state);
    let answer = async {
        history_is_open(&system).await?;
        Ok(admin.handle(command, args).await?)
    };
    let answer = answer.await;
    stop.cancel();
    system.close().await;
    answer
}

/// The engine opens in the background.
async fn history_is_open(system: &System) -> Result<(), Failure> {
    let mut waited = Duration::ZERO;
    while let Err(error) = system.state.deps.olap.ping().await {
        if waited >= OPENING {
            return Err(Failure::new(error.to_string())
                .fix("run `universal-tracking engine install`, then try again"));
        }
        tokio::time::sleep(PAUSE).await;
        waited += PAUSE;
    }
    Ok(())
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
