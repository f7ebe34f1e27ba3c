//! `/health` while stores are stopped. What can be stopped in one process is the history: its consumer (`olap pause`), or
//! the engine as a whole (its library is missing). The log, the live picture and SQLite live and die with the server.

use super::{Setting, beat, print_health, send};
use crate::Outcome;
use crate::report::Report;
use crate::server::{Engine, Ours};
use std::sync::atomic::{AtomicBool, Ordering};

/// The history's consumer held back.
pub(super) fn paused(setting: &Setting, ours: &Ours, report: &mut Report) -> Outcome<()> {
    eprintln!("history paused, {} s", seconds(setting));
    ours.history("pause")?;
    let times = watched(setting, ours, 2)?;
    ours.history("resume")?;
    print_health("/health, history paused, p99", &times, report)
}

/// A server without an engine: no history at all.
pub(super) fn missing(setting: &Setting, report: &mut Report) -> Outcome<()> {
    eprintln!("no engine, {} s", seconds(setting));
    let ours = Ours::start(&setting.program, setting.core, &setting.data, Engine::Missing)?;
    let times = watched(setting, &ours, 3).map_err(|error| ours.explain(&error))?;
    print_health("/health, no engine, p99", &times, report)?;
    report.figure("not stopped: log, live picture, SQLite", "part of the process; they end with it")
}

fn seconds(setting: &Setting) -> f64 {
    setting.seconds / 4.0
}

/// The same load, and `/health`.
fn watched(setting: &Setting, ours: &Ours, seed: u64) -> Outcome<Vec<f64>> {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let health = scope.spawn(|| beat::health(ours, &over));
        let sent = send(setting, ours, seconds(setting), seed);
        over.store(true, Ordering::Relaxed);
        let times = super::result(health);
        sent.and(times)
    })
}
