//! Where the converted data sets of this checkout are: a folder of the user's cache, named after a hash of the pins.
//!
//! Two programs must agree on it, the one that fills it (`cargo xtask data`) and the one that reads it
//! (`crates/tracking/build.rs`), so both compile this file.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What decides the content of the folder, from the project's root.
pub(crate) const PINS: [&str; 3] =
    ["datasets/requirements.txt", "datasets/package.json", "datasets/convert.py"];

/// The files in it.
pub(crate) const FILES: [&str; 5] =
    ["browsers.ndjson", "systems.ndjson", "devices.ndjson", "crawlers.tsv", "time_zones.tsv"];

/// The folder, whether or not it is there. `caches` is the user's cache folder.
pub(crate) fn folder(root: &Path, caches: &Path) -> io::Result<PathBuf> {
    // FNV-1a: it only has to tell a changed pin from an unchanged one.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for pin in PINS {
        for byte in fs::read(root.join(pin))? {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(caches.join("universal-tracking/datasets").join(format!("{hash:016x}")))
}
