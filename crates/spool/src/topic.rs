//! One topic: its segments, how far they are synced, and the queue in front of its writer.

use crate::files::{failed, sync_dir};
use crate::frame::Stamp;
use crate::losses::Losses;
use crate::queue::{Queue, closed};
use crate::segment::{Age, Found, Segment};
use crate::space::Space;
use parking_lot::{Mutex, RwLock};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use tokio::sync::watch;
use ut_core::Lsn;
use ut_core::ports::{Entry, LogError, TopicStatus};

/// What readers wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Published {
    /// Everything before this number is synced.
    pub(crate) end: Lsn,
    /// Nothing will follow.
    pub(crate) closed: bool,
}

/// What the writer and the readers of a topic share.
#[derive(Debug)]
pub(crate) struct TopicLog {
    pub(crate) dir: PathBuf,
    pub(crate) stamp: Stamp,
    /// Oldest first, never empty.
    segments: RwLock<VecDeque<Arc<Segment>>>,
    published: watch::Sender<Published>,
    pub(crate) queue: Queue,
    pub(crate) writable: AtomicBool,
    trimming: Mutex<()>,
    losses: Arc<Losses>,
}

impl TopicLog {
    pub(crate) fn new(
        dir: PathBuf,
        stamp: Stamp,
        segments: VecDeque<Arc<Segment>>,
        end: Lsn,
        losses: Arc<Losses>,
    ) -> Self {
        Self {
            dir,
            stamp,
            segments: RwLock::new(segments),
            published: watch::Sender::new(Published { end, closed: false }),
            queue: Queue::default(),
            writable: AtomicBool::new(true),
            trimming: Mutex::new(()),
            losses,
        }
    }

    /// The number the next event gets.
    pub(crate) fn end(&self) -> Lsn {
        self.published.borrow().end
    }

    /// Tells readers that everything before `end` is synced.
    pub(crate) fn publish(&self, end: Lsn) {
        self.published.send_modify(|published| published.end = end);
    }

    /// Tells readers that nothing will follow.
    pub(crate) fn publish_closed(&self) {
        self.published.send_modify(|published| published.closed = true);
    }

    /// Puts a new segment at the end. A last one with the same first number holds nothing that was acknowledged:
    /// the new one has taken its file's place, and its bytes are returned.
    pub(crate) fn push(&self, segment: Arc<Segment>) -> u64 {
        let mut segments = self.segments.write();
        let replaced = segments.pop_back_if(|last| last.first == segment.first);
        segments.push_back(segment);
        replaced.map_or(0, |old| old.bytes())
    }

    /// Waits until the event `from` is synced.
    pub(crate) async fn wait(&self, from: Lsn) -> Result<(), LogError> {
        let mut published = self.published.subscribe();
        let reached = published.wait_for(|published| published.end > from || published.closed).await;
        match reached {
            Ok(published) if published.end > from => Ok(()),
            _ => Err(closed()),
        }
    }

    /// The records from the one containing `from` on, which must be synced; what is lost of them only after it was
    /// reported.
    pub(crate) fn read(&self, from: Lsn, max_bytes: usize) -> Result<Vec<Entry>, LogError> {
        let (segment, age, from) = {
            let segments = self.segments.read();
            let start = segments.front().map_or(from, |segment| segment.first);
            // 0 and 1 mean "nothing yet": such a reader starts with the oldest there is, unless the first were lost.
            let begins = from <= Lsn::FIRST && self.losses.covering(self.stamp.topic, Lsn::FIRST).is_none();
            let from = if begins { start } else { from.max(Lsn::FIRST) };
            let after = segments.partition_point(|segment| segment.first <= from);
            let Some(segment) = after.checked_sub(1).and_then(|at| segments.get(at)) else {
                if let Some(gap) = self.losses.covering(self.stamp.topic, from) {
                    return Ok(vec![self.losses.report(self.stamp.topic, &gap)?]);
                }
                let dir = self.dir.display();
                return Err(LogError::Damaged(format!("{dir} starts at {}, {} is gone", start.0, from.0)));
            };
            (segment.clone(), if after == segments.len() { Age::Newest } else { Age::Closed }, from)
        };
        match segment.read(from, max_bytes, age)? {
            Found::Records(entries) => Ok(entries),
            Found::Gap(gap) => Ok(vec![self.losses.report(self.stamp.topic, &gap)?]),
        }
    }

    /// Puts a record into the loss report that nobody understands.
    pub(crate) fn give_up(&self, record: &Entry, why: &str) -> Result<(), LogError> {
        let segment = {
            let segments = self.segments.read();
            let after = segments.partition_point(|segment| segment.first <= record.first);
            after.checked_sub(1).and_then(|at| segments.get(at)).map(|segment| segment.path.clone())
        };
        self.losses.give_up(self.stamp.topic, segment.as_ref().unwrap_or(&self.dir), record, why)
    }

    /// Deletes the segments, oldest first, that are followed by one that starts at or before `until`.
    pub(crate) fn drop_before(&self, until: Lsn, space: &Space) -> Result<(), LogError> {
        let _one_at_a_time = self.trimming.lock();
        let mut dropped = false;
        while let Some(segment) = self.pop_before(until) {
            if let Err(error) = std::fs::remove_file(&segment.path) {
                let failure = failed("deleting", &segment.path, &error);
                self.segments.write().push_front(segment);
                return Err(failure);
            }
            space.resized(segment.bytes(), 0);
            dropped = true;
        }
        if dropped {
            sync_dir(&self.dir).map_err(|error| failed("syncing", &self.dir, &error))?;
        }
        Ok(())
    }

    fn pop_before(&self, until: Lsn) -> Option<Arc<Segment>> {
        let mut segments = self.segments.write();
        let follower = segments.get(1)?.first;
        (follower <= until).then(|| segments.pop_front()).flatten()
    }

    pub(crate) fn status(&self) -> TopicStatus {
        let segments = self.segments.read();
        let end = self.end();
        TopicStatus {
            start: segments.front().map_or(end, |segment| segment.first),
            end,
            bytes: segments.iter().map(|segment| segment.bytes()).sum(),
        }
    }

    /// Whether the last thing the writer tried has worked.
    pub(crate) fn set_writable(&self, writable: bool) {
        self.writable.store(writable, Relaxed);
    }
}
