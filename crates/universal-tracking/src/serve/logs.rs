//! Log lines go to standard error; standard output belongs to what a command answers.

use crate::config::{LogConfig, LogFormat};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts writing log lines. Later calls change nothing: a process has one log.
pub fn start(logs: &LogConfig) {
    let level = logs.level.0;
    // Below `info` the HTTP machinery tells every byte; its lines never help to understand this program.
    let filter = EnvFilter::new(format!("{level},hyper=warn,hyper_util=warn,reqwest=warn,sqlx=warn"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match logs.format {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "log lines are being written already");
    }
}
