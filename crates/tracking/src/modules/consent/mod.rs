//! Identity as far as consent allows: cookieless hashes under random, rotating, destroyed salts.

mod choice;
mod facts;
mod join;
pub mod receipts;
mod rules;
mod signals;
#[cfg(test)]
mod tests;

pub use choice::{Choice, NotAChoice};
pub use facts::{Identifier, Likeness, SiteSalts, Traits};
pub use join::{JoinError, Joiner};
pub use signals::{
    Axis, Collect, Decode, Decoded, Gcm, Gpp, NotUnderstood, Resolved, Said, Signal, SignalSource, Tcf,
    UnknownSource, Why, resolve,
};
use ut_core::Deps;
use ut_core::module::{Module, Schema};
use ut_core::ports::SaltDay;
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};
use ut_core::site::Site;

/// The registrable domain of a host, or the host itself where there is none.
#[must_use]
pub fn registrable(host: &str) -> &str {
    rules::registrable(host)
}

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

    fn schema(&self) -> Schema {
        Schema { transactional: receipts::MIGRATIONS, ..Schema::default() }
    }

    async fn export(&self, subject: &Subject, hands: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        Ok(vec![receipts::export(subject, hands).await?])
    }

    /// What points to a person in a receipt is sealed with their key, which is destroyed; that somebody chose stays.
    async fn forget(&self, _: &Subject, _: Veil, _: &Hands<'_>) -> Result<(), RightsError> {
        Ok(())
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
