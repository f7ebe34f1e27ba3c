//! `integration`: shop systems that tell of orders.

use super::stores::carry_out;
use super::{Output, block_on, print, quiet, store};
use crate::Failure;
use crate::config::Sources;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{IsTerminal, Read};

/// A secret that somebody pipes in is no longer, in bytes.
const MAX_SECRET: u64 = 4096;

#[derive(Debug, Subcommand)]
pub(super) enum IntegrationCommand {
    /// Connect a shop system; its orders replace what pages claim
    ///
    /// Shopify shows its secret under Settings, Notifications, Webhooks: give it by --secret or on standard input. For
    /// the others a secret is made and printed once.
    Add(Add),
    /// List the connected systems with the number of their deliveries
    List {
        /// The site's number or domain
        #[arg(long, value_name = "SITE")]
        site: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Take another secret; the one before stays valid for 24 hours
    Rotate(Named),
    /// Disconnect a system; what it told stays
    Remove(Removed),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum System {
    /// Shopify
    Shopify,
    /// WooCommerce
    Woocommerce,
    /// Any other, which sends orders in our own words
    Orders,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Add {
    #[command(flatten)]
    named: Named,
    /// The shop's host as the system knows it, e.g. myshop.myshopify.com; deliveries of others are refused
    #[arg(long, value_name = "HOST")]
    domain: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Named {
    #[command(flatten)]
    removed: Removed,
    /// The secret that signs deliveries; other users of this machine see flags: better give it on standard input (-)
    #[arg(long, value_name = "SECRET")]
    secret: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Removed {
    /// The site's number or domain
    #[arg(long, value_name = "SITE")]
    site: String,
    /// Which system
    #[arg(long, value_enum)]
    provider: System,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Carries it out and prints the answer.
pub(super) fn run(sources: &Sources, command: IntegrationCommand) -> Result<(), Failure> {
    match command {
        IntegrationCommand::Add(add) => {
            let mut args = add.named.arguments()?;
            args["domain"] = json!(add.domain);
            with_address(sources, "integration.add", args, add.named.removed.json)
        }
        IntegrationCommand::List { site, json } => {
            with_address(sources, "integration.list", json!({ "site": site }), json)
        }
        IntegrationCommand::Rotate(named) => {
            store(sources, "integration.rotate", named.arguments()?, named.removed.json)
        }
        IntegrationCommand::Remove(removed) => {
            store(sources, "integration.remove", removed.arguments(), removed.json)
        }
    }
}

impl Removed {
    fn arguments(&self) -> Value {
        json!({ "site": self.site, "provider": self.provider })
    }
}

impl Named {
    fn arguments(&self) -> Result<Value, Failure> {
        let mut args = self.removed.arguments();
        args["secret"] = json!(match self.secret.as_deref() {
            Some("-") => Some(piped()?),
            Some(secret) => Some(secret.to_owned()),
            // Shopify alone makes its secret itself.
            None if self.removed.provider == System::Shopify && !std::io::stdin().is_terminal() =>
                Some(piped()?),
            None => None,
        });
        Ok(args)
    }
}

fn piped() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(MAX_SECRET).read_to_string(&mut text);
    read.map_err(|error| Failure::refused(format!("standard input cannot be read: {error}")))?;
    Ok(text.trim().to_owned())
}

/// The same with the address to which deliveries go in the place of its path.
fn with_address(sources: &Sources, command: &'static str, args: Value, as_json: bool) -> Result<(), Failure> {
    let config = quiet(sources)?;
    let port = config.server.port;
    let base = config
        .server
        .public_url
        .as_ref()
        .map_or_else(|| format!("http://127.0.0.1:{port}"), ToString::to_string);
    let mut answer = block_on(carry_out(&config, command, args))?;
    let lines = match &mut answer {
        Value::Array(lines) => lines.as_mut_slice(),
        line => std::slice::from_mut(line),
    };
    for line in lines.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(Value::String(path)) = line.remove("path") {
            let url = format!("{}{path}", base.trim_end_matches('/'));
            line.insert("url".to_owned(), json!(url));
        }
    }
    print(if as_json { Output::Json(answer) } else { Output::Table(answer) })
}
