//! Which events a route takes.

use super::field::Refusal;
use ut_core::event::{EventName, Vital};

/// What tells who a visitor is. It is no event: what it brings is never logged.
pub(super) const IDENTIFY: &str = "identify";

/// Says where it belongs.
pub(super) fn not_an_event() -> Refusal {
    Refusal::new("name", "wrong_route", "is not taken here, but by /collect/identify (/ut/i)")
}

/// What a route is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Any events, many at once.
    Any,
    /// One event of a page.
    Page,
    /// One e-commerce event.
    Commerce,
    /// One measurement of a page.
    Performance,
}

const PAGE: &[&str] = &["page_view", "engagement"];
const PERFORMANCE: &[&str] = &[Vital::EVENT];
/// GA4's e-commerce events.
const COMMERCE: &[&str] = &[
    "view_item_list",
    "select_item",
    "view_item",
    "add_to_wishlist",
    "add_to_cart",
    "remove_from_cart",
    "view_cart",
    "begin_checkout",
    "add_shipping_info",
    "add_payment_info",
    "purchase",
    "refund",
    "view_promotion",
    "select_promotion",
];

impl Kind {
    /// The events of this kind; empty for any.
    pub(super) const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Any => &[],
            Self::Page => PAGE,
            Self::Commerce => COMMERCE,
            Self::Performance => PERFORMANCE,
        }
    }

    /// Refuses events of another kind.
    pub(super) fn check(self, name: &EventName) -> Result<(), Refusal> {
        if name.as_str() == IDENTIFY {
            return Err(not_an_event());
        }
        let taken = self.names();
        if self == Self::Any || taken.contains(&name.as_str()) {
            return Ok(());
        }
        let message = format!("is not taken here, but by /collect/events; here: {}", taken.join(", "));
        Err(Refusal::new("name", "wrong_route", message))
    }
}
