//! Identity as far as consent allows: cookieless hashes under random, rotating, destroyed salts.

mod facts;
mod rules;
#[cfg(test)]
mod tests;

pub use facts::{Identifier, SiteSalts, Traits};
use ut_core::Deps;
use ut_core::module::Module;
use ut_core::ports::SaltDay;
use ut_core::site::Site;

/// The salt day of an instant for a site.
#[must_use]
pub fn salt_day(site: &Site, at_ms: i64) -> SaltDay {
    rules::salt_day(&site.time_zone, at_ms)
}

/// The module.
#[derive(Debug)]
pub struct ConsentModule;

#[async_trait::async_trait]
impl Module for ConsentModule {
    fn name(&self) -> &'static str {
        "consent"
    }

    /// Rotates every site's salts, also those of sites nobody visits: old keys must not wait for traffic to die.
    async fn tick(&self, deps: &Deps) {
        for site in deps.sites.all() {
            let today = salt_day(&site, deps.clock.now_ms());
            if let Err(error) = deps.realtime.salts(site.id, today).await {
                tracing::warn!(site = site.id.0, %error, "salts of site {} could not be rotated; tried again soon", site.id.0);
            }
        }
    }
}
