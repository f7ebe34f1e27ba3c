//! History away for a minute: the door goes on, and memory does not fill with what waits.

use super::{Options, Setting};
use crate::load::{self, Load, Pace};
use crate::report::{Bound, Report, number};
use crate::server::{Engine, Ours};
use crate::{Outcome, cpu};

/// Single events per second.
const RATE: f64 = 5_000.0;

/// The same rate before and during the outage, then the way back.
pub(super) fn measure(options: &Options, setting: &Setting, report: &mut Report) -> Outcome<()> {
    eprintln!("history away for {} s", options.outage_seconds);
    let ours = Ours::start(&setting.program, setting.core, &setting.data, Engine::Installed)?;
    let (server, pid) = (&ours.server, ours.server.pid());
    let send = |seconds: u32, seed| {
        let pace = Pace::PerSecond(RATE);
        load::run(&Load { server, batch: 1, pace, seconds: seconds.into(), seed })
    };
    let normal = send(options.outage_seconds.min(20), 1)?;
    ours.settled()?;
    ours.history("pause")?;
    let before = cpu::resident_mb(pid)?;
    let without = send(options.outage_seconds, 2)?;
    let after = cpu::resident_mb(pid)?;
    ours.history("resume")?;
    let began = std::time::Instant::now();
    ours.settled()?;
    let caught_up = without.events as f64 / began.elapsed().as_secs_f64();
    report
        .heading(&format!("History away for {} s, {RATE} single events a second", options.outage_seconds))?;
    let detail =
        format!("p99 {:.2} ms, before {:.2} ms", without.quantile_ms(0.99), normal.quantile_ms(0.99));
    report.bound("answers, of normal", without.rate() / normal.rate(), "", Bound::AtLeast(0.95), &detail)?;
    let detail = format!("{} -> {} MB resident", number(before.all), number(after.all));
    report.bound("memory", after.all - before.all, " MB", Bound::AtMost(32.0), &detail)?;
    report.figure("catching up", &format!("{caught_up:.0} events/s, {:.1} x what came in", caught_up / RATE))
}
