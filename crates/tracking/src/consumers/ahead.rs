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

/// At most so many events, some 130 bytes each, are gathered. What is committed beyond is read from the log.
const EVENTS: u64 = 200_000;

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
        self.gather(frame.from, frame.end(), |stretch| {
            stretch.rows.add(frame, core.modules, &context(core));
            stretch.changes.add(frame);
        });
    }

    /// Lets `write` add what happened `from .. end`, where it is wanted.
    fn gather(&self, from: Lsn, end: Lsn, write: impl FnOnce(&mut Stretch)) {
        let mut state = self.state.lock();
        let gathered = match std::mem::take(&mut *state) {
            State::Off => None,
            State::Ready(_) => Some(Box::new(Stretch::new(from))),
            State::Gathering(stretch) => Some(stretch),
        };
        if let Some(mut stretch) = gathered {
            stretch.full |= stretch.end.0 - stretch.from.0 >= EVENTS || from != stretch.end;
            if !stretch.full {
                // If this breaks down, a part of the frame is written: then all of it is gone.
                write(&mut stretch);
                stretch.end = end;
            }
            *state = State::Gathering(stretch);
        }
        drop(state);
        self.committed.notify_one();
    }

    /// Gathers from the next frame on, unless it does already.
    pub(super) fn begin(&self, log_end: impl FnOnce() -> Lsn) {
        let mut state = self.state.lock();
        if matches!(*state, State::Off) {
            // Asked under the lock: a frame that is behind the log's end is added later than this.
            *state = State::Ready(log_end());
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

    /// Waits until no more is gathered.
    pub(super) async fn is_full(&self) {
        while !matches!(self.begins(), Some((_, Amount::Full))) {
            self.committed().await;
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
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commits `from .. end`, and says whether its rows were wanted.
    fn commit(ahead: &Ahead, from: u64, end: u64) -> bool {
        let mut wanted = false;
        ahead.gather(Lsn(from), Lsn(end), |_| wanted = true);
        wanted
    }

    fn taken(ahead: &Ahead, from: u64) -> Option<(u64, u64)> {
        ahead.take(Lsn(from)).map(|stretch| (stretch.from.0, stretch.end.0))
    }

    fn begun(at: u64) -> Ahead {
        let ahead = Ahead::default();
        ahead.begin(|| Lsn(at));
        ahead
    }

    #[test]
    fn what_follows_the_place_is_taken_once_and_nothing_is_missed_behind_it() {
        let ahead = begun(5);
        assert_eq!(ahead.begins(), Some((Lsn(5), Amount::Nothing)));
        assert!(commit(&ahead, 5, 9) && commit(&ahead, 9, 12));
        ahead.begin(|| Lsn(99));
        assert_eq!(ahead.begins(), Some((Lsn(5), Amount::Some)), "it had begun");
        assert_eq!(taken(&ahead, 4), None, "the log has what is before it");
        assert_eq!(taken(&ahead, 5), Some((5, 12)));
        assert_eq!(taken(&ahead, 5), None);
        assert_eq!(ahead.begins(), Some((Lsn(12), Amount::Nothing)));
        assert!(commit(&ahead, 12, 13));
        assert_eq!(taken(&ahead, 12), Some((12, 13)));
    }

    #[test]
    fn nobody_comes_nothing_is_made() {
        let ahead = Ahead::default();
        assert!(!commit(&ahead, 1, 5));
        assert_eq!(ahead.begins(), None);
        ahead.begin(|| Lsn(5));
        assert!(commit(&ahead, 5, 6));
        ahead.end();
        assert!(!commit(&ahead, 6, 7));
        assert_eq!(taken(&ahead, 5), None, "let go");
    }

    #[test]
    fn what_breaks_down_half_way_is_left_to_the_log() {
        let ahead = begun(1);
        assert!(commit(&ahead, 1, 3));
        let broken =
            std::panic::AssertUnwindSafe(|| ahead.gather(Lsn(3), Lsn(5), |_| panic!("half a frame")));
        assert!(std::panic::catch_unwind(broken).is_err());
        assert_eq!((taken(&ahead, 1), ahead.begins()), (None, None));
    }

    #[test]
    fn what_is_too_much_is_left_to_the_log() {
        let ahead = begun(1);
        assert!(commit(&ahead, 1, 1 + EVENTS));
        assert!(!commit(&ahead, 1 + EVENTS, 2 + EVENTS));
        assert!(!commit(&ahead, 2 + EVENTS, 3 + EVENTS), "none may follow a frame that was left out");
        assert_eq!(ahead.begins(), Some((Lsn(1), Amount::Full)));
        assert_eq!(taken(&ahead, 1), Some((1, 1 + EVENTS)));
        assert_eq!(ahead.begins(), None, "what was left out must be read");
    }

    #[test]
    fn a_frame_that_does_not_follow_is_left_to_the_log() {
        let ahead = begun(1);
        assert!(commit(&ahead, 1, 3) && !commit(&ahead, 4, 5));
        assert_eq!(taken(&ahead, 1), Some((1, 3)));
    }
}
