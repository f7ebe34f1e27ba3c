//! Decided events and the record that commits them.

use super::{Circumstances, Draft, Identity, SessionState};
use crate::{Lsn, SessionKey, SiteId, VisitorId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Why an event is not counted. Every reason is counted under its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum DropReason {
    /// The site was removed between receipt and decision.
    SiteGone,
    /// A page view without a page: there is nothing it could be counted for.
    NoPage,
    /// The site's settings leave it out: an address, a path or a host, or someone who asked not to be counted.
    Excluded,
    /// Its record in the log was damaged on disk; the loss report names it.
    Damaged,
}

impl DropReason {
    /// Every reason, for metrics that start at 0.
    pub const ALL: [Self; 4] = [Self::SiteGone, Self::NoPage, Self::Excluded, Self::Damaged];

    /// The label in metrics and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SiteGone => "site_gone",
            Self::NoPage => "no_page",
            Self::Excluded => "excluded",
            Self::Damaged => "damaged",
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
    /// The request it came with. In a frame's bytes it stands once for all of the request's events.
    #[serde(skip)]
    pub request: Arc<Circumstances>,
    /// How the visitor is known.
    pub identity: Identity,
    /// The visitor; `None` when unidentified.
    pub visitor: Option<VisitorId>,
    /// The session; 0 when unidentified.
    pub session: SessionKey,
    /// A change of source within its session, or its start from one.
    pub touch: bool,
    /// By how much it raises its page view's engaged time, milliseconds.
    pub engaged_ms: u32,
    /// An `engagement` of a page view that nobody knows (any more).
    pub orphan: bool,
    /// The event itself.
    pub draft: Draft,
}

impl Event {
    /// The site.
    #[must_use]
    pub fn site(&self) -> SiteId {
        self.request.site
    }
}

/// The commit record of the events `from .. from + fates.len()`: data and cursor at once. It is read back on
/// recovery, never recomputed.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Number of the first event.
    pub from: Lsn,
    /// What became of each, in order.
    pub fates: Vec<Fate>,
    /// The complete state of every session they changed.
    pub sessions: Vec<SessionState>,
}

/// The bytes are no frame of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Written by another version.
    #[error("its format {0} is not known to this version")]
    Version(u8),
    /// Not what was written.
    #[error("{0}")]
    Damaged(String),
}

/// The shape of the bytes. A new shape gets a new first byte.
const VERSION: u8 = 2;

/// A frame as bytes: each request once, and for each stored event the place of its request.
#[derive(Serialize)]
struct Writing<'a> {
    from: Lsn,
    requests: Vec<&'a Circumstances>,
    places: Vec<u32>,
    fates: &'a [Fate],
    sessions: &'a [SessionState],
}

#[derive(Deserialize)]
struct Reading {
    from: Lsn,
    requests: Vec<Arc<Circumstances>>,
    places: Vec<u32>,
    fates: Vec<Fate>,
    sessions: Vec<SessionState>,
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

    /// The frame as it is appended.
    pub fn encode(&self) -> Result<Vec<u8>, FrameError> {
        let (mut requests, mut places) = (Vec::<&Arc<Circumstances>>::new(), Vec::new());
        for event in self.events() {
            // A request's events follow one another.
            if !requests.last().is_some_and(|last| Arc::ptr_eq(last, &event.request)) {
                requests.push(&event.request);
            }
            places.push(u32::try_from(requests.len() - 1).unwrap_or(u32::MAX));
        }
        let requests = requests.into_iter().map(AsRef::as_ref).collect();
        let writing =
            Writing { from: self.from, requests, places, fates: &self.fates, sessions: &self.sessions };
        postcard::to_extend(&writing, vec![VERSION]).map_err(|error| FrameError::Damaged(error.to_string()))
    }

    /// The frame of what [`Self::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let damaged = |what: String| FrameError::Damaged(what);
        let read: Reading = match bytes {
            [VERSION, rest @ ..] => postcard::from_bytes(rest).map_err(|error| damaged(error.to_string()))?,
            [other, ..] => return Err(FrameError::Version(*other)),
            [] => return Err(damaged("it is empty".to_owned())),
        };
        let mut frame = Self { from: read.from, fates: read.fates, sessions: read.sessions };
        let mut places = read.places.into_iter();
        for fate in &mut frame.fates {
            let Fate::Stored(event) = fate else { continue };
            let request = places.next().and_then(|place| read.requests.get(place as usize));
            event.request = request.ok_or_else(|| damaged("an event has no request".to_owned()))?.clone();
        }
        Ok(frame)
    }
}
