//! Benchmarks. Every figure is a ratio to a floor that is measured in the same run, on the same core: wall-clock numbers
//! of a shared machine drift, CPU-seconds of two servers in one run do not.
//!
//! * `ingest`: what taking an event costs, at the door and all the way into history, next to the least that can cost, and
//!   with 20 million events stored next to none.
//! * `privacy`: which share of that filters, consent and sealing are.
//! * `queries`: what the first screen costs on 20 million events, and what they take on disk.
//! * `clicks`: how long a person at the dashboard waits with 20 million events stored.
//! * `promises`: whether the server keeps what it promises on 20 million events while more come in.
//!
//! `cargo xtask bench NAME` builds what is needed and runs it.

mod agents;
mod clicks;
mod cpu;
mod crowd;
mod dataset;
mod floor;
mod floor_insert;
mod floor_log;
mod history;
mod http;
mod ingest;
mod load;
mod privacy;
mod promises;
mod queries;
mod report;
mod server;

use clap::{Parser, Subcommand};
use mimalloc::MiMalloc;
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A result, or a message for the person at the terminal.
type Outcome<T> = Result<T, String>;

#[derive(Debug, Parser)]
#[command(name = "ut-benches", about = "Benchmarks; figures are ratios to floors measured in the same run")]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What taking an event costs, single and in batches of 20
    ///
    /// `--only stored` compares a server on 20 million events with one on none; it needs them in the cache, as `queries`
    /// does, and 3 GB in `--dir`.
    Ingest(ingest::Options),
    /// Which share of what taking an event costs is the protection of visitors
    ///
    /// Loads the server, single events and batches of 20, with visitors who have agreed and show their cookies and with
    /// visitors who have not, and reads the CPU of its door. Right after each, the door's own filters, consent and
    /// sealing are run in this process on requests of the same crowd. Takes about 15 s more than four times `--seconds`
    /// per run.
    Privacy(privacy::Options),
    /// What the first screen costs on 20 million events, and what they take on disk
    Queries(queries::Options),
    /// How long a person at the dashboard waits on 20 million events
    ///
    /// Starts a server on a copy of them, opens its dashboard in Chromium, and times the first byte, the whole first
    /// screen, and clicks on lines of the cards until every card answers them. These are wall-clock times: use a quiet
    /// machine. Needs Node and Chromium, and the packages of `npm ci`.
    Clicks(clicks::Options),
    /// What the server promises, kept or missed on 20 million events while 0.3 W come in
    ///
    /// Measures floor W, then starts a server on a copy of the 20 million events (which `queries` makes too: once, some
    /// minutes, 1.5 GB in the cache) and sends it 0.3 W single events a second. Meanwhile it times markers until live
    /// stream and reports show them, asks every named report over 30 days in ever new ways, loads the dashboard, and
    /// asks `/health` 20 times a second; in the end again with the stores stopped. Takes two minutes more than twice
    /// `--seconds`, and 3 GB in `--dir`.
    Promises(promises::Options),
    /// The definitions of the tables in a folder
    #[command(hide = true)]
    DatasetSchema {
        /// Folder of the tables
        dir: PathBuf,
    },
    /// Fills the tables in a folder
    #[command(hide = true)]
    DatasetFill {
        /// Folder of the tables
        dir: PathBuf,
        /// The site's number
        site: String,
        /// The first day, in Unix milliseconds
        from: i64,
    },
    /// Floor Q; `queries` starts it
    #[command(hide = true)]
    Raw {
        /// Folder of the tables
        dir: PathBuf,
        /// The site's number
        site: String,
        /// From when, in Unix milliseconds
        from: i64,
        /// Until when
        to: i64,
    },
    /// A floor's server; `ingest` starts it
    #[command(hide = true)]
    Floor {
        /// Which one
        #[arg(value_enum)]
        kind: floor::Kind,
        /// Folder of its log
        dir: PathBuf,
    },
    /// Floor I; `ingest` starts it
    #[command(hide = true)]
    FloorInsert {
        /// Which format
        #[arg(value_enum)]
        format: floor_insert::Format,
        /// Folder of its tables
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    let outcome = match Line::parse().command {
        Command::Ingest(options) => ingest::run(&options),
        Command::Privacy(options) => privacy::run(&options),
        Command::Queries(options) => queries::run(&options),
        Command::Clicks(options) => clicks::run(&options),
        Command::Promises(options) => promises::run(&options),
        Command::DatasetSchema { dir } => dataset::schema(&dir).and_then(|text| report::say(&text)),
        Command::DatasetFill { dir, site, from } => {
            dataset::fill(&dir, &site, from).and_then(|text| report::say(&text))
        }
        Command::Raw { dir, site, from, to } => {
            queries::raw(&dir, &site, from, to).and_then(|text| report::say(&text))
        }
        Command::Floor { kind, dir } => floor::serve(kind, &dir),
        Command::FloorInsert { format, dir } => floor_insert::run(format, &dir),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
