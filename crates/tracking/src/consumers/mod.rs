//! The consumers of `enriched`: each has its own place in the log and waits alone when its store is down.

mod balance;
pub(crate) mod live;
pub(crate) mod olap;
mod repair;

pub use balance::Balance;

use ut_core::event::Frame;
use ut_core::ports::{Entry, LogError};

/// Frames as they were appended.
fn decode(entries: &[Entry]) -> Result<Vec<Frame>, LogError> {
    let frame = |entry: &Entry| {
        Frame::decode(&entry.bytes).map_err(|error| {
            LogError::Damaged(format!("frame at event {} does not decode: {error}", entry.first.0))
        })
    };
    entries.iter().map(frame).collect()
}
