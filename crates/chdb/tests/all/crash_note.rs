//! A crash is noted, a kill is not. The test's own binary is the process that ends.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use ut_chdb::{note_crashes, noted_crashes};

const VICTIM: &str = "CRASH_NOTE_VICTIM";

/// The body of the process that ends.
fn end_as_told(order: &str) {
    let (signal, path) = order.split_once(' ').unwrap();
    note_crashes(Path::new(path)).unwrap();
    match signal {
        "abort" => std::process::abort(),
        // SAFETY: none: this process is here to be ended by the fault.
        "fault" => unsafe { std::ptr::null_mut::<u8>().write_volatile(1) },
        _ => {}
    }
    let pid = std::process::id().to_string();
    let _ = Command::new("kill").args([&format!("-{signal}"), &pid]).status();
    std::thread::sleep(std::time::Duration::from_secs(20));
}

fn end_by(order: &str, path: &Path) -> ExitStatus {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "crash_note::a_crash_is_noted_and_a_kill_is_not", "--nocapture"]);
    command.env(VICTIM, format!("{order} {}", path.display())).output().unwrap().status
}

#[test]
fn a_crash_is_noted_and_a_kill_is_not() {
    #[expect(clippy::disallowed_methods, reason = "the parent says what to do")]
    if let Ok(order) = std::env::var(VICTIM) {
        return end_as_told(&order);
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("engine-crashes");
    assert_eq!(end_by("KILL", &path).signal(), Some(9));
    assert_eq!(end_by("TERM", &path).signal(), Some(15));
    assert_eq!(noted_crashes(&path), [], "nobody crashed");
    assert_eq!(end_by("abort", &path).signal(), Some(6), "the process still ends by the signal");
    assert_eq!(end_by("fault", &path).signal(), Some(11));
    assert_eq!(noted_crashes(&path).len(), 2);
    assert!(noted_crashes(&path).iter().all(|at| *at > 1_700_000_000_000), "in milliseconds");
}
