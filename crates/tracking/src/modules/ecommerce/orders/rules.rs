//! Which tellings are of one order, and what they say together (definitions: "order", "order identity", "claim").
//!
//! Both follow from the set of tellings alone: in which order they arrived makes no difference.

use super::facts::{Flag, Kept, Money, Order, Tellings};
use std::collections::BTreeMap;
use ut_core::event::{Amount, Currency};
use ut_core::order::{
    Alias, Claim, OrderBody, OrderItem, OrderReport, OrderSource, OrderStatus, Refund, SalesChannel, Told,
};
use ut_core::site::{BrowserValue, CountedFrom};

/// A number is used again: beyond this it is another order's (definitions: "order identity").
const WEAK_MS: i64 = 7 * 24 * 3_600_000;

/// What a site's settings say of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Terms {
    /// Since when the shop's own orders are connected, Unix milliseconds: claims that come from then on are provisional.
    pub(super) connected_since: Option<i64>,
    /// How a claim's `value` is read.
    pub(super) browser_value: BrowserValue,
    /// From when on an order counts.
    pub(super) counted_from: CountedFrom,
}

/// What of a telling is compared.
#[derive(Debug, Clone, Copy)]
struct Named<'a> {
    aliases: &'a [Alias],
    at: i64,
    currency: Option<Currency>,
}

impl<'a> Named<'a> {
    fn new(aliases: &'a [Alias], told: &Told) -> Self {
        let (at, currency) = match told {
            Told::Order(body) => (body.placed_at, Some(body.currency)),
            Told::Claim(claim) => (claim.at, claim.currency),
            Told::Refund(refund) => (refund.at, None),
        };
        Self { aliases, at, currency }
    }

    fn links(self, other: Self) -> bool {
        let near = (self.at - other.at).abs() <= WEAK_MS;
        let same_money = self.currency.zip(other.currency).is_none_or(|(a, b)| a == b);
        self.aliases.iter().any(|a| {
            let shared = other.aliases.iter().filter(|b| a.name == b.name);
            shared.into_iter().any(|b| !(a.weak || b.weak) || near && same_money)
        })
    }
}

/// Is a telling one of this order? What pages call an order that the shop has told of is no name to the shop: or a page
/// could make one of two.
pub(super) fn belongs(report: &OrderReport, tellings: &Tellings) -> bool {
    let new = Named::new(&report.aliases, &report.told);
    let told = tellings.shop.iter().map(|kept| Named::new(&kept.aliases, &kept.told));
    let by_page = matches!(report.told, Told::Claim(_)) || !tellings.by_shop();
    let claimed = tellings.claim.iter().filter(|_| by_page).map(|claimed| Named {
        aliases: &claimed.aliases,
        at: claimed.first.at,
        currency: claimed.first.currency,
    });
    told.chain(claimed).any(|known| new.links(known))
}

/// What the tellings say together; `None` where they say only that money was given back for something unknown.
pub(super) fn order(tellings: &Tellings, terms: Terms) -> Option<Order> {
    let newest = tellings.shop.iter().filter_map(body).max_by_key(|(source, body)| precedence(*source, body));
    let mut order = match (newest, &tellings.claim) {
        (Some((_, body)), _) => of_shop(body),
        (None, Some(claimed)) => {
            let provisional = terms.connected_since.is_some_and(|since| claimed.received_at >= since);
            of_claim(&claimed.first, provisional, terms.browser_value)
        }
        (None, None) => return None,
    };
    if let Some(claimed) = &tellings.claim {
        order.claims = claimed.repeats.saturating_add(1);
        order.visit = Some(claimed.first.visit.clone());
        if order.number.is_empty() {
            order.number = claimed.aliases.first().map(|alias| alias.name.clone()).unwrap_or_default();
        }
    }
    refund(&mut order, &tellings.shop);
    if order.by_shop {
        let captured = tellings.shop.iter().filter_map(body).any(|(_, body)| body.captured);
        order.counted = counts(&order, captured, terms.counted_from);
    }
    order.flags.sort_unstable();
    Some(order)
}

fn body(kept: &Kept) -> Option<(OrderSource, &OrderBody)> {
    match &kept.told {
        Told::Order(body) => Some((kept.source, body)),
        Told::Claim(_) | Told::Refund(_) => None,
    }
}

/// The newest is what the order is. Of one instant it is the one that is further along; a file is a copy of what a webhook
/// says; then any rule will do that always says the same.
fn precedence(source: OrderSource, body: &OrderBody) -> impl Ord {
    let live = source != OrderSource::Import;
    (body.updated_at, body.status as u8, live, body.total.units(), body.tax.units(), body.items.len())
}

fn of_shop(body: &OrderBody) -> Order {
    let product_revenue = minus(minus(body.total, body.tax), body.shipping);
    Order {
        status: body.status,
        counted: false,
        by_shop: true,
        sales_channel: body.sales_channel,
        test: body.test,
        number: body.number.clone(),
        placed_at: body.placed_at,
        updated_at: body.updated_at,
        currency: Some(body.currency),
        money: Money {
            total: body.total,
            tax: body.tax,
            shipping: body.shipping,
            discount: body.discount,
            product_revenue,
            ..Money::default()
        },
        items: body.items.clone(),
        coupon: body.coupon.clone(),
        payment_type: body.payment_type.clone(),
        shipping_tier: body.shipping_tier.clone(),
        customer_type: body.customer_type.clone(),
        refunds: Vec::new(),
        claims: 0,
        visit: None,
        flags: Vec::new(),
    }
}

/// What only pages say: it counts where nobody else could say it, unless a machine or a copy of the shop did.
fn of_claim(claim: &Claim, provisional: bool, read: BrowserValue) -> Order {
    let money = claimed_money(claim, read);
    let mut flags = Vec::new();
    if provisional {
        flags.push(Flag::Unconfirmed);
    }
    match claim.currency {
        None => flags.push(Flag::NoCurrency),
        Some(currency) if !crate::sites::is_currency(currency) => flags.push(Flag::UnknownCurrency),
        Some(_) => {}
    }
    if money.is_none() {
        flags.push(Flag::NoValue);
    }
    if !claim.visit.bot.is_empty() {
        flags.push(Flag::Bot);
    }
    let counted = !provisional && claim.visit.bot.is_empty() && !claim.visit.staging;
    Order {
        status: OrderStatus::Placed,
        counted,
        by_shop: false,
        sales_channel: SalesChannel::Web,
        test: false,
        number: String::new(),
        placed_at: claim.at,
        updated_at: claim.at,
        currency: claim.currency,
        money: money.filter(|_| claim.currency.is_some()).unwrap_or_default(),
        items: claim.items.clone(),
        coupon: claim.coupon.clone(),
        payment_type: claim.payment_type.clone(),
        shipping_tier: claim.shipping_tier.clone(),
        customer_type: claim.customer_type.clone(),
        refunds: Vec::new(),
        claims: 0,
        visit: None,
        flags,
    }
}

/// Definitions: "browser value". Without a value the items say it, as GA4 does.
fn claimed_money(claim: &Claim, read: BrowserValue) -> Option<Money> {
    let value = claim.value.or_else(|| items_value(&claim.items))?;
    let zero = Amount::default();
    let (tax, shipping) = (claim.tax.unwrap_or(zero), claim.shipping.unwrap_or(zero));
    let total = total(value, tax, shipping, read);
    let product_revenue = minus(minus(total, tax), shipping);
    let discount = claim.discount.unwrap_or(zero);
    Some(Money { total, tax, shipping, discount, product_revenue, ..Money::default() })
}

/// What was to be paid, by how a `value` is to be read.
pub(super) fn total(value: Amount, tax: Amount, shipping: Amount, read: BrowserValue) -> Amount {
    match read {
        BrowserValue::ItemsExclTax => plus(plus(value, tax), shipping),
        BrowserValue::ItemsInclTax => plus(value, shipping),
        BrowserValue::Total => value,
    }
}

/// Σ price × quantity − discount of the items that have a price.
fn items_value(items: &[OrderItem]) -> Option<Amount> {
    let priced = items.iter().filter(|item| item.price.is_some());
    priced.map(item_revenue).reduce(plus)
}

/// Price × quantity − discount.
pub(super) fn item_revenue(item: &OrderItem) -> Amount {
    let price = item.price.unwrap_or_default();
    minus(price.times(item.quantity), item.discount.unwrap_or_default())
}

/// What was given back: each refund once, whichever telling has it, as the newest one says, when the first one says.
fn refund(order: &mut Order, shop: &[Kept]) {
    let mut refunds: BTreeMap<&str, (i64, &Refund, i64)> = BTreeMap::new();
    let told = shop.iter().flat_map(|kept| match &kept.told {
        Told::Order(body) => body.refunds.iter().map(|refund| (body.updated_at, refund)).collect::<Vec<_>>(),
        Told::Refund(refund) => vec![(refund.at, refund)],
        Told::Claim(_) => Vec::new(),
    });
    for (at, refund) in told {
        let known = refunds.entry(&refund.id).or_insert((at, refund, refund.at));
        if (at, refund.amount.units()) > (known.0, known.1.amount.units()) {
            (known.0, known.1) = (at, refund);
        }
        // Some systems say no instant: then it is that of the order's change, and the first one was the refund.
        known.2 = known.2.min(refund.at);
    }
    let first_told = |(_, refund, at): (i64, &Refund, i64)| Refund { at, ..refund.clone() };
    order.refunds = refunds.into_values().map(first_told).collect();
    order.refunds.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    let money = &mut order.money;
    let whole = match order.status {
        OrderStatus::Refunded => order.refunds.is_empty(),
        OrderStatus::ChargedBack => true,
        _ => false,
    };
    if whole {
        (money.refunded, money.refunded_tax) = (money.total, money.tax);
        return;
    }
    if order.status == OrderStatus::PartiallyRefunded && order.refunds.is_empty() {
        order.flags.push(Flag::RefundUnknown);
    }
    for refund in &order.refunds {
        money.refunded = plus(money.refunded, refund.amount);
        let tax = refund.tax.unwrap_or_else(|| share(money.tax, refund.amount, money.total, order.currency));
        money.refunded_tax = plus(money.refunded_tax, tax);
    }
    if money.refunded > money.total {
        order.flags.push(Flag::OverRefunded);
    }
}

/// Definitions: "order", "gross_revenue". A cancelled order whose money was never taken is none.
fn counts(order: &Order, captured: bool, from: CountedFrom) -> bool {
    let is_order = match order.status {
        OrderStatus::Pending => false,
        OrderStatus::Cancelled => captured,
        _ => true,
    };
    is_order && !order.test && (captured || from == CountedFrom::Placed)
}

/// `part / whole` of an amount, half-even to the currency's minor unit.
fn share(amount: Amount, part: Amount, whole: Amount, currency: Option<Currency>) -> Amount {
    if whole.units() == 0 {
        return Amount::default();
    }
    let product = i128::from(amount.units()) * i128::from(part.units());
    amount_of(round(product, i128::from(whole.units()), currency))
}

/// `numerator / denominator` in 1/10,000, rounded half-even to the minor unit.
fn round(numerator: i128, denominator: i128, currency: Option<Currency>) -> i128 {
    let step = i128::from(currency.map_or(1, crate::sites::minor_unit));
    let (numerator, denominator) =
        if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) };
    let divisor = denominator * step;
    let (quotient, rest) = (numerator.div_euclid(divisor), numerator.rem_euclid(divisor));
    let up = match (rest * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => quotient.rem_euclid(2),
        std::cmp::Ordering::Greater => 1,
    };
    (quotient + up) * step
}

fn amount_of(units: i128) -> Amount {
    Amount::of_units(i64::try_from(units).unwrap_or(if units < 0 { i64::MIN } else { i64::MAX }))
}

fn plus(a: Amount, b: Amount) -> Amount {
    Amount::of_units(a.units().saturating_add(b.units()))
}

fn minus(a: Amount, b: Amount) -> Amount {
    Amount::of_units(a.units().saturating_sub(b.units()))
}
