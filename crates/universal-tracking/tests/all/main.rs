//! The built program, end to end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod clients;
mod commands;
mod crowd;
mod door;
mod explain;
mod kill;
mod limits;
mod machine;
mod pii;
mod presence;
mod program;
mod serving;
mod settings;
mod signed;
mod site_settings;
mod slow;
mod story;
mod surface;

/// The program under test.
fn binary() -> std::path::PathBuf {
    env!("CARGO_BIN_EXE_universal-tracking").into()
}
