//! How often something was removed, by field: what an owner reads to find the page that sends it.

use std::sync::atomic::{AtomicU64, Ordering};

/// Where something was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// The page's URL.
    Url,
    /// The referrer.
    Referrer,
    /// The title.
    Title,
    /// `search_term`.
    SearchTerm,
    /// A further parameter of an event.
    Props,
    /// `item_id`.
    ItemId,
    /// A named text of an item.
    Item,
    /// A further parameter of an item.
    ItemProps,
    /// Language and time zone of the envelope.
    Envelope,
}

impl Field {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Url, "url"),
        (Self::Referrer, "referrer"),
        (Self::Title, "title"),
        (Self::SearchTerm, "search_term"),
        (Self::Props, "props"),
        (Self::ItemId, "item_id"),
        (Self::Item, "item"),
        (Self::ItemProps, "item_props"),
        (Self::Envelope, "envelope"),
    ];
}

/// Counters since the process started.
#[derive(Debug, Default)]
pub(crate) struct Removed([AtomicU64; Field::ALL.len()]);

impl Removed {
    pub(super) fn add(&self, field: Field, count: u64) {
        // Nearly always nothing: a write would be shared by every core.
        if count > 0 {
            self.0[field as usize].fetch_add(count, Ordering::Relaxed);
        }
    }

    /// Every field and its count.
    pub(crate) fn by_field(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Field::ALL.iter().zip(&self.0).map(|((_, name), count)| (*name, count.load(Ordering::Relaxed)))
    }
}
