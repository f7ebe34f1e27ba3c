//! What uap-core's rules say of a user agent.

use super::patterns::{Case, Patterns, Source};
use serde::Deserialize;
use ua_parser::{device, os, user_agent};

/// Rules of uap-core, one JSON object per line; see `datasets/`.
const BROWSERS: &str = include_str!(concat!(env!("OUT_DIR"), "/browsers.ndjson"));
const SYSTEMS: &str = include_str!(concat!(env!("OUT_DIR"), "/systems.ndjson"));
const DEVICES: &str = include_str!(concat!(env!("OUT_DIR"), "/devices.ndjson"));

/// The shortest literals that uap-core's own engine searches for.
const ATOM: usize = 3;
const DEVICE_ATOM: usize = 2;

/// A user agent in uap-core's words. Families are `Other` when no rule matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Agent {
    pub(super) family: String,
    pub(super) version: Version,
    pub(super) os_family: String,
    pub(super) os_version: Version,
    pub(super) brand: String,
    pub(super) model: String,
}

/// Major, minor, patch and the one after it.
pub(super) type Version = [Option<String>; 4];

/// What is needed of a rule before it is compiled.
#[derive(Deserialize)]
struct Head {
    regex: String,
    #[serde(default)]
    regex_flag: Option<String>,
}

/// The three lists.
pub(super) struct Agents {
    browsers: Patterns<&'static str, user_agent::Extractor<'static>>,
    systems: Patterns<&'static str, os::Extractor<'static>>,
    devices: Patterns<&'static str, device::Extractor<'static>>,
}

impl Default for Agents {
    /// Each rule becomes an extractor of its own, so that what a match means is the official engine's business.
    fn default() -> Self {
        Self {
            browsers: Patterns::new(sources(BROWSERS), ATOM, |rule| {
                user_agent::Builder::new().push(serde_json::from_str(rule).ok()?).ok()?.build().ok()
            }),
            systems: Patterns::new(sources(SYSTEMS), ATOM, |rule| {
                os::Builder::new().push(serde_json::from_str(rule).ok()?).ok()?.build().ok()
            }),
            devices: Patterns::new(sources(DEVICES), DEVICE_ATOM, |rule| {
                device::Builder::new().push(serde_json::from_str(rule).ok()?).ok()?.build().ok()
            }),
        }
    }
}

impl Agents {
    /// Reads a user agent. `device` is the text in which the device is looked for.
    pub(super) fn read(&self, text: &str, device: &str) -> Agent {
        let browser =
            self.browsers.first(text, |_, rule| rule.extract(text).map(user_agent::ValueRef::into_owned));
        let browser = browser.unwrap_or_default();
        let system = self.systems.first(text, |_, rule| rule.extract(text).map(os::ValueRef::into_owned));
        let system = system.unwrap_or_default();
        let device =
            self.devices.first(device, |_, rule| rule.extract(device).map(device::ValueRef::into_owned));
        let device = device.unwrap_or_default();
        Agent {
            family: or_other(browser.family),
            version: [browser.major, browser.minor, browser.patch, browser.patch_minor],
            os_family: or_other(system.os),
            os_version: [system.major, system.minor, system.patch, system.patch_minor],
            brand: device.brand.unwrap_or_default(),
            model: device.model.unwrap_or_default(),
        }
    }

    /// How many rules there are.
    pub(super) fn len(&self) -> usize {
        self.browsers.len() + self.systems.len() + self.devices.len()
    }

    /// How many rules do not compile, and how many were compiled so far.
    #[cfg(test)]
    pub(super) fn counts(&self) -> (usize, usize) {
        let broken = self.browsers.broken() + self.systems.broken() + self.devices.broken();
        (broken, self.browsers.compiled() + self.systems.compiled() + self.devices.compiled())
    }
}

fn or_other(family: String) -> String {
    if family.is_empty() { "Other".to_owned() } else { family }
}

fn sources(lines: &'static str) -> impl Iterator<Item = Source<&'static str>> {
    lines.lines().filter_map(|rule| {
        let head: Head = serde_json::from_str(rule).ok()?;
        let case = if head.regex_flag.is_some() { Case::Any } else { Case::Same };
        Some(Source { rule, regex: head.regex, case })
    })
}
