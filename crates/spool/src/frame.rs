//! A frame: one record as it lies in a segment.
//!
//! ```text
//! len u32     bytes of the whole frame, so never 0: a zero length is the end of the segment
//! crc u32     CRC-32 over everything else of the frame, seeded with the log's id and the topic
//! count u32   how many events the record stands for
//! since u32   how many events of the same batch precede it: `first - since` was the synced end when it was written
//! first u64   number of its first event
//! bytes       the record
//! ```
//! Numbers are little-endian. The seed keeps a frame of another log, or bytes that a sender shaped like a frame, from
//! passing as one of ours.

use ut_core::ports::Topic;
use ut_core::{LogId, Lsn};

/// Bytes in front of a record.
pub(crate) const HEAD_BYTES: usize = 24;

/// The largest record. A frame's length must fit its field; no frame of a batch comes near this.
pub(crate) const MAX_RECORD: usize = 1 << 30;

/// What ties frames and segments to their log and topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) log: LogId,
    pub(crate) topic: Topic,
    seed: u32,
}

/// The fields in front of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) len: usize,
    pub(crate) count: u32,
    pub(crate) since: u32,
    pub(crate) first: Lsn,
}

impl Head {
    /// The fields, if they can be those of a frame. Only [`Stamp::is_intact`] says that they are.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let head = Self {
            len: u32_at(bytes, 0)? as usize,
            count: u32_at(bytes, 8)?,
            since: u32_at(bytes, 12)?,
            first: Lsn(u64::from_le_bytes(bytes.get(16..24)?.try_into().ok()?)),
        };
        let whole = head.len >= HEAD_BYTES && head.count > 0;
        (whole
            && head.first.0.checked_add(u64::from(head.count)).is_some()
            && u64::from(head.since) < head.first.0)
            .then_some(head)
    }

    /// The number after its last event.
    pub(crate) fn end(&self) -> Lsn {
        self.first.plus(u64::from(self.count))
    }

    /// The synced end of the topic when this frame was written.
    pub(crate) fn base(&self) -> Lsn {
        Lsn(self.first.0 - u64::from(self.since))
    }
}

impl Stamp {
    pub(crate) fn new(log: LogId, topic: Topic) -> Self {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&log.0.to_le_bytes());
        hasher.update(&[topic_byte(topic)]);
        Self { log, topic, seed: hasher.finalize() }
    }

    /// Adds a frame to a batch that is written when `base` is the synced end.
    pub(crate) fn encode(&self, out: &mut Vec<u8>, base: Lsn, first: Lsn, count: u32, record: &[u8]) {
        let start = out.len();
        let len = u32::try_from(size(record)).unwrap_or(u32::MAX);
        let since = u32::try_from(first.0 - base.0).unwrap_or(u32::MAX);
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&since.to_le_bytes());
        out.extend_from_slice(&first.0.to_le_bytes());
        out.extend_from_slice(record);
        let crc = self.crc(&out[start..]);
        out[start + 4..start + 8].copy_from_slice(&crc.to_le_bytes());
    }

    /// Whether `frame`, whole, is what was written.
    pub(crate) fn is_intact(&self, frame: &[u8]) -> bool {
        u32_at(frame, 4) == Some(self.crc(frame))
    }

    fn crc(&self, frame: &[u8]) -> u32 {
        let mut hasher = crc32fast::Hasher::new_with_initial(self.seed);
        hasher.update(&frame[..4]);
        hasher.update(&frame[8..]);
        hasher.finalize()
    }
}

/// Bytes a record takes in a segment.
pub(crate) fn size(record: &[u8]) -> usize {
    HEAD_BYTES + record.len()
}

/// A topic in files.
pub(crate) const fn topic_byte(topic: Topic) -> u8 {
    match topic {
        Topic::Received => 1,
        Topic::Enriched => 2,
    }
}

/// A little-endian number at `at`.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
