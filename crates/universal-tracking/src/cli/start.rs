//! `serve` and `demo`: everything that must be right before a server runs.

use super::arguments::Demo;
use crate::Failure;
use crate::config::{Config, Resolved};
use crate::data_dir::{DataDir, Role};
use crate::serve::{Mode, Start, bind, drain, end_now, on_signals, run_server};
use tokio_util::sync::CancellationToken;

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
    start(config, Mode::Demo { visitors: demo.traffic, seed: demo.seed }).await
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
