//! What an order is, as all that was told of it says together.

use serde::{Deserialize, Serialize};
use ut_core::event::{Amount, Currency};
use ut_core::order::{
    Alias, Claim, OrderItem, OrderReport, OrderSource, OrderStatus, Refund, SalesChannel, Told, Visit,
};

/// What the shop told, one telling of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) source: OrderSource,
    pub(super) received_at: i64,
    pub(super) aliases: Vec<Alias>,
    pub(super) told: Told,
}

/// What a page claimed first, and how often pages did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claimed {
    pub(super) received_at: i64,
    pub(super) aliases: Vec<Alias>,
    /// The earliest; of those of one instant always the same.
    pub(super) first: Claim,
    /// Claims beside it.
    pub(super) repeats: u32,
}

/// An order as the ledger keeps it: what was told, and nothing concluded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Tellings {
    /// By the shop.
    pub(super) shop: Vec<Kept>,
    /// By pages.
    pub(super) claim: Option<Claimed>,
}

impl Tellings {
    /// Most tellings of the shop that are kept of one order.
    const MOST: usize = 250;

    /// Adds one. False if it says nothing new.
    pub(super) fn add(&mut self, report: OrderReport) -> bool {
        let OrderReport { source, received_at, aliases, told, .. } = report;
        match told {
            Told::Claim(first) => {
                self.claimed(Claimed { received_at, aliases, first: *first, repeats: 0 });
                true
            }
            told => self.told(Kept { source, received_at, aliases, told }),
        }
    }

    /// Adds all of another order, which was this one under another name.
    pub(super) fn merge(&mut self, other: Self) {
        for kept in other.shop {
            self.told(kept);
        }
        if let Some(claimed) = other.claim {
            self.claimed(claimed);
        }
    }

    fn told(&mut self, kept: Kept) -> bool {
        let same = |known: &Kept| {
            (known.source, &known.aliases, &known.told) == (kept.source, &kept.aliases, &kept.told)
        };
        if self.shop.len() >= Self::MOST || self.shop.iter().any(same) {
            return false;
        }
        self.shop.push(kept);
        true
    }

    fn claimed(&mut self, other: Claimed) {
        let Some(known) = self.claim.take() else {
            self.claim = Some(other);
            return;
        };
        let order = |claimed: &Claimed| (claimed.first.at, format!("{:?}", claimed.first));
        let (mut first, second) = if order(&other) < order(&known) { (other, known) } else { (known, other) };
        first.repeats = first.repeats.saturating_add(second.repeats).saturating_add(1);
        for alias in second.aliases {
            if first.aliases.len() < MOST_ALIASES && !first.aliases.contains(&alias) {
                first.aliases.push(alias);
            }
        }
        // The names of equal claims come in any order.
        first.aliases.sort();
        first.received_at = first.received_at.min(second.received_at);
        self.claim = Some(first);
    }

    /// Does the shop itself say that it is an order?
    pub(super) fn by_shop(&self) -> bool {
        self.shop.iter().any(|kept| matches!(kept.told, Told::Order(_)))
    }

    /// Its names.
    pub(super) fn aliases(&self) -> impl Iterator<Item = &Alias> {
        let claimed = self.claim.iter().flat_map(|claimed| &claimed.aliases);
        self.shop.iter().flat_map(|kept| &kept.aliases).chain(claimed)
    }
}

/// Most names of one telling.
pub(super) const MOST_ALIASES: usize = 8;

/// Something about an order that its owner should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flag {
    /// Only pages say so, while the shop's own orders are connected.
    Unconfirmed,
    /// It has no currency: nothing can be added up.
    NoCurrency,
    /// Its currency is none of ISO 4217's.
    UnknownCurrency,
    /// Nothing says what it is worth.
    NoValue,
    /// More money was given back than was taken.
    OverRefunded,
    /// A part was given back, and nothing says how much.
    RefundUnknown,
    /// Only a machine says so.
    Bot,
}

impl Flag {
    /// The word in reports.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::NoCurrency => "no_currency",
            Self::UnknownCurrency => "unknown_currency",
            Self::NoValue => "no_value",
            Self::OverRefunded => "over_refunded",
            Self::RefundUnknown => "refund_unknown",
            Self::Bot => "bot",
        }
    }
}

/// Money of an order, in its own currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Money {
    pub(super) total: Amount,
    pub(super) tax: Amount,
    pub(super) shipping: Amount,
    pub(super) discount: Amount,
    /// Items after discount, without tax and shipping.
    pub(super) product_revenue: Amount,
    pub(super) refunded: Amount,
    pub(super) refunded_tax: Amount,
}

/// What an order is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) status: OrderStatus,
    /// Whether it is in the reports.
    pub(super) counted: bool,
    pub(super) by_shop: bool,
    pub(super) sales_channel: SalesChannel,
    pub(super) test: bool,
    pub(super) number: String,
    /// Unix milliseconds.
    pub(super) placed_at: i64,
    /// Unix milliseconds.
    pub(super) updated_at: i64,
    pub(super) currency: Option<Currency>,
    pub(super) money: Money,
    pub(super) items: Vec<OrderItem>,
    pub(super) coupon: String,
    pub(super) payment_type: String,
    pub(super) shipping_tier: String,
    pub(super) customer_type: String,
    pub(super) refunds: Vec<Refund>,
    /// How often pages claimed it.
    pub(super) claims: u32,
    pub(super) visit: Option<Visit>,
    /// In order.
    pub(super) flags: Vec<Flag>,
}
