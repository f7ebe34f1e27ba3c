//! From a client to its device: pure, given the rules.

use super::agent::{Agent, Agents};
use super::bots::Bots;
use super::facts::Raw;
use super::hints::{self, Brand};
use super::kinds;
use super::names;
use std::borrow::Cow;
use ut_core::event::{Client, Device};

/// User agents are read this far, in bytes. Browsers' are shorter than 500; matching takes time by length.
const LONGEST: usize = 1024;

/// Safari on an iPad has been calling itself Safari on a Mac since iPadOS 13.
const IPAD_OS: u32 = 13;

/// Everything that is known of how clients name themselves.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) agents: Agents,
    pub(super) bots: Bots,
}

impl Rules {
    /// The device, and what uap-core says without hints and in its own words.
    pub(super) fn read(&self, client: &Client) -> (Device, Raw) {
        let text = cut(&client.user_agent);
        let agent = self.agents.read(text, &with_model(text, client));
        let (os, os_version) = system(client, &agent);
        let (browser, browser_version) = browser(client, &agent);
        let (brand, model) = match os.as_str() {
            "iPadOS" => ("Apple".to_owned(), "iPad".to_owned()),
            os => names::device(&agent.brand, &agent.model, os),
        };
        let device = Device {
            device_type: kinds::kind(client, text, &agent, &os),
            bot: self.bots.reason(client, text),
            browser,
            browser_version,
            os,
            os_version,
            brand,
            model,
        };
        let [major, ..] = agent.version;
        let [os_major, ..] = agent.os_version;
        (device, Raw { family: agent.family, major, os_family: agent.os_family, os_major })
    }
}

/// The part of a user agent that is read.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}

/// The text in which the device is looked for: a model that a hint tells stands where Chrome's user agent has `K`.
fn with_model<'a>(text: &'a str, client: &Client) -> Cow<'a, str> {
    let model = names::tidy(&client.hints.model);
    if model.is_empty() || !text.contains("Android") {
        return Cow::Borrowed(text);
    }
    if text.contains("; K)") {
        return Cow::Owned(text.replacen("; K)", &format!("; {model})"), 1));
    }
    let mobile = if client.hints.mobile == Some(false) { "" } else { " Mobile" };
    Cow::Owned(format!(
        "Mozilla/5.0 (Linux; Android 10; {model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0.0.0{mobile} Safari/537.36"
    ))
}

fn browser(client: &Client, agent: &Agent) -> (String, String) {
    let name = names::browser(&agent.family);
    let major = agent.version[0].as_deref().map(names::tidy).unwrap_or_default();
    // What names itself in the user agent is known already; only those that hide behind Chrome's are told by hints.
    if !["", "Chrome", "Chromium"].contains(&name.as_str()) {
        return (name, major);
    }
    match hints::browser(&client.hints.brands) {
        Some(Brand { name, version }) => (name, version),
        None => (name, major),
    }
}

fn system(client: &Client, agent: &Agent) -> (String, String) {
    let name = names::system(&agent.os_family);
    let version = names::version(&agent.os_version);
    if name == "macOS" && client.touch_points > 1 {
        // A Mac has no touch screen.
        return ("iPadOS".to_owned(), safari_version(agent));
    }
    if name == "iOS" && agent.model.starts_with("iPad") {
        let major = agent.os_version[0].as_deref().and_then(|major| major.parse::<u32>().ok());
        let name = if major.is_some_and(|major| major < IPAD_OS) { "iOS" } else { "iPadOS" };
        return (name.to_owned(), version);
    }
    match hints::system(&client.hints) {
        // A distribution of Linux says more than the hint.
        Some((hinted, _)) if hinted == "Linux" && !known_to_hints(&name) && !name.is_empty() => {
            (name, version)
        }
        Some((hinted, told)) if hinted == name => (name, if told.is_empty() { version } else { told }),
        Some(hinted) => hinted,
        None => (name, version),
    }
}

/// Systems that the platform hint tells apart.
fn known_to_hints(name: &str) -> bool {
    ["Windows", "macOS", "Android", "iOS", "ChromeOS", "Linux"].contains(&name)
}

/// Safari's version is that of the system it comes with; the Mac version beside it is made up.
fn safari_version(agent: &Agent) -> String {
    if agent.family == "Safari" { names::version(&agent.version) } else { String::new() }
}
