//! What the live picture is to be told of the frames that were just committed: they need not be read back from the log
//! and decoded, and are freed where they were made.

use parking_lot::Mutex;
use std::collections::VecDeque;
use tokio::sync::Notify;
use ut_core::Lsn;
use ut_core::event::Frame;
use ut_core::module::Module;
use ut_core::ports::LiveBatch;

/// At most so many changes wait, some 200 bytes each. Whoever falls further behind reads the log.
const CHANGES: usize = 16_384;

/// The newest changes of the live picture.
#[derive(Debug, Default)]
pub(crate) struct Handover {
    waiting: Mutex<VecDeque<Told>>,
    committed: Notify,
}

/// What one frame changes.
#[derive(Debug)]
struct Told {
    from: Lsn,
    changes: LiveBatch,
}

impl Told {
    /// A frame may change nothing, and takes room all the same.
    fn size(&self) -> usize {
        self.changes.ops.len() + 1
    }
}

impl Handover {
    /// Hands over what a frame changes that the log has.
    pub(super) fn push(&self, frame: &Frame, modules: &[&dyn Module]) {
        let mut changes = LiveBatch { until: frame.end(), ops: Vec::new() };
        modules.iter().for_each(|module| module.live(frame, &mut changes));
        self.put(Told { from: frame.from, changes });
    }

    fn put(&self, told: Told) {
        let mut waiting = self.waiting.lock();
        waiting.push_back(told);
        let mut size: usize = waiting.iter().map(Told::size).sum();
        while size > CHANGES {
            let Some(oldest) = waiting.pop_front() else { break };
            size -= oldest.size();
        }
        drop(waiting);
        self.committed.notify_one();
    }

    /// All that waits, if it goes on from the event `from`; `None` when the log must be asked.
    pub(crate) fn take(&self, from: Lsn) -> Option<LiveBatch> {
        let waiting = std::mem::take(&mut *self.waiting.lock());
        let mut all: Option<LiveBatch> = None;
        for Told { from: first, changes } in waiting {
            let next = all.as_ref().map_or(from, |all| all.until);
            if first == next {
                let all = all.get_or_insert_default();
                all.until = changes.until;
                all.ops.extend(changes.ops);
            } else if all.is_some() {
                break;
            }
        }
        all
    }

    /// Waits for the next frame.
    pub(crate) async fn committed(&self) {
        self.committed.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ut_core::ports::LiveOp;
    use ut_core::{SiteId, VisitorId};

    /// Changes of the events `from .. from + count`, one each.
    fn told(from: u64, count: usize) -> Told {
        let (site, visitor) = (SiteId(1), VisitorId([0; 16]));
        let op = LiveOp::Seen { site, visitor, at: 0, page: None, country: String::new() };
        let changes = LiveBatch { until: Lsn(from + count as u64), ops: vec![op; count] };
        Told { from: Lsn(from), changes }
    }

    fn handover(stretches: &[(u64, usize)]) -> Handover {
        let handover = Handover::default();
        stretches.iter().for_each(|(from, count)| handover.put(told(*from, *count)));
        handover
    }

    fn taken(handover: &Handover, from: u64) -> Option<(u64, usize)> {
        handover.take(Lsn(from)).map(|batch| (batch.until.0, batch.ops.len()))
    }

    #[test]
    fn what_follows_is_handed_over_once() {
        let handover = handover(&[(1, 4), (5, 2), (7, 3)]);
        assert_eq!(taken(&handover, 5), Some((10, 5)), "what the picture has is left out");
        assert_eq!(taken(&handover, 10), None, "and it is not kept");
    }

    #[test]
    fn a_gap_is_for_the_log() {
        assert_eq!(taken(&handover(&[(5, 2)]), 3), None);
        assert_eq!(taken(&handover(&[(1, 4), (5, 2), (9, 3)]), 1), Some((7, 6)));
    }

    #[test]
    fn what_nobody_takes_goes() {
        let handover = handover(&[(1, CHANGES - 1), (CHANGES as u64, 1)]);
        assert_eq!(taken(&handover, 1), None);
        handover.put(told(1, CHANGES - 1));
        assert_eq!(taken(&handover, 1), Some((CHANGES as u64, CHANGES - 1)));
    }
}
