//! Memory of a server that does nothing.

use super::Setting;
use crate::load::{self, Load, Pace};
use crate::report::{Bound, Report, number};
use crate::server::{Engine, Ours};
use crate::{Outcome, cpu};
use std::time::Duration;

/// Until what the start needed has been given back.
const REST: Duration = Duration::from_secs(10);

/// A little traffic, in single events a second: what is made when it is first needed is made then.
const LITTLE: (f64, f64) = (100.0, 5.0);

/// Without and with the engine.
pub(super) fn measure(setting: &Setting, report: &mut Report) -> Outcome<()> {
    report.heading("Memory of an idle server")?;
    for (name, engine, bound) in
        [("without the engine", Engine::Missing, 40.0), ("with the engine", Engine::Installed, 500.0)]
    {
        eprintln!("memory: {name}");
        let ours = Ours::start(&setting.program, setting.core, &setting.data, engine)?;
        std::thread::sleep(REST);
        let resident = cpu::resident_mb(ours.server.pid())?;
        let detail = format!("{} MB of it its own, the rest pages of files", number(resident.own));
        report.bound(name, resident.all, " MB", Bound::AtMost(bound), &detail)?;
        let (rate, seconds) = LITTLE;
        let (server, pace) = (&ours.server, Pace::InSteps(rate));
        let seen = load::run(&Load { server, batch: 1, pace, seconds, seed: 1 })?;
        std::thread::sleep(REST);
        let resident = cpu::resident_mb(server.pid())?;
        let text = format!(
            "{} MB, {} MB of it its own, after {} events on {} connections",
            number(resident.all),
            number(resident.own),
            seen.events,
            load::CONNECTIONS
        );
        report.figure("  and after a little traffic", &text)?;
    }
    Ok(())
}
