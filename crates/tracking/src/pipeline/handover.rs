//! What somebody is to be told of the frames that were just committed: they need not be read back from the log and decoded,
//! and are freed where they were made.

use parking_lot::Mutex;
use std::collections::VecDeque;
use tokio::sync::Notify;
use ut_core::Lsn;

/// At most so many changes wait, some 200 bytes each. Whoever falls further behind reads the log.
const CHANGES: usize = 16_384;

/// The newest changes of something.
#[derive(Debug)]
pub(crate) struct Handover<T> {
    waiting: Mutex<VecDeque<Told<T>>>,
    committed: Notify,
}

impl<T> Default for Handover<T> {
    fn default() -> Self {
        Self { waiting: Mutex::default(), committed: Notify::new() }
    }
}

/// What one frame changes.
#[derive(Debug)]
struct Told<T> {
    from: Lsn,
    until: Lsn,
    changes: Vec<T>,
}

impl<T> Told<T> {
    /// A frame may change nothing, and takes room all the same.
    fn size(&self) -> usize {
        self.changes.len() + 1
    }
}

impl<T> Handover<T> {
    /// Hands over what a frame changes that the log has: that of the events `from .. until`.
    pub(crate) fn push(&self, from: Lsn, until: Lsn, changes: Vec<T>) {
        let mut waiting = self.waiting.lock();
        waiting.push_back(Told { from, until, changes });
        let mut size: usize = waiting.iter().map(Told::size).sum();
        while size > CHANGES {
            let Some(oldest) = waiting.pop_front() else { break };
            size -= oldest.size();
        }
        drop(waiting);
        self.committed.notify_one();
    }

    /// All that waits and up to where, if it goes on from the event `from`; `None` when the log must be asked.
    pub(crate) fn take(&self, from: Lsn) -> Option<(Lsn, Vec<T>)> {
        let waiting = std::mem::take(&mut *self.waiting.lock());
        let mut all: Option<(Lsn, Vec<T>)> = None;
        for Told { from: first, until, changes } in waiting {
            let next = all.as_ref().map_or(from, |(until, _)| *until);
            if first == next {
                let all = all.get_or_insert_with(|| (until, Vec::new()));
                all.0 = until;
                all.1.extend(changes);
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

    fn put(handover: &Handover<u8>, from: u64, count: usize) {
        handover.push(Lsn(from), Lsn(from + count as u64), vec![0; count]);
    }

    fn handover(stretches: &[(u64, usize)]) -> Handover<u8> {
        let handover = Handover::default();
        stretches.iter().for_each(|(from, count)| put(&handover, *from, *count));
        handover
    }

    fn taken(handover: &Handover<u8>, from: u64) -> Option<(u64, usize)> {
        handover.take(Lsn(from)).map(|(until, changes)| (until.0, changes.len()))
    }

    #[test]
    fn what_follows_is_handed_over_once() {
        let handover = handover(&[(1, 4), (5, 2), (7, 3)]);
        assert_eq!(taken(&handover, 5), Some((10, 5)), "what is known is left out");
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
        put(&handover, 1, CHANGES - 1);
        assert_eq!(taken(&handover, 1), Some((CHANGES as u64, CHANGES - 1)));
    }
}
