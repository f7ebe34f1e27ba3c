//! An event the door has checked, and the record in which a request's events are logged.

use super::{Amount, Consent, Currency, Item, PageAddress, Place, Source};
use crate::ports::SaltDay;
use crate::{EventId, SiteId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An event received so long after it happened is late.
pub const LATE_MS: i64 = 24 * 3_600_000;

/// Is an event late? Whether it is known is then looked up in history, and it joins only a session that late events
/// opened.
#[must_use]
pub const fn is_late(at: i64, received_at: i64) -> bool {
    received_at - at > LATE_MS
}

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

/// How a visitor has dealt with one showing of a page so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Engagement {
    /// Engaged time of the page view so far, milliseconds.
    pub engaged_ms: u32,
    /// How far it was scrolled, percent of the document (0 to 100).
    pub scroll_pct: u8,
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
    pub page: Option<Arc<PageAddress>>,
    /// Where the visitor came from, or empty.
    pub referrer: String,
    /// What brought the visitor here, if this says so; written by `attribution`.
    pub source: Option<Arc<Source>>,
    /// Whether it happened on a host that is not the real shop; written by `page_analytics`.
    pub staging: bool,
    /// The page's title, or empty.
    pub title: String,
    /// What an `engagement` event says.
    pub engagement: Option<Engagement>,
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

impl Draft {
    /// An event that says nothing but its name and time.
    #[must_use]
    pub const fn new(id: EventId, name: EventName, at: i64) -> Self {
        Self {
            id,
            name,
            at,
            page_view: None,
            seq: 0,
            url: String::new(),
            page: None,
            referrer: String::new(),
            source: None,
            staging: false,
            title: String::new(),
            engagement: None,
            value: None,
            currency: None,
            items: Vec::new(),
            props: Vec::new(),
            facts: Vec::new(),
        }
    }
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
    /// Where it came from.
    pub place: Place,
    /// The site's settings, or the sender, leave it out.
    pub excluded: bool,
    /// [`super::Confidential`], sealed: after two rotations a backlog keeps its events and loses its identity.
    pub confidential: Sealed,
    /// The events.
    pub drafts: Vec<Draft>,
}

/// The bytes are no request of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceivedError {
    /// Written by another version.
    #[error("its format {0} is not known to this version")]
    Version(u8),
    /// Not what was written.
    #[error("{0}")]
    Damaged(String),
}

impl Received {
    /// The shape of the bytes. A new shape gets a new first byte.
    const VERSION: u8 = 3;

    /// The record as it is appended.
    pub fn encode(&self) -> Result<Vec<u8>, ReceivedError> {
        /// What an ordinary request and an ordinary event take; more makes the buffer grow.
        const REQUEST: usize = 256;
        const EVENT: usize = 384;
        let room = REQUEST + self.confidential.bytes.len() + self.drafts.len() * EVENT;
        let mut bytes = Vec::with_capacity(room);
        bytes.push(Self::VERSION);
        postcard::to_extend(self, bytes).map_err(|error| ReceivedError::Damaged(error.to_string()))
    }

    /// The request of what [`Self::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, ReceivedError> {
        match bytes {
            [Self::VERSION, rest @ ..] => {
                postcard::from_bytes(rest).map_err(|error| ReceivedError::Damaged(error.to_string()))
            }
            [other, ..] => Err(ReceivedError::Version(*other)),
            [] => Err(ReceivedError::Damaged("it is empty".to_owned())),
        }
    }
}
