//! `promises`: what the server promises, on 20 million events while 0.3 W of single events come in.
//!
//! W is measured first, in the same run. The server has one core; load and readers share the other one.

mod beat;
mod live;
mod markers;
mod readers;
mod stopped;

use crate::dataset::Dataset;
use crate::floor::Kind;
use crate::load::{self, Load, Pace, Seen};
use crate::report::{Bound, Report, number, quantile};
use crate::server::{self, Engine, Ours};
use crate::{Outcome, cpu};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

/// The share of W that comes in.
const SHARE: f64 = 0.3;
/// Seconds for which W is measured.
const FLOOR_SECONDS: f64 = 8.0;
/// Markers have so long to appear after all that was sent is in history; later is never.
const PATIENCE: Duration = Duration::from_secs(3);

/// What to measure and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Seconds of load while everything is asked
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u32).range(60..=3600))]
    seconds: u32,
    /// The server's program (default: `universal-tracking` beside this one)
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Folder for the copy of the data, on the disk to measure (default: the system's temporary folder)
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Core of the server
    #[arg(long, default_value_t = 0)]
    server_core: usize,
    /// Core of load and readers
    #[arg(long, default_value_t = 1)]
    load_core: usize,
}

/// What is measured where.
#[derive(Debug)]
struct Setting {
    program: PathBuf,
    data: PathBuf,
    core: usize,
    seconds: f64,
    /// Single events per second.
    rate: f64,
}

/// Measures and prints.
pub(crate) fn run(options: &Options) -> Outcome<()> {
    server::check()?;
    cpu::stay_on(options.load_core)?;
    let program = server::program(options.binary.as_deref())?;
    let data = options.dir.clone().unwrap_or_else(std::env::temp_dir);
    let core = options.server_core;
    let dataset = Dataset::of(&program, &data)?;
    eprintln!("the rate of W, {FLOOR_SECONDS} s");
    let floor = server::floor(Kind::Durable, core, &data)?;
    let most =
        load::run(&Load { server: &floor, batch: 1, pace: Pace::Closed, seconds: FLOOR_SECONDS, seed: 1 })?
            .rate();
    drop(floor);
    let setting = Setting { program, data, core, seconds: options.seconds.into(), rate: SHARE * most };
    eprintln!("W: {most:.0} events/s; copying {} events", dataset.events);
    let copy = dataset.copy(&setting.data)?;
    let ours = Ours::resume(&setting.program, core, copy, Engine::Installed)?;
    let mut report = Report::default();
    report.heading(&format!(
        "Promises, on {} events while {:.0} single events a second come in ({SHARE} of W's {most:.0})",
        dataset.events, setting.rate
    ))?;
    report.figure("promise", &format!("{:>10}{:<7}bound", "measured", ""))?;
    let kept = loaded(&setting, &dataset, &ours, &mut report)
        .and_then(|()| stopped::paused(&setting, &ours, &mut report));
    kept.map_err(|error| ours.explain(&error))?;
    drop(ours);
    stopped::missing(&setting, &mut report)?;
    report.end()
}

/// Sends the load for so long.
fn send(setting: &Setting, ours: &Ours, seconds: f64, seed: u64) -> Outcome<Seen> {
    let pace = Pace::InSteps(setting.rate);
    load::run(&Load { server: &ours.server, batch: 1, pace, seconds, seed })
}

/// Everything that is asked while the load runs.
fn loaded(setting: &Setting, dataset: &Dataset, ours: &Ours, report: &mut Report) -> Outcome<()> {
    let (sites, names) = ((ours.site(), ours.another_site("live.example")?), readers::names(ours)?);
    readers::first_round(ours, &names)?;
    eprintln!("asking {} reports, the dashboard and /health for {} s", names.len(), setting.seconds);
    let others = cpu::Others::watch(ours.server.pid())?;
    // Until the load is over; until everything is.
    let (sent, over) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let health = scope.spawn(|| beat::health(ours, &sent));
        let pages = scope.spawn(|| readers::dashboard(ours, &sent));
        let asked = scope.spawn(|| readers::reports(ours, &names, dataset.to, &sent));
        let marked = scope.spawn(|| markers::send(ours, &sites, &sent));
        let shown = scope.spawn(|| markers::look(ours, &over));
        let streamed = scope.spawn(|| live::watch(ours, &sites.1, &over));
        let crowd = scope.spawn(|| live::watch(ours, &sites.0, &over));
        let seen = send(setting, ours, setting.seconds, 1);
        sent.store(true, Ordering::Relaxed);
        let busy = others.cores();
        let (began, settled) = (Instant::now(), seen.and_then(|seen| ours.settled().map(|_| seen)));
        let caught_up = began.elapsed();
        if settled.is_ok() {
            std::thread::sleep(PATIENCE);
        }
        let marked = result(marked);
        over.store(true, Ordering::Relaxed);
        let seen = settled?;
        print_visible(&marked?, &result(streamed)?, &result(shown)?, report)?;
        readers::print(&result(asked)?, &result(pages)?, report)?;
        print_health("/health, p99", &result(health)?, report)?;
        let crowd = result(crowd)?;
        report.figure("pictures of the loaded shop's live stream", &format!("{} in all", crowd.pictures))?;
        let text = format!("p50 {:.1}, p99 {:.1} ms", seen.quantile_ms(0.5), seen.quantile_ms(0.99));
        report.figure("answers to events, from when they were due", &text)?;
        report.figure("behind when the load ended", &format!("{:.1} s", caught_up.as_secs_f64()))?;
        report.figure("cores that others kept busy meanwhile", &number(busy?))
    })
}

fn result<T>(thread: ScopedJoinHandle<'_, Outcome<T>>) -> Outcome<T> {
    thread.join().unwrap_or_else(|_| Err("a reader broke down".to_owned()))
}

fn print_visible(
    marked: &[markers::Marker],
    live: &live::Shown,
    reports: &markers::Pages,
    report: &mut Report,
) -> Outcome<()> {
    let ways = [
        ("event -> live stream, p99", markers::delays(marked, |marker| live.lines.get(&marker.id))),
        ("event -> reports, p99", markers::delays(marked, |marker| reports.get(&marker.page))),
    ];
    for (name, delays) in ways {
        let detail = format!("p50 {} s, {} markers", number(quantile(&delays, 0.5)), delays.len());
        report.bound(name, quantile(&delays, 0.99), " s", Bound::AtMost(15.0), &detail)?;
    }
    Ok(())
}

/// Milliseconds of `/health`.
fn print_health(name: &str, times: &[f64], report: &mut Report) -> Outcome<()> {
    let detail = format!("p50 {} ms, {} asked", number(quantile(times, 0.5)), times.len());
    report.bound(name, quantile(times, 0.99), " ms", Bound::AtMost(500.0), &detail)
}
