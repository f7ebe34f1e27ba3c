//! What the command line asks of the data that is kept of people.

use super::person::{self, EraseArgs, ExportArgs, PersonArgs};
use super::print::{Output, print};
use super::{quiet, stores};
use crate::Failure;
use crate::config::{Config, Sources};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::Write as _;
use ut_tracking::vault::Keyring;

#[derive(Debug, Subcommand)]
pub(super) enum PrivacyCommand {
    /// Say how much is kept of a person, without showing it
    Find(PersonArgs),
    /// Write everything that is kept of a person into a ZIP archive (JSON and CSV)
    Export(ExportArgs),
    /// Forget a person in every store, for ever: also in stores that are put back from a back-up
    Erase(EraseArgs),
    /// List erasures and how they stand
    Erasures {
        /// The site's number or domain
        #[arg(long, value_name = "SITE")]
        site: String,
        /// Print JSON: [{"id","at","visitors","status","done_at","why"}]
        #[arg(long)]
        json: bool,
    },
    /// Check that no receipt of consent was changed or taken out; fails and names the first that was
    Verify(Verify),
    /// Show for how long what is kept, what the last run deleted, and when the next is due
    Retention(Retention),
}

#[derive(Debug, Clone, Args)]
pub(super) struct Verify {
    /// The site's number or domain; every site without it
    #[arg(long, value_name = "SITE")]
    site: Option<String>,
    /// Print JSON: [{"site","whole","from","receipts","head"}]; of a broken chain {"site","whole","broken","message"}
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Retention {
    /// The site's number or domain; every site without it
    #[arg(long, value_name = "SITE")]
    site: Option<String>,
    /// Print JSON: [{"site","class","limit","kept_from","oldest","last_run","removed","next_run","error"}], times in Unix
    /// milliseconds; without a running server the oldest rows of history are null
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Let the first key of ENCRYPTION_KEYS take over what the others seal; safe to repeat, stop and run under load
    ///
    /// Put a new key in front, restart the server, run this, then take out the keys it names as unused.
    Rotate {
        /// Print JSON: {"newest","wrapped_anew","left","keys","unused"}
        #[arg(long)]
        json: bool,
    },
}

/// Carries out a command.
pub(super) fn run(sources: &Sources, command: PrivacyCommand) -> Result<(), Failure> {
    match command {
        PrivacyCommand::Verify(args) => verify(sources, &args),
        PrivacyCommand::Retention(args) => retention(sources, &args),
        PrivacyCommand::Find(args) => person::find(sources, &args),
        PrivacyCommand::Export(args) => person::export(sources, args),
        PrivacyCommand::Erase(args) => person::erase(sources, &args),
        PrivacyCommand::Erasures { site, json } => person::erasures(sources, &site, json),
    }
}

/// Checks the chains; a broken one is a failure, after the answer was printed.
fn verify(sources: &Sources, args: &Verify) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let work = stores::carry_out(&config, "privacy.verify", json!({ "site": args.site }));
    let answer = super::block_on(work)?;
    let chains = answer.as_array().map_or(&[][..], Vec::as_slice);
    let broken: Vec<&str> = chains.iter().filter_map(|chain| chain["message"].as_str()).collect();
    let broken = broken.join("; ");
    print(if args.json {
        Output::Json(answer)
    } else {
        Output::Table(chains.iter().map(in_a_line).collect())
    })?;
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::new(broken).fix("compare with a back-up: the receipts in it show what was changed"))
}

fn in_a_line(chain: &Value) -> Value {
    let whole = if chain["whole"] == true { "whole" } else { "broken" };
    json!({
        "site": chain["site"],
        "chain": whole,
        "from": chain["from"],
        "receipts": chain["receipts"],
        "head": chain["head"],
    })
}

/// Shows a line per site and class of data.
fn retention(sources: &Sources, args: &Retention) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let work = stores::carry_out(&config, "privacy.retention", json!({ "site": args.site }));
    let mut answer = super::block_on(work)?;
    if args.json {
        return print(Output::Json(answer));
    }
    for line in answer.as_array_mut().into_iter().flatten() {
        for name in ["kept_from", "oldest", "last_run", "next_run"] {
            line[name] = time(&line[name]);
        }
    }
    print(Output::Table(answer))
}

/// Unix milliseconds as people read them: the minute in UTC.
fn time(millis: &Value) -> Value {
    let time = millis.as_i64().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    time.map_or(Value::Null, |time| json!(time.strftime("%Y-%m-%d %H:%MZ").to_string()))
}

/// Rotates step by step: each is carried out by the server, if one runs, and says how far it has come.
pub(super) fn rotate(sources: &Sources, as_json: bool) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let mut answer = super::block_on(steps(&config, as_json))?;
    if let (false, Some(fields)) = (as_json, answer.as_object_mut()) {
        fields.remove("left");
    }
    print(if as_json { Output::Json(answer) } else { Output::Table(answer) })
}

async fn steps(config: &Config, as_json: bool) -> Result<Value, Failure> {
    let mut wrapped_anew = 0;
    loop {
        let mut step = stores::carry_out(config, "keys.rotate", json!({})).await?;
        same_newest(config, &step)?;
        wrapped_anew += step["wrapped_anew"].as_u64().unwrap_or(0);
        step["wrapped_anew"] = wrapped_anew.into();
        let left = step["left"].as_u64().unwrap_or(0);
        if left == 0 {
            return Ok(step);
        }
        if !as_json {
            let _ = writeln!(std::io::stderr(), "{wrapped_anew} keys wrapped anew, {left} left");
        }
    }
}

/// A server goes by the keys it was started with: a key that was put in front since would stay unused unnoticed.
fn same_newest(config: &Config, step: &Value) -> Result<(), Failure> {
    let given = config.secrets.encryption_keys.as_ref().and_then(|keys| Keyring::parse(keys.expose()));
    let Some(ours) = given.as_ref().and_then(|ring| ring.ids().next()) else { return Ok(()) };
    if step["newest"] == *ours {
        return Ok(());
    }
    let message =
        format!("the running server does not know the key {ours:?} as the first of ENCRYPTION_KEYS");
    Err(Failure::new(message).fix("restart it with these keys, then run this again"))
}
