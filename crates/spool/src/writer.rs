//! The thread that writes one topic.

use crate::active::{Active, Place};
use crate::frame;
use crate::queue::{Answer, Order, Pending, Work, answer};
use crate::segment::{HEADER_BYTES, Header};
use crate::topic::TopicLog;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use ut_core::ports::{Close, LogError, Topic};
use ut_core::{Clock, Lsn};

/// Zeros are written so far ahead of what is needed.
const FILL_STEP: u64 = 4 << 20;
/// One write is at most about so large.
const BATCH_BYTES: usize = 8 << 20;
/// Events come fast when so many arrive in the time of one linger.
const FAST: u32 = 4;
/// And very fast when so many do in that of two.
const VERY_FAST: u32 = 16;
/// While appends are refused, the writer looks so often whether they would work again.
const PROBE: Duration = Duration::from_millis(100);

/// The bounds of segments and waiting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) segment_bytes: u64,
    pub(crate) linger: Duration,
    pub(crate) max_age_ms: i64,
}

/// The thread that writes one topic.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) topic: Arc<TopicLog>,
    pub(crate) place: Place,
    pub(crate) limits: Limits,
    pub(crate) clock: Arc<dyn Clock>,
    /// The topic whose end this one may not pass.
    pub(crate) ceiling: Option<Arc<TopicLog>>,
    pub(crate) active: Option<Active>,
    pub(crate) state: WriterState,
}

/// What a writer remembers from batch to batch.
#[derive(Debug, Default)]
pub(crate) struct WriterState {
    buffer: Vec<u8>,
    /// How many appends the last batch held.
    previous: usize,
    /// The bytes that could not be had, while appends are refused.
    blocked: Option<usize>,
}

type Waiting = Vec<(oneshot::Sender<Answer>, Lsn)>;

impl Drop for Writer {
    /// However the thread ends, nobody waits for it any longer.
    fn drop(&mut self) {
        self.topic.queue.close();
        self.topic.publish_closed();
        self.topic.queue.take(Some(Duration::ZERO));
    }
}

impl Writer {
    /// Writes until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        while let Some(Work { mut pending, orders }) =
            self.topic.queue.take(self.state.blocked.map(|_| PROBE))
        {
            if pending.is_empty() {
                self.probe();
            } else {
                self.linger(&mut pending);
                self.state.previous = pending.len();
                let mut rest = VecDeque::from(pending);
                while !rest.is_empty() {
                    self.write_some(&mut rest);
                }
            }
            for Order { close, done } in orders {
                let _ = done.send(self.close(close));
            }
        }
    }

    /// Waits for more while more keeps arriving: a write and a sync, and waking up for them, cost the same for one
    /// append as for a hundred. A lone append on a quiet log is written at once. When events come fast, some two
    /// milliseconds are waited instead of a half, and four when they come very fast: they are many then who share the
    /// sync.
    fn linger(&self, pending: &mut Vec<Pending>) {
        if pending.len() <= 1 && self.state.previous <= 1 {
            return;
        }
        let linger = self.limits.linger;
        // How long each step is, and how many events must come in it for a further one.
        let steps = [
            (linger / 2, 1),
            (linger / 2, FAST / 2),
            (linger, FAST),
            (2 * linger, VERY_FAST),
            (4 * linger, VERY_FAST),
        ];
        for (step, least) in steps {
            std::thread::sleep(step);
            let before = pending.len();
            self.topic.queue.take_more(pending);
            let come: u32 = pending[before..].iter().map(|pending| pending.count).sum();
            if come < least {
                return;
            }
        }
    }

    /// Writes as many of `rest` as fit into one batch of one segment, and answers them.
    fn write_some(&mut self, rest: &mut VecDeque<Pending>) {
        let Some(need) = rest.front().map(|pending| frame::size(&pending.bytes)) else { return };
        if let Err(error) = self.prepare(need) {
            // What has no room now is not written in parts: the log's order is the queue's order.
            self.set_blocked(Some(need));
            return refuse(rest.drain(..).map(|pending| pending.reply), &error);
        }
        let (waiting, end) = self.encode(rest);
        if waiting.is_empty() {
            return;
        }
        match self.store(end) {
            Ok(()) => {
                self.set_blocked(None);
                self.topic.publish(end);
                answer(waiting.into_iter().map(|(sender, first)| (sender, Ok(first))));
            }
            Err(error) => refuse(waiting.into_iter().map(|(sender, _)| sender), &error),
        }
    }

    /// Makes sure that there is a segment which may take `need` more bytes.
    fn prepare(&mut self, need: usize) -> Result<(), LogError> {
        let fits = self.active.as_ref().is_some_and(|active| {
            active.is_empty()
                || (active.offset + need as u64 <= self.limits.segment_bytes && !self.is_old(active))
        });
        if fits { Ok(()) } else { self.roll() }
    }

    fn is_old(&self, active: &Active) -> bool {
        self.clock.now_ms().saturating_sub(active.created_ms) >= self.limits.max_age_ms
    }

    /// Starts a new segment at the synced end.
    fn roll(&mut self) -> Result<(), LogError> {
        let fill = HEADER_BYTES + self.step(HEADER_BYTES, 0);
        let fill = self.bounded(fill).map_or_else(|_| self.bounded(HEADER_BYTES), Ok)?;
        let header = Header { first: self.topic.end(), created_ms: self.clock.now_ms() };
        let next = Active::create(&self.place, header, fill)?;
        if let Some(mut old) = self.active.take() {
            old.finish();
        }
        let replaced = self.topic.push(next.segment.clone());
        self.place.space.resized(replaced, 0);
        self.active = Some(next);
        Ok(())
    }

    /// How many zeros to write behind `from` when `need` bytes are needed there.
    fn step(&self, from: u64, need: u64) -> u64 {
        FILL_STEP.min(self.limits.segment_bytes.saturating_sub(from)).max(need)
    }

    /// `bytes`, if the files may grow by so many. `Enriched` may use the reserve: received segments only go when it
    /// gets on.
    fn bounded(&self, bytes: u64) -> Result<u64, LogError> {
        match self.topic.stamp.topic {
            Topic::Received => self.place.space.room(bytes).map(|()| bytes),
            Topic::Enriched => Ok(bytes),
        }
    }

    /// Numbers the records and puts their frames into the buffer, as many as the segment takes.
    fn encode(&mut self, rest: &mut VecDeque<Pending>) -> (Waiting, Lsn) {
        let base = self.topic.end();
        let ceiling = self.ceiling.as_ref().map(|topic| topic.end());
        let offset = self.active.as_ref().map_or(HEADER_BYTES, |active| active.offset);
        let (buffer, mut waiting, mut end) = (&mut self.state.buffer, Vec::with_capacity(rest.len()), base);
        buffer.clear();
        buffer.shrink_to(BATCH_BYTES);
        while let Some(pending) = rest.pop_front() {
            let after = buffer.len() + frame::size(&pending.bytes);
            let fits = offset + after as u64 <= self.limits.segment_bytes && after <= BATCH_BYTES;
            if !fits && !waiting.is_empty() {
                rest.push_front(pending);
                break;
            }
            let first = end;
            if ceiling.is_some_and(|ceiling| first.plus(u64::from(pending.count)) > ceiling) {
                let error = LogError::Io("a frame for events that were not received".to_owned());
                refuse([pending.reply], &error);
                continue;
            }
            self.place.stamp.encode(buffer, base, first, pending.count, &pending.bytes);
            end = first.plus(u64::from(pending.count));
            waiting.push((pending.reply, first));
        }
        (waiting, end)
    }

    /// Writes and syncs the buffer. Only a batch that has reached the disk in part costs the segment.
    fn store(&mut self, end: Lsn) -> Result<(), LogError> {
        let need = self.state.buffer.len();
        if let Err(error) = self.grow(need) {
            self.set_blocked(Some(need));
            return Err(error);
        }
        let Some(active) = &mut self.active else { return Err(crate::queue::closed()) };
        active.append(&self.state.buffer, end).inspect_err(|_| self.abandon(need))
    }

    /// Fills the file so that `need` bytes can be written without its growing.
    fn grow(&mut self, need: usize) -> Result<(), LogError> {
        let Some(active) = &self.active else { return Ok(()) };
        let (filled, upto) = (active.filled, active.offset + need as u64);
        if upto <= filled {
            return Ok(());
        }
        let least = upto - filled;
        let more = self.bounded(self.step(filled, least)).map_or_else(|_| self.bounded(least), Ok)?;
        self.active.as_mut().map_or(Ok(()), |active| active.fill(filled + more))
    }

    /// Gives the segment up after a failed write or sync: it ends at the synced end, where a new one starts. If that
    /// cannot be made now, the next append or probe tries again.
    fn abandon(&mut self, need: usize) {
        if let Some(mut active) = self.active.take() {
            tracing::warn!(segment = %active.segment.path.display(), "a write failed; the segment is abandoned");
            active.finish();
        }
        let next = self.roll();
        self.set_blocked(next.is_err().then_some(need));
    }

    /// Looks whether what was refused would work now.
    fn probe(&mut self) {
        let Some(need) = self.state.blocked else { return };
        if self.prepare(need).and_then(|()| self.grow(need)).is_ok() {
            self.set_blocked(None);
        }
    }

    /// Ends the segment that is being written, if it holds something and `close` wants it.
    fn close(&mut self, close: Close) -> Result<(), LogError> {
        let due = match (&self.active, close) {
            (None, _) => true,
            (Some(active), _) if active.is_empty() => false,
            (Some(_), Close::Now) => true,
            (Some(active), Close::WhenOld) => self.is_old(active),
        };
        if due { self.roll() } else { Ok(()) }
    }

    fn set_blocked(&mut self, blocked: Option<usize>) {
        self.topic.set_writable(blocked.is_none());
        self.state.blocked = blocked;
    }
}

/// Tells those who waited that their records are not in the log.
fn refuse(waiting: impl IntoIterator<Item = oneshot::Sender<Answer>>, error: &LogError) {
    answer(waiting.into_iter().map(|sender| (sender, Err(error.clone()))));
}
