//! Rows of the transactional store as sites, and back.

use super::rules::Settings;
use super::seal::Sealer;
use super::{SiteError, rules};
use std::collections::HashMap;
use std::sync::Arc;
use ut_core::SiteId;
use ut_core::event::Currency;
use ut_core::ports::{Row, Statement, Transactional, TransactionalError, Value};
use ut_core::site::Site;

const INSERT_SITE: Statement =
    Statement { name: "insert_site", sql: include_str!("sql/insert_site.transactional.sql") };
const INSERT_DOMAIN: Statement =
    Statement { name: "insert_domain", sql: include_str!("sql/insert_domain.transactional.sql") };
const LIST_SITES: Statement =
    Statement { name: "list_sites", sql: include_str!("sql/list_sites.transactional.sql") };
const LIST_DOMAINS: Statement =
    Statement { name: "list_domains", sql: include_str!("sql/list_domains.transactional.sql") };
const SITE_SECRET: Statement =
    Statement { name: "site_secret", sql: include_str!("sql/site_secret.transactional.sql") };

/// What became of an insert.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Inserted {
    Done,
    /// A domain belongs to another site, which another process has just added.
    DomainTaken,
}

/// Writes a site and its domains: all or nothing. A conflict means that another process took the number.
pub(super) async fn insert(
    store: &dyn Transactional,
    key: &str,
    settings: &Settings,
    sealed: &[u8],
    now_ms: i64,
) -> Result<Inserted, TransactionalError> {
    let zone = settings.time_zone.iana_name().unwrap_or("UTC");
    let site = vec![
        text(key),
        text(settings.currency.as_str()),
        text(zone),
        Value::Int(i64::from(settings.session_timeout_min)),
        Value::Bytes(sealed.to_vec()),
        Value::Int(now_ms),
    ];
    let domains = settings
        .domains
        .iter()
        .zip(0_i64..)
        .map(|(domain, position)| (&INSERT_DOMAIN, vec![text(domain), Value::Int(position), text(key)]));
    let work: Vec<_> = std::iter::once((&INSERT_SITE, site)).chain(domains).collect();
    match store.run_all(&work).await {
        Ok(()) => Ok(Inserted::Done),
        Err(TransactionalError::Conflict { statement }) if statement == INSERT_DOMAIN.name => {
            Ok(Inserted::DomainTaken)
        }
        Err(error) => Err(error),
    }
}

/// Every site, by number.
pub(super) async fn list(store: &dyn Transactional) -> Result<Vec<Arc<Site>>, SiteError> {
    // The domains are read second: a site that is added in between is not listed, but none is listed without its
    // domains.
    let sites = store.run(&LIST_SITES, &[]).await?;
    let mut domains: HashMap<i64, Vec<String>> = HashMap::new();
    for row in store.run(&LIST_DOMAINS, &[]).await? {
        if let [Value::Int(site), Value::Text(domain)] = row.as_slice() {
            domains.entry(*site).or_default().push(domain.clone());
        }
    }
    sites.iter().map(|row| site(row, &mut domains).map(Arc::new)).collect()
}

/// The secret of a site, opened; `None` when there is no such site.
pub(super) async fn secret(
    store: &dyn Transactional,
    sealer: &Sealer,
    id: SiteId,
) -> Result<Option<String>, SiteError> {
    let rows = store.run(&SITE_SECRET, &[Value::Int(i64::from(id.0))]).await?;
    match rows.first().map(Vec::as_slice) {
        None => Ok(None),
        Some([Value::Text(key), Value::Bytes(sealed)]) => sealer.open(id.0, key, sealed).map(Some),
        Some(other) => {
            Err(SiteError::Damaged { site: i64::from(id.0), what: format!("{} columns", other.len()) })
        }
    }
}

fn site(row: &Row, domains: &mut HashMap<i64, Vec<String>>) -> Result<Site, SiteError> {
    let [Value::Int(id), Value::Text(key), Value::Text(currency), Value::Text(zone), Value::Int(timeout)] =
        row.as_slice()
    else {
        return Err(SiteError::Damaged { site: 0, what: "a column has another type".to_owned() });
    };
    let damaged = |what: String| SiteError::Damaged { site: *id, what };
    Ok(Site {
        id: SiteId(u32::try_from(*id).map_err(|_| damaged("the number is out of range".to_owned()))?),
        key: key.clone(),
        domains: domains.remove(id).unwrap_or_default(),
        currency: Currency::parse(currency).map_err(|error| damaged(error.to_string()))?,
        time_zone: rules::time_zone(zone).map_err(|refusal| damaged(refusal.message))?,
        session_timeout_min: u16::try_from(*timeout).map_err(|_| damaged(format!("timeout {timeout}")))?,
    })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
