//! Rows of what the pipeline has just committed, made while its frames are at hand: history need not read them back
//! from the log, decode them and free them.
//!
//! The log stays the truth. What is not gathered here, or is let go, is read from there.

use super::balance::Changes;
use super::batch::context;
use crate::engine::Core;
use crate::history;
use parking_lot::Mutex;
use tokio::sync::Notify;
use ut_core::Lsn;
use ut_core::event::Frame;
use ut_core::ports::Log;

/// At most so many events, some 130 bytes each, are gathered. What is committed beyond is read from the log.
const EVENTS: u64 = 150_000;

/// Rows on their way to history.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    state: Mutex<State>,
    committed: Notify,
}

#[derive(Debug, Default)]
enum State {
    /// Nobody will come for rows.
    #[default]
    Off,
    /// The next frame begins a stretch: no frame from this number on is missed.
    Ready(Lsn),
    Gathering(Box<Stretch>),
}

/// How much is gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amount {
    Nothing,
    Some,
    /// A frame was left out.
    Full,
}

/// The rows of frames that follow one another.
#[derive(Debug)]
pub(super) struct Stretch {
    from: Lsn,
    pub(super) end: Lsn,
    pub(super) changes: Changes,
    pub(super) rows: history::Rows,
    /// A frame was left out: none may be added behind it.
    full: bool,
}

impl Ahead {
    /// Adds the rows of a frame that the log has.
    pub(crate) fn add(&self, core: &Core, frame: &Frame) {
        let mut state = self.state.lock();
        if matches!(*state, State::Ready(_)) {
            *state = State::Gathering(Box::new(Stretch::new(frame.from)));
        }
        if let State::Gathering(stretch) = &mut *state {
            stretch.add(core, frame);
        }
        drop(state);
        self.committed.notify_one();
    }

    /// Gathers from the next frame on, unless it does already.
    pub(super) fn begin(&self, log: &dyn Log) {
        let mut state = self.state.lock();
        if matches!(*state, State::Off) {
            // Asked under the lock: a frame that is behind the log's end is added later than this.
            *state = State::Ready(log.status().enriched.end);
        }
    }

    /// Lets go what was gathered, and gathers no more until [`Self::begin`].
    pub(super) fn end(&self) {
        *self.state.lock() = State::Off;
    }

    /// The first number that need not be read from the log, and how much is gathered.
    pub(super) fn begins(&self) -> Option<(Lsn, Amount)> {
        match &*self.state.lock() {
            State::Off => None,
            State::Ready(from) => Some((*from, Amount::Nothing)),
            State::Gathering(stretch) if stretch.full => Some((stretch.from, Amount::Full)),
            State::Gathering(stretch) => Some((stretch.from, Amount::Some)),
        }
    }

    /// What was gathered, if it begins at `from`; the next frame begins another stretch.
    pub(super) fn take(&self, from: Lsn) -> Option<Box<Stretch>> {
        let mut state = self.state.lock();
        match std::mem::take(&mut *state) {
            State::Gathering(stretch) if stretch.from == from => {
                // Behind a full one frames are missed: it begins anew.
                if !stretch.full {
                    *state = State::Ready(stretch.end);
                }
                Some(stretch)
            }
            other => {
                *state = other;
                None
            }
        }
    }

    /// Waits for the next frame.
    pub(super) async fn committed(&self) {
        self.committed.notified().await;
    }
}

impl Stretch {
    fn new(from: Lsn) -> Self {
        let (changes, rows) = (Changes::default(), history::Rows::default());
        Self { from, end: from, changes, rows, full: false }
    }

    fn add(&mut self, core: &Core, frame: &Frame) {
        self.full |= self.end.0 - self.from.0 >= EVENTS || frame.from != self.end;
        if self.full {
            return;
        }
        self.rows.add(frame, core.modules, &context(core));
        self.changes.add(frame);
        self.end = frame.end();
    }
}
