//! Orders of the ledger → rows of `ecommerce_orders`. A row is the whole order under its version: written twice, it is
//! there once.

use super::facts::{Flag, Money, Order};
use super::ledger::{LedgerError, ORDER_MIRRORED, ORDERS_TO_MIRROR, damaged, entry, int};
use super::restate;
use super::rules::{self, Terms};
use crate::engine::Core;
use std::collections::BTreeSet;
use ut_core::SiteId;
use ut_core::event::{Currency, Source};
use ut_core::order::Visit;
use ut_core::ports::{Column, OlapBatch, OlapError, RowWriter, TableKind, Value};
use ut_core::site::Site;

/// So many orders become one insert.
const BATCH: i64 = 5_000;

const TABLE: &str = "ecommerce_orders";

const COLUMNS: &[Column] = &[
    "site",
    "order_id",
    "version",
    "gone",
    "counted",
    "by_shop",
    "status",
    "sales_channel",
    "test",
    "number",
    "placed_at",
    "updated_at",
    "currency",
    "total",
    "tax",
    "shipping",
    "discount",
    "product_revenue",
    "refunded",
    "refunded_tax",
    "has_base",
    "base_total",
    "base_tax",
    "base_shipping",
    "base_discount",
    "base_product_revenue",
    "base_refunded",
    "base_refunded_tax",
    "items.item_id",
    "items.item_name",
    "items.item_brand",
    "items.item_category",
    "items.item_variant",
    "items.quantity",
    "items.revenue",
    "coupon",
    "payment_type",
    "shipping_tier",
    "customer_type",
    "claims",
    "names",
    "flags",
    "known",
    "session",
    "visitor",
    "source",
    "medium",
    "campaign",
    "term",
    "content",
    "click_id",
    "referrer_host",
    "landing_hostname",
    "landing_page",
    "country",
    "device_type",
    "browser",
    "os",
];

/// Why orders are not in history yet.
#[derive(Debug, thiserror::Error)]
pub(super) enum MirrorError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Olap(#[from] OlapError),
}

/// An order on its way to history.
struct Owed {
    site: SiteId,
    id: i64,
    version: i64,
    /// `None`: it is another one, or only money that was given back for something unknown.
    order: Option<Order>,
    names: Vec<String>,
}

/// Writes what history does not have; true if there may be more.
pub(super) async fn some(core: &Core) -> Result<bool, MirrorError> {
    // From the reading on: what is read must not be written when somebody was forgotten in between.
    let writing = core.writing.lock().await;
    let (deps, owed) = (&core.deps, owed(core).await?);
    if owed.is_empty() {
        return Ok(false);
    }
    let mut batch = OlapBatch::default();
    for owed in &owed {
        let site = deps.sites.by_id(owed.site);
        batch.row(TABLE, TableKind::Replacing, COLUMNS, |row| write(row, owed, site.as_deref()));
    }
    for (table, rows) in batch.tables(TableKind::Replacing) {
        deps.olap.insert(table, rows).await?;
    }
    drop(writing);
    let mut transaction = deps.transactional.begin().await.map_err(LedgerError::from)?;
    for owed in &owed {
        let values = [int(owed.site), Value::Int(owed.id), Value::Int(owed.version)];
        transaction.run(&ORDER_MIRRORED, &values).await.map_err(LedgerError::from)?;
    }
    transaction.commit().await.map_err(LedgerError::from)?;
    Ok(owed.len() as i64 == BATCH)
}

async fn owed(core: &Core) -> Result<Vec<Owed>, LedgerError> {
    let site = |site| core.deps.sites.by_id(site);
    let terms = |id| site(id).map_or_else(Terms::default, |site| restate::terms(&site, &core.integrations));
    let rows = core.deps.transactional.run(&ORDERS_TO_MIRROR, &[Value::Int(BATCH)]).await?;
    let owed = |row: &ut_core::ports::Row| {
        let [Value::Int(site), Value::Int(id), ..] = row.as_slice() else {
            return Err(damaged(0, &"a column has another type"));
        };
        let site = SiteId(u32::try_from(*site).map_err(|error| damaged(*id, &error))?);
        let entry = entry(*id, row)?;
        let tellings = entry.tellings.unwrap_or_default();
        let names: BTreeSet<String> = tellings.aliases().map(|alias| alias.name.clone()).collect();
        let order = rules::order(&tellings, terms(site));
        Ok(Owed { site, id: *id, version: entry.version, order, names: names.into_iter().collect() })
    };
    rows.iter().map(owed).collect()
}

fn write(row: &mut RowWriter, owed: &Owed, site: Option<&Site>) {
    let id = owed.id.cast_unsigned();
    row.u32(owed.site.0).u64(id).u64(owed.version.cast_unsigned()).u8(owed.order.is_none().into());
    let nothing = nothing();
    let order = owed.order.as_ref().unwrap_or(&nothing);
    row.u8(order.counted.into()).u8(order.by_shop.into()).word(order.status.as_str());
    row.word(order.sales_channel.as_str()).u8(order.test.into()).text(&order.number);
    row.time(order.placed_at).time(order.updated_at);
    row.word(order.currency.as_ref().map_or("", Currency::as_str));
    amounts(row, &order.money);
    let base = site.is_some_and(|site| order.currency == Some(site.currency));
    row.u8(base.into());
    amounts(row, &if base { order.money } else { Money::default() });
    items(row, order);
    row.word(&order.coupon).word(&order.payment_type).word(&order.shipping_tier).word(&order.customer_type);
    row.u32(order.claims).words(owed.names.iter().map(String::as_str));
    row.words(order.flags.iter().map(|flag: &Flag| flag.as_str()));
    row.u8(order.visit.is_some().into());
    visit(row, order.visit.as_ref().unwrap_or(&Visit::default()));
}

fn amounts(row: &mut RowWriter, money: &Money) {
    let Money { total, tax, shipping, discount, product_revenue, refunded, refunded_tax } = *money;
    for amount in [total, tax, shipping, discount, product_revenue, refunded, refunded_tax] {
        row.decimal(amount.units());
    }
}

fn items(row: &mut RowWriter, order: &Order) {
    let items = &order.items;
    row.words(items.iter().map(|item| &*item.item_id)).words(items.iter().map(|item| &*item.item_name));
    row.words(items.iter().map(|item| &*item.item_brand))
        .words(items.iter().map(|item| &*item.item_category));
    row.words(items.iter().map(|item| &*item.item_variant)).u32s(items.iter().map(|item| item.quantity));
    let revenue = |item: &ut_core::order::OrderItem| item.price.map(|_| rules::item_revenue(item).units());
    row.nullable_decimals(items.iter().map(revenue));
}

fn visit(row: &mut RowWriter, visit: &Visit) {
    let direct = Source::default();
    let source = visit.source.as_ref().unwrap_or(&direct);
    row.u64(visit.session.0).u64(visit.visitor.0).word(&source.source).word(&source.medium);
    row.word(&source.campaign).text(&source.term).text(&source.content).word(&source.click_id);
    row.word(&source.referrer).word(&visit.landing_hostname).text(&visit.landing_page);
    row.word(&visit.country).word(&visit.device_type).word(&visit.browser).word(&visit.os);
}

/// The row of what is no order (any more).
fn nothing() -> Order {
    Order {
        status: ut_core::order::OrderStatus::Pending,
        counted: false,
        by_shop: false,
        sales_channel: ut_core::order::SalesChannel::Other,
        test: false,
        number: String::new(),
        placed_at: 0,
        updated_at: 0,
        currency: None,
        money: Money::default(),
        items: Vec::new(),
        coupon: String::new(),
        payment_type: String::new(),
        shipping_tier: String::new(),
        customer_type: String::new(),
        refunds: Vec::new(),
        claims: 0,
        visit: None,
        flags: Vec::new(),
    }
}
