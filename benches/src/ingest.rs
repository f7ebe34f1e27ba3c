//! `ingest`: what an acknowledged event costs, next to the least it can cost.

use crate::Outcome;
use crate::cpu;
use crate::floor::Kind;
use crate::load::{self, Load};
use crate::server::{self, Server};
use crate::table::{self, Figure, Row};
use std::path::{Path, PathBuf};

/// Events in a request of the batch measurements.
const BATCH: u32 = 20;

/// What to measure and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often everything is measured; the table shows medians
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
    /// Measure the floors alone
    #[arg(long)]
    floors_only: bool,
    /// Core of the servers
    #[arg(long, default_value_t = 0)]
    server_core: usize,
    /// Core of the load
    #[arg(long, default_value_t = 1)]
    load_core: usize,
}

/// One thing that is measured.
#[derive(Debug, Clone, Copy)]
struct Subject {
    name: &'static str,
    what: What,
    batch: u32,
    /// The place, in [`SUBJECTS`], of the floor it is compared to, and its short name.
    floor: Option<(usize, &'static str)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Floor(Kind),
    Ours,
}

/// In this order, so that each of ours is measured right after its floor.
const SUBJECTS: [Subject; 7] = [
    Subject { name: "P parse, single", what: What::Floor(Kind::Parse), batch: 1, floor: None },
    Subject { name: "W durable, single", what: What::Floor(Kind::Durable), batch: 1, floor: None },
    Subject { name: "our log, single", what: What::Floor(Kind::Spool), batch: 1, floor: Some((1, "W")) },
    Subject { name: "ours, single", what: What::Ours, batch: 1, floor: Some((1, "W")) },
    Subject { name: "B durable, batch 20", what: What::Floor(Kind::Durable), batch: BATCH, floor: None },
    Subject {
        name: "our log, batch 20",
        what: What::Floor(Kind::Spool),
        batch: BATCH,
        floor: Some((4, "B")),
    },
    Subject { name: "ours, batch 20", what: What::Ours, batch: BATCH, floor: Some((4, "B")) },
];

/// Measures everything and prints the table.
pub(crate) fn run(options: &Options) -> Outcome<()> {
    load::check()?;
    let program = if options.floors_only { None } else { Some(server::program(options.binary.as_deref())?) };
    let data = options.dir.clone().unwrap_or_else(std::env::temp_dir);
    let mut figures: [Vec<Figure>; SUBJECTS.len()] = Default::default();
    for run in 0..options.runs {
        for (at, subject) in SUBJECTS.iter().enumerate() {
            let server = match (subject.what, &program) {
                (What::Floor(kind), _) => server::floor(kind, options.server_core, &data)?,
                (What::Ours, Some(program)) => server::ours(program, options.server_core, &data)?,
                (What::Ours, None) => continue,
            };
            let number = run * SUBJECTS.len() as u32 + at as u32;
            eprintln!("run {} of {}: {}", run + 1, options.runs, subject.name);
            figures[at].push(measure(options, *subject, number, &server, &data)?);
        }
    }
    let rows = SUBJECTS.iter().zip(&figures).filter(|(_, figures)| !figures.is_empty());
    let rows: Vec<Row> = rows.map(|(subject, own)| row(subject, own, &figures)).collect();
    table::print(&rows)
}

/// CPU time is counted until the server has nothing left to do: what it puts off behind its answers costs as much.
fn measure(
    options: &Options,
    subject: Subject,
    number: u32,
    server: &Server,
    data: &Path,
) -> Outcome<Figure> {
    let dir = tempfile::tempdir_in(data).map_err(|error| format!("{}: {error}", data.display()))?;
    let load = Load {
        dir: dir.path(),
        core: options.load_core,
        batch: subject.batch,
        seconds: options.seconds,
        run: number,
    };
    load::probe(load, server)?;
    let before = cpu::seconds_when_idle(server.pid())?;
    let seen = load::run(load, server)?;
    let spent = cpu::seconds_when_idle(server.pid())? - before;
    Ok(Figure {
        requests_per_s: seen.requests as f64 / seen.duration_us * 1e6,
        events_per_cpu_s: seen.requests as f64 * f64::from(subject.batch) / spent,
        p50_ms: seen.p50_us / 1e3,
        p99_ms: seen.p99_us / 1e3,
    })
}

fn row(subject: &Subject, own: &[Figure], all: &[Vec<Figure>]) -> Row {
    let ratios = subject.floor.map(|(floor, name)| {
        let pairs = own.iter().zip(&all[floor]);
        (name, pairs.map(|(own, floor)| own.events_per_cpu_s / floor.events_per_cpu_s).collect())
    });
    Row { name: subject.name, figures: own.to_vec(), ratios }
}
