//! The integrations in memory, and the ways to change them.

use super::store::{
    self, INSERT_INTEGRATION, Integration, REMOVE_INTEGRATION, ROTATE_INTEGRATION, bound, key, list,
};
use super::{IntegrationError, Provider};
use crate::sites::{ROTATION_MS, Refusal, Sealer, SiteRegistry, domain, random_word};
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::sync::Arc;
use ut_core::ports::{Statement, Transactional, TransactionalError, Value};
use ut_core::site::Site;
use ut_core::{Clock, SiteId};

/// A shorter secret could be guessed.
const MIN_SECRET: usize = 16;
const MAX_SECRET: usize = 256;

/// What an owner says of a new integration.
#[derive(Debug, Clone)]
pub struct NewIntegration {
    /// Which system.
    pub provider: Provider,
    /// The shop's host as the system knows it (`myshop.myshopify.com`): deliveries of another shop are refused.
    pub domain: Option<String>,
    /// The secret that the system has made; `None` has one made here, to be entered there.
    pub secret: Option<String>,
}

/// An integration that was just added, with its secret, which is shown this once.
#[derive(Clone)]
pub struct AddedIntegration {
    /// The integration.
    pub integration: Arc<Integration>,
    /// Signs the system's deliveries.
    pub secret: String,
}

impl std::fmt::Debug for AddedIntegration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddedIntegration").field("integration", &self.integration).finish_non_exhaustive()
    }
}

/// A secret that has just taken another one's place, shown this once.
#[derive(Clone)]
pub struct RotatedIntegration {
    /// The new one.
    pub secret: String,
    /// Until when the one before is valid too, Unix milliseconds.
    pub old_until_ms: i64,
}

impl std::fmt::Debug for RotatedIntegration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RotatedIntegration").field("old_until_ms", &self.old_until_ms).finish_non_exhaustive()
    }
}

type Table = BTreeMap<(SiteId, Provider), Arc<Integration>>;

/// All integrations. Reading takes a shared lock for the time of a pointer copy.
#[derive(Debug)]
pub struct Integrations {
    store: Arc<dyn Transactional>,
    clock: Arc<dyn Clock>,
    sites: Arc<SiteRegistry>,
    sealer: Sealer,
    table: RwLock<Arc<Table>>,
    /// One change at a time.
    changing: tokio::sync::Mutex<()>,
}

impl Integrations {
    /// Reads the integrations. The store must be migrated ([`super::MIGRATIONS`]).
    pub async fn load(
        store: Arc<dyn Transactional>,
        clock: Arc<dyn Clock>,
        sites: Arc<SiteRegistry>,
        hmac_secret: &[u8],
    ) -> Result<Arc<Self>, IntegrationError> {
        let sealer = Sealer::new(hmac_secret, "integration-secret");
        let (table, changing) = (RwLock::default(), tokio::sync::Mutex::default());
        let loaded = Self { store, clock, sites, sealer, table, changing };
        loaded.reload().await?;
        Ok(Arc::new(loaded))
    }

    async fn reload(&self) -> Result<(), IntegrationError> {
        let all = self.list().await?;
        let table = all.into_iter().map(|one| ((one.site, one.provider), Arc::new(one))).collect();
        *self.table.write() = Arc::new(table);
        Ok(())
    }

    /// All of them as the store has them now, by site.
    pub async fn list(&self) -> Result<Vec<Integration>, IntegrationError> {
        list(self.store.as_ref(), self.sites.as_ref(), &self.sealer).await
    }

    /// A site's integration of a kind. From memory.
    #[must_use]
    pub fn find(&self, site: SiteId, provider: Provider) -> Option<Arc<Integration>> {
        self.table.read().get(&(site, provider)).cloned()
    }

    /// Since when the shop itself tells of its orders, Unix milliseconds; `None` when it does not. From memory.
    #[must_use]
    pub fn connected_since(&self, site: SiteId) -> Option<i64> {
        let table = Arc::clone(&self.table.read());
        table.values().filter(|one| one.site == site).map(|one| one.created_at).min()
    }

    /// Adds one. From now on claims of pages are provisional.
    pub async fn add(&self, site: &Site, new: NewIntegration) -> Result<AddedIntegration, IntegrationError> {
        let provider = new.provider;
        let host = self.host(&new)?;
        let secret = secret(provider, new.secret)?;
        let _one_at_a_time = self.changing.lock().await;
        let mut values = key(site.id, provider);
        values.extend([
            Value::Text(host),
            Value::Bytes(self.sealer.seal(&bound(&site.key, provider), &secret)?),
            Value::Bytes(Vec::new()),
            Value::Int(self.clock.now_ms()),
        ]);
        self.change(&INSERT_INTEGRATION, &values).await.map_err(|error| match error {
            IntegrationError::Store(TransactionalError::Conflict { .. }) => {
                let message = "the site has one already: rotate its secret, or remove it first";
                refused("provider", "taken", message)
            }
            error => error,
        })?;
        let integration = self.find(site.id, provider).ok_or_else(|| vanished(site.id))?;
        tracing::info!(site = site.id.0, provider = provider.as_str(), "integration added");
        Ok(AddedIntegration { integration, secret })
    }

    /// Puts another secret in the place of the current one, which stays valid for [`ROTATION_MS`]. `None`: there is no
    /// such integration.
    pub async fn rotate(
        &self,
        site: &Site,
        provider: Provider,
        given: Option<String>,
    ) -> Result<Option<RotatedIntegration>, IntegrationError> {
        let secret = secret(provider, given)?;
        let _one_at_a_time = self.changing.lock().await;
        self.reload().await?;
        if self.find(site.id, provider).is_none() {
            return Ok(None);
        }
        let old_until_ms = self.clock.now_ms() + ROTATION_MS;
        let mut values = key(site.id, provider);
        values.push(Value::Bytes(self.sealer.seal(&bound(&site.key, provider), &secret)?));
        values.push(Value::Int(old_until_ms));
        self.store.run(&ROTATE_INTEGRATION, &values).await?;
        self.reload().await?;
        Ok(Some(RotatedIntegration { secret, old_until_ms }))
    }

    /// Removes one: its deliveries are refused from now on, and what it told stays. False if there was none.
    pub async fn remove(&self, site: SiteId, provider: Provider) -> Result<bool, IntegrationError> {
        let _one_at_a_time = self.changing.lock().await;
        self.reload().await?;
        let known = self.find(site, provider).is_some();
        if known {
            self.change(&REMOVE_INTEGRATION, &key(site, provider)).await?;
        }
        Ok(known)
    }

    /// Carries a change out. What a page's claim is worth may change with it: history's orders follow within seconds.
    async fn change(&self, statement: &Statement, values: &[Value]) -> Result<(), IntegrationError> {
        self.store.run(statement, values).await?;
        self.reload().await
    }

    /// The statement that notes a delivery of this moment, for the transaction it is entered in.
    pub(crate) fn note(&self, site: SiteId, provider: Provider) -> (&'static Statement, Vec<Value>) {
        store::note(site, provider, self.clock.now_ms())
    }

    fn host(&self, new: &NewIntegration) -> Result<String, IntegrationError> {
        let Some(text) = new.domain.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(String::new());
        };
        if new.provider == Provider::Orders {
            return Err(refused("domain", "unknown_field", "a delivery in our own words names no shop"));
        }
        match domain(text) {
            Ok(host) if !host.starts_with("*.") => Ok(host),
            Ok(_) => Err(refused("domain", "not_a_domain", "name the shop's one host")),
            Err(why) => Err(refused("domain", "not_a_domain", why)),
        }
    }
}

/// The one that is given, or one of ours.
fn secret(provider: Provider, given: Option<String>) -> Result<String, IntegrationError> {
    let Some(given) = given else {
        if provider == Provider::Shopify {
            let message = "Shopify makes the secret: give the one its admin shows for webhooks";
            return Err(refused("secret", "missing", message));
        }
        return Ok(random_word::<32>("whsec_")?);
    };
    let given = given.trim();
    if given.len() < MIN_SECRET {
        return Err(refused("secret", "too_short", "a secret has at least 16 characters"));
    }
    if given.len() > MAX_SECRET {
        return Err(refused("secret", "too_long", "a secret has at most 256 characters"));
    }
    Ok(given.to_owned())
}

fn refused(field: &str, code: &'static str, message: &str) -> IntegrationError {
    IntegrationError::Refused(vec![Refusal::new(field, code, message)])
}

fn vanished(site: SiteId) -> IntegrationError {
    IntegrationError::Damaged { site: i64::from(site.0), what: "vanished".to_owned() }
}
