//! The command line: commands by `clap`, one flag per setting from the table.

use super::backup::{Backup, Restore};
use super::explain::Explain;
use super::init::Init;
use super::integration::IntegrationCommand;
use super::privacy::{KeysCommand, PrivacyCommand};
use super::site::{SiteNamed, SiteSet};
use crate::config::table::KEYS;
use clap::{Arg, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use serde::Serialize;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::LazyLock;

/// What the command line said.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) command: Command,
    /// `--config`.
    pub(super) config: Option<PathBuf>,
    /// Settings by their names in the table.
    pub(super) flags: Vec<(&'static str, String)>,
}

/// E-commerce tracking and analytics in one program: collects what happens in a shop, loses none of it, answers in
/// real time.
#[derive(Debug, Parser)]
#[command(
    name = "universal-tracking",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct Line {
    /// TOML file with settings (default: ./universal-tracking.toml if it exists)
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start the server
    ///
    /// The first start makes DATA_DIR, random secrets where none are given, and prints a one-time set-up link.
    /// SIGINT or SIGTERM stops it within 10 seconds.
    Serve,
    /// Start the server on a temporary folder, with a demo shop and, if wanted, a simulated crowd in it
    ///
    /// Stores, secrets and links are taken from flags only, so that the demo never touches a real shop's data. With
    /// --data-dir the data is kept; without, it goes when the demo stops.
    Demo(Demo),
    /// Sites: the shops whose events are collected
    Site {
        #[command(subcommand)]
        command: SiteCommand,
    },
    /// Tokens: access to the API for programs
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Shop systems that tell of a site's orders by signed webhooks
    Integration {
        #[command(subcommand)]
        command: IntegrationCommand,
    },
    /// History: hold its consumer back while a server runs (events go on being acknowledged)
    Olap {
        #[command(subcommand)]
        command: OlapCommand,
    },
    /// Bring the stores to the shape this version needs
    ///
    /// `serve` does it at every start. It is safe to repeat and while a server runs.
    Migrate {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Copy sites, accounts, receipts and history into a folder, beside a running server or without one
    ///
    /// A backup holds neither the log nor salts, and the secrets only if they are asked for. It is whole once its
    /// manifest.json is there.
    Backup(Backup),
    /// Put a backup into DATA_DIR while no server runs; a new log begins
    ///
    /// Every file is compared with the manifest before anything is changed. Other files of DATA_DIR stay.
    Restore(Restore),
    /// What is kept of people
    Privacy {
        #[command(subcommand)]
        command: PrivacyCommand,
    },
    /// The keys behind what is sealed of people
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Settings: what applies and why
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Why a value is understood as it is: JSON lines in, JSON lines out, nothing stored
    Explain {
        #[command(subcommand)]
        command: Explain,
    },
    /// Print what a proxy needs so that the shop's own host passes the tracker on
    Init {
        #[command(subcommand)]
        proxy: Init,
    },
    /// The embedded ClickHouse library
    Engine {
        #[command(subcommand)]
        command: EngineCommand,
    },
}

#[derive(Debug, Clone, Args)]
pub(super) struct Demo {
    /// Number of simulated visitors in the shop at a time
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(super) traffic: u32,
    /// The same number gives the same crowd
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(super) seed: u64,
}

#[derive(Debug, Subcommand)]
pub(super) enum SiteCommand {
    /// Add a site and print its public key and its secret
    Add(SiteAdd),
    /// List the sites
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a site's settings, and the page on which a browser asks not to be counted
    Show(SiteNamed),
    /// Change a site's settings; the next request sees them
    Set(Box<SiteSet>),
    /// Make a new secret for server-to-server calls; the one before stays valid for 24 hours
    RotateSecret(SiteNamed),
}

/// Serialised as the arguments of `site.add`.
#[derive(Debug, Clone, Args, Serialize)]
pub(super) struct SiteAdd {
    /// Domain of the shop, e.g. shop.example or *.shop.example; repeat it for several, the first names the site
    #[arg(long = "domain", required = true, value_name = "DOMAIN")]
    pub(super) domains: Vec<String>,
    /// Base currency (ISO 4217)
    #[arg(long, value_name = "CODE", default_value = "EUR")]
    pub(super) currency: String,
    /// Days are days of this time zone (IANA)
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(super) timezone: String,
    /// Print JSON: {"id","domain","key","secret"}
    #[arg(long)]
    #[serde(skip)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token; it is shown once
    Add(TokenAdd),
}

/// Serialised as the arguments of `token.add`.
#[derive(Debug, Clone, Args, Serialize)]
pub(super) struct TokenAdd {
    /// The site's number or domain
    #[arg(long, value_name = "SITE")]
    pub(super) site: String,
    /// What the token may do
    #[arg(long, value_enum, default_value_t = Scope::Read)]
    pub(super) scope: Scope,
    /// Print JSON: {"token"}
    #[arg(long)]
    #[serde(skip)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Scope {
    /// Reports and the live picture
    Read,
    /// Everything
    Admin,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Show every setting with its value and where it came from; fails if something is wrong
    Check {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print an example `.env` with every setting
    Example,
}

#[derive(Debug, Subcommand)]
pub(super) enum OlapCommand {
    /// Stop writing to history; what is acknowledged waits in the log
    Pause {
        /// Print JSON: {"paused","lag_events"}
        #[arg(long)]
        json: bool,
    },
    /// Go on writing to history
    Resume {
        /// Print JSON: {"paused","lag_events"}
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum EngineCommand {
    /// Fetch the pinned library (178 MB) into the user's cache through npm, unless it is there
    Install {
        /// Print JSON: {"library","version","fetched"}
        #[arg(long)]
        json: bool,
    },
}

/// The flags' names; `clap` wants them to live as long as the program.
static FLAGS: LazyLock<Vec<String>> = LazyLock::new(|| KEYS.iter().map(|key| key.flag()).collect());

fn command() -> clap::Command {
    let flags = KEYS.iter().zip(FLAGS.iter()).map(|(key, flag)| {
        let default = key.default.map_or_else(String::new, |default| format!(" [default: {default}]"));
        let visible = if key.secret() {
            " Other users of this machine see flags: better set it in the environment."
        } else {
            ""
        };
        Arg::new(key.name)
            .long(flag.as_str())
            .value_name(key.kind.placeholder())
            .help(format!("{}{visible}{default}", key.help))
            .help_heading("Settings")
            // `-h` stays short; `--help` lists them.
            .hide_short_help(true)
            .allow_hyphen_values(true)
            .global(true)
    });
    Line::command().args(flags)
}

impl Parsed {
    /// Reads a command line, the program's name first.
    pub(super) fn from(line: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let matches = command().try_get_matches_from(line)?;
        let flags = KEYS.iter().filter_map(|key| Some((key.name, flag(&matches, key.name)?))).collect();
        let line = Line::from_arg_matches(&matches)?;
        Ok(Self { command: line.command, config: line.config, flags })
    }
}

fn flag(matches: &ArgMatches, name: &str) -> Option<String> {
    matches.get_one::<String>(name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Parsed, clap::Error> {
        Parsed::from(std::iter::once("universal-tracking").chain(line.split_whitespace()).map(OsString::from))
    }

    #[test]
    fn the_definition_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_setting_is_a_flag_before_and_after_the_command() {
        for key in KEYS {
            for line in [format!("--{} x serve", key.flag()), format!("serve --{} x", key.flag())] {
                assert_eq!(parse(&line).unwrap().flags, [(key.name, "x".to_owned())], "{line}");
            }
            let nested = parse(&format!("site list --{}=x", key.flag())).unwrap();
            assert_eq!(nested.flags, [(key.name, "x".to_owned())]);
        }
    }

    #[test]
    fn a_mistyped_flag_or_command_is_refused_and_the_nearest_named() {
        for (line, expected) in [
            ("serve --prot 1", "--port"),
            ("serve --datadir x", "--data-dir"),
            ("srve", "serve"),
            ("site ad", "add"),
            ("token add --site 1 --scope write", "admin"),
            ("site add", "--domain"),
            ("demo --traffic 10001", "10000"),
        ] {
            let error = parse(line).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.to_string().contains(expected), "{line}: {error}");
        }
    }

    #[test]
    fn every_command_and_flag_explains_itself() {
        fn walk(command: &clap::Command) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty(), "{} has no help", command.get_name());
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{} {} has no help",
                    command.get_name(),
                    argument.get_id()
                );
            }
            command.get_subcommands().for_each(walk);
        }
        walk(&command());
    }
}
