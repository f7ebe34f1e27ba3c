//! One piece of work for a connection, which its caller may give up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ut_chdb::Connection;

/// Runs on a connection's thread and answers its caller itself.
pub(super) type Task = Box<dyn FnOnce(&mut Connection) + Send>;

enum Phase {
    Waiting(Task),
    /// On the connection of this name.
    Running(Arc<str>),
    Over,
}

/// A job, shared by its caller, its queue and whoever cancels it.
pub(super) struct Job(Mutex<Phase>);

/// What became of a request to cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cancelled {
    /// It does not run any more.
    Over,
    /// It was told to stop and still runs.
    Told,
}

impl Job {
    pub(super) fn new(task: Task) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Phase::Waiting(task))))
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs it, unless it was cancelled.
    pub(super) fn run(&self, name: &Arc<str>, connection: &mut Connection) {
        let before = std::mem::replace(&mut *self.phase(), Phase::Running(Arc::clone(name)));
        if let Phase::Waiting(task) = before {
            task(connection);
        }
        // Waits while somebody is cancelling: what they stop is this job, never the connection's next one.
        *self.phase() = Phase::Over;
    }

    /// Forgets it when it waits, has `stop` stop its connection when it runs. Ask again until it is over: it may not
    /// have reached the engine yet.
    pub(super) fn cancel(&self, stop: impl FnOnce(&str)) -> Cancelled {
        let mut phase = self.phase();
        match &*phase {
            Phase::Running(name) => {
                stop(name);
                Cancelled::Told
            }
            Phase::Waiting(_) | Phase::Over => {
                *phase = Phase::Over;
                Cancelled::Over
            }
        }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(*self.phase(), Phase::Over)
    }
}
