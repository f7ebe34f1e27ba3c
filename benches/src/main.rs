//! Benchmarks. Wall-clock figures of a shared machine drift by factors, so each figure is events per CPU-second of
//! the server, and what counts is its ratio to a floor: the least that any program must do for the same answer,
//! measured in the same run.
//!
//! `ingest`: how much an acknowledged event costs. Floors:
//! * **P** parses the body into structs and answers 202;
//! * **W** also writes it as a CRC frame and answers after a group commit (`fdatasync`, zero-filled file, 0.5 ms
//!   linger, 256 connections);
//! * **B** is W with 20 events per request.
//!
//! `our log` is the server of W and B on the real log instead of the floor's: the part of the distance that is the
//! log's own.

mod cpu;
mod floor;
mod floor_log;
mod ingest;
mod load;
mod request;
mod server;
mod table;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One line that says what is wrong and what to do.
type Outcome<T> = Result<T, String>;

/// Benchmarks against floors measured in the same run
#[derive(Debug, Parser)]
#[command(name = "ut-benches")]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Events acknowledged per CPU-second, single and in batches of 20
    Ingest(ingest::Options),
    /// A floor's server; `ingest` starts it
    #[command(hide = true)]
    Floor {
        /// Which one
        #[arg(value_enum)]
        kind: floor::Kind,
        /// Folder of its log
        dir: PathBuf,
    },
}

fn main() -> ExitCode {
    let outcome = match Line::parse().command {
        Command::Ingest(options) => ingest::run(&options),
        Command::Floor { kind, dir } => floor::serve(kind, &dir),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
