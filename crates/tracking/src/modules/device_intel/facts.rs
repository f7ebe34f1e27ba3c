//! The rules with a memory of what they lately said, and the answer to "why".

use super::rules::Rules;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::Serialize;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use ut_core::event::{Client, Device};

/// How many devices are remembered, and in how many bytes.
const ENTRIES: u64 = 65_536;
const BYTES: u64 = 16 * 1024 * 1024;

/// How a client was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The browser's name.
    pub browser: String,
    /// Its major version.
    pub browser_version: String,
    /// The operating system.
    pub os: String,
    /// Its version, as far as it is told.
    pub os_version: String,
    /// `desktop`, `mobile`, `tablet`, `tv`, `console`, `wearable` or nothing.
    pub device_type: &'static str,
    /// The maker.
    pub brand: String,
    /// The model.
    pub model: String,
    /// Whether it is a program.
    pub bot: bool,
    /// Why it is taken for one, or nothing.
    pub bot_reason: String,
    /// What uap-core says.
    pub raw: Raw,
}

/// A user agent in uap-core's words; its families are `Other` when it knows none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Raw {
    /// The browser's family.
    pub family: String,
    /// Its major version.
    pub major: Option<String>,
    /// The system's family.
    pub os_family: String,
    /// Its major version.
    pub os_major: Option<String>,
}

/// Entries weigh their bytes, but at least so much that their number is bounded too.
#[derive(Debug, Clone)]
struct Weight;

impl Weighter<u64, Arc<Device>> for Weight {
    fn weight(&self, _key: &u64, device: &Arc<Device>) -> u64 {
        let texts = [
            &device.browser,
            &device.browser_version,
            &device.os,
            &device.os_version,
            &device.brand,
            &device.model,
            &device.bot,
        ];
        let texts: usize = texts.into_iter().map(String::capacity).sum();
        ((size_of::<(u64, Device)>() + texts) as u64).max(BYTES / ENTRIES)
    }
}

/// Reads devices, each once as long as it is seen again before it is forgotten.
pub(super) struct Devices {
    rules: Rules,
    known: Cache<u64, Arc<Device>, Weight>,
    hasher: RandomState,
}

impl Default for Devices {
    fn default() -> Self {
        // Room is made as entries come.
        let known = Cache::with_weighter(1024, BYTES, Weight);
        Self { rules: Rules::default(), known, hasher: RandomState::new() }
    }
}

impl Devices {
    /// The device of a client.
    pub(super) fn device(&self, client: &Client) -> Arc<Device> {
        // Two clients of one hash would share a device: 64 bits under a random key make that improbable and unplannable.
        let key = self.hasher.hash_one(client);
        if let Some(device) = self.known.get(&key) {
            return device;
        }
        let device = Arc::new(self.rules.read(client).0);
        self.known.insert(key, device.clone());
        device
    }

    /// The device of a client, and how it came about.
    pub(super) fn explain(&self, client: &Client) -> Explanation {
        let (device, raw) = self.rules.read(client);
        Explanation {
            browser: device.browser,
            browser_version: device.browser_version,
            os: device.os,
            os_version: device.os_version,
            device_type: device.device_type.as_str(),
            brand: device.brand,
            model: device.model,
            bot: !device.bot.is_empty(),
            bot_reason: device.bot,
            raw,
        }
    }

    /// How many rules are known.
    pub(super) fn rules(&self) -> usize {
        self.rules.agents.len() + self.rules.bots.len()
    }

    /// How many devices are remembered.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> (usize, u64) {
        (self.known.len(), self.known.weight())
    }
}

impl fmt::Debug for Devices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Devices").field("rules", &self.rules()).finish_non_exhaustive()
    }
}
