//! As fast as it goes: CPU per event.

use super::{Options, Setting, drain};
use crate::floor::Kind;
use crate::load::{self, Load, Pace};
use crate::report::{Bound, Report, list, median, number};
use crate::server::{self, Engine, Ours, Server};
use crate::{Outcome, cpu};

/// The threads that answer, and those that make answers durable.
pub(crate) const DOOR: [&str; 2] = ["ut-http", "ut-log"];
/// Events in a request of the batch measurements.
pub(crate) const BATCH: u32 = 20;

/// One run on one server; times in microseconds of CPU per event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure {
    rate: f64,
    door: f64,
    pub(super) whole: f64,
    p50: f64,
    p99: f64,
    others: f64,
}

/// A server, and its figures run by run.
#[derive(Debug)]
struct Row {
    name: &'static str,
    kind: Option<Kind>,
    batch: u32,
    figures: Vec<Figure>,
}

impl Row {
    const fn new(name: &'static str, kind: Option<Kind>, batch: u32) -> Self {
        Self { name, kind, batch, figures: Vec::new() }
    }

    fn all(&self, value: impl Fn(&Figure) -> f64) -> Vec<f64> {
        self.figures.iter().map(value).collect()
    }

    fn middle(&self, value: impl Fn(&Figure) -> f64) -> f64 {
        median(&self.all(value))
    }
}

/// Each of ours right after its floor, in every run.
pub(super) fn measure(options: &Options, setting: &Setting, report: &mut Report) -> Outcome<()> {
    let mut rows = [
        Row::new("P  parse", Some(Kind::Parse), 1),
        Row::new("W  durable", Some(Kind::Durable), 1),
        Row::new("   ours", None, 1),
        Row::new("B  durable, 20 a request", Some(Kind::Durable), BATCH),
        Row::new("   ours, 20 a request", None, BATCH),
    ];
    let mut floor_i = Vec::new();
    for run in 0..options.runs {
        for row in &mut rows {
            eprintln!("run {} of {}: {}", run + 1, options.runs, row.name.trim());
            let figure = once(options, setting, row, run)?;
            eprintln!(
                "  {:.0} requests/s, door {:.2} us, whole {:.2} us",
                figure.rate, figure.door, figure.whole
            );
            row.figures.push(figure);
        }
        eprintln!("run {} of {}: I  insert", run + 1, options.runs);
        floor_i.push(1e6 / drain::floor(setting)?.1.rows_per_cpu_s);
    }
    report.heading("Throughput: 256 connections, each as fast as it is answered; server on one core")?;
    report.figure("", "   req/s  events/CPU-s  us/event   p50 ms   p99 ms  cores of others")?;
    for row in &rows {
        let door = row.middle(|figure| figure.door);
        let text = format!(
            "{:>8.0}{:>14.0}{door:>10.2}{:>9.2}{:>9.2}{:>10.2}",
            row.middle(|figure| figure.rate),
            1e6 / door,
            row.middle(|figure| figure.p50),
            row.middle(|figure| figure.p99),
            row.middle(|figure| figure.others)
        );
        report.figure(row.name, &text)?;
    }
    report.figure("I  insert", &format!("{:>22.0}{:>10.2}", 1e6 / median(&floor_i), median(&floor_i)))?;
    let [_, w, single, b, batch] = &rows;
    compare(report, ("single", "W"), w, single, &floor_i)?;
    compare(report, ("20 a request", "B"), b, batch, &floor_i)
}

fn once(options: &Options, setting: &Setting, row: &Row, run: u32) -> Outcome<Figure> {
    match row.kind {
        Some(kind) => {
            let floor = server::floor(kind, setting.core, &setting.data)?;
            loaded(
                options,
                &floor,
                row.batch,
                run,
                |server| cpu::seconds(server.pid()),
                || cpu::seconds_when_idle(floor.pid()),
            )
        }
        None => {
            let server = Ours::start(&setting.program, setting.core, &setting.data, Engine::Installed)?;
            ours(options, &server, row.batch, run)
        }
    }
}

/// Loads our server.
pub(super) fn ours(options: &Options, ours: &Ours, batch: u32, run: u32) -> Outcome<Figure> {
    let door = |server: &Server| cpu::seconds_of_threads(server.pid(), &DOOR);
    loaded(options, &ours.server, batch, run, door, || ours.seconds_when_settled())
}

/// Loads a server. `door` is read as soon as the last answer is there, `whole` waits until nothing is left to do.
fn loaded(
    options: &Options,
    server: &Server,
    batch: u32,
    run: u32,
    door: impl Fn(&Server) -> Outcome<f64>,
    whole: impl Fn() -> Outcome<f64>,
) -> Outcome<Figure> {
    let whole_before = whole()?;
    let door_before = door(server)?;
    let others = cpu::Others::watch(server.pid())?;
    let seen = load::run(&Load {
        server,
        batch,
        pace: Pace::Closed,
        seconds: options.seconds.into(),
        seed: (u64::from(run) << 8) + u64::from(batch),
    })?;
    let others = others.cores()?;
    let per_event = 1e6 / seen.events as f64;
    let door = (door(server)? - door_before) * per_event;
    Ok(Figure {
        rate: seen.rate(),
        door,
        whole: (whole()? - whole_before) * per_event,
        p50: seen.quantile_ms(0.5),
        p99: seen.quantile_ms(0.99),
        others,
    })
}

fn compare(
    report: &mut Report,
    (name, floor_name): (&str, &str),
    floor: &Row,
    ours: &Row,
    insert: &[f64],
) -> Outcome<()> {
    let ratios: Vec<f64> =
        floor.figures.iter().zip(&ours.figures).map(|(floor, ours)| floor.door / ours.door).collect();
    let detail = format!("of {floor_name} ({})", list(&ratios));
    report.bound(&format!("door, {name}"), median(&ratios), "", Bound::AtLeast(0.6), &detail)?;
    let least = floor.figures.iter().zip(insert).map(|(floor, insert)| floor.door + insert);
    let ratios: Vec<f64> = least.zip(&ours.figures).map(|(least, ours)| ours.whole / least).collect();
    let detail = format!(
        "x ({floor_name} + I), {} us ({})",
        number(ours.middle(|figure| figure.whole)),
        list(&ratios)
    );
    report.bound(&format!("whole path, {name}"), median(&ratios), "", Bound::AtMost(2.5), &detail)
}
