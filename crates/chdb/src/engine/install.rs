//! Fetches the pinned engine into the cache.

use super::locate::{self, MARKER};
use super::npm;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What npm needs to fetch exactly the pinned bytes; the lock file holds their sha512.
const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("../../../../engine/package.json")),
    ("package-lock.json", include_str!("../../../../engine/package-lock.json")),
    (".npmrc", include_str!("../../../../engine/.npmrc")),
];
/// Unpacked package.
const UNPACKED_BYTES: u64 = 569_100_000;
/// Unpacked package, npm's own copy of the packed one (178 MB), and some air.
const NEEDED_BYTES: u64 = 800_000_000;
/// How often a waiting install looks whether the other one has ended.
const WAIT: Duration = Duration::from_millis(200);

/// How far an install has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Another process is installing; this one waits for it.
    Waiting,
    /// npm downloads and unpacks: bytes on disk so far, and about how many it will be.
    Fetching {
        /// So far.
        bytes: u64,
        /// In the end, about.
        of: u64,
    },
}

/// Why the engine was not installed; each is one line for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstallError {
    /// There is no npm.
    #[error(
        "npm is not installed: install Node.js with npm (nodejs.org, or `apt install npm`), then try again"
    )]
    NoNpm,
    /// The download failed; npm's reason.
    #[error("the download failed: {0}")]
    Download(String),
    /// The disk is full.
    #[error("not enough space: {0}")]
    NoSpace(String),
    /// What arrived is not what was pinned.
    #[error("the downloaded engine does not match the pinned sha512; nothing was installed")]
    Checksum,
    /// No engine is pinned for this machine.
    #[error(
        "there is no pinned engine for this platform (it exists for Linux on x86-64 with glibc): name a libchdb with \
         UT_CHDB_LIB, or point OLAP_URL at a ClickHouse server"
    )]
    Platform,
    /// The cache cannot be written.
    #[error("the cache {path} cannot be used: {reason}")]
    Cache {
        /// What was touched.
        path: String,
        /// The system's words.
        reason: String,
    },
}

/// Makes sure that the pinned engine is in the cache and returns its shared object. Safe to run several times at once;
/// returns at once when it is there already. Blocks for the time of a 178 MB download otherwise.
///
/// # Errors
/// [`InstallError`]; the cache then holds what it held before.
pub fn install(cache_root: &Path, mut progress: impl FnMut(Progress)) -> Result<PathBuf, InstallError> {
    if let Ok(library) = locate::locate(None, cache_root) {
        return Ok(library);
    }
    let base = cache_root.join("engine");
    std::fs::create_dir_all(&base).map_err(|error| cache_error(&base, &error))?;
    // Held until the function returns.
    let _lock = lock(&base, &mut progress)?;
    if let Ok(library) = locate::locate(None, cache_root) {
        return Ok(library);
    }
    check_space(&base)?;
    let partial = base.join("partial");
    remove(&partial)?;
    let result = fetch(&partial, &mut progress).and_then(|()| keep(&partial, cache_root));
    if result.is_err() {
        // The reason to tell is the first one; what is left over is removed by the next install.
        let _ = remove(&partial);
    }
    result
}

fn lock(base: &Path, progress: &mut impl FnMut(Progress)) -> Result<File, InstallError> {
    let path = base.join("lock");
    let file = File::create(&path).map_err(|error| cache_error(&path, &error))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                progress(Progress::Waiting);
                std::thread::sleep(WAIT);
            }
            Err(TryLockError::Error(error)) => return Err(cache_error(&path, &error)),
        }
    }
}

fn check_space(base: &Path) -> Result<(), InstallError> {
    let disk = rustix::fs::statvfs(base).map_err(|error| cache_error(base, &error.into()))?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    if free >= NEEDED_BYTES {
        return Ok(());
    }
    let mib = |bytes: u64| bytes / 1_048_576;
    let (needed, free) = (mib(NEEDED_BYTES), mib(free));
    Err(InstallError::NoSpace(format!("{} needs {needed} MiB and has {free} MiB", base.display())))
}

fn fetch(partial: &Path, progress: &mut impl FnMut(Progress)) -> Result<(), InstallError> {
    std::fs::create_dir_all(partial).map_err(|error| cache_error(partial, &error))?;
    for (name, text) in FILES {
        let path = partial.join(name);
        std::fs::write(&path, text).map_err(|error| cache_error(&path, &error))?;
    }
    npm::ci("npm", partial, || {
        let bytes = bytes_below(partial).min(UNPACKED_BYTES);
        progress(Progress::Fetching { bytes, of: UNPACKED_BYTES });
    })
}

/// Marks the download as whole and renames it into place.
fn keep(partial: &Path, cache_root: &Path) -> Result<PathBuf, InstallError> {
    let library = locate::library_in(partial);
    let failed = |error: std::io::Error| cache_error(&library, &error);
    let file = File::open(&library).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    // On disk before the marker says so.
    file.sync_all().map_err(failed)?;
    let marker = partial.join(MARKER);
    std::fs::write(&marker, format!("{size}\n")).map_err(|error| cache_error(&marker, &error))?;
    File::open(&marker).and_then(|file| file.sync_all()).map_err(|error| cache_error(&marker, &error))?;
    let folder = locate::folder(cache_root);
    // What lies there is not whole, or this install would not have begun.
    remove(&folder)?;
    std::fs::rename(partial, &folder).map_err(|error| cache_error(&folder, &error))?;
    locate::locate(None, cache_root).map_err(|_| InstallError::Cache {
        path: folder.display().to_string(),
        reason: "the installation is not whole".to_owned(),
    })
}

fn remove(folder: &Path) -> Result<(), InstallError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(cache_error(folder, &error)),
        _ => Ok(()),
    }
}

/// Sum of the files below a folder; files that vanish meanwhile count nothing.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => bytes_below(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

fn cache_error(path: &Path, error: &std::io::Error) -> InstallError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return InstallError::NoSpace(format!("{}: {error}", path.display()));
    }
    InstallError::Cache { path: path.display().to_string(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::VERSION;

    #[test]
    fn the_lock_file_pins_the_version_and_its_checksum() {
        let lock: serde_json::Value = serde_json::from_str(FILES[1].1).unwrap();
        let pinned = &lock["packages"][format!("node_modules/{}", locate::PACKAGE)];
        assert_eq!(pinned["version"], VERSION);
        assert!(pinned["integrity"].as_str().unwrap().starts_with("sha512-"));
        assert!(pinned["resolved"].is_null(), "the registry is the user's choice");
        let package: serde_json::Value = serde_json::from_str(FILES[0].1).unwrap();
        assert_eq!(package["dependencies"][locate::PACKAGE], VERSION);
    }

    #[test]
    fn an_unusable_cache_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "x").unwrap();
        assert!(matches!(install(&file, |_| {}), Err(InstallError::Cache { .. })));
    }
}
