//! Takes the data sets of `datasets/` from the user's cache, where `cargo xtask data` put them, into `OUT_DIR`.

#[path = "../../xtask/src/pins.rs"]
mod pins;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for pin in pins::PINS.iter().chain(&["xtask/src/pins.rs"]) {
        println!("cargo::rerun-if-changed={}", root.join(pin).display());
    }
    let Some(caches) = caches() else {
        println!("cargo::error=the pinned data sets cannot be found: set HOME or XDG_CACHE_HOME");
        return Ok(());
    };
    let folder = pins::folder(&root, &caches)?;
    let out = PathBuf::from(variable("OUT_DIR").unwrap_or_default());
    for name in pins::FILES {
        let file = folder.join(name);
        println!("cargo::rerun-if-changed={}", file.display());
        if fs::copy(&file, out.join(name)).is_err() {
            println!(
                "cargo::error=the pinned data sets are not in {}: run `cargo xtask data`",
                folder.display()
            );
            return Ok(());
        }
    }
    Ok(())
}

/// This user's cache.
fn caches() -> Option<PathBuf> {
    let home = || variable("HOME").map(|home| PathBuf::from(home).join(".cache"));
    variable("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)
}

#[expect(clippy::disallowed_methods, reason = "a build script is told by its environment where things are")]
fn variable(name: &str) -> Option<String> {
    println!("cargo::rerun-if-env-changed={name}");
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
