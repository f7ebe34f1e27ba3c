//! Sources: what brought a visitor, and which channel that is.

mod channels;
mod hosts;
mod rules;
mod sources;
#[cfg(test)]
mod tests;

pub use channels::{CHANNELS, Channel, channel};
pub use rules::{Explanation, explain};
use sources::{Surroundings, resolve, stays};
use std::sync::Arc;
use ut_core::event::Draft;
use ut_core::module::{Context, Module, Verdict};
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};

/// The module.
#[derive(Debug)]
pub struct Attribution;

#[async_trait::async_trait]
impl Module for Attribution {
    fn name(&self) -> &'static str {
        "attribution"
    }

    fn admit(&self, draft: &mut Draft, context: &Context<'_>) -> Verdict {
        let page_view = draft.name.is_page_view();
        // Only a URL with parameters can say more than the page view it belongs to.
        let silent = if page_view { stays(&draft.url, &draft.referrer) } else { !draft.url.contains('?') };
        if silent {
            draft.source = None;
            return Verdict::Keep;
        }
        let site = context.site;
        let surroundings = Surroundings { domains: &site.domains, gateways: &site.settings.gateways };
        let resolution = resolve(&draft.url, &draft.referrer, &surroundings);
        draft.source = resolution.source.filter(|_| page_view || resolution.tagged).map(Arc::new);
        Verdict::Keep
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

/// Is this host only on a buyer's way: payment, checkout, the bank's confirmation, sign-in, or one of `extra`? A stored
/// referral from one reads as direct.
#[must_use]
pub fn is_gateway(host: &str, extra: &[String]) -> bool {
    hosts::gateway(host, extra)
}
