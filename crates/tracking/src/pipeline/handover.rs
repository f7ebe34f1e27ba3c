//! Frames on their way to whoever follows the pipeline closely: what was just committed need not be read back from
//! the log and decoded.

use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::Notify;
use ut_core::Lsn;
use ut_core::event::Frame;

/// At most so many events wait, about 1 KB each. Whoever falls further behind reads the log.
const EVENTS: usize = 8_192;

/// The newest frames, for one follower.
#[derive(Debug, Default)]
pub(crate) struct Handover {
    frames: Mutex<VecDeque<Arc<Frame>>>,
    committed: Notify,
}

impl Handover {
    /// Hands a frame over that the log has.
    pub(super) fn push(&self, frame: &Arc<Frame>) {
        let mut frames = self.frames.lock();
        frames.push_back(Arc::clone(frame));
        let mut waiting: usize = frames.iter().map(|frame| frame.fates.len()).sum();
        while waiting > EVENTS {
            let Some(oldest) = frames.pop_front() else { break };
            waiting -= oldest.fates.len();
        }
        drop(frames);
        self.committed.notify_one();
    }

    /// The frames from the event `from` on; none when the log must be asked.
    pub(crate) fn take(&self, from: Lsn) -> Vec<Arc<Frame>> {
        let frames = std::mem::take(&mut *self.frames.lock());
        let mut next = from;
        let follows = |frame: &Arc<Frame>| {
            let follows = frame.from == next;
            next = frame.end();
            follows
        };
        frames.into_iter().skip_while(|frame| frame.end() <= from).take_while(follows).collect()
    }

    /// Waits for the next frame.
    pub(crate) async fn committed(&self) {
        self.committed.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ut_core::event::{DropReason, Fate};

    fn frame(from: u64, count: usize) -> Arc<Frame> {
        let fates = vec![Fate::Dropped(DropReason::NoPage); count];
        Arc::new(Frame { from: Lsn(from), fates, sessions: Vec::new() })
    }

    fn taken(handover: &Handover, from: u64) -> Vec<u64> {
        handover.take(Lsn(from)).iter().map(|frame| frame.from.0).collect()
    }

    #[test]
    fn what_follows_is_handed_over_once() {
        let handover = Handover::default();
        [(1, 4), (5, 2), (7, 3)].iter().for_each(|(from, count)| handover.push(&frame(*from, *count)));
        assert_eq!(taken(&handover, 5), [5, 7], "what the follower has is left out");
        assert!(taken(&handover, 5).is_empty(), "and it is not kept");
    }

    #[test]
    fn a_gap_is_for_the_log() {
        let handover = Handover::default();
        handover.push(&frame(5, 2));
        assert!(taken(&handover, 3).is_empty());
        [(1, 4), (5, 2), (9, 3)].iter().for_each(|(from, count)| handover.push(&frame(*from, *count)));
        assert_eq!(taken(&handover, 1), [1, 5]);
    }

    #[test]
    fn what_nobody_takes_goes() {
        let handover = Handover::default();
        handover.push(&frame(1, EVENTS));
        handover.push(&frame(1 + EVENTS as u64, 1));
        assert!(taken(&handover, 1).is_empty());
        handover.push(&frame(1, EVENTS));
        assert_eq!(taken(&handover, 1), [1]);
    }
}
