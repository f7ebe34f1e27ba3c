//! Small files that are replaced as a whole, and the words of errors.

use crate::disk::Disk;
use std::fs::File;
use std::io;
use std::path::Path;
use ut_core::ports::LogError;

/// An error with the place where it happened. A disk without space is `Full`, so that callers come back later.
pub(crate) fn failed(doing: &str, path: &Path, error: &io::Error) -> LogError {
    let text = format!("{doing} {}: {error}", path.display());
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => LogError::Full(text),
        _ => LogError::Io(text),
    }
}

/// Makes renames and removals in `dir` durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Replaces `dir/name` by `parts`, one after the other: after a crash it is the old file or the new one.
pub(crate) fn replace(disk: &Disk, dir: &Path, name: &str, parts: &[&[u8]]) -> Result<(), LogError> {
    let path = dir.join(name);
    let fresh = dir.join(format!("{name}.new"));
    let write = || -> io::Result<()> {
        let file = File::create(&fresh)?;
        let mut offset = 0;
        for part in parts {
            disk.write_at(&file, part, offset)?;
            offset += part.len() as u64;
        }
        disk.sync(&file)?;
        std::fs::rename(&fresh, &path)?;
        sync_dir(dir)
    };
    write().map_err(|error| {
        // Half a file on a full disk would keep the disk full.
        let _ = std::fs::remove_file(&fresh);
        failed("writing", &path, &error)
    })
}

/// The entries of `dir` by name, in order; empty when there is no such directory.
pub(crate) fn names(dir: &Path) -> Result<Vec<String>, LogError> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("listing", dir, &error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| failed("listing", dir, &error))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}
