//! The sites in memory, and the one way to add one.

use super::rules::{self, Settings};
use super::seal::Sealer;
use super::secrets::{ROTATION_MS, Secret, Secrets};
use super::store::{self, Inserted};
use super::{SiteChange, SiteError, change, random};
use jiff::tz::TimeZone;
use parking_lot::RwLock;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use ut_core::ports::{Transactional, TransactionalError};
use ut_core::site::{Site, Sites};
use ut_core::{Clock, SiteId};

/// Another process may take the number meanwhile; more than a few times in a row it does not.
const ATTEMPTS: usize = 5;

/// What an owner says of a new site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSite {
    /// 1 to 100 domains, the first being its name; `*.shop.example` allows any sub-domain.
    pub domains: Vec<String>,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA name.
    pub time_zone: String,
    /// Minutes of silence after which a session ends: 5 to 120.
    pub session_timeout_min: u16,
}

impl NewSite {
    /// The minutes of silence after which a session ends when nothing else is said.
    pub const DEFAULT_SESSION_TIMEOUT_MIN: u16 = 30;
}

/// Everything that has to be said is empty, and would be refused; what need not be said has its default.
impl Default for NewSite {
    fn default() -> Self {
        Self {
            domains: Vec::new(),
            currency: String::new(),
            time_zone: String::new(),
            session_timeout_min: Self::DEFAULT_SESSION_TIMEOUT_MIN,
        }
    }
}

/// A site that was just added, with its secret, which is shown this once.
#[derive(Clone)]
pub struct AddedSite {
    /// The site.
    pub site: Arc<Site>,
    /// `sk_…`: signs server-to-server calls.
    pub secret: String,
}

impl std::fmt::Debug for AddedSite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AddedSite").field("site", &self.site).finish_non_exhaustive()
    }
}

/// A secret that has just taken another one's place, shown this once.
#[derive(Clone)]
pub struct RotatedSecret {
    /// `sk_…`.
    pub secret: String,
    /// Until when the one before is valid too, Unix milliseconds.
    pub old_until_ms: i64,
}

impl std::fmt::Debug for RotatedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RotatedSecret").field("old_until_ms", &self.old_until_ms).finish_non_exhaustive()
    }
}

#[derive(Debug, Default)]
struct Table {
    by_id: BTreeMap<SiteId, Arc<Site>>,
    secrets: HashMap<SiteId, Secrets>,
    /// Those whose sums in history are still by the days of another zone.
    to_be_summed_anew: BTreeSet<SiteId>,
    by_key: HashMap<String, SiteId>,
}

/// All sites. Reading takes a shared lock for the time of a pointer copy; a change swaps the whole table.
#[derive(Debug)]
pub struct SiteRegistry {
    store: Arc<dyn Transactional>,
    clock: Arc<dyn Clock>,
    sealer: Sealer,
    table: RwLock<Arc<Table>>,
    /// One reading of the store at a time, so that an older one never overwrites a newer one.
    reloading: tokio::sync::Mutex<()>,
    /// One change at a time, so that two of different fields do not undo each other.
    changing: tokio::sync::Mutex<()>,
}

impl SiteRegistry {
    /// Reads the sites. The store must be migrated ([`super::MIGRATIONS`]).
    pub async fn load(
        store: Arc<dyn Transactional>,
        clock: Arc<dyn Clock>,
        hmac_secret: &[u8],
    ) -> Result<Arc<Self>, SiteError> {
        let sealer = Sealer::new(hmac_secret, "site-secret");
        let registry = Self {
            store,
            clock,
            sealer,
            table: RwLock::default(),
            reloading: tokio::sync::Mutex::default(),
            changing: tokio::sync::Mutex::default(),
        };
        registry.reload().await?;
        Ok(Arc::new(registry))
    }

    /// Reads the sites anew: also those another process has added.
    pub async fn reload(&self) -> Result<(), SiteError> {
        let _one_at_a_time = self.reloading.lock().await;
        let mut table = Table::default();
        for store::Stored { site, secrets, to_be_summed_anew } in
            store::list(self.store.as_ref(), &self.sealer).await?
        {
            table.secrets.extend(secrets.map(|secrets| (site.id, secrets)));
            table.to_be_summed_anew.extend(to_be_summed_anew.then_some(site.id));
            table.by_key.insert(site.key.clone(), site.id);
            table.by_id.insert(site.id, site);
        }
        *self.table.write() = Arc::new(table);
        Ok(())
    }

    /// Adds a site; it is known to every reader when this returns.
    pub async fn add(&self, new: NewSite) -> Result<AddedSite, SiteError> {
        let settings = rules::check(&new, &self.all()).map_err(SiteError::Refused)?;
        let key = random::word::<16>("pk_")?;
        let secret = random::word::<32>("sk_")?;
        self.insert(&key, &settings, &secret).await?;
        self.reload().await?;
        let site =
            self.by_key(&key).ok_or_else(|| SiteError::Damaged { site: 0, what: "vanished".to_owned() })?;
        tracing::info!(site = site.id.0, domain = site.domains.first().map(String::as_str), "site added");
        Ok(AddedSite { site, secret })
    }

    async fn insert(&self, key: &str, settings: &Settings, secret: &str) -> Result<(), SiteError> {
        let sealed = self.sealer.seal(key, secret)?;
        let mut attempt = 1;
        loop {
            match store::insert(self.store.as_ref(), key, settings, &sealed, self.clock.now_ms()).await {
                Ok(Inserted::Done) => return Ok(()),
                Ok(Inserted::DomainTaken) => return Err(self.domain_taken(settings).await?),
                Err(TransactionalError::Conflict { .. }) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Which of the domains another process has just given to another site.
    async fn domain_taken(&self, settings: &Settings) -> Result<SiteError, SiteError> {
        self.reload().await?;
        let taken = settings.domains.iter().find_map(|domain| Some((domain, self.exactly(domain)?)));
        let refusal = match taken {
            Some((domain, site)) => rules::taken("domains", domain, Some(&site)),
            None => rules::taken("domains", &settings.domains.join(", "), None),
        };
        Ok(SiteError::Refused(vec![refusal]))
    }

    /// Changes what `change` names; every reader knows it when this returns. `None`: there is no such site.
    pub async fn change(&self, id: SiteId, change: &SiteChange) -> Result<Option<Arc<Site>>, SiteError> {
        let _one_at_a_time = self.changing.lock().await;
        self.reload().await?;
        let Some(site) = self.by_id(id) else { return Ok(None) };
        let (settings, lists) = change::apply(change, &site, &self.all()).map_err(SiteError::Refused)?;
        match store::update(self.store.as_ref(), &site, &settings, &lists).await? {
            Inserted::Done => {}
            Inserted::DomainTaken => return Err(self.domain_taken(&settings).await?),
        }
        self.reload().await?;
        tracing::info!(site = id.0, "the settings of site {} were changed", id.0);
        Ok(self.by_id(id))
    }

    /// Makes a new secret; the one before stays valid for [`ROTATION_MS`], and so do those before that: a rotation that
    /// would void one early is refused. `None`: there is no such site.
    pub async fn rotate_secret(&self, id: SiteId) -> Result<Option<RotatedSecret>, SiteError> {
        let _one_at_a_time = self.changing.lock().await;
        self.reload().await?;
        let Some(site) = self.by_id(id) else { return Ok(None) };
        let now = self.clock.now_ms();
        if let Some(until) = self.snapshot().secrets.get(&id).and_then(|secrets| secrets.full_until(now)) {
            return Err(SiteError::TooManyRotations { again_in_ms: until - now });
        }
        let secret = random::word::<32>("sk_")?;
        let sealed = self.sealer.seal(&site.key, &secret)?;
        let old_until_ms = now + ROTATION_MS;
        store::rotate(self.store.as_ref(), id, (now, old_until_ms), sealed).await?;
        self.reload().await?;
        tracing::info!(
            site = id.0,
            "site {} has a new secret; the one before is valid for 24 hours more",
            id.0
        );
        Ok(Some(RotatedSecret { secret, old_until_ms }))
    }

    /// The secrets that sign a site's server-to-server calls now: the newest first, and for a day after each rotation
    /// the one before it. From memory. None when there is no such site, or its secret was sealed with another
    /// `HMAC_SECRET`.
    #[must_use]
    pub fn secrets(&self, id: SiteId) -> Vec<Secret> {
        let table = self.snapshot();
        table.secrets.get(&id).map_or_else(Vec::new, |secrets| secrets.valid_at(self.clock.now_ms()))
    }

    async fn sums_rebuilt(&self, id: SiteId, zone: &TimeZone) -> Result<(), SiteError> {
        let _one_at_a_time = self.changing.lock().await;
        store::sums_rebuilt(self.store.as_ref(), id, zone.iana_name().unwrap_or("UTC")).await?;
        self.reload().await
    }

    /// The site that owns a host (lower case, without port): by its exact name first, then by a wildcard.
    #[must_use]
    pub fn by_domain(&self, host: &str) -> Option<Arc<Site>> {
        self.exactly(host).or_else(|| self.snapshot().by_id.values().find(|site| site.owns(host)).cloned())
    }

    /// The site a person or a query means: its number or one of its domains.
    #[must_use]
    pub fn find(&self, number_or_domain: &str) -> Option<Arc<Site>> {
        match number_or_domain.parse() {
            Ok(number) => self.by_id(SiteId(number)),
            Err(_) => rules::domain(number_or_domain).ok().and_then(|domain| self.by_domain(&domain)),
        }
    }

    /// All sites, by number.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Site>> {
        self.snapshot().by_id.values().cloned().collect()
    }

    fn exactly(&self, domain: &str) -> Option<Arc<Site>> {
        self.snapshot().by_id.values().find(|site| site.domains.iter().any(|own| own == domain)).cloned()
    }

    fn snapshot(&self) -> Arc<Table> {
        Arc::clone(&self.table.read())
    }
}

#[async_trait::async_trait]
impl Sites for SiteRegistry {
    fn by_key(&self, key: &str) -> Option<Arc<Site>> {
        let table = self.snapshot();
        table.by_key.get(key).and_then(|id| table.by_id.get(id)).cloned()
    }

    fn by_id(&self, id: SiteId) -> Option<Arc<Site>> {
        self.snapshot().by_id.get(&id).cloned()
    }

    fn all(&self) -> Vec<Arc<Site>> {
        self.list()
    }

    fn to_be_summed_anew(&self) -> Vec<SiteId> {
        self.snapshot().to_be_summed_anew.iter().copied().collect()
    }

    async fn summed_anew(&self, id: SiteId, zone: &TimeZone) -> Result<(), String> {
        self.sums_rebuilt(id, zone).await.map_err(|error| error.to_string())
    }
}
