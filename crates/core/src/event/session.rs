//! A session and the rule by which an event joins it (definitions: "session").

use super::{Identity, PageAddress};
use crate::{SessionKey, SiteId, VisitorId};
use serde::{Deserialize, Serialize};

/// A session is at most 24 hours long.
pub const SESSION_MAX_MS: i64 = 24 * 60 * 60 * 1000;

/// The complete state of a session; its row in history is a projection of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionState {
    /// The site.
    pub site: SiteId,
    /// Its key, from the visitor and the time of its first accepted event; never changes.
    pub session: SessionKey,
    /// Whose it is.
    pub visitor: VisitorId,
    /// How the visitor is known.
    pub identity: Identity,
    /// Corrected time of the first **accepted** event; never changes.
    pub started_at: i64,
    /// Smallest corrected time of its events.
    pub first_at: i64,
    /// Largest corrected time of its events.
    pub last_at: i64,
    /// The first page view by corrected time, and that time.
    pub entry: Option<(i64, PageAddress)>,
    /// The last page view by corrected time, and that time.
    pub exit: Option<(i64, PageAddress)>,
    /// Page views.
    pub page_views: u32,
    /// Events, page views included.
    pub events: u32,
    /// Whether it had an e-commerce event from `add_to_cart` on.
    pub commerce: bool,
    /// Number of changes made to this state: the row's version.
    pub version: u64,
}

impl SessionState {
    /// Opens a session with no event in it yet; [`Self::add`] follows.
    #[must_use]
    pub fn open(site: SiteId, session: SessionKey, visitor: VisitorId, identity: Identity, at: i64) -> Self {
        Self {
            site,
            session,
            visitor,
            identity,
            started_at: at,
            first_at: at,
            last_at: at,
            entry: None,
            exit: None,
            page_views: 0,
            events: 0,
            commerce: false,
            version: 0,
        }
    }

    /// Does an event at `at` belong here? It must lie in `[first − timeout, last + timeout]` and leave the session
    /// no longer than [`SESSION_MAX_MS`].
    #[must_use]
    pub fn takes(&self, at: i64, timeout_ms: i64) -> bool {
        let near = self.first_at - timeout_ms <= at && at <= self.last_at + timeout_ms;
        near && self.last_at.max(at) - self.first_at.min(at) <= SESSION_MAX_MS
    }

    /// Counts an event. An earlier late event moves `first_at` and may become the entry; nothing else is renamed.
    pub fn add(&mut self, at: i64, page_view: Option<&PageAddress>, engages: bool) {
        self.first_at = self.first_at.min(at);
        self.last_at = self.last_at.max(at);
        self.events += 1;
        self.commerce |= engages;
        self.version += 1;
        let Some(page) = page_view else { return };
        self.page_views += 1;
        if self.entry.as_ref().is_none_or(|(first, _)| at < *first) {
            self.entry = Some((at, page.clone()));
        }
        if self.exit.as_ref().is_none_or(|(last, _)| at >= *last) {
            self.exit = Some((at, page.clone()));
        }
    }

    /// At least two page views or a commerce event (engaged time joins with the tracker that measures it).
    #[must_use]
    pub const fn engaged(&self) -> bool {
        self.page_views >= 2 || self.commerce
    }
}
