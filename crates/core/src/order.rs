//! What is said of an order, and by whom.
//!
//! Every telling is kept as it came ([`OrderReport`]); what the order is follows from all of them together, in whatever
//! order they arrived.

use crate::event::{Amount, Currency, Source};
use crate::{SessionKey, SiteId, VisitorKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who tells of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderSource {
    /// A page in a browser: a claim.
    Page,
    /// The shop's own server, by a signed event.
    Server,
    /// Shopify, by a signed webhook.
    Shopify,
    /// WooCommerce, by a signed webhook.
    Woocommerce,
    /// Any other shop system, by a signed webhook.
    Orders,
    /// A file of the shop's orders.
    Import,
}

impl OrderSource {
    /// Does the shop itself speak?
    #[must_use]
    pub const fn is_shop(self) -> bool {
        !matches!(self, Self::Page)
    }

    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Server => "server",
            Self::Shopify => "shopify",
            Self::Woocommerce => "woocommerce",
            Self::Orders => "orders",
            Self::Import => "import",
        }
    }
}

/// How far an order has come (definitions: "order").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Begun, and not yet an order.
    Pending,
    /// An order.
    Placed,
    /// Its money has come.
    Paid,
    /// Changed by the shop afterwards.
    Edited,
    /// A part of the money was given back.
    PartiallyRefunded,
    /// All of it was.
    Refunded,
    /// Called off.
    Cancelled,
    /// The customer's bank took the money back.
    ChargedBack,
}

impl OrderStatus {
    /// The word in reports and bodies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Edited => "edited",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Cancelled => "cancelled",
            Self::ChargedBack => "charged_back",
        }
    }
}

/// Where an order was made. Conversion, funnels and attribution are about `Web`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SalesChannel {
    /// In the online shop.
    #[default]
    Web,
    /// At a till.
    Pos,
    /// By the shop for a customer.
    Draft,
    /// By a subscription that goes on.
    Subscription,
    /// Anywhere else.
    Other,
}

impl SalesChannel {
    /// The word in reports and bodies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Pos => "pos",
            Self::Draft => "draft",
            Self::Subscription => "subscription",
            Self::Other => "other",
        }
    }
}

/// A name of an order. Two reports with a name in common are of one order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Alias {
    /// The name, without `#` in front and blanks around.
    pub name: String,
    /// Whether shops use it again: a number links only reports of the same currency within seven days.
    pub weak: bool,
}

impl Alias {
    /// The longest name, in bytes.
    pub const MAX: usize = 128;

    /// A name as reports are compared by; none of an empty or endless one.
    #[must_use]
    pub fn new(name: &str, weak: bool) -> Option<Self> {
        let name = name.trim().trim_start_matches('#').trim_start();
        (!name.is_empty() && name.len() <= Self::MAX).then(|| Self { name: name.to_owned(), weak })
    }
}

/// An item of an order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderItem {
    /// `item_id`, or empty.
    pub item_id: String,
    /// `item_name`, or empty.
    pub item_name: String,
    /// `item_brand`, or empty.
    pub item_brand: String,
    /// `item_category`, or empty.
    pub item_category: String,
    /// `item_variant`, or empty.
    pub item_variant: String,
    /// Price of one.
    pub price: Option<Amount>,
    /// How many.
    pub quantity: u32,
    /// Taken off all of them together.
    pub discount: Option<Amount>,
}

/// Money that was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// The shop's id of it; a refund that comes twice is one.
    pub id: String,
    /// When, Unix milliseconds.
    pub at: i64,
    /// How much, tax and shipping included.
    pub amount: Amount,
    /// The tax in it, if the shop says.
    pub tax: Option<Amount>,
}

/// An order as it stood when it was told of. Amounts are in its own currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderBody {
    /// How far it had come.
    pub status: OrderStatus,
    /// Whether its money had been taken.
    pub captured: bool,
    /// When it was placed, Unix milliseconds.
    pub placed_at: i64,
    /// When the shop changed it last, Unix milliseconds: the newest body is what it is.
    pub updated_at: i64,
    /// What it is called among people.
    pub number: String,
    /// Where it was made.
    pub sales_channel: SalesChannel,
    /// Somebody only tried.
    pub test: bool,
    /// Its currency.
    pub currency: Currency,
    /// What was to be paid: with tax and shipping, after discounts.
    pub total: Amount,
    /// The tax in it.
    pub tax: Amount,
    /// Shipping without tax.
    pub shipping: Amount,
    /// What was taken off.
    pub discount: Amount,
    /// Its items.
    pub items: Vec<OrderItem>,
    /// Coupon codes.
    pub coupon: String,
    /// How it is paid.
    pub payment_type: String,
    /// How it is sent.
    pub shipping_tier: String,
    /// `new` or `returning`, or empty.
    pub customer_type: String,
    /// What has been given back.
    pub refunds: Vec<Refund>,
}

/// The visit in which an order was claimed, as far as consent lets it be known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Visit {
    /// The session; 0 where nothing may lead from the order to the visitor.
    pub session: SessionKey,
    /// The visitor as history knows them; 0 likewise.
    pub visitor: VisitorKey,
    /// The session's first source, if it was no direct visit.
    pub source: Option<Source>,
    /// The session's entry page: host and path, or empty.
    pub landing_hostname: String,
    /// Its path.
    pub landing_page: String,
    /// ISO 3166-1 alpha-2, or empty.
    pub country: String,
    /// The kind of device.
    pub device_type: String,
    /// The browser, or empty.
    pub browser: String,
    /// The operating system, or empty.
    pub os: String,
    /// Why it is taken for a machine; empty for people.
    pub bot: String,
    /// Whether it happened on a host that is not the real shop.
    pub staging: bool,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The whole order.
    Order(Box<OrderBody>),
    /// A page's `purchase`: how its `value` is to be read is the site's affair.
    Claim(Box<Claim>),
    /// Money given back.
    Refund(Refund),
}

/// A `purchase` as a page tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The event's corrected time, Unix milliseconds.
    pub at: i64,
    /// Its currency, if it has one.
    pub currency: Option<Currency>,
    /// `value`.
    pub value: Option<Amount>,
    /// `tax`.
    pub tax: Option<Amount>,
    /// `shipping`.
    pub shipping: Option<Amount>,
    /// `discount`.
    pub discount: Option<Amount>,
    /// Its items.
    pub items: Vec<OrderItem>,
    /// `coupon`.
    pub coupon: String,
    /// `payment_type`.
    pub payment_type: String,
    /// `shipping_tier`.
    pub shipping_tier: String,
    /// `customer_type`.
    pub customer_type: String,
    /// Where it happened.
    pub visit: Visit,
}

/// One telling of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReport {
    /// The site.
    pub site: SiteId,
    /// Who tells it.
    pub source: OrderSource,
    /// When it reached us, Unix milliseconds.
    pub received_at: i64,
    /// The order's names, as this one has them.
    pub aliases: Vec<Alias>,
    /// What is told.
    pub told: Told,
}
