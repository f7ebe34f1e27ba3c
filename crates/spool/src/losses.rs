//! The loss report: what this log cannot give back although it was acknowledged. One line per stretch in the file
//! `losses`, written before any reader is let past it.

use crate::disk::Disk;
use crate::files::{failed, replace};
use crate::segment::Gap;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use ut_core::ports::{Entry, LogError, Topic};
use ut_core::{Clock, Lsn};

/// The file's name.
pub(crate) const NAME: &str = "losses";

/// A line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Loss {
    topic: String,
    /// First event that is lost.
    first: u64,
    /// The first event behind it that is not.
    end: u64,
    segment: String,
    /// Where in the segment, half open.
    bytes: (u64, u64),
    /// When it was noticed, Unix milliseconds.
    at: i64,
    why: String,
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
        let segment = gap.segment.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let why =
            if gap.bytes == (0, 0) { "the segment is gone" } else { "the bytes are not what was written" };
        let loss = Loss {
            topic: word(topic).to_owned(),
            first: first.0,
            end: end.0,
            segment,
            bytes: gap.bytes,
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
        let mut known = self.known.lock();
        let reported = |old: &Loss| old.topic == loss.topic && old.first <= loss.first && loss.end <= old.end;
        if !known.iter().any(reported) {
            let mut lines = String::new();
            for loss in known.iter().chain([&loss]) {
                let line = serde_json::to_string(loss).map_err(|error| LogError::Io(error.to_string()))?;
                lines.push_str(&line);
                lines.push('\n');
            }
            replace(&self.disk, &self.dir, NAME, &[lines.as_bytes()])?;
            tracing::error!(topic = loss.topic, first = loss.first, end = loss.end, "{text}");
            known.push(loss);
        }
        let count = u32::try_from(end.0 - first.0).unwrap_or(u32::MAX);
        Ok(Entry { first, count, bytes: Vec::new(), lost: Some(text) })
    }

    /// A stretch of the report that holds `from`, to its end: its segment is gone.
    pub(crate) fn covering(&self, topic: Topic, from: Lsn) -> Option<Gap> {
        let known = self.known.lock();
        let loss = known
            .iter()
            .find(|loss| loss.topic == word(topic) && (loss.first..loss.end).contains(&from.0))?;
        Some(Gap { segment: loss.segment.clone().into(), bytes: loss.bytes, events: (from, Lsn(loss.end)) })
    }
}

const fn word(topic: Topic) -> &'static str {
    match topic {
        Topic::Received => "received",
        Topic::Enriched => "enriched",
    }
}
