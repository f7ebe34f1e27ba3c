//! The consumers of `enriched`: each has its own place in the log and waits alone when its store is down.

pub(crate) mod ahead;
mod balance;
mod batch;
pub(crate) mod late;
pub(crate) mod live;
pub(crate) mod olap;
mod repair;

pub use balance::Balance;
pub(crate) use batch::context;

use ut_core::event::{DropReason, Fate, Frame};
use ut_core::ports::{Entry, Log, LogError, Topic};

/// Records that are what was written and that nobody understands, and why.
type Unread = Vec<(Entry, String)>;

/// Frames as they were appended.
struct Decoded {
    frames: Vec<Frame>,
    unread: Unread,
}

/// Of events whose frame is lost or not understood it is only known that they were.
fn frame(entry: &Entry, unread: &mut Unread) -> Frame {
    let frame = match &entry.lost {
        Some(_) => None,
        None => Frame::of_record(entry.first, entry.count, &entry.bytes)
            .map_err(|error| unread.push((entry.clone(), error.to_string())))
            .ok(),
    };
    let damaged = || Frame {
        from: entry.first,
        fates: vec![Fate::Dropped(DropReason::Damaged); entry.count as usize],
        sessions: Vec::new(),
    };
    frame.unwrap_or_else(damaged)
}

fn decode(entries: &[Entry]) -> Decoded {
    let mut unread = Unread::new();
    let frames = entries.iter().map(|entry| frame(entry, &mut unread)).collect();
    Decoded { frames, unread }
}

/// The loss report has the records: their reader may go on behind them.
async fn give_up(log: &dyn Log, unread: &[(Entry, String)]) -> Result<(), LogError> {
    for (entry, why) in unread {
        log.give_up(Topic::Enriched, entry, why).await?;
    }
    Ok(())
}

/// The frames of some records; those that nobody understands are given up first.
pub(crate) async fn frames_of(log: &dyn Log, entries: &[Entry]) -> Result<Vec<Frame>, LogError> {
    let decoded = decode(entries);
    give_up(log, &decoded.unread).await?;
    Ok(decoded.frames)
}
