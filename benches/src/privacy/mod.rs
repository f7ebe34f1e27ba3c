//! `privacy`: which share of the door's work is the protection of visitors: taking personal data out of texts, consent,
//! and sealing.
//!
//! The door's CPU is read from the server's threads under load. What the parts cost cannot be read there, so the same
//! functions run in this process on requests of the same crowd, right after each load: on one core like the server's,
//! which has nothing else to do by then.

mod parts;

use crate::crowd::Agreed;
use crate::ingest::throughput::{BATCH, DOOR};
use crate::load::{self, Load, Pace};
use crate::report::{Bound, Report, list, median, number};
use crate::server::{self, Engine, Ours};
use crate::{Outcome, cpu};
use parts::{Part, Parts};
use std::path::PathBuf;
use ut_core::SiteId;
use ut_core::keys::Keys;

/// What the server makes the tags of its cookies with.
const SECRET: &str = "the benchmark's secret of thirty-two bytes or more";
/// All parts together, of the door's CPU.
const SHARE: f64 = 0.15;

/// What to measure and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often everything is measured; medians count
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Seconds of load per measurement
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
    /// The server's program (default: `universal-tracking` beside this one)
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Folder for the servers' data, on the disk to measure (default: the system's temporary folder)
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Core of the servers; the load has the other ones
    #[arg(long, default_value_t = 0)]
    server_core: usize,
    /// Core of the load, and of the parts
    #[arg(long, default_value_t = 1)]
    load_core: usize,
}

/// Whether a load's visitors have agreed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Visitors {
    Strangers,
    Agreed,
}

/// One run of one load; times in microseconds of CPU per event.
#[derive(Debug)]
struct Figure {
    rate: f64,
    door: f64,
    parts: Parts,
    /// Cores that others kept busy during the load.
    others: f64,
}

impl Figure {
    fn share(&self) -> f64 {
        self.parts.sum() / self.door
    }
}

/// A load, and its figures run by run.
#[derive(Debug)]
struct Row {
    batch: u32,
    visitors: Visitors,
    figures: Vec<Figure>,
}

impl Row {
    const fn new(batch: u32, visitors: Visitors) -> Self {
        Self { batch, visitors, figures: Vec::new() }
    }

    fn name(&self) -> String {
        let visitors = match self.visitors {
            Visitors::Strangers => "no cookies",
            Visitors::Agreed => "cookies and consent",
        };
        if self.batch == 1 {
            format!("single, {visitors}")
        } else {
            format!("{} a request, {visitors}", self.batch)
        }
    }

    fn all(&self, value: impl Fn(&Figure) -> f64) -> Vec<f64> {
        self.figures.iter().map(value).collect()
    }

    fn middle(&self, value: impl Fn(&Figure) -> f64) -> f64 {
        median(&self.all(value))
    }
}

/// Measures everything and prints it.
pub(crate) fn run(options: &Options) -> Outcome<()> {
    server::check()?;
    cpu::stay_on(options.load_core)?;
    let mut rows = [
        Row::new(1, Visitors::Strangers),
        Row::new(1, Visitors::Agreed),
        Row::new(BATCH, Visitors::Strangers),
        Row::new(BATCH, Visitors::Agreed),
    ];
    for run in 0..options.runs {
        for row in &mut rows {
            eprintln!("run {} of {}: {}", run + 1, options.runs, row.name());
            let figure = once(options, row, run)?;
            eprintln!("  door {:.2} us, {:.2} us of it protection", figure.door, figure.parts.sum());
            row.figures.push(figure);
        }
    }
    print(&rows)
}

/// A server under the load of a row, then the parts.
fn once(options: &Options, row: &Row, run: u32) -> Outcome<Figure> {
    let program = server::program(options.binary.as_deref())?;
    let dir = server::folder(&options.dir.clone().unwrap_or_else(std::env::temp_dir))?;
    let settings = dir.path().join(".env");
    std::fs::write(&settings, format!("HMAC_SECRET=\"{SECRET}\"\n"))
        .map_err(|error| format!("{}: {error}", settings.display()))?;
    let ours = Ours::resume(&program, options.server_core, dir, Engine::Installed)?;
    let (server, pid) = (&ours.server, ours.server.pid());
    let number = server::site(&program, server.dir())?.1;
    let site = SiteId(number.parse().map_err(|_| format!("{number} is no number of a site"))?);
    let agreed =
        (row.visitors == Visitors::Agreed).then(|| Agreed { keys: Keys::new(SECRET.as_bytes()), site });
    let seed = (u64::from(run) << 8) + u64::from(row.batch);
    let load = Load { server, batch: row.batch, pace: Pace::Closed, seconds: options.seconds.into(), seed };
    let others = cpu::Others::watch(pid)?;
    let before = cpu::seconds_of_threads(pid, &DOOR)?;
    let seen = load::run_with(&load, |crowd| match &agreed {
        Some(agreed) => crowd.who_have(agreed.clone()),
        None => crowd,
    });
    let seen = seen.map_err(|error| ours.explain(&error))?;
    let door = (cpu::seconds_of_threads(pid, &DOOR)? - before) * 1e6 / seen.events as f64;
    let (rate, others) = (seen.rate(), others.cores()?);
    drop(ours);
    Ok(Figure { rate, door, others, parts: parts::measure(row.batch, agreed.as_ref(), seed, parts::ROUNDS)? })
}

fn print(rows: &[Row]) -> Outcome<()> {
    let mut report = Report::default();
    report.heading("Protection of visitors: microseconds of CPU per event")?;
    report.figure("", "   req/s      door    filter   consent      seal  cores of others")?;
    for row in rows {
        let [filter, consent, seal] = Part::ALL.map(|part| row.middle(|figure| figure.parts.of(part)));
        let (rate, door) = (row.middle(|figure| figure.rate), row.middle(|figure| figure.door));
        let others = row.middle(|figure| figure.others);
        let text = format!("{rate:>8.0}{door:>10.2}{filter:>10.3}{consent:>10.3}{seal:>10.3}{others:>10.2}");
        report.figure(&row.name(), &text)?;
    }
    report.heading("Filter, consent and seal together, of the door")?;
    for row in rows {
        let detail = format!("({})", list(&row.all(Figure::share)));
        report.bound(&row.name(), row.middle(Figure::share), "", Bound::AtMost(SHARE), &detail)?;
    }
    report.heading("The door's throughput with cookies and consent, of that without")?;
    for batch in [1, BATCH] {
        let of = |visitors| rows.iter().find(|row| row.batch == batch && row.visitors == visitors);
        let (Some(strangers), Some(agreed)) = (of(Visitors::Strangers), of(Visitors::Agreed)) else {
            continue;
        };
        let pairs = strangers.figures.iter().zip(&agreed.figures);
        let ratios: Vec<f64> = pairs.map(|(strangers, agreed)| strangers.door / agreed.door).collect();
        let rate = |row: &Row| number(1e6 / row.middle(|figure| figure.door));
        let text = format!(
            "{} ({}); {} -> {} events/CPU-s",
            number(median(&ratios)),
            list(&ratios),
            rate(strangers),
            rate(agreed)
        );
        report.figure(&format!("{batch} a request"), &text)?;
    }
    report.end()
}
