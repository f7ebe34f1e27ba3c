//! Decided events and the record that commits them.

use super::{Circumstances, Draft, Identity, Parked, SessionState};
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
    /// History must be asked whether its id is known; until then it is in flight.
    Parked(Box<Parked>),
    /// A parked event came back under this number.
    Settled {
        /// The number it was parked under.
        of: Lsn,
        /// What became of it.
        end: Settlement,
    },
    /// A parked event came back that is no longer parked: it is settled already.
    Moot,
}

/// What became of a parked event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Settlement {
    /// It is stored, under the number of its return.
    Stored(Box<Event>),
    /// History knew its id, or another event has claimed it since.
    Duplicate,
    /// It is not counted.
    Dropped(DropReason),
}

impl Fate {
    /// The event, if this number stores one.
    #[must_use]
    pub fn event(&self) -> Option<&Event> {
        match self {
            Self::Stored(event) | Self::Settled { end: Settlement::Stored(event), .. } => Some(event),
            Self::Settled { .. } | Self::Duplicate | Self::Dropped(_) | Self::Parked(_) | Self::Moot => None,
        }
    }

    /// The request of what it holds, if it holds an event.
    fn request(&self) -> Option<&Arc<Circumstances>> {
        match self {
            Self::Parked(parked) => Some(&parked.request),
            _ => self.event().map(|event| &event.request),
        }
    }

    fn request_mut(&mut self) -> Option<&mut Arc<Circumstances>> {
        match self {
            Self::Stored(event) | Self::Settled { end: Settlement::Stored(event), .. } => {
                Some(&mut event.request)
            }
            Self::Parked(parked) => Some(&mut parked.request),
            Self::Settled { .. } | Self::Duplicate | Self::Dropped(_) | Self::Moot => None,
        }
    }
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

/// A frame as bytes: how many events it parks, each request once, and for each event it holds the place of its request.
#[derive(Serialize)]
struct Writing<'a> {
    parked: u32,
    from: Lsn,
    requests: Vec<&'a Circumstances>,
    places: Vec<u32>,
    fates: &'a [Fate],
    sessions: &'a [SessionState],
}

#[derive(Deserialize)]
struct Reading {
    #[serde(rename = "parked")]
    _parked: u32,
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
        self.fates.iter().filter_map(Fate::event)
    }

    /// Whether the frame of these bytes parks events; reads no more than their front.
    pub fn parks(bytes: &[u8]) -> Result<bool, FrameError> {
        let (parked, _): (u32, _) = postcard::take_from_bytes(current(bytes)?)
            .map_err(|error| FrameError::Damaged(error.to_string()))?;
        Ok(parked > 0)
    }

    /// The frame as it is appended.
    pub fn encode(&self) -> Result<Vec<u8>, FrameError> {
        let (mut requests, mut places) = (Vec::<&Arc<Circumstances>>::new(), Vec::new());
        for request in self.fates.iter().filter_map(Fate::request) {
            // A request's events follow one another.
            if !requests.last().is_some_and(|last| Arc::ptr_eq(last, request)) {
                requests.push(request);
            }
            places.push(u32::try_from(requests.len() - 1).unwrap_or(u32::MAX));
        }
        let requests = requests.into_iter().map(AsRef::as_ref).collect();
        let parked = self.fates.iter().filter(|fate| matches!(fate, Fate::Parked(_))).count();
        let parked = u32::try_from(parked).unwrap_or(u32::MAX);
        let (fates, sessions) = (self.fates.as_slice(), self.sessions.as_slice());
        let writing = Writing { parked, from: self.from, requests, places, fates, sessions };
        postcard::to_extend(&writing, vec![VERSION]).map_err(|error| FrameError::Damaged(error.to_string()))
    }

    /// The frame of a record that stands for `count` events from `from` on.
    pub fn of_record(from: Lsn, count: u32, bytes: &[u8]) -> Result<Self, FrameError> {
        let frame = Self::decode(bytes)?;
        if (frame.from, frame.fates.len() as u64) == (from, u64::from(count)) {
            return Ok(frame);
        }
        let (own, held) = (frame.from.0, frame.fates.len());
        Err(FrameError::Damaged(format!(
            "it is of {held} events from {own} on, its record of {count} from {}",
            from.0
        )))
    }

    /// The frame of what [`Self::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let damaged = |what: String| FrameError::Damaged(what);
        let read: Reading =
            postcard::from_bytes(current(bytes)?).map_err(|error| damaged(error.to_string()))?;
        let mut frame = Self { from: read.from, fates: read.fates, sessions: read.sessions };
        let mut places = read.places.into_iter();
        for fate in &mut frame.fates {
            let Some(place) = fate.request_mut() else { continue };
            let request = places.next().and_then(|place| read.requests.get(place as usize));
            *place = request.ok_or_else(|| damaged("an event has no request".to_owned()))?.clone();
        }
        Ok(frame)
    }
}

/// The bytes behind the version.
fn current(bytes: &[u8]) -> Result<&[u8], FrameError> {
    match bytes {
        [VERSION, rest @ ..] => Ok(rest),
        [other, ..] => Err(FrameError::Version(*other)),
        [] => Err(FrameError::Damaged("it is empty".to_owned())),
    }
}
