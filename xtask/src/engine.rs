//! The server's binary and the engine it loads.

use crate::failure::Failure;
use crate::machine;
use crate::process;
use std::path::PathBuf;
use std::process::Command;

/// How a binary is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Fast to build.
    Dev,
    /// Fast to run.
    Release,
}

/// Builds the server's binary.
pub(crate) fn build(profile: Profile) -> Result<(), Failure> {
    let mut arguments = vec!["build", "--package", "universal-tracking"];
    if profile == Profile::Release {
        arguments.push("--release");
    }
    process::stream(&mut process::cargo(&arguments))
}

/// The server's binary, as built.
pub(crate) fn binary(profile: Profile) -> PathBuf {
    let folder = if profile == Profile::Release { "release" } else { "debug" };
    machine::build_directory().join(folder).join("universal-tracking")
}

/// The server with a command of its own, in the directory the person typed in.
pub(crate) fn server(profile: Profile, arguments: &[String]) -> Command {
    let mut command = Command::new(binary(profile));
    command.args(arguments);
    command
}

/// Installs the pinned engine into the per-user cache, unless it is there; the server's own command does it.
pub(crate) fn install(profile: Profile) -> Result<(), Failure> {
    let arguments = ["engine".to_owned(), "install".to_owned()];
    let mut command = server(profile, &arguments);
    let status = command.current_dir(machine::root()).status();
    let status = status.map_err(|error| {
        Failure::new(
            "universal-tracking could not be started",
            error,
            "run `cargo xtask build` and look at its output",
        )
    })?;
    if status.success() { Ok(()) } else { Err(Failure::said_already()) }
}
