//! What waits for a topic's writer, and how it is answered.

use parking_lot::{Condvar, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use ut_core::Lsn;
use ut_core::ports::{Close, LogError};

/// Bytes that may wait. More only gathers when the disk hangs; then memory must not fill up instead.
const MAX_WAITING: usize = 64 << 20;

/// The answer to an append.
pub(crate) type Reply = Result<Lsn, LogError>;

/// A record that waits.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) count: u32,
    pub(crate) bytes: Vec<u8>,
    pub(crate) reply: oneshot::Sender<Answer>,
}

/// A call for the end of the segment that is being written.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) close: Close,
    pub(crate) done: oneshot::Sender<Result<(), LogError>>,
}

/// An answer, which carries the answers of some that waited in the same batch: waking a task from another thread
/// costs a system call, so the writer wakes one, and that one wakes the others from within the runtime, when it
/// drops this.
#[derive(Debug)]
pub(crate) struct Answer {
    reply: Reply,
    others: Others,
}

impl Answer {
    /// The answer, once the others are woken.
    pub(crate) fn open(self) -> Reply {
        drop(self.others);
        self.reply
    }
}

#[derive(Debug, Default)]
struct Others(Vec<(oneshot::Sender<Answer>, Reply)>);

impl Drop for Others {
    fn drop(&mut self) {
        for (sender, reply) in self.0.drain(..) {
            // Whoever gave up waiting does not want the answer.
            let _ = sender.send(Answer { reply, others: Others::default() });
        }
    }
}

/// Answers those who waited for a batch, some at a time so that several workers can share the waking.
pub(crate) fn answer(replies: impl IntoIterator<Item = (oneshot::Sender<Answer>, Reply)>) {
    const TOGETHER: usize = 64;
    let mut replies = replies.into_iter();
    while let Some((sender, reply)) = replies.next() {
        let others = Others(replies.by_ref().take(TOGETHER - 1).collect());
        // If this one gave up, its answer is dropped here and still answers the others.
        let _ = sender.send(Answer { reply, others });
    }
}

/// What a writer finds when it looks.
#[derive(Debug, Default)]
pub(crate) struct Work {
    pub(crate) pending: Vec<Pending>,
    pub(crate) orders: Vec<Order>,
}

#[derive(Debug, Default)]
struct State {
    work: Work,
    bytes: usize,
    /// The writer sleeps and must be woken.
    asleep: bool,
    closed: bool,
}

/// The queue in front of a writer.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    wake: Condvar,
}

impl Queue {
    /// Puts a record at the end of the queue.
    pub(crate) fn push(&self, count: u32, bytes: Vec<u8>) -> Result<oneshot::Receiver<Answer>, LogError> {
        let (reply, answer) = oneshot::channel();
        let mut state = self.state.lock();
        if state.closed {
            return Err(closed());
        }
        if state.bytes > 0 && state.bytes + bytes.len() > MAX_WAITING {
            return Err(LogError::Full("the disk does not keep up".to_owned()));
        }
        state.bytes += bytes.len();
        state.work.pending.push(Pending { count, bytes, reply });
        self.rouse(&mut state);
        Ok(answer)
    }

    /// Asks for the end of the segment, after what is queued already.
    pub(crate) fn order(&self, close: Close) -> Result<oneshot::Receiver<Result<(), LogError>>, LogError> {
        let (done, answer) = oneshot::channel();
        let mut state = self.state.lock();
        if state.closed {
            return Err(closed());
        }
        state.work.orders.push(Order { close, done });
        self.rouse(&mut state);
        Ok(answer)
    }

    /// Takes all there is; sleeps until there is something, or for `patience`. `None` when closed and empty.
    pub(crate) fn take(&self, patience: Option<Duration>) -> Option<Work> {
        let mut state = self.state.lock();
        while state.work.pending.is_empty() && state.work.orders.is_empty() {
            if state.closed {
                return None;
            }
            state.asleep = true;
            match patience {
                None => self.wake.wait(&mut state),
                Some(patience) => {
                    if self.wake.wait_for(&mut state, patience).timed_out() {
                        break;
                    }
                }
            }
        }
        state.asleep = false;
        state.bytes = 0;
        Some(std::mem::take(&mut state.work))
    }

    /// Adds what has come since to `pending`, without sleeping.
    pub(crate) fn take_more(&self, pending: &mut Vec<Pending>) {
        let mut state = self.state.lock();
        state.bytes = 0;
        pending.append(&mut state.work.pending);
    }

    /// Refuses what comes from now on; what is queued is still written.
    pub(crate) fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        self.rouse(&mut state);
    }

    fn rouse(&self, state: &mut State) {
        if std::mem::take(&mut state.asleep) {
            self.wake.notify_one();
        }
    }
}

/// The answer of a log that was closed.
pub(crate) fn closed() -> LogError {
    LogError::Io("the log was closed".to_owned())
}
