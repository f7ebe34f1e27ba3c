//! Finds what a topic holds when the log is opened.

use crate::active::{Active, Place};
use crate::files::{failed, names};
use crate::frame::Head;
use crate::scan::{Frames, Step, resync};
use crate::segment::{Extent, HEADER_BYTES, Header, Segment};
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use ut_core::Lsn;
use ut_core::ports::LogError;

/// A topic as it was found.
#[derive(Debug)]
pub(crate) struct Recovered {
    /// Oldest first.
    pub(crate) segments: VecDeque<Arc<Segment>>,
    /// The number the next event gets.
    pub(crate) end: Lsn,
    /// The last segment, if it can be written on.
    pub(crate) active: Option<Active>,
}

/// Reads the topic in `place`, cuts the torn tail of its last segment and syncs what stays. `None` without segments.
pub(crate) fn recover(place: &Place) -> Result<Option<Recovered>, LogError> {
    let firsts = list(&place.dir)?;
    let Some((last, closed)) = firsts.split_last() else { return Ok(None) };
    let mut segments = VecDeque::new();
    for (at, (first, path)) in closed.iter().enumerate() {
        let length = std::fs::metadata(path).map_err(|error| failed("reading", path, &error))?.len();
        let extent = Extent { end: firsts[at + 1].0, offset: length };
        place.space.resized(0, length);
        segments.push_back(Arc::new(Segment::new(path.clone(), place.stamp, *first, extent, length)));
    }
    let (first, path) = last;
    let (segment, end, active) = recover_last(place, *first, path)?;
    segments.push_back(segment);
    Ok(Some(Recovered { segments, end, active }))
}

/// The segment files of `dir`, by first number. Deletes what a crash left half made.
fn list(dir: &Path) -> Result<Vec<(Lsn, std::path::PathBuf)>, LogError> {
    let mut found = Vec::new();
    for name in names(dir)? {
        let path = dir.join(&name);
        if name.ends_with(".new") {
            std::fs::remove_file(&path).map_err(|error| failed("deleting", &path, &error))?;
        } else if let Some(first) = name.strip_suffix(".seg").and_then(|digits| digits.parse().ok()) {
            found.push((Lsn(first), path));
        }
    }
    found.sort_unstable();
    Ok(found)
}

type Last = (Arc<Segment>, Lsn, Option<Active>);

fn recover_last(place: &Place, first: Lsn, path: &Path) -> Result<Last, LogError> {
    let io = |error: io::Error| failed("recovering", path, &error);
    let file = File::options().read(true).write(true).open(path).map_err(io)?;
    let length = file.metadata().map_err(io)?.len();
    let header = Header::read(&file, place.stamp, first).map_err(io)?;
    let Found { extent, damaged } = scan(place, &file, first, length).map_err(io)?;
    // Its frames prove whose segment it is, too. Without either, it may be another log's, and nothing is cut from that.
    if header.is_none() && extent.end == first {
        let path = path.display();
        return Err(LogError::Damaged(format!("{path}: neither its header nor any frame is of this log")));
    }
    let kept = if damaged { length } else { extent.offset };
    if kept < length {
        tracing::debug!(segment = %path.display(), from = extent.offset, to = length, "cut what follows the last record");
        file.set_len(kept).map_err(io)?;
    }
    // What a killed process had written may still be in memory only; it counts as synced from here on.
    file.sync_all().map_err(io)?;
    place.space.resized(0, kept);
    let segment = Arc::new(Segment::new(path.to_path_buf(), place.stamp, first, extent, kept));
    let Some(header) = header.filter(|_| !damaged) else {
        tracing::warn!(segment = %path.display(), "the log is damaged; reading the damaged place will say where");
        return Ok((segment, extent.end, None));
    };
    let active = Active::resume(place, segment.clone(), file, extent, kept, header.created_ms);
    Ok((segment, extent.end, Some(active)))
}

struct Found {
    extent: Extent,
    /// Something before the end had been synced and is not what was written.
    damaged: bool,
}

/// Walks over the frames up to the synced end, also over damaged places that a later batch proves to have been synced.
fn scan(place: &Place, file: &File, first: Lsn, length: u64) -> io::Result<Found> {
    let mut frames = Frames::new(file, place.stamp, HEADER_BYTES, length);
    let (mut end, mut damaged) = (first, false);
    loop {
        let at = frames.offset;
        if let Step::Frame(head) = frames.step(end)? {
            end = head.end();
            continue;
        }
        let later = |head: &Head| head.base() > end;
        match resync(file, place.stamp, (at, length), end, later)? {
            None => return Ok(Found { extent: Extent { end, offset: at }, damaged }),
            Some((offset, head)) => {
                damaged = true;
                end = head.first;
                frames.offset = offset;
            }
        }
    }
}
