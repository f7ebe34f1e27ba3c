//! A session and the rule by which an event joins it (definitions: "session").

use super::{Circumstances, Identity, PageAddress, Source};
use crate::{EventId, SessionKey, SiteId, VisitorId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A session is at most 24 hours long.
pub const SESSION_MAX_MS: i64 = 24 * 60 * 60 * 1000;

/// So many of a session's page views are remembered for their engaged time: the newest.
const MAX_VIEWS: usize = 64;

/// What a session begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Its key.
    pub session: SessionKey,
    /// Whose it is.
    pub visitor: VisitorId,
    /// How the visitor is known.
    pub identity: Identity,
    /// Corrected time of the first accepted event.
    pub at: i64,
    /// Whether that happened on a host that is not the real shop.
    pub staging: bool,
    /// The request it came with.
    pub request: Arc<Circumstances>,
}

/// Where a session came from, and which of its events says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Corrected time of that event.
    pub at: i64,
    /// Whether it is a page view: the earliest one speaks for the session, another event only until there is one.
    pub by_page_view: bool,
    /// What brought the visitor; `None` for a direct visit.
    pub source: Option<Arc<Source>>,
}

/// What is known of one showing of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageViewState {
    /// Which: [`PageViewState::key`] of its id.
    pub key: u64,
    /// Corrected time of its first event.
    pub first_at: i64,
    /// Engaged time counted so far, milliseconds.
    pub engaged_ms: u32,
}

impl PageViewState {
    /// Half of a page view's id: enough to tell the page views of one visitor apart.
    #[must_use]
    pub const fn key(id: EventId) -> u64 {
        let (high, low) = id.as_u64_pair();
        high ^ low
    }

    /// By how much a claimed total raises the engaged time: never beyond the time that has passed since the page
    /// view's first event.
    #[must_use]
    pub fn increase(&self, claimed_ms: u32, at: i64) -> u32 {
        let passed = u32::try_from(at.saturating_sub(self.first_at).max(0)).unwrap_or(u32::MAX);
        claimed_ms.min(passed).saturating_sub(self.engaged_ms)
    }
}

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
    /// Who the visitor was before their consent came, if that was while the session lasted.
    pub before: Option<VisitorId>,
    /// Corrected time of the first **accepted** event; never changes.
    pub started_at: i64,
    /// The request of that event: device, place and language are its. In bytes it stands apart.
    #[serde(skip)]
    pub request: Arc<Circumstances>,
    /// Whether that event happened on a host that is not the real shop.
    pub staging: bool,
    /// Smallest corrected time of its events.
    pub first_at: i64,
    /// Largest corrected time of its events.
    pub last_at: i64,
    /// Where it came from.
    pub origin: Option<Origin>,
    /// The newest touch.
    pub touch: Option<Arc<Source>>,
    /// How many touches.
    pub touches: u16,
    /// The first page view by corrected time, and that time.
    pub entry: Option<(i64, Arc<PageAddress>)>,
    /// The last page view by corrected time, and that time.
    pub exit: Option<(i64, Arc<PageAddress>)>,
    /// Page views.
    pub page_views: u32,
    /// Events, page views included.
    pub events: u32,
    /// Engaged time of its events, milliseconds.
    pub engaged_ms: u64,
    /// The newest showings of pages that began here.
    pub views: Vec<PageViewState>,
    /// Whether it had an e-commerce event from `add_to_cart` on.
    pub commerce: bool,
    /// Number of changes made to this state: the row's version.
    pub version: u64,
}

/// What a session learns from one of its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happening<'a> {
    /// Corrected time.
    pub at: i64,
    /// The page, if this is a page view.
    pub page: Option<&'a Arc<PageAddress>>,
    /// What brought the visitor here, if the event says so.
    pub source: Option<&'a Arc<Source>>,
    /// Whether the name alone makes the session engaged.
    pub engages: bool,
    /// By how much it raises the engaged time, milliseconds.
    pub engaged_ms: u32,
}

impl SessionState {
    /// Opens a session with no event in it yet; [`Self::add`] follows.
    #[must_use]
    pub fn open(opening: Opening) -> Self {
        Self {
            site: opening.request.site,
            session: opening.session,
            visitor: opening.visitor,
            identity: opening.identity,
            before: None,
            started_at: opening.at,
            request: opening.request,
            staging: opening.staging,
            first_at: opening.at,
            last_at: opening.at,
            origin: None,
            touch: None,
            touches: 0,
            entry: None,
            exit: None,
            page_views: 0,
            events: 0,
            engaged_ms: 0,
            views: Vec::new(),
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

    /// Counts an event and tells whether it is a touch: a source that is not the one before. An earlier late event
    /// moves `first_at` and may become the entry; nothing else is renamed.
    pub fn add(&mut self, event: &Happening<'_>) -> bool {
        let at = event.at;
        self.first_at = self.first_at.min(at);
        self.last_at = self.last_at.max(at);
        self.events = self.events.saturating_add(1);
        self.commerce |= event.engages;
        self.engaged_ms = self.engaged_ms.saturating_add(event.engaged_ms.into());
        self.version += 1;
        self.originate(event);
        if let Some(page) = event.page {
            self.page_views = self.page_views.saturating_add(1);
            if self.entry.as_ref().is_none_or(|(first, _)| at < *first) {
                self.entry = Some((at, page.clone()));
            }
            if self.exit.as_ref().is_none_or(|(last, _)| at >= *last) {
                self.exit = Some((at, page.clone()));
            }
        }
        let touched = event.source.is_some_and(|source| self.touch.as_ref() != Some(source));
        if touched {
            self.touch = event.source.cloned();
            self.touches = self.touches.saturating_add(1);
        }
        touched
    }

    /// The earliest page view says where the session came from; until there is one, the earliest event.
    fn originate(&mut self, event: &Happening<'_>) {
        let by_page_view = event.page.is_some();
        let speaks = self.origin.as_ref().is_none_or(|known| {
            (by_page_view && !known.by_page_view)
                || (by_page_view == known.by_page_view && event.at < known.at)
        });
        if speaks {
            self.origin = Some(Origin { at: event.at, by_page_view, source: event.source.cloned() });
        }
    }

    /// From now on it is of a visitor known by a cookie (definitions: "visitor").
    pub fn upgrade(&mut self, cookie: VisitorId) {
        self.before = Some(std::mem::replace(&mut self.visitor, cookie));
        self.identity = Identity::Cookie;
        self.version += 1;
    }

    /// The state of a page view that began here.
    #[must_use]
    pub fn view(&self, key: u64) -> Option<&PageViewState> {
        self.views.iter().rev().find(|view| view.key == key)
    }

    /// Remembers that a page view began here, or raises its engaged time.
    pub fn put_view(&mut self, view: PageViewState) {
        if let Some(known) = self.views.iter_mut().rev().find(|known| known.key == view.key) {
            *known = view;
            return;
        }
        if self.views.len() == MAX_VIEWS {
            self.views.remove(0);
        }
        self.views.push(view);
    }

    /// At least 10 s of engaged time, two page views, or a commerce event (definitions: "engaged session").
    #[must_use]
    pub const fn engaged(&self) -> bool {
        self.engaged_ms >= 10_000 || self.page_views >= 2 || self.commerce
    }
}
