//! The consumers of `enriched`: each has its own place in the log and waits alone when its store is down.

mod balance;
pub(crate) mod late;
pub(crate) mod live;
pub(crate) mod olap;
mod repair;

pub use balance::Balance;

use ut_core::event::{DropReason, Fate, Frame};
use ut_core::ports::{Entry, LogError};

/// Frames as they were appended. Of events whose frame is lost it is only known that they were.
fn decode(entries: &[Entry]) -> Result<Vec<Frame>, LogError> {
    let frame = |entry: &Entry| {
        if entry.lost.is_some() {
            let fates = vec![Fate::Dropped(DropReason::Damaged); entry.count as usize];
            return Ok(Frame { from: entry.first, fates, sessions: Vec::new() });
        }
        Frame::decode(&entry.bytes).map_err(|error| {
            LogError::Damaged(format!("frame at event {} does not decode: {error}", entry.first.0))
        })
    };
    entries.iter().map(frame).collect()
}
