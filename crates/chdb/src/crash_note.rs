//! Notes in a file that this process crashed, so that the next one can tell a crash of the engine from a kill.
//!
//! A fault in the engine's C++ code (segmentation fault, abort, …) ends the process without a chance to run any Rust.
//! The handler does what a handler may do: it reads the clock, writes eight bytes to a file that is open already,
//! puts the previous handler back and lets the signal happen again. A kill or a power cut leaves no note.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::fd::IntoRawFd;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI32, Ordering};

const SIGNALS: [libc::c_int; 5] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGABRT];

/// The open file; -1 before there is one.
static FILE: AtomicI32 = AtomicI32::new(-1);
/// What was in force before, in the order of `SIGNALS`.
static PREVIOUS: OnceLock<[libc::sigaction; SIGNALS.len()]> = OnceLock::new();

/// From now on a crash of this process appends its time to `path`. Once per process; a second call changes nothing.
pub fn note_crashes(path: &Path) -> std::io::Result<()> {
    if PREVIOUS.get().is_some() {
        return Ok(());
    }
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    FILE.store(file.into_raw_fd(), Ordering::SeqCst);
    // SAFETY: an all-zero `sigaction` is a valid one (default action, empty mask).
    let mut previous = [const { unsafe { std::mem::zeroed::<libc::sigaction>() } }; SIGNALS.len()];
    for (signal, before) in SIGNALS.into_iter().zip(&mut previous) {
        // SAFETY: both pointers are null or valid for the call.
        unsafe { libc::sigaction(signal, std::ptr::null(), before) };
    }
    if PREVIOUS.set(previous).is_ok() {
        SIGNALS.into_iter().for_each(install);
    }
    Ok(())
}

fn install(signal: libc::c_int) {
    // SAFETY: an all-zero `sigaction` is a valid one.
    let mut action = unsafe { std::mem::zeroed::<libc::sigaction>() };
    action.sa_sigaction = on_crash as extern "C" fn(libc::c_int) as usize;
    // On the alternative stack where a thread has one: the crash may be an overflow of its own.
    action.sa_flags = libc::SA_ONSTACK;
    // SAFETY: `action` is initialised, and the handler calls only what a signal handler may call.
    unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
}

extern "C" fn on_crash(signal: libc::c_int) {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is valid for writing; the function is async-signal-safe.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut now) };
    let note = now.tv_sec.to_le_bytes();
    // SAFETY: eight initialised bytes, written to the file that was opened for them; async-signal-safe.
    unsafe { libc::write(FILE.load(Ordering::SeqCst), note.as_ptr().cast(), note.len()) };
    let at = SIGNALS.iter().position(|known| *known == signal);
    if let (Some(at), Some(previous)) = (at, PREVIOUS.get()) {
        // SAFETY: what was in force before is a valid action; async-signal-safe.
        unsafe { libc::sigaction(signal, &raw const previous[at], std::ptr::null_mut()) };
    }
    // Blocked until this handler returns; then the previous action has it.
    // SAFETY: async-signal-safe.
    unsafe { libc::raise(signal) };
}

/// The crashes noted in `path`, Unix milliseconds, oldest first; none when the file cannot be read.
#[must_use]
pub fn noted_crashes(path: &Path) -> Vec<i64> {
    let mut bytes = Vec::new();
    if File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).is_err() {
        return Vec::new();
    }
    let seconds = bytes.chunks_exact(8).filter_map(|note| Some(i64::from_le_bytes(note.try_into().ok()?)));
    seconds.map(|seconds| seconds.saturating_mul(1000)).collect()
}
