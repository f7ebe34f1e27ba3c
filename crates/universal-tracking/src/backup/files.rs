//! The files of a backup: listed, hashed, copied and moved so that they are on disk when it is said that they are.

use crate::Failure;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const PIECE: usize = 1 << 20;

/// A failure about a path, in words.
pub(super) fn failed(doing: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{}: {doing}: {error}", path.display()))
}

/// The files below `folder`, sorted, by their paths in it, with `/` between names.
pub(super) fn list(folder: &Path) -> Result<Vec<String>, Failure> {
    let (mut folders, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(below) = folders.pop() {
        let entries = std::fs::read_dir(&below).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        for entry in entries.map_err(|error| failed("cannot be read", &below, &error))? {
            let path = entry.path();
            // A link could lead anywhere.
            let kind = entry.file_type().map_err(|error| failed("cannot be read", &path, &error))?;
            if kind.is_dir() {
                folders.push(path);
            } else if let (true, Some(name)) = (kind.is_file(), relative(folder, &path)) {
                files.push(name);
            } else {
                return Err(Failure::refused(format!("{} is no file of a backup", path.display())));
            }
        }
    }
    files.sort();
    Ok(files)
}

fn relative(folder: &Path, path: &Path) -> Option<String> {
    Some(path.strip_prefix(folder).ok()?.to_str()?.to_owned())
}

/// Size in bytes and BLAKE3 in hex.
pub(super) fn sum(path: &Path) -> Result<(u64, String), Failure> {
    let read = || -> io::Result<(u64, String)> {
        let (mut file, mut hasher, mut piece) = (File::open(path)?, blake3::Hasher::new(), vec![0; PIECE]);
        let mut size = 0;
        loop {
            match file.read(&mut piece)? {
                0 => return Ok((size, hasher.finalize().to_hex().to_string())),
                count => {
                    hasher.update(piece.get(..count).unwrap_or_default());
                    size += count as u64;
                }
            }
        }
    };
    read().map_err(|error| failed("cannot be read", path, &error))
}

/// Syncs a file or a folder.
pub(super) fn sync(path: &Path) -> Result<(), Failure> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| failed("cannot be synced", path, &error))
}

/// Syncs everything below a folder, and the folder. Links are names, and synced with their folder.
pub(super) fn sync_below(folder: &Path) -> Result<(), Failure> {
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        let entries = std::fs::read_dir(&below).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        for entry in entries.map_err(|error| failed("cannot be read", &below, &error))? {
            let kind = entry.file_type().map_err(|error| failed("cannot be read", &entry.path(), &error))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                sync(&entry.path())?;
            }
        }
        sync(&below)?;
    }
    Ok(())
}

/// Copies a file with its permissions, and syncs the copy.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    std::fs::copy(from, to).map_err(|error| failed("cannot be copied", from, &error))?;
    sync(to)
}

/// Moves what is there below `from` to `to`, on the same disk; false when there is nothing.
pub(super) fn shift(name: &str, from: &Path, to: &Path) -> Result<bool, Failure> {
    match std::fs::rename(from.join(name), to.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(failed("cannot be moved", &from.join(name), &error)),
        Ok(()) => Ok(true),
    }
}

/// Makes a folder of ours alone; it must be empty if it is there.
pub(super) fn empty(folder: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| failed("cannot be made", folder, &error))?;
    let first = std::fs::read_dir(folder).map(|mut entries| entries.next().is_some());
    if first.map_err(|error| failed("cannot be read", folder, &error))? {
        let message = format!("{} is not empty", folder.display());
        return Err(Failure::refused(message).fix("name a folder for this backup alone, e.g. by its date"));
    }
    Ok(())
}

/// The path from the root: a server has another working directory.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| failed("is no path", path, &error))
}
