//! From the log into history: what waits there when history comes back, against floor I.

use super::{Options, Setting};
use crate::floor_insert::{Format, Inserted};
use crate::load::{self, Load, Pace};
use crate::report::{Bound, Report, list, median, number};
use crate::server::{self, Engine, Ours};
use crate::{Outcome, cpu};

/// The faster of the two forms.
pub(super) fn floor(setting: &Setting) -> Outcome<(Format, Inserted)> {
    let row = insert(setting, Format::RowBinary)?;
    let native = insert(setting, Format::Native)?;
    let row_wins = row.rows_per_cpu_s >= native.rows_per_cpu_s;
    Ok(if row_wins { (Format::RowBinary, row) } else { (Format::Native, native) })
}

fn insert(setting: &Setting, format: Format) -> Outcome<Inserted> {
    let dir = server::folder(&setting.data)?;
    let tables = server::migrate(&setting.program, dir.path())?;
    let mut command = server::pinned(setting.core, &server::this()?);
    let output = command.args(["floor-insert", format.word()]).arg(tables).output();
    let output = output.map_err(|error| format!("floor I did not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().last().unwrap_or_default();
    serde_json::from_str(line).map_err(|_| {
        format!("floor I gave no figures; it said: {line}{}", String::from_utf8_lossy(&output.stderr))
    })
}

/// Loads while history is paused, then lets it catch up.
pub(super) fn measure(options: &Options, setting: &Setting, report: &mut Report) -> Outcome<()> {
    let (mut ratios, mut merged, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..options.runs {
        eprintln!("run {} of {}: from the log into history", run + 1, options.runs);
        let (format, floor) = floor(setting)?;
        let ours = Ours::start(&setting.program, setting.core, &setting.data, Engine::Installed)?;
        ours.history("pause")?;
        let pid = ours.server.pid();
        let seen = load::run(&Load {
            server: &ours.server,
            batch: 20,
            pace: Pace::Closed,
            seconds: options.seconds.into(),
            seed: 7_000 + u64::from(run),
        })?;
        let before = cpu::seconds_when_idle(pid)?;
        ours.history("resume")?;
        ours.settled()?;
        let settled = cpu::seconds(pid)? - before;
        let idle = cpu::seconds_when_idle(pid)? - before;
        let rate = |seconds: f64| seen.events as f64 / seconds;
        ratios.push(rate(settled) / floor.rows_per_cpu_s);
        merged.push(rate(idle) / floor.rows_per_cpu_s);
        all.push(format!(
            "{} of {} ({})",
            number(rate(settled)),
            number(floor.rows_per_cpu_s),
            format.word()
        ));
    }
    report.heading("From the log into history, with sums and synced parts")?;
    report.bound(
        "log -> history",
        median(&ratios),
        "",
        Bound::AtLeast(0.5),
        &format!("of I ({})", list(&ratios)),
    )?;
    report.figure("  with merges", &format!("{} of I ({})", number(median(&merged)), list(&merged)))?;
    report.figure("  events per CPU-second", &all.join("; "))
}
