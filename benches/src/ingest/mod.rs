//! `ingest`: what taking an event costs, next to the least it can cost.
//!
//! Two measures. *Door*: CPU of the threads that answer and of those that make answers durable, while everything else
//! runs beside them on the same core. *Whole path*: CPU of the process until every event is in history and merges are
//! done. Floors: **P** parses, **W** also makes durable before it answers, **B** is W with 20 events in a request,
//! **I** inserts rows that are ready.

mod drain;
mod latency;
mod memory;
mod outage;
mod stored;
pub(crate) mod throughput;

use crate::report::Report;
use crate::{Outcome, server};
use std::path::PathBuf;

/// What to measure and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often what is compared is measured; medians count
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) runs: u32,
    /// Seconds of load per measurement
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,
    /// Seconds for which history is away
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) outage_seconds: u32,
    /// The server's program (default: `universal-tracking` beside this one)
    #[arg(long)]
    pub(crate) binary: Option<PathBuf>,
    /// Folder for the servers' data, on the disk to measure (default: the system's temporary folder)
    #[arg(long)]
    pub(crate) dir: Option<PathBuf>,
    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Part>,
    /// Core of the servers; the load has the other ones
    #[arg(long, default_value_t = 0)]
    pub(crate) server_core: usize,
    /// Core of the load
    #[arg(long, default_value_t = 1)]
    pub(crate) load_core: usize,
}

/// A part of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// CPU per event, against W, B and I.
    Throughput,
    /// CPU per event with 20 million stored, against none; makes them if they are not there.
    Stored,
    /// Latencies at fixed rates, and how long until an event is visible.
    Latency,
    /// From the log into history, against I.
    Drain,
    /// History away for a while.
    Outage,
    /// Memory of an idle server.
    Memory,
}

/// Where things are.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) program: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) core: usize,
}

/// Measures everything and prints it.
pub(crate) fn run(options: &Options) -> Outcome<()> {
    server::check()?;
    crate::cpu::stay_on(options.load_core)?;
    let setting = Setting {
        program: server::program(options.binary.as_deref())?,
        data: options.dir.clone().unwrap_or_else(std::env::temp_dir),
        core: options.server_core,
    };
    let mut report = Report::default();
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    if wanted(Part::Throughput) {
        throughput::measure(options, &setting, &mut report)?;
    }
    if wanted(Part::Stored) {
        stored::measure(options, &setting, &mut report)?;
    }
    if wanted(Part::Latency) {
        latency::measure(options, &setting, &mut report)?;
    }
    if wanted(Part::Drain) {
        drain::measure(options, &setting, &mut report)?;
    }
    if wanted(Part::Outage) {
        outage::measure(options, &setting, &mut report)?;
    }
    if wanted(Part::Memory) {
        memory::measure(&setting, &mut report)?;
    }
    report.end()
}
