//! The commands.

mod arguments;
mod backup;
mod engine;
mod explain;
mod init;
mod integration;
mod person;
mod print;
mod privacy;
mod settings;
mod site;
mod start;
mod stores;

use crate::Failure;
use crate::config::{Config, LogLevel, Resolved, Sources, resolve};
use arguments::{Command, ConfigCommand, EngineCommand, OlapCommand, Parsed, SiteCommand, TokenCommand};
use print::{Output, print};
use privacy::KeysCommand;
use serde_json::json;
use std::process::ExitCode;

/// Runs the program: reads the command line, carries the command out, says on standard error why it failed.
#[must_use]
pub fn main() -> ExitCode {
    let parsed = match Parsed::from(std::env::args_os()) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help and version come this way too: `print` and `exit_code` know which stream and code is theirs.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match run(parsed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            print::error(&failure);
            ExitCode::from(failure.exit)
        }
    }
}

fn run(parsed: Parsed) -> Result<(), Failure> {
    let mut sources = Sources::read(parsed.flags, parsed.config.as_deref());
    match parsed.command {
        Command::Config { command: ConfigCommand::Example } => {
            print(Output::Text(crate::config::env_example()))
        }
        Command::Config { command: ConfigCommand::Check { json } } => settings::check(&sources, json),
        Command::Engine { command: EngineCommand::Install { json } } => engine::install(json),
        Command::Explain { command } => explain::explain(&sources, command),
        Command::Init { proxy } => init::init(proxy),
        Command::Serve => block_on(start::serve(settled(&sources)?)),
        Command::Demo(demo) => {
            sources = sources.for_demo();
            block_on(start::demo(settled(&sources)?, demo))
        }
        Command::Site { command: SiteCommand::Add(site) } => {
            let json = site.json;
            store(&sources, "site.add", json!(site), json)
        }
        Command::Site { command: SiteCommand::List { json } } => {
            store(&sources, "site.list", json!({}), json)
        }
        Command::Site { command: SiteCommand::Show(named) } => {
            store(&sources, "site.show", json!({ "site": named.site }), named.json)
        }
        Command::Site { command: SiteCommand::Set(set) } => {
            store(&sources, "site.set", set.arguments(), set.named.json)
        }
        Command::Site { command: SiteCommand::RotateSecret(named) } => {
            store(&sources, "site.rotate_secret", json!({ "site": named.site }), named.json)
        }
        Command::Integration { command } => integration::run(&sources, command),
        Command::Token { command: TokenCommand::Add(token) } => {
            let json = token.json;
            store(&sources, "token.add", json!(token), json)
        }
        Command::Olap { command: OlapCommand::Pause { json } } => {
            store(&sources, "olap.pause", json!({}), json)
        }
        Command::Olap { command: OlapCommand::Resume { json } } => {
            store(&sources, "olap.resume", json!({}), json)
        }
        Command::Privacy { command } => privacy::run(&sources, command),
        Command::Keys { command: KeysCommand::Rotate { json } } => privacy::rotate(&sources, json),
        Command::Backup(args) => backup::backup(&sources, &args),
        Command::Restore(args) => backup::restore(&sources, &args),
        Command::Migrate { json } => store(&sources, "migrate", json!({}), json),
    }
}

/// Resolves the configuration for something that runs on, starts the log and names what `.env` says in vain.
fn settled(sources: &Sources) -> Result<Resolved, Failure> {
    let resolved = resolve(sources)?;
    crate::data_dir::keep_private();
    crate::serve::start_logs(&resolved.config.logs);
    if !resolved.ignored.is_empty() {
        let names = resolved.ignored.join(", ");
        tracing::warn!(
            names,
            ".env sets variables that this program does not know; they are ignored: {names}"
        );
    }
    Ok(resolved)
}

/// Carries out a command that touches stores and prints its answer.
fn store(
    sources: &Sources,
    command: &'static str,
    args: serde_json::Value,
    as_json: bool,
) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let answer = block_on(stores::carry_out(&config, command, args))?;
    print(if as_json { Output::Json(answer) } else { Output::Table(answer) })
}

/// The configuration of a command that touches stores. It says what went wrong itself: log lines of its stores would
/// only blur it.
fn quiet(sources: &Sources) -> Result<Config, Failure> {
    let mut config = resolve(sources)?.config;
    config.logs.level = LogLevel("error");
    crate::serve::start_logs(&config.logs);
    crate::data_dir::keep_private();
    Ok(config)
}

fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = crate::serve::work()?;
    let done = runtime.block_on(work);
    // Blocking calls that hang (a disk, a name server) must not hold up the end.
    runtime.shutdown_timeout(std::time::Duration::from_secs(1));
    done
}
