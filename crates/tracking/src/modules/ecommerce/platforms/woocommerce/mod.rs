//! WooCommerce: the body of `order.*`, in the shape of its REST API. Amounts of lines and of shipping are without tax.

use super::field::{Code, Gmt, Money, STRONG, Text, WEAK, aliases, list, money, present, priced, read, text};
use crate::sites::Refusal;
use serde::Deserialize;
use serde_json::value::RawValue;
use ut_core::event::Amount;
use ut_core::order::{Alias, OrderBody, OrderItem, OrderStatus, Refund, SalesChannel, Told};

/// By which members the bodies differ.
#[derive(Deserialize)]
struct Shape {
    #[serde(default, deserialize_with = "present")]
    currency: bool,
    #[serde(default, deserialize_with = "present")]
    line_items: bool,
    /// Of subscriptions, which are written like orders and are none.
    #[serde(default, deserialize_with = "present")]
    billing_period: bool,
}

#[derive(Deserialize)]
struct Order {
    id: Text,
    number: Option<Text>,
    order_key: Option<Text>,
    status: Text,
    currency: Code,
    date_created_gmt: Gmt,
    date_modified_gmt: Option<Gmt>,
    date_paid_gmt: Option<Gmt>,
    total: Money,
    total_tax: Option<Money>,
    shipping_total: Option<Money>,
    discount_total: Option<Money>,
    created_via: Option<Text>,
    payment_method: Option<Text>,
    #[serde(default, deserialize_with = "list")]
    line_items: Vec<Line>,
    #[serde(default, deserialize_with = "list")]
    coupon_lines: Vec<Coupon>,
    #[serde(default, deserialize_with = "list")]
    shipping_lines: Vec<Shipping>,
    #[serde(default, deserialize_with = "list")]
    refunds: Vec<GivenBack>,
}

#[derive(Deserialize)]
struct Line {
    product_id: Option<Text>,
    variation_id: Option<Text>,
    sku: Option<Text>,
    name: Option<Text>,
    quantity: Option<Box<RawValue>>,
    /// Before coupons.
    subtotal: Option<Money>,
    /// After them.
    total: Money,
}

#[derive(Deserialize)]
struct Coupon {
    code: Option<Text>,
}

#[derive(Deserialize)]
struct Shipping {
    method_title: Option<Text>,
}

#[derive(Deserialize)]
struct GivenBack {
    id: Text,
    total: Money,
}

/// What a body tells, and of which order; `None` of a body of something else.
pub(super) fn parse(body: &[u8]) -> Result<Option<(Vec<Alias>, Told)>, Refusal> {
    let shape: Shape = read(body)?;
    if !(shape.currency && shape.line_items) || shape.billing_period {
        return Ok(None);
    }
    let order: Order = read(body)?;
    let or_empty = |text: &Option<Text>| text.clone().unwrap_or_default().0;
    let names = aliases([
        (&order.id.0, STRONG),
        (&or_empty(&order.order_key), STRONG),
        (&or_empty(&order.number), WEAK),
    ]);
    Ok(Some((names, Told::Order(Box::new(told(order))))))
}

fn told(order: Order) -> OrderBody {
    let updated_at = order.date_modified_gmt.unwrap_or(order.date_created_gmt).0;
    let refunds: Vec<Refund> = order.refunds.iter().map(|refund| given_back(refund, updated_at)).collect();
    let (status, captured) = status(&order, !refunds.is_empty());
    let coupons = order.coupon_lines.into_iter().filter_map(|coupon| coupon.code);
    OrderBody {
        status,
        captured,
        placed_at: order.date_created_gmt.0,
        updated_at,
        number: text(order.number.or(Some(order.id))),
        sales_channel: channel(&text(order.created_via)),
        test: false,
        currency: order.currency.0,
        total: order.total.0,
        tax: money(order.total_tax),
        shipping: money(order.shipping_total),
        discount: money(order.discount_total),
        items: order.line_items.into_iter().map(item).collect(),
        coupon: coupons.map(|code| code.0).collect::<Vec<_>>().join(","),
        payment_type: text(order.payment_method),
        shipping_tier: order
            .shipping_lines
            .into_iter()
            .find_map(|line| line.method_title)
            .unwrap_or_default()
            .0,
        customer_type: String::new(),
        refunds,
    }
}

/// How far the order has come, and whether its money was taken. Shops have words of their own beside Woo's.
fn status(order: &Order, refunds: bool) -> (OrderStatus, bool) {
    let word = order.status.0.trim_start_matches("wc-");
    let cash_on_delivery = order.payment_method.as_ref().is_some_and(|method| method.0 == "cod");
    let settled = match word {
        "completed" | "refunded" => true,
        "processing" => !cash_on_delivery,
        _ => false,
    };
    let captured = settled || order.date_paid_gmt.is_some();
    let status = match word {
        "pending" | "failed" | "checkout-draft" | "auto-draft" | "draft" => OrderStatus::Pending,
        "cancelled" | "trash" => OrderStatus::Cancelled,
        "refunded" => OrderStatus::Refunded,
        _ if captured && refunds => OrderStatus::PartiallyRefunded,
        _ if captured => OrderStatus::Paid,
        _ => OrderStatus::Placed,
    };
    (status, captured)
}

fn channel(created_via: &str) -> SalesChannel {
    match created_via {
        "" | "checkout" | "store-api" => SalesChannel::Web,
        "admin" => SalesChannel::Draft,
        "subscription" => SalesChannel::Subscription,
        via if via.starts_with("pos") => SalesChannel::Pos,
        _ => SalesChannel::Other,
    }
}

fn item(line: Line) -> OrderItem {
    // Extensions sell halves; of these there is one.
    let quantity = line.quantity.and_then(|raw| raw.get().trim_matches('"').parse().ok()).unwrap_or(1);
    let before = line.subtotal.unwrap_or(line.total).0;
    let (price, discount) = priced(before, line.total.0, quantity);
    let variation = line.variation_id.filter(|id| id.0 != "0");
    OrderItem {
        item_id: text(line.product_id.filter(|id| id.0 != "0").or(line.sku)),
        item_name: text(line.name),
        item_brand: String::new(),
        item_category: String::new(),
        item_variant: text(variation),
        price: Some(price),
        quantity,
        discount,
    }
}

/// An order's summary says neither when nor how much tax: it went back when the order changed, the tax in proportion.
fn given_back(refund: &GivenBack, updated_at: i64) -> Refund {
    let amount = Amount::of_units(refund.total.0.units().saturating_abs());
    Refund { id: refund.id.0.clone(), at: updated_at, amount, tax: None }
}
