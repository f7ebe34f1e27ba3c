//! When a site's settings change what its orders are, or in which currency they are added up, history gets all of them
//! anew.

use super::ledger::{LedgerError, PUT_TERMS, RESTATE_ORDERS, TERMS_OF_SITE, int};
use super::rules::Terms;
use crate::engine::Core;
use crate::integrations::Integrations;
use std::collections::HashMap;
use ut_core::SiteId;
use ut_core::ports::Value;
use ut_core::site::Site;

/// What a site's settings say of orders, and since when its shop itself tells of them.
pub(super) fn terms(site: &Site, integrations: &Integrations) -> Terms {
    let rules = site.settings.orders;
    let connected_since = integrations.connected_since(site.id);
    Terms { connected_since, browser_value: rules.browser_value, counted_from: rules.counted_from }
}

/// By which settings the image of each site's orders is made, as far as this process knows.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<SiteId, String>);

impl Known {
    /// Owes history every order of the site, if its settings are other ones than those of the image.
    pub(super) async fn keep(&mut self, core: &Core, site: &Site) -> Result<(), LedgerError> {
        let now = format!("{:?} {}", terms(site, &core.integrations), site.currency.as_str());
        if self.0.get(&site.id) == Some(&now) {
            return Ok(());
        }
        let mut transaction = core.deps.transactional.begin().await?;
        let stored = transaction.run(&TERMS_OF_SITE, &[int(site.id)]).await?;
        if stored.first().map(Vec::as_slice) != Some(&[Value::Text(now.clone())][..]) {
            transaction.run(&RESTATE_ORDERS, &[int(site.id)]).await?;
            transaction.run(&PUT_TERMS, &[int(site.id), Value::Text(now.clone())]).await?;
            transaction.commit().await?;
        }
        self.0.insert(site.id, now);
        Ok(())
    }
}
