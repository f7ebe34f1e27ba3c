//! `backup` and `restore`.

use super::print::{Output, print};
use super::{block_on, quiet, stores};
use crate::Failure;
use crate::backup;
use crate::config::Sources;
use clap::Args;
use serde_json::json;
use std::io::Write as _;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
pub(super) struct Backup {
    /// Folder for this backup alone; made if it is not there
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Also copy DATA_DIR/secrets.toml: whoever has the backup can then read what is sealed in it
    #[arg(long)]
    with_secrets: bool,
    /// Print JSON: {"backup","at","sites","events","waiting_events","files","bytes","needs"}
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Restore {
    /// Folder of a backup
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Move the stores that DATA_DIR holds aside, into a folder in it
    #[arg(long)]
    replace: bool,
    /// Restore although the secrets are not those of the backup: what they sealed stays unreadable
    #[arg(long)]
    other_secrets: bool,
    /// Print JSON: {"data_dir","taken","sites","events","moved_aside","secrets"}
    #[arg(long)]
    json: bool,
}

pub(super) fn backup(sources: &Sources, args: &Backup) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let secrets_of = args.with_secrets.then_some(config.data_dir.as_path());
    let folder = backup::prepare(&args.to, secrets_of)?;
    say("the stores are being copied");
    let held = block_on(stores::carry_out(&config, "backup", json!({ "to": folder })));
    let held = held.inspect_err(|_| backup::discard(&folder))?;
    let answer = backup::complete(&folder, held, secrets_of, say)?;
    print(if args.json { Output::Json(answer) } else { Output::Table(answer) })
}

pub(super) fn restore(sources: &Sources, args: &Restore) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let asked =
        backup::Restore { from: &args.from, replace: args.replace, other_secrets: args.other_secrets };
    let answer = block_on(backup::restore(&config, asked, say))?;
    print(if args.json { Output::Json(answer) } else { Output::Table(answer) })
}

/// How far it is, for whoever waits.
fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}
