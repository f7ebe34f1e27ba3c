//! Opens the engine in the background, keeps it, closes it.

use super::crashes::Crashes;
use super::lanes::{Lanes, Limits, Threads};
use super::{EmbeddedOptions, export};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use ut_chdb::{Engine, Library};
use ut_core::Clock;
use ut_core::ports::OlapError;

/// How often what failed is tried again.
const RETRY: Duration = Duration::from_secs(3);

enum State {
    /// Not open, and why.
    Waiting(String),
    Open(Arc<Lanes>, Threads),
    /// Somebody is closing it.
    Closing,
    Closed {
        cleanly: bool,
    },
}

/// What the port, the opening thread and the closing one share.
pub(super) struct Shared {
    pub(super) data_dir: PathBuf,
    pub(super) clock: Arc<dyn Clock>,
    crashes: Crashes,
    state: Mutex<State>,
    changed: Condvar,
    opener_over: Mutex<bool>,
    opener_ended: Condvar,
    numbers: AtomicU64,
}

pub(super) fn start(options: EmbeddedOptions) -> Arc<Shared> {
    let shared = Arc::new(Shared {
        data_dir: options.data_dir.clone(),
        clock: Arc::clone(&options.clock),
        crashes: Crashes::in_dir(&options.data_dir),
        state: Mutex::new(State::Waiting("the engine is opening".to_owned())),
        changed: Condvar::new(),
        opener_over: Mutex::new(false),
        opener_ended: Condvar::new(),
        numbers: AtomicU64::new(0),
    });
    let opening = Arc::clone(&shared);
    let thread = std::thread::Builder::new().name("olap-open".to_owned()).spawn(move || {
        opening.open_until_it_works(&options);
        *lock(&opening.opener_over) = true;
        opening.opener_ended.notify_all();
    });
    if let Err(error) = thread {
        *shared.state() = State::Waiting(format!("the engine cannot be opened: {error}"));
        *lock(&shared.opener_over) = true;
    }
    shared
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// The open engine.
    pub(super) fn lanes(&self) -> Result<Arc<Lanes>, OlapError> {
        match &*self.state() {
            State::Open(lanes, _) => Ok(Arc::clone(lanes)),
            State::Waiting(reason) => Err(OlapError::Unavailable(reason.clone())),
            State::Closing | State::Closed { .. } => Err(super::closing()),
        }
    }

    /// A number no other export of this process has.
    pub(super) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn closed_cleanly(&self) -> bool {
        matches!(*self.state(), State::Closed { cleanly: true })
    }

    fn open_until_it_works(&self, options: &EmbeddedOptions) {
        loop {
            let result = self.open(options);
            let mut state = self.state();
            match (&*state, result) {
                (State::Waiting(_), Ok((lanes, threads))) => {
                    tracing::info!(data_dir = %self.data_dir.display(), "the embedded engine is open");
                    *state = State::Open(Arc::new(lanes), threads);
                    return;
                }
                (State::Waiting(said), Err(reason)) => {
                    if *said != reason {
                        tracing::warn!(%reason, "history is not available; events are kept in the log meanwhile");
                    }
                    *state = State::Waiting(reason);
                }
                // Closed while it was opening.
                (_, Ok((lanes, threads))) => {
                    drop(state);
                    lanes.close(threads, Instant::now() + super::CLOSE);
                    return;
                }
                (_, Err(_)) => return,
            }
            let waiting = |state: &mut State| matches!(state, State::Waiting(_));
            let waited = self.changed.wait_timeout_while(state, RETRY, waiting);
            drop(waited.unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// One try; the error is for a person.
    fn open(&self, options: &EmbeddedOptions) -> Result<(Lanes, Threads), String> {
        if let Some(objection) = self.crashes.objection(self.clock.now_ms()).filter(|_| options.open_intent) {
            return Err(objection);
        }
        let path = (options.locate)()?;
        let library = Library::open(&path).map_err(|error| error.to_string())?;
        let written = std::fs::create_dir_all(&self.data_dir);
        let written = match options.note_crashes {
            true => written.and_then(|()| self.crashes.watch(self.clock.now_ms())),
            false => written,
        };
        written.map_err(|error| format!("{} cannot be written: {error}", self.data_dir.display()))?;
        open_engine(library, &self.data_dir, options).map_err(|error| error.to_string())
    }

    /// Closes it; returns when it is closed or at `deadline`. A second call waits for the first.
    pub(super) fn close(&self, deadline: Instant) {
        let before = {
            let mut state = self.state();
            if matches!(*state, State::Closed { .. } | State::Closing) {
                let closing = |state: &mut State| matches!(state, State::Closing);
                let left = deadline.saturating_duration_since(Instant::now());
                drop(self.changed.wait_timeout_while(state, left, closing));
                return;
            }
            std::mem::replace(&mut *state, State::Closing)
        };
        self.changed.notify_all();
        let cleanly = match before {
            State::Open(lanes, threads) => lanes.close(threads, deadline),
            // The opening thread sees `Closing` and closes what it may have opened by then.
            _ => self.opener_ends_before(deadline),
        };
        if !cleanly {
            tracing::error!("a query did not stop; the embedded engine is left open");
        }
        *self.state() = State::Closed { cleanly };
        self.changed.notify_all();
    }

    fn opener_ends_before(&self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let over = lock(&self.opener_over);
        let over = self.opener_ended.wait_timeout_while(over, left, |over| !*over);
        *over.unwrap_or_else(PoisonError::into_inner).0
    }
}

fn open_engine(
    library: &'static Library,
    data_dir: &Path,
    options: &EmbeddedOptions,
) -> Result<(Lanes, Threads), ut_chdb::Error> {
    let (engine, first) = Engine::open(library, data_dir, &server_settings(options.memory_bytes))?;
    export::clean(data_dir);
    let limits = Limits { memory_bytes: options.memory_bytes, query_seconds: options.query_seconds };
    Lanes::start(engine, first, limits)
}

/// A small server: caches that fit beside a shop's other programs, few background threads. (The engine keeps no system
/// logs of itself unless it is told to.)
fn server_settings(memory_bytes: u64) -> Vec<String> {
    let sizes = [
        ("max_server_memory_usage", memory_bytes),
        ("background_pool_size", 2),
        ("mark_cache_size", 64 << 20),
        ("index_mark_cache_size", 16 << 20),
        ("primary_index_cache_size", 64 << 20),
        ("query_condition_cache_size", 16 << 20),
        ("compiled_expression_cache_size", 16 << 20),
    ];
    let mut settings = sizes.map(|(name, value)| format!("--{name}={value}")).to_vec();
    // Where backups may lie is for whoever runs the program to say, not for the engine.
    settings.push("--backups.allowed_path=/".to_owned());
    settings
}
