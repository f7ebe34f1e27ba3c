//! The built program, end to end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]
#![expect(clippy::print_stdout, reason = "a test says the figures it saw")]

mod backup;
mod clients;
mod commands;
mod consent;
mod crowd;
mod door;
mod explain;
mod full_disk;
mod golden;
mod join;
mod kill;
mod library;
mod limits;
mod machine;
mod openapi;
mod orders;
mod pii;
mod presence;
mod priority;
mod privacy;
mod program;
mod proxies;
mod ready;
#[cfg(target_os = "linux")]
mod restore;
#[cfg(target_os = "linux")]
mod rotation;
mod schemathesis;
mod serving;
mod settings;
#[cfg(target_os = "linux")]
mod shim;
mod signed;
mod site_settings;
mod skew;
mod slow;
mod story;
mod surface;
mod vitals;
mod webhooks;

/// The program under test.
fn binary() -> std::path::PathBuf {
    env!("CARGO_BIN_EXE_universal-tracking").into()
}
