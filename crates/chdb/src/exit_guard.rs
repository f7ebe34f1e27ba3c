//! Ends the process without the library's destructors while the engine's threads still live.
//!
//! The engine's background threads use its global objects. When the process ends in the ordinary way, those objects are
//! destroyed below the threads: a segmentation fault after everything was done well. This happens when connections are
//! left open, and `chdb_shutdown` of the pinned version also leaves its merge threads alive once a MergeTree table was
//! used. The hook ends the process with the status it already has. Rust has flushed standard output by then.
//!
//! Hooks and destructors run in the reverse order of their registration, and the library registers destructors of
//! objects when it first needs them: after loading, while connecting, at the first query of a kind. So the hook is
//! registered again after each connection, and after the 1st, 2nd, 4th, 8th, … statement: it stays in front of what
//! has been needed so far, with a few dozen registrations in the life of a process.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

static THREADS_LIVE: AtomicBool = AtomicBool::new(false);
static STATEMENTS: AtomicU64 = AtomicU64::new(0);

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod hook {
    use super::{Ordering, THREADS_LIVE};
    use std::ffi::{c_int, c_void};

    // glibc's `on_exit`, because `atexit` does not tell the status.
    unsafe extern "C" {
        fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
        fn _exit(status: c_int) -> !;
    }

    extern "C" fn leave(status: c_int, _argument: *mut c_void) {
        if THREADS_LIVE.load(Ordering::SeqCst) {
            // SAFETY: ends the process; the engine's data is on disk by its own rules (synced parts).
            unsafe { _exit(status) }
        }
    }

    pub(super) fn register() {
        // SAFETY: registers a function of this program that never unwinds; it takes no argument.
        unsafe { on_exit(leave, std::ptr::null_mut()) };
    }
}

/// Elsewhere the system offers no such hook, and no engine is pinned.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod hook {
    pub(super) const fn register() {}
}

/// From now on the process must not run the library's destructors. Call before and after connecting.
pub(crate) fn arm() {
    THREADS_LIVE.store(true, Ordering::SeqCst);
    hook::register();
}

/// Call after each statement.
pub(crate) fn statement_ended() {
    if (STATEMENTS.fetch_add(1, Ordering::Relaxed) + 1).is_power_of_two() {
        hook::register();
    }
}

/// The engine has no thread any more; the process may end as it likes.
pub(crate) fn disarm() {
    THREADS_LIVE.store(false, Ordering::SeqCst);
}
