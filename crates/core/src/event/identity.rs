//! Who an event may belong to.

use crate::VisitorId;
use serde::{Deserialize, Serialize};

/// How a visitor is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Identity {
    /// By a hash that lives one salt day.
    Cookieless,
    /// Not at all: the event is older than the salts (`late_unidentified`).
    Unidentified,
    /// By a random id in a cookie, which analytics consent allows.
    Cookie,
}

impl Identity {
    /// The word used in rows and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cookieless => "cookieless",
            Self::Unidentified => "unidentified",
            Self::Cookie => "cookie",
        }
    }
}

/// The ids an event may be found under, made by the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    /// The cookie's, with analytics consent. It comes before the hashes, which then serve one purpose: finding the
    /// session that was open when the consent came.
    pub cookie: Option<VisitorId>,
    /// Hash under the salt that was current at the event's corrected time.
    pub hash: VisitorId,
    /// Hash under the salt before it, only within one session timeout after the rotation. It serves one purpose:
    /// finding a session that is still open.
    pub previous: Option<VisitorId>,
}

impl Ids {
    /// Of a visitor who is known by a hash.
    #[must_use]
    pub const fn hash(hash: VisitorId) -> Self {
        Self { cookie: None, hash, previous: None }
    }

    /// Of a visitor who is known by this id alone: nothing else finds a session of theirs.
    #[must_use]
    pub fn alone(visitor: VisitorId, identity: Identity) -> Self {
        Self { cookie: (identity == Identity::Cookie).then_some(visitor), ..Self::hash(visitor) }
    }

    /// Who it is, unless an open session says otherwise.
    #[must_use]
    pub fn own(&self) -> (VisitorId, Identity) {
        match self.cookie {
            Some(cookie) => (cookie, Identity::Cookie),
            None => (self.hash, Identity::Cookieless),
        }
    }
}
