//! Decided events and the record that commits them.

use super::{Circumstances, Device, Draft, Identity, Parked, SessionState, Vital};
use crate::{Lsn, SessionKey, SiteId, VisitorId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
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
    /// It is of a person who was forgotten on request.
    Erased,
}

impl DropReason {
    /// Every reason, for metrics that start at 0.
    pub const ALL: [Self; 5] = [Self::SiteGone, Self::NoPage, Self::Excluded, Self::Damaged, Self::Erased];

    /// The label in metrics and reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SiteGone => "site_gone",
            Self::NoPage => "no_page",
            Self::Excluded => "excluded",
            Self::Damaged => "damaged",
            Self::Erased => "erased",
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
    /// The request it came with. In bytes it stands apart, once for all of the request's events.
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
    pub sessions: Vec<Arc<SessionState>>,
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
const VERSION: u8 = 4;

/// About so many bytes an event or a session takes.
const USUAL_BYTES: usize = 400;

/// A frame as bytes: how many events it parks, each device and each request once, and for each event it holds and
/// each session the place of its request.
#[derive(Serialize)]
struct Writing<'a> {
    parked: u32,
    from: Lsn,
    devices: &'a [&'a Arc<Device>],
    requests: Vec<(u32, &'a Circumstances)>,
    places: Vec<u32>,
    fates: &'a [Fate],
    sessions: &'a [Arc<SessionState>],
}

#[derive(Deserialize)]
struct Reading {
    #[serde(rename = "parked")]
    _parked: u32,
    from: Lsn,
    devices: Vec<Arc<Device>>,
    requests: Vec<(u32, Circumstances)>,
    places: Vec<u32>,
    fates: Vec<Fate>,
    sessions: Vec<Arc<SessionState>>,
}

/// What several hold, each once, told apart by where it lies in memory.
struct Shared<'a, T> {
    items: Vec<&'a Arc<T>>,
    places: HashMap<*const T, u32>,
}

impl<'a, T> Shared<'a, T> {
    fn new() -> Self {
        Self { items: Vec::new(), places: HashMap::new() }
    }

    /// The place of an item, which is added if it is new.
    fn place(&mut self, item: &'a Arc<T>) -> u32 {
        let end = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        // A request's events follow one another.
        if self.items.last().is_some_and(|last| Arc::ptr_eq(last, item)) {
            return end - 1;
        }
        let place = *self.places.entry(Arc::as_ptr(item)).or_insert(end);
        if place == end {
            self.items.push(item);
        }
        place
    }
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

    /// Those of them that say what happened, which is all but the web vitals.
    pub fn happenings(&self) -> impl Iterator<Item = &Event> {
        self.events().filter(|event| Vital::of(&event.draft).is_none())
    }

    /// The web vitals among them.
    pub fn vitals(&self) -> impl Iterator<Item = (&Event, Vital)> {
        self.events().filter_map(|event| Some((event, Vital::of(&event.draft)?)))
    }

    /// Whether the frame of these bytes parks events; reads no more than their front.
    pub fn parks(bytes: &[u8]) -> Result<bool, FrameError> {
        let (parked, _): (u32, _) = postcard::take_from_bytes(current(bytes)?)
            .map_err(|error| FrameError::Damaged(error.to_string()))?;
        Ok(parked > 0)
    }

    /// The frame as it is appended.
    pub fn encode(&self) -> Result<Vec<u8>, FrameError> {
        let mut requests = Shared::new();
        let held = self.fates.iter().filter_map(Fate::request);
        let held = held.chain(self.sessions.iter().map(|state| &state.request));
        let places = held.map(|request| requests.place(request)).collect();
        let mut devices = Shared::new();
        let requests = requests.items.into_iter().map(|request| (devices.place(&request.device), &**request));
        let requests = requests.collect();
        let parked = self.fates.iter().filter(|fate| matches!(fate, Fate::Parked(_))).count();
        let parked = u32::try_from(parked).unwrap_or(u32::MAX);
        let (fates, sessions) = (self.fates.as_slice(), self.sessions.as_slice());
        let writing =
            Writing { parked, from: self.from, devices: &devices.items, requests, places, fates, sessions };
        let mut bytes = Vec::with_capacity((fates.len() + sessions.len()) * USUAL_BYTES);
        bytes.push(VERSION);
        postcard::to_extend(&writing, bytes).map_err(|error| FrameError::Damaged(error.to_string()))
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
        let requests: Option<Vec<_>> = read
            .requests
            .into_iter()
            .map(|(place, request)| {
                let device = read.devices.get(place as usize)?.clone();
                Some(Arc::new(Circumstances { device, ..request }))
            })
            .collect();
        let requests = requests.ok_or_else(|| damaged("a request has no device".to_owned()))?;
        let mut frame = Self { from: read.from, fates: read.fates, sessions: read.sessions };
        let held = frame.fates.iter_mut().filter_map(Fate::request_mut);
        let held = held.chain(frame.sessions.iter_mut().map(|state| &mut Arc::make_mut(state).request));
        let mut places = read.places.into_iter();
        for of in held {
            let request = places.next().and_then(|place| requests.get(place as usize));
            *of = request.ok_or_else(|| damaged("an event or a session has no request".to_owned()))?.clone();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventId;
    use crate::event::{EventName, Opening};

    fn request(received_at: i64, device: &Arc<Device>) -> Arc<Circumstances> {
        Arc::new(Circumstances { received_at, device: device.clone(), ..Circumstances::default() })
    }

    fn draft(lsn: u64) -> Draft {
        let name = EventName::parse("page_view").unwrap();
        Draft::new(EventId::from_u128(lsn.into()), name, 0)
    }

    fn stored(lsn: u64, request: &Arc<Circumstances>) -> Fate {
        Fate::Stored(Box::new(Event {
            lsn: Lsn(lsn),
            request: request.clone(),
            identity: Identity::Unidentified,
            visitor: None,
            session: SessionKey::default(),
            touch: false,
            engaged_ms: 0,
            orphan: false,
            draft: draft(lsn),
        }))
    }

    fn session(request: &Arc<Circumstances>) -> Arc<SessionState> {
        Arc::new(SessionState::open(Opening {
            session: SessionKey(1),
            visitor: VisitorId([1; 16]),
            identity: Identity::Cookieless,
            at: 0,
            staging: false,
            request: request.clone(),
        }))
    }

    #[test]
    fn every_event_and_session_gets_its_own_request_and_device_back() {
        let device = |os: &str| Arc::new(Device { os: os.to_owned(), ..Device::default() });
        let (mac, tv) = (device("macOS"), device("tvOS"));
        let [a, b, c, earlier] =
            [(1, &mac), (2, &tv), (3, &mac), (4, &tv)].map(|(at, device)| request(at, device));
        let parked = Parked { request: c.clone(), whose: None, draft: draft(4), of: None };
        let fates = vec![
            stored(1, &a),
            stored(2, &a),
            Fate::Duplicate,
            Fate::Parked(Box::new(parked)),
            stored(5, &b),
            stored(6, &a),
        ];
        let frame = Frame { from: Lsn(1), fates, sessions: vec![session(&earlier), session(&b)] };
        let bytes = frame.encode().unwrap();
        let back = Frame::decode(&bytes).unwrap();
        assert_eq!(back, frame);
        assert!(Frame::parks(&bytes).unwrap());
        let known = back.fates[0].request().unwrap();
        assert!(Arc::ptr_eq(known, back.fates[5].request().unwrap()), "shared as before");
        assert!(Arc::ptr_eq(&known.device, &back.fates[3].request().unwrap().device));
        let device = bytes.windows(5).filter(|at| at == b"macOS").count();
        assert_eq!(device, 1, "once in the bytes");
    }
}
