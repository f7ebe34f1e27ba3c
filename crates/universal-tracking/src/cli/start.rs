//! `serve` and `demo`: everything that must be right before a server runs.

use super::arguments::Demo;
use crate::Failure;
use crate::config::{Config, Resolved};
use crate::data_dir::{DataDir, Role};
use crate::serve::{Mode, Start, bind, drain, end_now, on_signals, run_server};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long the demo's end may wait for its folder to be removed.
const REMOVAL: Duration = Duration::from_secs(1);

/// `serve`.
pub(super) async fn serve(resolved: Resolved) -> Result<(), Failure> {
    start(resolved.config, Mode::Serve).await
}

/// `demo`: on a temporary folder unless a flag names one.
pub(super) async fn demo(resolved: Resolved, demo: Demo) -> Result<(), Failure> {
    let keeps = resolved.is_given("DATA_DIR");
    let mut config = resolved.config;
    let temporary = tempfile::Builder::new().prefix("universal-tracking-demo-").tempdir();
    let temporary =
        temporary.map_err(|error| Failure::new(format!("no temporary folder could be made: {error}")))?;
    if !keeps {
        config.data_dir = temporary.path().to_owned();
    }
    let ended = start(config, Mode::Demo { visitors: demo.traffic, seed: demo.seed }).await;
    remove(temporary);
    ended
}

/// Removes the demo's folder. History leaves thousands of small files: what a slow disk does not remove in time is
/// left to `rm`, so that the terminal is free again.
fn remove(folder: tempfile::TempDir) {
    let path = folder.keep();
    let (done, removed) = std::sync::mpsc::channel();
    let folder = path.clone();
    // Should no thread start, `rm` does it all.
    let _ = std::thread::Builder::new().spawn(move || {
        let _ = std::fs::remove_dir_all(folder);
        let _ = done.send(());
    });
    if removed.recv_timeout(REMOVAL).is_ok() && !path.exists() {
        return;
    }
    let mut rm = Command::new("rm");
    rm.arg("-rf").arg("--").arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match rm.process_group(0).spawn() {
        Ok(_) => tracing::info!("the demo's folder {} is being removed in the background", path.display()),
        Err(error) => {
            tracing::warn!(%error, "the demo's folder {} is left: remove it by hand", path.display());
        }
    }
}

async fn start(config: Config, mode: Mode) -> Result<(), Failure> {
    let data = DataDir::lock(&config.data_dir, Role::Server)?;
    let secrets = data.secrets(&config.secrets)?;
    let listeners = bind(&config.server).await?;
    let shutdown = CancellationToken::new();
    let start = Start { config, data, secrets, listeners, mode, shutdown: shutdown.clone() };
    tokio::select! {
        ended = drain(&shutdown, crate::serve::GRACE, run_server(start)) => match ended {
            Some(ended) => ended,
            None => {
                tracing::error!("the server did not end within 10 seconds: ending now; what was acknowledged is on disk");
                end_now()
            }
        },
        watching = on_signals(shutdown.clone()) => match watching {
            Err(error) => Err(Failure::new(format!("signals cannot be watched: {error}"))),
        },
    }
}
