//! An event the door has checked, and the record in which a request's events are logged.

use super::{Amount, Consent, Currency, Item, PageAddress};
use crate::ports::SaltDay;
use crate::{EventId, SiteId};
use serde::{Deserialize, Serialize};

/// A checked event name: `[a-z][a-z0-9_]{0,63}`; GA4's names have a meaning, any other is a custom event.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EventName(String);

/// The name breaks the pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name is 1 to 64 characters: a lower-case letter, then lower-case letters, digits and underscores")]
pub struct NameError;

impl EventName {
    /// Checks the pattern.
    pub fn parse(name: &str) -> Result<Self, NameError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        match name.as_bytes() {
            [first, rest @ ..]
                if first.is_ascii_lowercase() && rest.len() < 64 && rest.iter().all(|b| plain(*b)) =>
            {
                Ok(Self(name.to_owned()))
            }
            _ => Err(NameError),
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is it a page view?
    #[must_use]
    pub fn is_page_view(&self) -> bool {
        self.0 == "page_view"
    }

    /// Is it an e-commerce event from `add_to_cart` on, which makes its session engaged?
    #[must_use]
    pub fn engages(&self) -> bool {
        matches!(
            self.as_str(),
            "add_to_cart"
                | "view_cart"
                | "begin_checkout"
                | "add_shipping_info"
                | "add_payment_info"
                | "purchase"
        )
    }
}

/// An event that passed the door: every field is of its type, every time corrected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The sender's id.
    pub id: EventId,
    /// What happened.
    pub name: EventName,
    /// Corrected time, Unix milliseconds.
    pub at: i64,
    /// The showing of the page it happened on.
    pub page_view: Option<EventId>,
    /// Running number within that showing.
    pub seq: u32,
    /// The full URL as sent, or empty.
    pub url: String,
    /// The page; written by `page_analytics`.
    pub page: Option<PageAddress>,
    /// Where the visitor came from, or empty.
    pub referrer: String,
    /// The page's title, or empty.
    pub title: String,
    /// The event's value.
    pub value: Option<Amount>,
    /// Its currency.
    pub currency: Option<Currency>,
    /// The items it is about.
    pub items: Vec<Item>,
    /// Everything else the sender said: sorted by key, at most 64.
    pub props: Vec<(String, String)>,
    /// What modules found out: `<module>.<key>`, sorted by key.
    pub facts: Vec<(String, String)>,
}

/// Bytes sealed with the key of a salt day: destroyed with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Whose key.
    pub day: SaltDay,
    /// XChaCha20-Poly1305 nonce.
    pub nonce: [u8; 24],
    /// Cipher text and tag.
    pub bytes: Vec<u8>,
}

/// One accepted request, as it stands in the topic `received`. Numbers run through its drafts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// The site.
    pub site: SiteId,
    /// When the door received it, Unix milliseconds.
    pub received_at: i64,
    /// The browser's time zone (IANA), or empty.
    pub tz: String,
    /// The browser's language, or empty.
    pub lang: String,
    /// Viewport in CSS pixels; 0 × 0 when unknown.
    pub viewport: (u16, u16),
    /// What the visitor had agreed to.
    pub consent: Consent,
    /// One [`super::Ids`] per draft, sealed: after two rotations a backlog keeps its events and loses its identity.
    pub ids: Sealed,
    /// The events.
    pub drafts: Vec<Draft>,
}
