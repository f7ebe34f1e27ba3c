//! The loss report: what this log cannot give back although it was acknowledged. One line per stretch in the file
//! `losses`, written before any reader is let past it.

use crate::disk::Disk;
use crate::files::{failed, replace};
use crate::segment::Gap;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use ut_core::ports::{Entry, LogError, Replaced, Topic};
use ut_core::{Clock, Lsn};

/// The file's name.
pub(crate) const NAME: &str = "losses";

/// A line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Loss {
    /// A topic, or [`LOG`].
    topic: String,
    /// First event that is lost.
    first: u64,
    /// The first event behind it that is not.
    end: u64,
    /// The file; of a log that was replaced, the folder it was moved to.
    segment: String,
    /// Where in the segment, half open.
    bytes: (u64, u64),
    /// Bytes of records that are what was written, and that nobody understands; 0 when the bytes are damaged.
    #[serde(default)]
    size: u64,
    /// When it was noticed, Unix milliseconds.
    at: i64,
    why: String,
}

/// The word of a line about a log that this one replaces; the numbers are that one's.
const LOG: &str = "log";

/// A log that was in this place before.
#[derive(Debug)]
pub(crate) struct Former {
    /// Where it is now; empty when it was not there any more.
    pub(crate) folder: String,
    /// Its end as it was found, and as others know it.
    pub(crate) ends: (Lsn, Lsn),
    pub(crate) why: String,
}

/// The report of one log.
#[derive(Debug)]
pub(crate) struct Losses {
    disk: Disk,
    dir: PathBuf,
    clock: Arc<dyn Clock>,
    known: Mutex<Vec<Loss>>,
}

impl Losses {
    /// Reads the report in `dir`, if there is one. A line that cannot be read is left out: it costs a second line about
    /// the same stretch.
    pub(crate) fn open(disk: Disk, dir: PathBuf, clock: Arc<dyn Clock>) -> Result<Self, LogError> {
        let path = dir.join(NAME);
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text.map_err(|error| failed("reading", &path, &error))?,
        };
        let known = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        Ok(Self { disk, dir, clock, known: Mutex::new(known) })
    }

    /// Puts a gap into the report, unless it is there, and returns what a reader gets in its place.
    pub(crate) fn report(&self, topic: Topic, gap: &Gap) -> Result<Entry, LogError> {
        let (first, end) = gap.events;
        let why =
            if gap.bytes == (0, 0) { "the segment is gone" } else { "the bytes are not what was written" };
        let loss = Loss {
            topic: word(topic).to_owned(),
            first: first.0,
            end: end.0,
            segment: name(&gap.segment),
            bytes: gap.bytes,
            size: 0,
            at: self.clock.now_ms(),
            why: why.to_owned(),
        };
        let text = format!(
            "{} events {} to {} are lost: {} at bytes {} to {}: {why}",
            loss.topic,
            first.0,
            end.0.saturating_sub(1),
            gap.segment.display(),
            gap.bytes.0,
            gap.bytes.1
        );
        self.put(loss, &text)?;
        let count = u32::try_from(end.0 - first.0).unwrap_or(u32::MAX);
        Ok(Entry { first, count, bytes: Vec::new(), lost: Some(text) })
    }

    /// Puts a record into the report that is what was written and that nobody understands.
    pub(crate) fn give_up(
        &self,
        topic: Topic,
        segment: &Path,
        record: &Entry,
        why: &str,
    ) -> Result<(), LogError> {
        let (first, end, size) = (record.first.0, record.end().0, record.bytes.len() as u64);
        let loss = Loss {
            topic: word(topic).to_owned(),
            first,
            end,
            segment: name(segment),
            bytes: (0, 0),
            size: size.max(1),
            at: self.clock.now_ms(),
            why: why.to_owned(),
        };
        let text = format!(
            "{} events {first} to {} are lost: a record of {size} bytes in {} is not understood: {why}",
            loss.topic,
            end.saturating_sub(1),
            segment.display()
        );
        self.put(loss, &text)
    }

    /// Puts a log that this one replaces into the report.
    pub(crate) fn replaced(&self, Former { folder, ends, why }: Former) -> Result<(), LogError> {
        if self.replacement().is_some() {
            return Ok(());
        }
        let (first, end) = (ends.0.0, ends.1.0.max(ends.0.0));
        let text = format!(
            "a new log begins: {why}. Records {first} to {} of the old one are gone; history has what it was given of \
             them. What was acknowledged and not given to history yet is lost",
            end.saturating_sub(1)
        );
        let (topic, at) = (LOG.to_owned(), self.clock.now_ms());
        self.put(Loss { topic, first, end, segment: folder, bytes: (0, 0), size: 0, at, why }, &text)
    }

    /// The line about a log that this one replaces.
    pub(crate) fn replacement(&self) -> Option<Replaced> {
        let known = self.known.lock();
        let line = known.iter().find(|loss| loss.topic == LOG)?;
        Some(Replaced { at: line.at, events: line.end.saturating_sub(line.first) })
    }

    /// Writes a line, unless the report has it. What follows the newest line without a gap and for the same reason
    /// becomes part of it: a thousand records of another version are one loss.
    fn put(&self, loss: Loss, text: &str) -> Result<(), LogError> {
        let mut known = self.known.lock();
        let reported = |old: &Loss| old.topic == loss.topic && old.first <= loss.first && loss.end <= old.end;
        if known.iter().any(reported) {
            return Ok(());
        }
        let mut lines = known.clone();
        match lines.last_mut() {
            Some(last) if last.continues_with(&loss) => {
                (last.end, last.size) = (loss.end, last.size + loss.size)
            }
            _ => lines.push(loss.clone()),
        }
        let mut bytes = String::new();
        for line in &lines {
            bytes.push_str(&serde_json::to_string(line).map_err(|error| LogError::Io(error.to_string()))?);
            bytes.push('\n');
        }
        replace(&self.disk, &self.dir, NAME, &[bytes.as_bytes()])?;
        tracing::error!(topic = loss.topic, first = loss.first, end = loss.end, "{text}");
        *known = lines;
        Ok(())
    }

    /// A stretch of the report that holds `from`, to its end: its segment is gone.
    pub(crate) fn covering(&self, topic: Topic, from: Lsn) -> Option<Gap> {
        let known = self.known.lock();
        let loss = known.iter().find(|loss| {
            loss.topic == word(topic) && loss.size == 0 && (loss.first..loss.end).contains(&from.0)
        })?;
        Some(Gap { segment: loss.segment.clone().into(), bytes: loss.bytes, events: (from, Lsn(loss.end)) })
    }
}

impl Loss {
    fn continues_with(&self, next: &Self) -> bool {
        let alike = self.topic == next.topic && self.segment == next.segment && self.why == next.why;
        alike && self.size > 0 && next.size > 0 && self.end == next.first
    }
}

fn name(segment: &Path) -> String {
    segment.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

const fn word(topic: Topic) -> &'static str {
    match topic {
        Topic::Received => "received",
        Topic::Enriched => "enriched",
    }
}
