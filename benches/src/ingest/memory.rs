//! Memory of a server that does nothing.

use super::Setting;
use crate::report::{Bound, Report, number};
use crate::server::{Engine, Ours};
use crate::{Outcome, cpu};
use std::time::Duration;

/// Until what the start needed has been given back.
const REST: Duration = Duration::from_secs(10);

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
    }
    Ok(())
}
