//! Rows of the transactional store as integrations, and back.

use super::{IntegrationError, Provider};
use crate::sites::{Sealer, Secret};
use ut_core::SiteId;
use ut_core::ports::{Row, Statement, Transactional, Value};
use ut_core::site::Sites;

macro_rules! statements {
    ($($constant:ident = $name:literal),* $(,)?) => {
        $(pub(super) const $constant: Statement =
            Statement { name: $name, sql: include_str!(concat!("sql/", $name, ".transactional.sql")) };)*
    };
}

statements! {
    INSERT_INTEGRATION = "insert_integration",
    LIST_INTEGRATIONS = "list_integrations",
    NOTE_DELIVERY = "note_delivery",
    REMOVE_INTEGRATION = "remove_integration",
    ROTATE_INTEGRATION = "rotate_integration",
}

/// A shop system that tells of a site's orders.
#[derive(Debug, Clone)]
pub struct Integration {
    /// The site.
    pub site: SiteId,
    /// Which system.
    pub provider: Provider,
    /// The shop's host as the system knows it; empty when any will do.
    pub domain: String,
    /// When it was added, Unix milliseconds.
    pub created_at: i64,
    /// Deliveries about orders when this was read.
    pub deliveries: i64,
    /// The newest of them, Unix milliseconds; 0 before the first.
    pub last_delivery: i64,
    /// `None`: sealed with another `HMAC_SECRET`.
    secret: Option<Secret>,
    /// The one before, and from when on it is void.
    old: Option<(Secret, i64)>,
}

impl Integration {
    /// The secrets that sign deliveries at an instant: one, or two after a rotation.
    #[must_use]
    pub fn secrets_at(&self, now_ms: i64) -> Vec<Secret> {
        let old = self.old.iter().filter(|(_, until)| now_ms < *until).map(|(secret, _)| secret);
        self.secret.iter().chain(old).cloned().collect()
    }
}

/// What a secret is bound to: no row can be moved to another site or system.
pub(super) fn bound(site_key: &str, provider: Provider) -> String {
    format!("{site_key}/{}", provider.as_str())
}

pub(super) fn key(site: SiteId, provider: Provider) -> Vec<Value> {
    vec![Value::Int(i64::from(site.0)), Value::Text(provider.as_str().to_owned())]
}

/// The statement that notes a delivery, for the transaction it is entered in.
pub(super) fn note(site: SiteId, provider: Provider, now_ms: i64) -> (&'static Statement, Vec<Value>) {
    let mut values = key(site, provider);
    values.push(Value::Int(now_ms));
    (&NOTE_DELIVERY, values)
}

/// All of them.
pub(super) async fn list(
    store: &dyn Transactional,
    sites: &dyn Sites,
    sealer: &Sealer,
) -> Result<Vec<Integration>, IntegrationError> {
    let rows = store.run(&LIST_INTEGRATIONS, &[]).await?;
    rows.iter().map(|row| integration(row, sites, sealer)).collect()
}

fn integration(row: &Row, sites: &dyn Sites, sealer: &Sealer) -> Result<Integration, IntegrationError> {
    let [
        Value::Int(number),
        Value::Text(provider),
        Value::Text(domain),
        Value::Bytes(secret),
        Value::Bytes(old_secret),
        Value::Int(old_until),
        Value::Int(created_at),
        Value::Int(deliveries),
        Value::Int(last_delivery),
    ] = row.as_slice()
    else {
        return Err(IntegrationError::Damaged { site: 0, what: "a column has another type".to_owned() });
    };
    let damaged = |what: &str| IntegrationError::Damaged { site: *number, what: what.to_owned() };
    let site = SiteId(u32::try_from(*number).map_err(|_| damaged("the number is out of range"))?);
    let provider = Provider::parse(provider).ok_or_else(|| damaged("its provider is unknown"))?;
    let site_key = sites.by_id(site).ok_or_else(|| damaged("the site is not there"))?.key.clone();
    let bound = bound(&site_key, provider);
    let open = |sealed: &[u8]| sealer.open(site.0, &bound, sealed).ok().map(|secret| Secret::new(&secret));
    let opened = open(secret);
    if opened.is_none() {
        let word = provider.as_str();
        tracing::error!(
            site = site.0,
            provider = word,
            "the secret of {word} of site {} does not open: HMAC_SECRET is not the one it was sealed with; its \
             webhooks are refused until it is rotated",
            site.0
        );
    }
    Ok(Integration {
        site,
        provider,
        domain: domain.clone(),
        created_at: *created_at,
        deliveries: *deliveries,
        last_delivery: *last_delivery,
        secret: opened,
        old: open(old_secret).map(|secret| (secret, *old_until)),
    })
}
