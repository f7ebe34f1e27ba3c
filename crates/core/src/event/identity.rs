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
}

impl Identity {
    /// The word used in rows and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cookieless => "cookieless",
            Self::Unidentified => "unidentified",
        }
    }
}

/// The ids an event may be found under, made by the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    /// Hash under the salt that was current at the event's corrected time.
    pub hash: VisitorId,
    /// Hash under the salt before it, only within one session timeout after the rotation. It serves one purpose:
    /// finding a session that is still open.
    pub previous: Option<VisitorId>,
}
