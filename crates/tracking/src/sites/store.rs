//! Rows of the transactional store as sites, and back.

use super::rules::Settings;
use super::seal::Sealer;
use super::secrets::{Secret, Secrets};
use super::{SiteError, rules};
use std::collections::HashMap;
use std::sync::Arc;
use ut_core::SiteId;
use ut_core::event::Currency;
use ut_core::ports::{Row, Statement, Transactional, TransactionalError, Value};
use ut_core::site::{Site, SiteSettings};

const INSERT_SITE: Statement =
    Statement { name: "insert_site", sql: include_str!("sql/insert_site.transactional.sql") };
const INSERT_DOMAIN: Statement =
    Statement { name: "insert_domain", sql: include_str!("sql/insert_domain.transactional.sql") };
const LIST_SITES: Statement =
    Statement { name: "list_sites", sql: include_str!("sql/list_sites.transactional.sql") };
const LIST_DOMAINS: Statement =
    Statement { name: "list_domains", sql: include_str!("sql/list_domains.transactional.sql") };
const UPDATE_SITE: Statement =
    Statement { name: "update_site", sql: include_str!("sql/update_site.transactional.sql") };
const DELETE_DOMAINS: Statement =
    Statement { name: "delete_domains", sql: include_str!("sql/delete_domains.transactional.sql") };
const ROTATE_SECRET: Statement =
    Statement { name: "rotate_secret", sql: include_str!("sql/rotate_secret.transactional.sql") };
const KEEP_OLD_SECRET: Statement =
    Statement { name: "keep_old_secret", sql: include_str!("sql/keep_old_secret.transactional.sql") };
const FORGET_OLD_SECRETS: Statement =
    Statement { name: "forget_old_secrets", sql: include_str!("sql/forget_old_secrets.transactional.sql") };
const LIST_OLD_SECRETS: Statement =
    Statement { name: "list_old_secrets", sql: include_str!("sql/list_old_secrets.transactional.sql") };
const SUMS_REBUILT: Statement =
    Statement { name: "sums_rebuilt", sql: include_str!("sql/sums_rebuilt.transactional.sql") };

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
    finish(store, std::iter::once((&INSERT_SITE, site)).chain(domains(settings, key)).collect()).await
}

/// Writes a site's settings and domains: all or nothing.
pub(super) async fn update(
    store: &dyn Transactional,
    site: &Site,
    settings: &Settings,
    lists: &SiteSettings,
) -> Result<Inserted, TransactionalError> {
    let id = Value::Int(i64::from(site.id.0));
    let lists = serde_json::to_string(lists).map_err(|error| TransactionalError::Unavailable {
        statement: UPDATE_SITE.name,
        message: error.to_string(),
    })?;
    let row = vec![
        id.clone(),
        text(settings.currency.as_str()),
        text(settings.time_zone.iana_name().unwrap_or("UTC")),
        Value::Int(i64::from(settings.session_timeout_min)),
        Value::Text(lists),
    ];
    let first = [(&UPDATE_SITE, row), (&DELETE_DOMAINS, vec![id])];
    finish(store, first.into_iter().chain(domains(settings, &site.key)).collect()).await
}

fn domains<'a>(
    settings: &'a Settings,
    key: &'a str,
) -> impl Iterator<Item = (&'static Statement, Vec<Value>)> + 'a {
    let row = move |(domain, position): (&String, i64)| {
        (&INSERT_DOMAIN, vec![text(domain), Value::Int(position), text(key)])
    };
    settings.domains.iter().zip(0_i64..).map(row)
}

async fn finish(
    store: &dyn Transactional,
    work: Vec<(&'static Statement, Vec<Value>)>,
) -> Result<Inserted, TransactionalError> {
    match store.run_all(&work).await {
        Ok(()) => Ok(Inserted::Done),
        Err(TransactionalError::Conflict { statement }) if statement == INSERT_DOMAIN.name => {
            Ok(Inserted::DomainTaken)
        }
        Err(error) => Err(error),
    }
}

/// Puts a new secret in the place of the current one, which stays beside it until `until_ms`. Forgets those that are void.
pub(super) async fn rotate(
    store: &dyn Transactional,
    id: SiteId,
    (now_ms, until_ms): (i64, i64),
    sealed: Vec<u8>,
) -> Result<(), TransactionalError> {
    let id = Value::Int(i64::from(id.0));
    let work = [
        (&FORGET_OLD_SECRETS, vec![id.clone(), Value::Int(now_ms)]),
        (&KEEP_OLD_SECRET, vec![id.clone(), Value::Int(until_ms)]),
        (&ROTATE_SECRET, vec![id, Value::Bytes(sealed)]),
    ];
    store.run_all(&work).await
}

/// Notes that a site's sums by day are those of `zone`.
pub(super) async fn sums_rebuilt(
    store: &dyn Transactional,
    id: SiteId,
    zone: &str,
) -> Result<(), TransactionalError> {
    store.run(&SUMS_REBUILT, &[Value::Int(i64::from(id.0)), text(zone)]).await.map(drop)
}

/// A site as its row says.
pub(super) struct Stored {
    pub(super) site: Arc<Site>,
    /// `None`: sealed with another `HMAC_SECRET`.
    pub(super) secrets: Option<Secrets>,
    /// Its sums are still by the days of another zone.
    pub(super) to_be_summed_anew: bool,
}

/// Every site, by number.
pub(super) async fn list(store: &dyn Transactional, sealer: &Sealer) -> Result<Vec<Stored>, SiteError> {
    // The domains are read second: a site that is added in between is not listed, but none is listed without its
    // domains.
    let sites = store.run(&LIST_SITES, &[]).await?;
    let mut domains: HashMap<i64, Vec<String>> = HashMap::new();
    for row in store.run(&LIST_DOMAINS, &[]).await? {
        if let [Value::Int(site), Value::Text(domain)] = row.as_slice() {
            domains.entry(*site).or_default().push(domain.clone());
        }
    }
    let mut old = OldSecrets::new();
    for row in store.run(&LIST_OLD_SECRETS, &[]).await? {
        if let [Value::Int(site), Value::Bytes(sealed), Value::Int(until)] = row.as_slice() {
            old.entry(*site).or_default().push((sealed.clone(), *until));
        }
    }
    sites.iter().map(|row| stored(row, &mut domains, &old, sealer)).collect()
}

/// Sealed, by site, the newest first, and until when each is valid.
type OldSecrets = HashMap<i64, Vec<(Vec<u8>, i64)>>;

fn stored(
    row: &Row,
    domains: &mut HashMap<i64, Vec<String>>,
    old: &OldSecrets,
    sealer: &Sealer,
) -> Result<Stored, SiteError> {
    let Some((
        [
            Value::Int(id),
            Value::Text(key),
            Value::Text(currency),
            Value::Text(zone),
            Value::Int(timeout),
            Value::Text(lists),
        ],
        [Value::Bytes(secret), summed_in],
    )) = row.split_first_chunk::<6>()
    else {
        return Err(SiteError::Damaged { site: 0, what: "a column has another type".to_owned() });
    };
    let damaged = |what: String| SiteError::Damaged { site: *id, what };
    let number = u32::try_from(*id).map_err(|_| damaged("the number is out of range".to_owned()))?;
    let site = Site {
        id: SiteId(number),
        key: key.clone(),
        domains: domains.remove(id).unwrap_or_default(),
        currency: Currency::parse(currency).map_err(|error| damaged(error.to_string()))?,
        time_zone: rules::time_zone(zone).map_err(|refusal| damaged(refusal.message))?,
        session_timeout_min: u16::try_from(*timeout).map_err(|_| damaged(format!("timeout {timeout}")))?,
        settings: serde_json::from_str(lists).map_err(|error| damaged(format!("settings: {error}")))?,
    };
    let secrets = secrets(sealer, &site, secret, old.get(id).map_or(&[], Vec::as_slice));
    Ok(Stored { secrets, site: Arc::new(site), to_be_summed_anew: *summed_in != Value::Null })
}

/// What does not open is none: the site's pages go on sending, its signed calls are refused.
fn secrets(sealer: &Sealer, site: &Site, sealed: &[u8], old: &[(Vec<u8>, i64)]) -> Option<Secrets> {
    let open = |sealed: &[u8]| sealer.open(site.id.0, &site.key, sealed).map(|secret| Secret::new(&secret));
    let current = match open(sealed) {
        Ok(secret) => secret,
        Err(error) => {
            tracing::error!(site = site.id.0, %error, "its signed calls are refused: {error}");
            return None;
        }
    };
    let old = old.iter().filter_map(|(sealed, until)| Some((open(sealed).ok()?, *until))).collect();
    Some(Secrets { current, old })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
