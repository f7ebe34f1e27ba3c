//! cargo-deny: licences, bans and sources of every crate, by the lists in `deny.toml`.

use crate::failure::Failure;
use crate::machine;
use crate::process;
use std::path::PathBuf;
use std::process::Command;

/// The version the lists are written for.
const VERSION: &str = "0.20.2";

/// The check; builds the tool into the user's cache first when it is not there.
pub(crate) fn check() -> Result<Command, Failure> {
    let program = installed()?;
    Ok(process::in_root(&program.to_string_lossy(), &["check", "licenses", "bans", "sources"]))
}

fn installed() -> Result<PathBuf, Failure> {
    let folder = machine::cache()?.join("tools").join(format!("cargo-deny-{VERSION}"));
    let program = folder.join("bin/cargo-deny");
    if program.is_file() {
        return Ok(program);
    }
    println!("installing cargo-deny {VERSION} (built once per user)");
    let package = format!("cargo-deny@{VERSION}");
    let root = folder.to_string_lossy();
    let mut install =
        process::cargo(&["install", "--quiet", "--locked", "--debug", &package, "--root", &root]);
    // A build directory of its own, which cargo removes: its crates are of no use to ours.
    install.env_remove("CARGO_TARGET_DIR").env("CARGO_PROFILE_DEV_DEBUG", "0");
    process::quiet(
        &mut install,
        "cargo-deny",
        "check the network and the Rust registry of your cargo configuration",
    )?;
    Ok(program)
}
