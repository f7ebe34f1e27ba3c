//! The built program, end to end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod clients;
mod commands;
mod crowd;
mod door;
mod explain;
mod kill;
mod pii;
mod program;
mod serving;
mod settings;
mod site_settings;
mod story;
mod surface;

/// The program under test.
fn binary() -> std::path::PathBuf {
    env!("CARGO_BIN_EXE_universal-tracking").into()
}
