//! Decided events and the record that commits them.

use super::{Consent, Draft, Identity, SessionState};
use crate::{Lsn, SessionKey, SiteId, VisitorId};
use serde::{Deserialize, Serialize};

/// Why an event is not counted. Every reason is counted under its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DropReason {
    /// The site was removed between receipt and decision.
    SiteGone,
    /// A page view without a page: there is nothing it could be counted for.
    NoPage,
}

impl DropReason {
    /// Every reason, for metrics that start at 0.
    pub const ALL: [Self; 2] = [Self::SiteGone, Self::NoPage];

    /// The label in metrics and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SiteGone => "site_gone",
            Self::NoPage => "no_page",
        }
    }
}

/// What became of one received event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Fate {
    /// It is stored.
    Stored(Box<Event>),
    /// Its id was claimed before.
    Duplicate,
    /// It is not counted.
    Dropped(DropReason),
}

/// An event with every decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its number in the log.
    pub lsn: Lsn,
    /// The site.
    pub site: SiteId,
    /// When the door received it, Unix milliseconds.
    pub received_at: i64,
    /// Browser time zone, or empty.
    pub tz: String,
    /// Browser language, or empty.
    pub lang: String,
    /// Viewport in CSS pixels.
    pub viewport: (u16, u16),
    /// Consent at the time.
    pub consent: Consent,
    /// How the visitor is known.
    pub identity: Identity,
    /// The visitor; `None` when unidentified.
    pub visitor: Option<VisitorId>,
    /// The session; 0 when unidentified.
    pub session: SessionKey,
    /// The event itself.
    pub draft: Draft,
}

/// The commit record of the events `from .. from + fates.len()`: data and cursor at once. It is read back on
/// recovery, never recomputed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Number of the first event.
    pub from: Lsn,
    /// What became of each, in order.
    pub fates: Vec<Fate>,
    /// The complete state of every session they changed.
    pub sessions: Vec<SessionState>,
}

impl Frame {
    /// The number after the last event.
    #[must_use]
    pub fn end(&self) -> Lsn {
        self.from.plus(self.fates.len() as u64)
    }

    /// The stored events, in log order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.fates.iter().filter_map(|fate| match fate {
            Fate::Stored(event) => Some(event.as_ref()),
            Fate::Duplicate | Fate::Dropped(_) => None,
        })
    }
}
