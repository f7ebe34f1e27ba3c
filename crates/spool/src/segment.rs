//! A segment file as readers see it.

use crate::files::failed;
use crate::frame::{Stamp, topic_byte};
use crate::scan::{Frames, Step, resync};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use ut_core::Lsn;
use ut_core::ports::{Entry, LogError};

/// Bytes in front of the first frame.
pub(crate) const HEADER_BYTES: u64 = 64;
/// Bytes between two remembered places.
const INDEX_STEP: u64 = 64 << 10;
const MAGIC: &[u8; 8] = b"UTSPOOL\0";
const VERSION: u16 = 1;

/// What a segment's header says besides its stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// The number its first frame has.
    pub(crate) first: Lsn,
    /// When it was made, Unix milliseconds.
    pub(crate) created_ms: i64,
}

impl Header {
    /// The header's bytes.
    pub(crate) fn encode(&self, stamp: Stamp) -> [u8; HEADER_BYTES as usize] {
        let mut bytes = [0; HEADER_BYTES as usize];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        bytes[10] = topic_byte(stamp.topic);
        bytes[16..32].copy_from_slice(&stamp.log.0.to_le_bytes());
        bytes[32..40].copy_from_slice(&self.first.0.to_le_bytes());
        bytes[40..48].copy_from_slice(&self.created_ms.to_le_bytes());
        let crc = crc32fast::hash(&bytes[..60]);
        bytes[60..].copy_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads the header of a file that must be the segment `first` of this log and topic.
    pub(crate) fn read(file: &File, stamp: Stamp, first: Lsn) -> io::Result<Option<Self>> {
        let mut bytes = [0; HEADER_BYTES as usize];
        match file.read_exact_at(&mut bytes, 0) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            other => other?,
        }
        let mut created = [0; 8];
        created.copy_from_slice(&bytes[40..48]);
        let header = Self { first, created_ms: i64::from_le_bytes(created) };
        Ok((header.encode(stamp) == bytes).then_some(header))
    }
}

/// How far a segment may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extent {
    /// The number after its last synced event; for a closed segment, where the next one starts.
    pub(crate) end: Lsn,
    /// Bytes of the file up to there, or the file's length.
    pub(crate) offset: u64,
}

/// Whether more may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// It is the newest.
    Newest,
    /// Another one follows it.
    Closed,
}

/// What a reader finds.
#[derive(Debug)]
pub(crate) enum Found {
    /// At least one record.
    Records(Vec<Entry>),
    /// Nothing that was written.
    Gap(Gap),
}

/// A stretch that had been synced and is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) segment: PathBuf,
    /// Where it lies, half open.
    pub(crate) bytes: (u64, u64),
    /// The events that were there, half open.
    pub(crate) events: (Lsn, Lsn),
}

/// A segment file.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) first: Lsn,
    pub(crate) path: PathBuf,
    stamp: Stamp,
    extent: Mutex<Extent>,
    /// Places of some frames: number → offset.
    index: Mutex<BTreeMap<u64, u64>>,
    /// Open while somebody reads in it.
    handle: Mutex<Option<Arc<File>>>,
    bytes: AtomicU64,
}

impl Segment {
    pub(crate) fn new(path: PathBuf, stamp: Stamp, first: Lsn, extent: Extent, bytes: u64) -> Self {
        Self {
            first,
            path,
            stamp,
            extent: Mutex::new(extent),
            index: Mutex::new(BTreeMap::from([(first.0, HEADER_BYTES)])),
            handle: Mutex::new(None),
            bytes: AtomicU64::new(bytes),
        }
    }

    /// Bytes the file takes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Notes the file's new length and returns the old one.
    pub(crate) fn set_bytes(&self, bytes: u64) -> u64 {
        self.bytes.swap(bytes, Relaxed)
    }

    /// A batch is synced: readers may go up to its end.
    pub(crate) fn synced(&self, extent: Extent) {
        let before = std::mem::replace(&mut *self.extent.lock(), extent);
        self.note(before.end, before.offset);
    }

    /// The records from the one containing `from` on, at least one. What is damaged before `from` is passed over;
    /// damage at `from` is a gap, damage behind it ends the answer. A reader that comes to the end of a closed segment
    /// will not come back, so its file is let go.
    pub(crate) fn read(&self, from: Lsn, max_bytes: usize, age: Age) -> Result<Found, LogError> {
        let mut extent = *self.extent.lock();
        let io = |error: io::Error| failed("reading", &self.path, &error);
        let Some(file) = self.open().map_err(io)? else {
            return Ok(Found::Gap(self.gap((0, 0), (from, extent.end))));
        };
        // A file that somebody has cut ends where it ends.
        extent.offset = extent.offset.min(file.metadata().map_err(io)?.len());
        let (mut next, offset) = self.place(from);
        let mut frames = Frames::new(&file, self.stamp, offset.min(extent.offset), extent.offset);
        let (mut entries, mut bytes) = (Vec::new(), 0);
        while next < extent.end && bytes < max_bytes.max(1) {
            let at = frames.offset;
            match frames.step(next).map_err(io)? {
                Step::Frame(head) if head.end() <= extent.end => {
                    self.note(next, at);
                    if head.end() > from {
                        let record = frames.record(&head).to_vec();
                        bytes += record.len() + 1;
                        entries.push(Entry::new(head.first, head.count, record));
                    }
                    next = head.end();
                }
                _ if entries.is_empty() => match self.behind(&file, extent, at, next).map_err(io)? {
                    Some((offset, first)) if first <= from => (next, frames.offset) = (first, offset),
                    sound => {
                        let (offset, first) = sound.unwrap_or((extent.offset, extent.end));
                        return Ok(Found::Gap(self.gap((at, offset), (next.max(from), first))));
                    }
                },
                _ => break,
            }
        }
        if next == extent.end && age == Age::Closed {
            *self.handle.lock() = None;
        }
        Ok(Found::Records(entries))
    }

    /// The next sound frame behind a damaged place at `at`, where the event `next` should be.
    fn behind(&self, file: &File, extent: Extent, at: u64, next: Lsn) -> io::Result<Option<(u64, Lsn)>> {
        let inside = |head: &crate::frame::Head| head.end() <= extent.end;
        let found = resync(file, self.stamp, (at + 1, extent.offset), next, inside)?;
        Ok(found.map(|(offset, head)| (offset, head.first)))
    }

    fn gap(&self, bytes: (u64, u64), events: (Lsn, Lsn)) -> Gap {
        Gap { segment: self.path.clone(), bytes, events }
    }

    /// The file, if it is still there. Its header is not asked: each frame says by itself that it is one of this log
    /// and topic, so a damaged header costs nothing.
    fn open(&self) -> io::Result<Option<Arc<File>>> {
        let mut handle = self.handle.lock();
        if let Some(file) = &*handle {
            return Ok(Some(file.clone()));
        }
        match File::open(&self.path) {
            Ok(file) => Ok(Some(handle.insert(Arc::new(file)).clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The last remembered place at or before `from`.
    fn place(&self, from: Lsn) -> (Lsn, u64) {
        let index = self.index.lock();
        let place = index.range(..=from.0).next_back().map(|(number, offset)| (Lsn(*number), *offset));
        place.unwrap_or((self.first, HEADER_BYTES))
    }

    /// Remembers a frame's place if it is far enough from the one remembered before it.
    fn note(&self, number: Lsn, offset: u64) {
        let mut index = self.index.lock();
        let near = index.range(..=number.0).next_back().is_some_and(|(_, near)| offset - near < INDEX_STEP);
        if !near {
            index.insert(number.0, offset);
        }
    }
}
