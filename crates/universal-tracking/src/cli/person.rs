//! What the command line does for a person who asks.

use super::print::{Output, print};
use super::{quiet, stores};
use crate::Failure;
use crate::config::Sources;
use clap::Args;
use serde_json::{Value, json};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// Who is meant.
#[derive(Debug, Args)]
pub(super) struct Who {
    /// The site's number or domain
    #[arg(long, value_name = "SITE")]
    site: String,
    /// The visitor's id: the UUID of the cookie `_ut_id`, or 16 hex digits as reports show it
    #[arg(long, value_name = "ID", required_unless_present_any = ["external_id", "email"], conflicts_with_all = ["external_id", "email"])]
    visitor: Option<String>,
    /// The shop's own id of the customer, as `identify` proved it
    #[arg(long, value_name = "ID", conflicts_with = "email")]
    external_id: Option<String>,
    /// The e-mail address; `-` reads it from standard input, where no list of processes shows it
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct PersonArgs {
    #[command(flatten)]
    who: Who,
    /// Print JSON: {"visitors","events","sessions","first","last","personal","receipts"}
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    who: Who,
    /// The file to be made; one that is there is not overwritten
    #[arg(long, value_name = "FILE", default_value = "subject-export.zip")]
    out: PathBuf,
    /// Print JSON: {"file","bytes","rows"}
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct EraseArgs {
    #[command(flatten)]
    who: Who,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Do not wait until every store has obeyed
    #[arg(long)]
    no_wait: bool,
    /// Print JSON: {"id","at","visitors","status","done_at","why"}
    #[arg(long)]
    json: bool,
}

impl Who {
    fn args(&self) -> Result<Value, Failure> {
        let email = match self.email.as_deref() {
            Some("-") => {
                let mut line = String::new();
                let read = std::io::stdin().read_line(&mut line);
                read.map_err(|error| Failure::new(format!("the address could not be read: {error}")))?;
                Some(line.trim().to_owned())
            }
            other => other.map(str::to_owned),
        };
        let person = json!({"visitor": self.visitor, "external_id": self.external_id, "email": email});
        Ok(json!({"site": self.site, "person": person}))
    }
}

pub(super) fn find(sources: &Sources, args: &PersonArgs) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let answer = super::block_on(stores::carry_out(&config, "privacy.find", args.who.args()?))?;
    print(if args.json { Output::Json(answer) } else { Output::Table(answer) })
}

pub(super) fn export(sources: &Sources, args: ExportArgs) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let out = std::path::absolute(&args.out)
        .map_err(|error| Failure::new(format!("{}: {error}", args.out.display())))?;
    let mut asked = args.who.args()?;
    asked["to"] = json!(out);
    let answer = super::block_on(stores::carry_out(&config, "privacy.export", asked))?;
    if args.json {
        return print(Output::Json(answer));
    }
    let rows = answer["rows"].as_object().into_iter().flatten();
    let mut text = format!("{}, {} bytes\n", answer["file"].as_str().unwrap_or_default(), answer["bytes"]);
    rows.for_each(|(part, rows)| text.push_str(&format!("  {part}: {rows} rows\n")));
    print(Output::Text(text))
}

pub(super) fn erase(sources: &Sources, args: &EraseArgs) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let mut asked = args.who.args()?;
    if !args.yes {
        confirm()?;
    }
    asked["wait"] = json!(!args.no_wait);
    if !args.json && !args.no_wait {
        let _ = std::io::stderr().write_all(b"waiting until every store has obeyed\n");
    }
    let answer = super::block_on(stores::carry_out(&config, "privacy.erase", asked))?;
    print(if args.json { Output::Json(answer) } else { Output::Table(answer) })
}

fn confirm() -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new("nobody is there to be asked").fix("say --yes"));
    }
    let question =
        "This person is forgotten for ever, also in back-ups that are put back. Sums stay.\nType `erase`: ";
    let _ = std::io::stderr().write_all(question.as_bytes());
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    if read.is_ok() && line.trim() == "erase" {
        return Ok(());
    }
    Err(Failure::new("nothing was erased"))
}

pub(super) fn erasures(sources: &Sources, site: &str, as_json: bool) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let answer = super::block_on(stores::carry_out(&config, "privacy.erasures", json!({"site": site})))?;
    print(if as_json { Output::Json(answer) } else { Output::Table(answer) })
}
