//! Which browser, system and device a request comes from, and whether a program sent it.

mod agent;
mod bots;
mod facts;
mod hints;
mod kinds;
mod names;
mod patterns;
mod rules;
#[cfg(test)]
mod tests;

pub use facts::{Explanation, Raw};

use facts::Devices;
use std::sync::{Arc, LazyLock};
use ut_core::Deps;
use ut_core::event::{Circumstances, Client, Device};
use ut_core::module::Module;
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};
use ut_core::site::Site;

/// The rules and what was lately read by them: a pure function and its memory, so that all may share them.
static DEVICES: LazyLock<Devices> = LazyLock::new(Devices::default);

/// Why a client was understood as it was.
#[must_use]
pub fn explain(client: &Client) -> Explanation {
    DEVICES.explain(client)
}

/// The device behind a request, as in the circumstances of its events.
#[must_use]
pub fn device(client: &Client) -> Arc<Device> {
    DEVICES.device(client)
}

/// The module.
#[derive(Debug)]
pub struct DeviceIntel;

#[async_trait::async_trait]
#[async_trait::async_trait]
impl Module for DeviceIntel {
    fn name(&self) -> &'static str {
        "device_intel"
    }

    fn request(&self, circumstances: &mut Circumstances, client: Option<&Client>, _site: &Site) {
        if let Some(client) = client {
            circumstances.device = device(client);
        }
    }

    /// Reads the rules in the background soon after the start, so that no request waits for it.
    async fn tick(&self, _deps: &Deps) {
        if LazyLock::get(&DEVICES).is_some() {
            return;
        }
        let loaded = tokio::task::spawn_blocking(|| LazyLock::force(&DEVICES).rules()).await;
        match loaded {
            Ok(count) => tracing::debug!(rules = count, "{count} rules of devices and crawlers are read"),
            Err(error) => tracing::warn!(%error, "the rules of devices could not be read; tried again soon"),
        }
    }

    /// What it knows are columns of events and sessions, which history shows.
    async fn export(&self, _: &Subject, _: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        Ok(Vec::new())
    }

    /// And history takes out.
    async fn forget(&self, _: &Subject, _: Veil, _: &Hands<'_>) -> Result<(), RightsError> {
        Ok(())
    }
}
