//! Any other shop system: an order in our own words. The schema is the type [`ToldOrder`].

use super::field::{Code, Instant, Money, STRONG, Text, WEAK, aliases, money, read, text};
use crate::sites::Refusal;
use schemars::JsonSchema;
use serde::Deserialize;
use ut_core::order::{Alias, OrderBody, OrderItem, OrderStatus, Refund, SalesChannel, Told};

/// An order as it stands now. Sent again after every change; the newest `updated_at` is what it is.
///
/// Amounts are decimals in strings or numbers. Instants have an offset (`2026-11-20T11:00:00+01:00`) or are Unix
/// milliseconds. There is no place for anything about the customer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToldOrder {
    /// The shop's id of it: a string or a number.
    id: Text,
    /// What it is called among people. Numbers may be used again.
    number: Option<Text>,
    /// Other names nobody else's order has, such as what the page gave as `transaction_id`.
    #[serde(default)]
    #[schemars(length(max = 6))]
    aliases: Vec<Text>,
    /// How far it has come.
    status: OrderStatus,
    /// Whether its money was taken; follows from `status` when not said.
    captured: Option<bool>,
    /// When it was placed.
    placed_at: Instant,
    /// When it changed last; `placed_at` when not said.
    updated_at: Option<Instant>,
    /// ISO 4217.
    currency: Code,
    /// What was to be paid: with tax and shipping, after discounts.
    total: Money,
    /// The tax in it.
    tax: Option<Money>,
    /// Shipping without tax.
    shipping: Option<Money>,
    /// What was taken off.
    discount: Option<Money>,
    /// Its items.
    #[serde(default)]
    items: Vec<ToldItem>,
    /// All that has been given back.
    #[serde(default)]
    refunds: Vec<ToldRefund>,
    /// Coupon codes.
    coupon: Option<Text>,
    /// How it is paid.
    payment_type: Option<Text>,
    /// How it is sent.
    shipping_tier: Option<Text>,
    /// Where it was made; `web` when not said.
    #[serde(default)]
    sales_channel: SalesChannel,
    /// Somebody only tried.
    #[serde(default)]
    test: bool,
    /// `new` or `returning`.
    customer_type: Option<CustomerType>,
}

/// Has the customer bought before?
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum CustomerType {
    /// No.
    New,
    /// Yes.
    Returning,
}

/// An item of an order.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToldItem {
    /// Its id.
    item_id: Option<Text>,
    /// Its name.
    item_name: Option<Text>,
    /// Its brand.
    item_brand: Option<Text>,
    /// Its category.
    item_category: Option<Text>,
    /// Its variant.
    item_variant: Option<Text>,
    /// Price of one, without tax.
    price: Option<Money>,
    /// How many.
    #[serde(default = "one")]
    quantity: u32,
    /// Taken off all of them together.
    discount: Option<Money>,
}

const fn one() -> u32 {
    1
}

/// Money that was given back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ToldRefund {
    /// The shop's id of it.
    id: Text,
    /// When.
    at: Instant,
    /// How much, tax and shipping included; above zero.
    amount: Money,
    /// The tax in it; in proportion when not said.
    tax: Option<Money>,
}

/// What a body tells, and of which order.
pub(super) fn parse(body: &[u8]) -> Result<(Vec<Alias>, Told), Refusal> {
    let order: ToldOrder = read(body)?;
    if let Some(place) = order.refunds.iter().position(|refund| refund.amount.0.units() < 0) {
        return Err(Refusal::new(format!("refunds[{place}].amount"), "out_of_range", "must be above zero"));
    }
    let number = order.number.clone().unwrap_or_default().0;
    let mut names = aliases([(&order.id.0, STRONG)]);
    if names.is_empty() {
        return Err(Refusal::new("id", "out_of_range", format!("must have 1 to {} bytes", Alias::MAX)));
    }
    let further = order.aliases.iter().filter_map(|name| Alias::new(&name.0, STRONG));
    for alias in further.chain(aliases([(&number, WEAK)])) {
        if !names.iter().any(|known| known.name == alias.name) {
            names.push(alias);
        }
    }
    Ok((names, Told::Order(Box::new(told(order)))))
}

fn told(order: ToldOrder) -> OrderBody {
    OrderBody {
        status: order.status,
        captured: order.captured.unwrap_or(implies_capture(order.status)),
        placed_at: order.placed_at.0,
        updated_at: order.updated_at.unwrap_or(order.placed_at).0,
        number: text(order.number.or(Some(order.id))),
        sales_channel: order.sales_channel,
        test: order.test,
        currency: order.currency.0,
        total: order.total.0,
        tax: money(order.tax),
        shipping: money(order.shipping),
        discount: money(order.discount),
        items: order.items.into_iter().map(item).collect(),
        coupon: text(order.coupon),
        payment_type: text(order.payment_type),
        shipping_tier: text(order.shipping_tier),
        customer_type: match order.customer_type {
            Some(CustomerType::New) => "new".to_owned(),
            Some(CustomerType::Returning) => "returning".to_owned(),
            None => String::new(),
        },
        refunds: order.refunds.into_iter().map(refund).collect(),
    }
}

const fn implies_capture(status: OrderStatus) -> bool {
    use OrderStatus::{ChargedBack, Paid, PartiallyRefunded, Refunded};
    matches!(status, Paid | PartiallyRefunded | Refunded | ChargedBack)
}

fn item(item: ToldItem) -> OrderItem {
    OrderItem {
        item_id: text(item.item_id),
        item_name: text(item.item_name),
        item_brand: text(item.item_brand),
        item_category: text(item.item_category),
        item_variant: text(item.item_variant),
        price: item.price.map(|price| price.0),
        quantity: item.quantity,
        discount: item.discount.map(|discount| discount.0),
    }
}

fn refund(refund: ToldRefund) -> Refund {
    Refund { id: refund.id.0, at: refund.at.0, amount: refund.amount.0, tax: refund.tax.map(|tax| tax.0) }
}
