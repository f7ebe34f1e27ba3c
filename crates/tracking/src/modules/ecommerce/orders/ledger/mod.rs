//! The ledger in the transactional store: which order a telling belongs to, and what is kept of it.

use super::facts::{MOST_ALIASES, Tellings};
use super::rules::belongs;
use std::collections::{BTreeMap, BTreeSet};
use ut_core::order::{Alias, OrderReport, Told};
use ut_core::ports::{Row, Statement, Transaction, TransactionalError, Value};
use ut_core::{SiteId, VisitorKey};

macro_rules! statements {
    ($($constant:ident = $name:literal),* $(,)?) => {
        $(pub(super) const $constant: Statement =
            Statement { name: $name, sql: include_str!(concat!("sql/", $name, ".transactional.sql")) };)*
    };
}

statements! {
    FORGET_ORDER_NAMES = "forget_order_names",
    ORDERS_BY_NAME = "orders_by_name",
    ORDERS_OF_VISITOR = "orders_of_visitor",
    ORDERS_TO_MIRROR = "orders_to_mirror",
    ORDER_BY_ID = "order_by_id",
    ORDER_MIRRORED = "order_mirrored",
    PLACE_OF_LOG = "place_of_log",
    PUT_ORDER = "put_order",
    PUT_ORDER_NAME = "put_order_name",
    PUT_PLACE = "put_place",
    PUT_TERMS = "put_terms",
    RESTATE_ORDERS = "restate_orders",
    TERMS_OF_SITE = "terms_of_site",
}

/// Why the ledger could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LedgerError {
    /// The store.
    #[error(transparent)]
    Store(#[from] TransactionalError),
    /// What the store gives back is not what was written.
    #[error("the ledger is damaged at order {order}: {why}")]
    Damaged {
        /// Which.
        order: i64,
        /// What is wrong.
        why: String,
    },
}

/// An order as it stands in the ledger.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) version: i64,
    /// `None`: it is another order under another name.
    pub(super) tellings: Option<Tellings>,
}

type OrderKey = (SiteId, i64);

/// Enters tellings into the ledger, within one transaction. What was read once is kept until it is written.
pub(super) struct Book<'a> {
    store: &'a mut dyn Transaction,
    orders: BTreeMap<OrderKey, Entry>,
    /// Orders by name, as far as they are known.
    names: BTreeMap<(SiteId, String), Vec<i64>>,
    /// The names that the store was asked for: of these all orders are known.
    asked: BTreeSet<(SiteId, String)>,
    changed: BTreeSet<OrderKey>,
    new_names: BTreeSet<(SiteId, String, i64)>,
    without_names: BTreeSet<OrderKey>,
}

impl<'a> Book<'a> {
    pub(super) fn new(store: &'a mut dyn Transaction) -> Self {
        Self {
            store,
            orders: BTreeMap::new(),
            names: BTreeMap::new(),
            asked: BTreeSet::new(),
            changed: BTreeSet::new(),
            new_names: BTreeSet::new(),
            without_names: BTreeSet::new(),
        }
    }

    /// Enters one telling; false if it says nothing new.
    pub(super) async fn enter(&mut self, mut report: OrderReport) -> Result<bool, LedgerError> {
        report.aliases.truncate(MOST_ALIASES);
        let site = report.site;
        let mut own = Vec::new();
        for id in self.named(&report).await? {
            let entry = self.entry((site, id)).await?;
            let tellings = entry.tellings.as_ref();
            if let Some(tellings) = tellings.filter(|tellings| belongs(&report, tellings)) {
                own.push((!tellings.by_shop(), id));
            }
        }
        // What the shop tells comes first: a page's claim joins one order, and never makes one of two.
        own.sort_unstable();
        if matches!(report.told, Told::Claim(_)) {
            own.truncate(1);
        }
        let mut ids = own.into_iter().map(|(_, id)| id);
        let into = match ids.next() {
            Some(id) => id,
            None => self.open(&report).await?,
        };
        for id in ids {
            self.merge(site, id, into);
        }
        Ok(self.add((site, into), report))
    }

    /// Writes what has changed.
    pub(super) async fn write(self) -> Result<(), LedgerError> {
        let Self { store, orders, changed, new_names, without_names, .. } = self;
        for (site, id) in without_names {
            store.run(&FORGET_ORDER_NAMES, &[int(site), Value::Int(id)]).await?;
        }
        for key in changed {
            let Some(entry) = orders.get(&key) else { continue };
            put(store, key, entry).await?;
        }
        for (site, name, id) in new_names {
            store.run(&PUT_ORDER_NAME, &[int(site), Value::Text(name), Value::Int(id)]).await?;
        }
        Ok(())
    }

    /// Orders that have one of a telling's names, each once, in order.
    async fn named(&mut self, report: &OrderReport) -> Result<Vec<i64>, LedgerError> {
        let asked = |alias: &Alias| self.asked.contains(&(report.site, alias.name.clone()));
        if !report.aliases.iter().all(asked) {
            self.look_up(report).await?;
        }
        let ids =
            report.aliases.iter().filter_map(|alias| self.names.get(&(report.site, alias.name.clone())));
        let ids: BTreeSet<i64> = ids.flatten().copied().collect();
        Ok(ids.into_iter().collect())
    }

    async fn look_up(&mut self, report: &OrderReport) -> Result<(), LedgerError> {
        let mut values = vec![int(report.site)];
        values.extend(report.aliases.iter().map(|alias| Value::Text(alias.name.clone())));
        values.resize(1 + MOST_ALIASES, Value::Text(String::new()));
        let mut found = Vec::new();
        for row in self.store.run(&ORDERS_BY_NAME, &values).await? {
            if let [Value::Int(id)] = row.as_slice() {
                found.push(*id);
            }
        }
        for alias in &report.aliases {
            self.asked.insert((report.site, alias.name.clone()));
        }
        for id in found {
            let tellings = self.entry((report.site, id)).await?.tellings.clone();
            for alias in tellings.iter().flat_map(Tellings::aliases) {
                let ids = self.names.entry((report.site, alias.name.clone())).or_default();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        Ok(())
    }

    async fn entry(&mut self, key: OrderKey) -> Result<&mut Entry, LedgerError> {
        if !self.orders.contains_key(&key) {
            let rows = self.store.run(&ORDER_BY_ID, &[int(key.0), Value::Int(key.1)]).await?;
            let entry = rows.first().map(|row| entry(key.1, row)).transpose()?;
            self.orders.insert(key, entry.unwrap_or(Entry { version: 0, tellings: None }));
        }
        Ok(self.orders.entry(key).or_insert(Entry { version: 0, tellings: None }))
    }

    /// A new order's number: made of what tells of it first, so that the same log always gives the same ledger.
    async fn open(&mut self, report: &OrderReport) -> Result<i64, LedgerError> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&report.site.0.to_le_bytes());
        for alias in &report.aliases {
            hasher.update(&(alias.name.len() as u64).to_le_bytes()).update(alias.name.as_bytes());
        }
        let mut numbers = hasher.finalize_xof();
        loop {
            let mut bytes = [0; 8];
            numbers.fill(&mut bytes);
            let id = i64::from_le_bytes(bytes) & i64::MAX;
            let entry = self.entry((report.site, id)).await?;
            if id != 0 && entry.version == 0 {
                entry.tellings = Some(Tellings::default());
                return Ok(id);
            }
        }
    }

    fn merge(&mut self, site: SiteId, from: i64, into: i64) {
        let Some(entry) = self.orders.get_mut(&(site, from)) else { return };
        let Some(tellings) = entry.tellings.take() else { return };
        entry.version += 1;
        self.changed.insert((site, from));
        self.without_names.insert((site, from));
        self.new_names.retain(|(of, _, id)| (*of, *id) != (site, from));
        let aliases: Vec<_> = tellings.aliases().map(|alias| alias.name.clone()).collect();
        for name in aliases {
            self.name(site, name, into);
        }
        if let Some(entry) = self.orders.get_mut(&(site, into)) {
            entry.tellings.get_or_insert_default().merge(tellings);
            entry.version += 1;
            self.changed.insert((site, into));
        }
    }

    fn add(&mut self, key: OrderKey, report: OrderReport) -> bool {
        let names: Vec<_> = report.aliases.iter().map(|alias| alias.name.clone()).collect();
        let Some(entry) = self.orders.get_mut(&key) else { return false };
        let new = entry.tellings.get_or_insert_default().add(report);
        if new {
            entry.version += 1;
            self.changed.insert(key);
            for name in names {
                self.name(key.0, name, key.1);
            }
        }
        new
    }

    fn name(&mut self, site: SiteId, name: String, id: i64) {
        let ids = self.names.entry((site, name.clone())).or_default();
        if !ids.contains(&id) {
            ids.push(id);
            self.new_names.insert((site, name, id));
        }
    }
}

/// Writes an order.
pub(super) async fn put(
    store: &mut dyn Transaction,
    (site, id): OrderKey,
    entry: &Entry,
) -> Result<(), LedgerError> {
    let told = entry.tellings.as_ref().map(serde_json::to_string).transpose();
    let told = told.map_err(|error| damaged(id, &error))?.unwrap_or_default();
    let values = [
        int(site),
        Value::Int(id),
        Value::Int(entry.version),
        Value::Int(visitor(entry).0.cast_signed()),
        Value::Text(told),
    ];
    store.run(&PUT_ORDER, &values).await?;
    Ok(())
}

/// Whom an order may be traced to.
fn visitor(entry: &Entry) -> VisitorKey {
    let claimed = entry.tellings.as_ref().and_then(|tellings| tellings.claim.as_ref());
    claimed.map(|claimed| claimed.first.visit.visitor).unwrap_or_default()
}

/// An order's version and what was told of it, of the last two columns of a row.
pub(super) fn entry(id: i64, row: &Row) -> Result<Entry, LedgerError> {
    let [.., Value::Int(version), Value::Text(told)] = row.as_slice() else {
        return Err(damaged(id, &"a column has another type"));
    };
    let tellings = (!told.is_empty()).then(|| serde_json::from_str(told)).transpose();
    Ok(Entry { version: *version, tellings: tellings.map_err(|error| damaged(id, &error))? })
}

pub(super) fn int(site: SiteId) -> Value {
    Value::Int(i64::from(site.0))
}

pub(super) fn damaged(order: i64, why: &dyn std::fmt::Display) -> LedgerError {
    LedgerError::Damaged { order, why: why.to_string() }
}
