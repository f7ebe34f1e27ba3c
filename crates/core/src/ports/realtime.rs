//! The real-time store: what is happening now. It owns claims (deduplication), sessions, presence, salts and rate
//! limits; history never has to be asked while an event is decided.

use crate::event::{
    Again, Circumstances, Engagement, Frame, Identity, Ids, PageAddress, SessionState, Source,
};
use crate::{EventId, Lsn, SessionKey, SiteId, VisitorId, VisitorKey};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An event that asks for a decision: the facts the stateful rules read, nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its number in the log; the same number always gets the same answer until its frame has synced.
    pub lsn: Lsn,
    /// The request it came with: its site, and its receipt time, which is the log's clock.
    pub request: Arc<Circumstances>,
    /// The sender's id: the deduplication key together with the site.
    pub id: EventId,
    /// Corrected time, Unix milliseconds.
    pub at: i64,
    /// Who it may be; `None` when the key that sealed the identity is destroyed (`late_unidentified`).
    pub ids: Option<Ids>,
    /// The site's session timeout in milliseconds.
    pub timeout_ms: i64,
    /// The page, if this is a `page_view`.
    pub page: Option<Arc<PageAddress>>,
    /// The showing of the page it happened on.
    pub page_view: Option<EventId>,
    /// What an `engagement` says of that showing.
    pub engagement: Option<Engagement>,
    /// What brought the visitor here, if it says so.
    pub source: Option<Arc<Source>>,
    /// Whether it happened on a host that is not the real shop.
    pub staging: bool,
    /// Whether the name alone makes the session engaged (an e-commerce event from `add_to_cart` on).
    pub engages: bool,
    /// Whether it is a measurement of a page (a web vital): it belongs to a session that is there, and neither opens one
    /// nor changes any.
    pub measures: bool,
    /// A parked event that comes back, and with what; `None` for an event that comes for the first time.
    pub again: Option<Again>,
}

/// What becomes of a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The key was claimed before by another number.
    Duplicate,
    /// New. `visitor` and `session` are `None` for `late_unidentified`.
    New(Option<Decision>),
    /// Nobody claims it, and it is older than claims are kept: history must be asked. It claims nothing. Said of one
    /// that comes back, too: the claims no longer reach back to where history stood.
    Parked,
    /// It comes back and is not parked (any more).
    Moot,
}

/// Whose event it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The visitor (the session's).
    pub visitor: VisitorId,
    /// How they are known.
    pub identity: Identity,
    /// The session.
    pub session: SessionKey,
    /// A change of source within the session, or its start from one.
    pub touch: bool,
    /// By how much it raises its page view's engaged time, milliseconds.
    pub engaged_ms: u32,
    /// An `engagement` of a page view that nobody knows (any more).
    pub orphan: bool,
}

/// The answer to a chunk: one outcome per candidate in order, and the complete state of every session they changed,
/// once each, as of the end of the chunk.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decisions {
    /// In the order of the candidates.
    pub outcomes: Vec<Outcome>,
    /// Changed sessions.
    pub sessions: Vec<Arc<SessionState>>,
}

/// A day of a site's salts: the number of the local date on which it began at 04:00 (days since 1970-01-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SaltDay(pub i32);

/// The random keys of one salt day. Destroyed two rotations later; never derived, logged or backed up.
#[derive(Clone, PartialEq, Eq)]
pub struct Salts {
    /// The day they belong to.
    pub day: SaltDay,
    /// Key of the visitor hash.
    pub visitor: [u8; 32],
    /// Key that seals identities in `received`, and join tokens.
    pub seal: [u8; 32],
}

impl std::fmt::Debug for Salts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Salts").field("day", &self.day).finish_non_exhaustive()
    }
}

/// One idempotent change of the live picture.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveOp {
    /// A visitor was seen at a receipt time (heartbeat or event), on a page.
    Seen {
        /// The site.
        site: SiteId,
        /// The member of the set.
        visitor: VisitorId,
        /// Receipt time, Unix milliseconds.
        at: i64,
        /// The path, if known.
        page: Option<String>,
        /// The country (ISO 3166-1 alpha-2), or empty.
        country: String,
    },
    /// A visitor's consent came: who was shown as one is shown as the other.
    Renamed {
        /// The site.
        site: SiteId,
        /// The member so far.
        from: VisitorId,
        /// The member from now on.
        to: VisitorId,
    },
    /// A visitor asked to be forgotten: open sessions and presence go, from memory and from what is kept on disk, before
    /// the answer comes. No event of theirs may be undecided or unsynced.
    Forgotten {
        /// The site.
        site: SiteId,
        /// As history knows them.
        visitor: VisitorKey,
    },
    /// Something worth a line in the activity feed; carries the event id, so that a reader drops what it knows.
    Activity(SiteId, Activity),
}

/// Lines of a site's activity feed.
pub const ACTIVITY_LINES: usize = 50;

/// A line of the activity feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// The event.
    pub id: EventId,
    /// Its name.
    pub name: String,
    /// Its page's path.
    pub page: Option<String>,
    /// Receipt time, Unix milliseconds.
    pub at: i64,
}

/// Changes of the live picture, in log order; empty `ops` with `until` 0 only ask how far the store is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LiveBatch {
    /// The batch covers events before this number; `Lsn(0)` for heartbeats, which are in no log.
    pub until: Lsn,
    /// The changes.
    pub ops: Vec<LiveOp>,
}

/// What became of a [`LiveBatch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveAnswer {
    /// The live picture covers the log up to this number: where its consumer goes on after a restart.
    pub until: Lsn,
    /// A visitor of the batch is not in the picture: as many of his site are as may be at a time.
    pub full: bool,
}

/// A page and how many look at it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageCount {
    /// Path.
    pub page: String,
    /// Active visitors.
    pub visitors: u32,
}

/// A country and how many are there now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountryCount {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Active visitors.
    pub visitors: u32,
}

/// The live picture of one site, raw (smoothing is the reader's: `active_users`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LiveView {
    /// Distinct visitors seen in the last 45 s.
    pub now: u32,
    /// Distinct visitors of the last five one-minute buckets, by union.
    pub last_5_min: u32,
    /// Distinct visitors of the last thirty one-minute buckets, by union.
    pub last_30_min: u32,
    /// Distinct visitors per minute, oldest first, 30 values, the last one being the current minute.
    pub per_minute: Vec<u32>,
    /// The pages looked at now, most visitors first, at most 10.
    pub pages: Vec<PageCount>,
    /// The countries of those who are here now, most visitors first, at most 10; who has none is not among them.
    pub countries: Vec<CountryCount>,
    /// The newest lines of the activity feed, oldest first, at most [`ACTIVITY_LINES`].
    pub activity: Vec<Activity>,
}

/// What somebody wants out of a bucket that refills evenly and holds what flows in within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Take<'a> {
    /// Whose bucket.
    pub bucket: &'a str,
    /// How much.
    pub cost: u32,
    /// What flows in per minute; 0 = no limit.
    pub per_minute: u32,
}

/// What is in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// So much can be taken now.
    pub left: u32,
    /// And it is full again after so many milliseconds.
    pub full_in_ms: u64,
}

/// The answer of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateVerdict {
    /// Go on: everything was taken. What is in the first bucket now.
    Allowed(Level),
    /// Nothing was taken.
    Refused {
        /// The first that lacks it, by its place among the takes.
        bucket: usize,
        /// When it will have it, in milliseconds.
        after_ms: u64,
    },
}

/// Why the store refused; always worth a retry.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the real-time store is not available: {0}")]
pub struct RealtimeError(pub String);

/// The real-time store.
#[async_trait::async_trait]
pub trait Realtime: Send + Sync + std::fmt::Debug {
    /// Claims, identifies and sessionises `candidates` in order. Asked again for a number it has answered, it
    /// returns the same answer and changes nothing, until [`Realtime::synced`] has passed that number. `candidates` end
    /// where a request ends. One that comes back does not advance the log's clock.
    async fn decide(&self, candidates: &[Candidate]) -> Result<Decisions, RealtimeError>;

    /// The frame that holds the latest decisions is durable.
    async fn synced(&self, frame: &Frame) -> Result<(), RealtimeError>;

    /// The salts of a site's salt day `today` and of the day before it (if they still exist). Makes today's when
    /// they are missing and destroys all older than yesterday's, durably, before it returns.
    async fn salts(&self, site: SiteId, today: SaltDay) -> Result<(Salts, Option<Salts>), RealtimeError>;

    /// Finds whose heartbeat this is, without changing anything: the visitor of an open session, else the cookie's, else the hash.
    async fn whose(&self, site: SiteId, ids: &Ids, at: i64) -> Result<VisitorId, RealtimeError>;

    /// Applies changes of the live picture; repeating a batch changes nothing. The visitors of a site are bounded: who
    /// would be one too many is not shown.
    async fn live(&self, batch: &LiveBatch) -> Result<LiveAnswer, RealtimeError>;

    /// The live picture of a site at receipt time `now`; with `whose`, of this visitor alone, without the activity feed.
    async fn view(
        &self,
        site: SiteId,
        whose: Option<VisitorKey>,
        now: i64,
    ) -> Result<LiveView, RealtimeError>;

    /// Takes from all buckets or from none (GCRA). Exact under concurrency: however many ask at once, no more is taken
    /// than a bucket holds. A cost that is larger than a bucket passes when that is full, and is then paid off:
    /// otherwise it could never pass.
    async fn allow(&self, takes: &[Take<'_>], now: i64) -> Result<RateVerdict, RealtimeError>;
}
