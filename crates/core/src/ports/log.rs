//! The durable log: what is acknowledged is here first.

use crate::{LogId, Lsn};

/// The two topics of a log. One implementation serves both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Envelopes as the door accepted them.
    Received,
    /// Frames of decided events; each is the commit record of a stretch of `Received`.
    Enriched,
}

/// One record: opaque bytes that stand for the events `first .. first + count`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Number of the first event in the record.
    pub first: Lsn,
    /// How many events the record stands for; at least 1.
    pub count: u32,
    /// The record as it was appended.
    pub bytes: Vec<u8>,
    /// Set when these events cannot be read: their records are damaged on disk. Says what is known of it; `bytes` are
    /// empty then. The log's loss report has a line about it.
    pub lost: Option<String>,
}

impl Entry {
    /// A record of `count` events from `first` on.
    #[must_use]
    pub const fn new(first: Lsn, count: u32, bytes: Vec<u8>) -> Self {
        Self { first, count, bytes, lost: None }
    }

    /// The number after the record's last event: where the next record starts.
    #[must_use]
    pub const fn end(&self) -> Lsn {
        self.first.plus(self.count as u64)
    }
}

/// How far a consumer has come. Stored durably (write, fsync, rename) by [`Log::commit`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Everything before this number is done; `Lsn(0)` and `Lsn(1)` both mean "nothing yet".
    pub next: Lsn,
    /// An attempt that was announced and not yet confirmed: `[first, end)`.
    pub intent: Option<(Lsn, Lsn)>,
    /// A snapshot of state as of `next`, for consumers that keep state in memory; empty for the others.
    pub state: Vec<u8>,
}

/// Whether `trim` also ends the segment that is being written, so that its bytes can go soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// Only when it is older than the log's longest segment age (one hour).
    WhenOld,
    /// Now, whatever its fill: a salt has just rotated.
    Now,
}

/// What one topic holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TopicStatus {
    /// The oldest event still on disk (equal to `end` when there is none).
    pub start: Lsn,
    /// The number the next appended event gets; everything before it is synced.
    pub end: Lsn,
    /// Bytes of its segment files.
    pub bytes: u64,
}

/// What the log says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogStatus {
    /// Its identity.
    pub id: LogId,
    /// The topic `Received`.
    pub received: TopicStatus,
    /// The topic `Enriched`.
    pub enriched: TopicStatus,
    /// False when appends to `Received` are refused: the log or the disk is full, or the last append failed. Turns
    /// true by itself when they would work again.
    pub writable: bool,
    /// The log whose place it took, because that one was lost or put back from an older copy. It does not know the ids
    /// of the events before.
    pub replaced: Option<Replaced>,
}

/// What a log says of the one whose place it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replaced {
    /// When, Unix milliseconds.
    pub at: i64,
    /// So many of that one's events are in no log any more; history has those of them that it was given.
    pub events: u64,
}

/// Why the log refused.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LogError {
    /// `SPOOL_MAX_BYTES` is used up, or the disk is down to its reserve. Retry later; nothing was written.
    #[error("the log is full: {0}")]
    Full(String),
    /// The disk failed. The caller's record is **not** acknowledged; a later append may succeed.
    #[error("the log could not write: {0}")]
    Io(String),
    /// The bytes on disk are not what was written.
    #[error("the log is damaged: {0}")]
    Damaged(String),
    /// Another process holds the log.
    #[error("the log is in use: {0}")]
    InUse(String),
}

/// The durable log. Readers never pass the synced end.
#[async_trait::async_trait]
pub trait Log: Send + Sync + std::fmt::Debug {
    /// Appends one record that stands for `count` events (≥ 1) and returns the number of its first one **after** the
    /// bytes are on disk. Concurrent appends share one sync. After a failed sync the segment is abandoned, its
    /// unsynced tail is never read, and every waiting caller gets an error.
    ///
    /// The log gives the numbers, in both topics from 1 on and without a gap. A frame of [`Topic::Enriched`] stands for
    /// the next events of [`Topic::Received`], so that positions in both are the same numbers: one that would pass the
    /// end of `Received` is refused. Fullness refuses only `Received`; `Enriched` may use the disk's reserve, because
    /// nothing else makes room.
    async fn append(&self, topic: Topic, count: u32, bytes: Vec<u8>) -> Result<Lsn, LogError>;

    /// The records from the one containing `from` on, in order, up to about `max_bytes` (at least one record).
    /// Waits until there is one. What is damaged on disk comes as an entry that is [`Entry::lost`], from `from` up to the
    /// next sound record, and only after the loss report has it durably. A number that was trimmed is an error. `Lsn(0)`
    /// and `Lsn(1)` mean the oldest there is.
    async fn read(&self, topic: Topic, from: Lsn, max_bytes: usize) -> Result<Vec<Entry>, LogError>;

    /// Puts a record of [`Log::read`] that nobody understands into the loss report, durably; its reader may then go on
    /// behind it. Repeating it changes nothing.
    async fn give_up(&self, topic: Topic, record: &Entry, why: &str) -> Result<(), LogError>;

    /// Deletes closed segments all of whose events are before `until`.
    async fn trim(&self, topic: Topic, until: Lsn, close: Close) -> Result<(), LogError>;

    /// Stores how far `consumer` (1 to 64 of a-z, 0-9, `_`, `-`) has come; durable when it returns.
    async fn commit(&self, consumer: &str, cursor: Cursor) -> Result<(), LogError>;

    /// How far `consumer` had come; the default (`next` is 0) for one that never committed, or
    /// whose file is damaged or belongs to another log.
    async fn cursor(&self, consumer: &str) -> Result<Cursor, LogError>;

    /// [`Cursor::next`] of `consumer`, without reading its state, which may be gigabytes.
    async fn reached(&self, consumer: &str) -> Result<Lsn, LogError>;

    /// What the log holds; cheap, in memory.
    fn status(&self) -> LogStatus;
}
