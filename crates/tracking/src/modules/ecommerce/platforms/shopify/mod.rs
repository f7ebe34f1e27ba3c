//! Shopify: the bodies of `orders/*` and `refunds/create`, in the shape of its REST API.
//!
//! Amounts outside `…_set` are in the shop's currency, which is `currency`; what the customer saw is not read.

use super::field::{
    Code, Instant, Money, STRONG, Text, WEAK, aliases, list, minus, money, present, priced, read, sum, text,
};
use crate::sites::Refusal;
use serde::Deserialize;
use ut_core::event::Amount;
use ut_core::order::{Alias, OrderBody, OrderItem, OrderStatus, Refund, SalesChannel, Told};

/// By which members the bodies differ.
#[derive(Deserialize)]
struct Shape {
    #[serde(default, deserialize_with = "present")]
    total_price: bool,
    /// Of checkouts and drafts, which have a total too.
    #[serde(default, deserialize_with = "present")]
    completed_at: bool,
    #[serde(default, deserialize_with = "present")]
    order_id: bool,
    #[serde(default, deserialize_with = "present")]
    refund_line_items: bool,
}

#[derive(Deserialize)]
struct Order {
    id: Text,
    name: Option<Text>,
    order_number: Option<Text>,
    token: Option<Text>,
    checkout_token: Option<Text>,
    created_at: Instant,
    processed_at: Option<Instant>,
    updated_at: Option<Instant>,
    cancelled_at: Option<Instant>,
    test: Option<bool>,
    currency: Code,
    total_price: Money,
    total_tax: Option<Money>,
    total_discounts: Option<Money>,
    taxes_included: Option<bool>,
    financial_status: Option<Text>,
    source_name: Option<Text>,
    #[serde(default, deserialize_with = "list")]
    payment_gateway_names: Vec<Text>,
    #[serde(default, deserialize_with = "list")]
    discount_codes: Vec<DiscountCode>,
    #[serde(default, deserialize_with = "list")]
    line_items: Vec<Line>,
    #[serde(default, deserialize_with = "list")]
    shipping_lines: Vec<Shipping>,
    #[serde(default, deserialize_with = "list")]
    refunds: Vec<GivenBack>,
}

#[derive(Deserialize)]
struct DiscountCode {
    code: Option<Text>,
}

#[derive(Deserialize)]
struct Line {
    product_id: Option<Text>,
    sku: Option<Text>,
    title: Option<Text>,
    name: Option<Text>,
    variant_title: Option<Text>,
    vendor: Option<Text>,
    price: Money,
    quantity: u32,
    total_discount: Option<Money>,
    #[serde(default, deserialize_with = "list")]
    discount_allocations: Vec<Allocated>,
    #[serde(default, deserialize_with = "list")]
    tax_lines: Vec<Tax>,
}

#[derive(Deserialize)]
struct Allocated {
    amount: Money,
}

#[derive(Deserialize)]
struct Tax {
    price: Money,
}

#[derive(Deserialize)]
struct Shipping {
    title: Option<Text>,
    price: Money,
    discounted_price: Option<Money>,
    #[serde(default, deserialize_with = "list")]
    discount_allocations: Vec<Allocated>,
    #[serde(default, deserialize_with = "list")]
    tax_lines: Vec<Tax>,
}

/// A refund, within an order or by itself.
#[derive(Deserialize)]
struct GivenBack {
    id: Text,
    order_id: Option<Text>,
    created_at: Instant,
    processed_at: Option<Instant>,
    #[serde(default, deserialize_with = "list")]
    transactions: Vec<Transaction>,
    #[serde(default, deserialize_with = "list")]
    refund_line_items: Vec<RefundLine>,
    #[serde(default, deserialize_with = "list")]
    order_adjustments: Vec<Adjustment>,
}

#[derive(Deserialize)]
struct Transaction {
    kind: Option<Text>,
    status: Option<Text>,
    amount: Option<Money>,
    currency: Option<Text>,
}

#[derive(Deserialize)]
struct RefundLine {
    total_tax: Option<Money>,
    total_tax_set: Option<BothMoneys>,
}

#[derive(Deserialize)]
struct Adjustment {
    kind: Option<Text>,
    tax_amount: Option<Money>,
    tax_amount_set: Option<BothMoneys>,
}

#[derive(Deserialize)]
struct BothMoneys {
    shop_money: Option<ShopMoney>,
}

#[derive(Deserialize)]
struct ShopMoney {
    currency_code: Option<Text>,
}

/// What a body tells, and of which order; `None` of a body of something else.
pub(super) fn parse(body: &[u8]) -> Result<Option<(Vec<Alias>, Told)>, Refusal> {
    let shape: Shape = read(body)?;
    if shape.total_price && !shape.completed_at {
        let order: Order = read(body)?;
        return Ok(Some((named(&order), Told::Order(Box::new(told(order))))));
    }
    if !(shape.order_id && shape.refund_line_items) {
        return Ok(None);
    }
    let refund: GivenBack = read(body)?;
    let of = aliases([(&text(refund.order_id.clone()), STRONG)]);
    let currency = refund.currency();
    let refund = given_back(&refund, currency.as_deref()).filter(|_| !of.is_empty());
    Ok(refund.map(|refund| (of, Told::Refund(refund))))
}

/// A cart's token is none: the next order of the same customer has it too.
fn named(order: &Order) -> Vec<Alias> {
    let or_empty = |text: &Option<Text>| text.clone().unwrap_or_default().0;
    aliases([
        (&order.id.0, STRONG),
        (&or_empty(&order.token), STRONG),
        (&or_empty(&order.checkout_token), STRONG),
        (&or_empty(&order.order_number), WEAK),
        (&or_empty(&order.name), WEAK),
    ])
}

fn told(order: Order) -> OrderBody {
    let taxes_included = order.taxes_included.unwrap_or_default();
    let currency = order.currency.0;
    let refunds: Vec<Refund> =
        order.refunds.iter().filter_map(|refund| given_back(refund, Some(currency.as_str()))).collect();
    let (status, captured) = status(&order, &refunds);
    let updated_at = order.updated_at.unwrap_or(order.created_at).0;
    OrderBody {
        status,
        captured,
        placed_at: order.processed_at.unwrap_or(order.created_at).0,
        updated_at,
        number: order.name.or(order.order_number).unwrap_or_default().0,
        sales_channel: channel(&text(order.source_name)),
        test: order.test.unwrap_or_default(),
        currency,
        total: order.total_price.0,
        tax: money(order.total_tax),
        shipping: sum(order.shipping_lines.iter().map(|line| shipping(line, taxes_included))),
        discount: money(order.total_discounts),
        coupon: joined(order.discount_codes.into_iter().filter_map(|code| code.code)),
        payment_type: joined(order.payment_gateway_names),
        shipping_tier: order.shipping_lines.into_iter().find_map(|line| line.title).unwrap_or_default().0,
        items: order.line_items.into_iter().filter_map(|line| item(line, taxes_included)).collect(),
        customer_type: String::new(),
        refunds,
    }
}

fn joined(texts: impl IntoIterator<Item = Text>) -> String {
    texts.into_iter().map(|text| text.0).collect::<Vec<_>>().join(",")
}

/// How far the order has come, and whether its money was taken.
fn status(order: &Order, refunds: &[Refund]) -> (OrderStatus, bool) {
    let financial = order.financial_status.as_ref().map_or("", |status| &status.0);
    let (status, captured) = match financial {
        "paid" | "partially_paid" => (OrderStatus::Paid, true),
        "partially_refunded" => (OrderStatus::PartiallyRefunded, true),
        "refunded" => (OrderStatus::Refunded, true),
        "voided" => (OrderStatus::Cancelled, false),
        _ => (OrderStatus::Placed, false),
    };
    // That all was given back is known by `refunded` alone where no refund says how much.
    let says_more = status == OrderStatus::Refunded && refunds.is_empty();
    if order.cancelled_at.is_some() && !says_more {
        (OrderStatus::Cancelled, captured)
    } else {
        (status, captured)
    }
}

fn channel(source: &str) -> SalesChannel {
    match source {
        "" | "web" => SalesChannel::Web,
        "pos" => SalesChannel::Pos,
        "shopify_draft_order" => SalesChannel::Draft,
        source if source.starts_with("subscription") => SalesChannel::Subscription,
        _ => SalesChannel::Other,
    }
}

/// What was charged for it, without tax.
fn shipping(line: &Shipping, taxes_included: bool) -> Amount {
    let taken_off = sum(line.discount_allocations.iter().map(|one| one.amount.0));
    let charged = line.discounted_price.map_or_else(|| minus(line.price.0, taken_off), |price| price.0);
    if taxes_included { minus(charged, taxes(&line.tax_lines)) } else { charged }
}

fn taxes(lines: &[Tax]) -> Amount {
    sum(lines.iter().map(|line| line.price.0))
}

/// A line as an item: what is left after discounts and without tax is exact.
fn item(line: Line, taxes_included: bool) -> Option<OrderItem> {
    if line.quantity == 0 {
        return None;
    }
    let taken_off = if line.discount_allocations.is_empty() {
        money(line.total_discount)
    } else {
        sum(line.discount_allocations.iter().map(|one| one.amount.0))
    };
    let charged = line.price.0.times(line.quantity);
    let before = if taxes_included { minus(charged, taxes(&line.tax_lines)) } else { charged };
    let (price, discount) = priced(before, minus(before, taken_off), line.quantity);
    Some(OrderItem {
        item_id: text(line.product_id.or(line.sku)),
        item_name: text(line.title.or(line.name)),
        item_brand: text(line.vendor),
        item_category: String::new(),
        item_variant: text(line.variant_title),
        price: Some(price),
        quantity: line.quantity,
        discount,
    })
}

impl GivenBack {
    /// The shop's currency, where the refund says it.
    fn currency(&self) -> Option<String> {
        let lines = self.refund_line_items.iter().map(|line| &line.total_tax_set);
        let mut sets = lines.chain(self.order_adjustments.iter().map(|one| &one.tax_amount_set)).flatten();
        sets.find_map(|set| set.shop_money.as_ref()?.currency_code.clone()).map(|code| code.0)
    }
}

/// The money that went back; `None` of a refund that moved none, or none in the shop's currency.
fn given_back(refund: &GivenBack, currency: Option<&str>) -> Option<Refund> {
    let moved = |one: &&Transaction| {
        let word =
            |text: &Option<Text>, words: &[&str]| text.as_ref().is_some_and(|text| words.contains(&&*text.0));
        let own = one.currency.as_ref().zip(currency).is_none_or(|(a, b)| a.0.eq_ignore_ascii_case(b));
        word(&one.kind, &["refund", "void"]) && word(&one.status, &["success"]) && own
    };
    let amount = sum(refund.transactions.iter().filter(moved).map(|one| money(one.amount)));
    let says_tax = !(refund.refund_line_items.is_empty() && refund.order_adjustments.is_empty());
    let of_lines = refund.refund_line_items.iter().map(|line| money(line.total_tax));
    let tax = sum(of_lines.chain(refund.order_adjustments.iter().map(adjusted_tax)));
    let (id, at) = (refund.id.0.clone(), refund.processed_at.unwrap_or(refund.created_at).0);
    (amount.units() != 0).then(|| Refund { id, at, amount, tax: says_tax.then_some(tax) })
}

/// What goes back by an adjustment is written below zero.
fn adjusted_tax(adjustment: &Adjustment) -> Amount {
    let tax = money(adjustment.tax_amount).units();
    let shipping = adjustment.kind.as_ref().is_some_and(|kind| kind.0 == "shipping_refund");
    Amount::of_units(if shipping { tax.saturating_abs() } else { tax.saturating_neg() })
}
