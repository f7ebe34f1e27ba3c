//! Identifiers. Each is a type of its own, so that a visitor can never be passed where a session is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A site, numbered from 1 by the transactional store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SiteId(pub u32);

/// The running number of an event in one log's `received` topic: from 1, without gaps, given at append, consumed
/// also by events that are dropped later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct Lsn(pub u64);

impl Lsn {
    /// The number of the first event of a log.
    pub const FIRST: Self = Self(1);

    /// The number `count` events further on.
    #[must_use]
    pub const fn plus(self, count: u64) -> Self {
        Self(self.0 + count)
    }
}

/// Which log a number belongs to: 128 random bits made when the log was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogId(pub u128);

impl std::fmt::Display for LogId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A visitor as the pipeline knows them: a keyed hash of one salt day, or the UUID of a cookie. Never enters OLAP;
/// `keys::Keys::visitor` makes what is stored there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VisitorId(pub [u8; 16]);

/// The visitor as history stores it; 0 means "not identified". Shown as 16 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct VisitorKey(pub u64);

/// A session; 0 means "none". Shown as 16 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct SessionKey(pub u64);

/// One showing of one page; 0 means "none". Shown as 16 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
pub struct PageViewKey(pub u64);

/// The sender's name for an event; the key of deduplication together with the site.
pub type EventId = Uuid;
