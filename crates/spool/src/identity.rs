//! Which log this is, and setting a log aside that is no longer the one its consumers know.

use crate::disk::Disk;
use crate::files::{failed, names, replace, sync_dir};
use crate::frame::u32_at;
use std::io;
use std::path::Path;
use ut_core::LogId;
use ut_core::ports::LogError;

const MAGIC: &[u8; 8] = b"UTLOGID\x01";
const NAME: &str = "identity";
/// The folders of a log.
pub(crate) const RECEIVED: &str = "received";
pub(crate) const ENRICHED: &str = "enriched";
pub(crate) const CURSORS: &str = "cursors";

/// The log's identity, and whether it was made just now.
pub(crate) fn open(disk: &Disk, dir: &Path) -> Result<(LogId, Origin), LogError> {
    loop {
        let Some(log) = load(dir)? else {
            return Ok((make(disk, dir)?, Origin::Made));
        };
        // A crash while a log was set aside: the rest of it must follow, or its numbers would start again under the
        // old identity.
        if !dir.join(old_name(log)).exists() {
            return Ok((log, Origin::Found));
        }
        set_aside(dir, log)?;
    }
}

/// Where an identity comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It was on disk.
    Found,
    /// There was none.
    Made,
}

/// Moves everything of the log into `old-<log id>`, the identity last: until it is gone, the move is repeated.
pub(crate) fn set_aside(dir: &Path, log: LogId) -> Result<(), LogError> {
    let old = dir.join(old_name(log));
    let io = |error: io::Error| failed("setting the old log aside in", &old, &error);
    std::fs::create_dir_all(&old).map_err(io)?;
    sync_dir(dir).map_err(io)?;
    for name in [RECEIVED, ENRICHED, CURSORS, crate::losses::NAME, NAME] {
        match std::fs::rename(dir.join(name), old.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => other.map_err(io)?,
        }
        sync_dir(&old).map_err(io)?;
        sync_dir(dir).map_err(io)?;
    }
    Ok(())
}

pub(crate) fn old_name(log: LogId) -> String {
    format!("old-{log}")
}

fn load(dir: &Path) -> Result<Option<LogId>, LogError> {
    let path = dir.join(NAME);
    match std::fs::read(&path) {
        Ok(bytes) => parse(&bytes).map(Some).ok_or_else(|| {
            LogError::Damaged(format!(
                "{}: not what was written; restore the file or move the log away",
                path.display()
            ))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("reading", &path, &error)),
    }
}

fn parse(bytes: &[u8]) -> Option<LogId> {
    let sound =
        bytes.len() == 28 && bytes.starts_with(MAGIC) && u32_at(bytes, 24)? == crc32fast::hash(&bytes[..24]);
    sound.then(|| bytes[8..24].try_into().ok().map(u128::from_le_bytes).map(LogId)).flatten()
}

/// Makes a new identity. Segments without one are somebody's events: they are not touched.
fn make(disk: &Disk, dir: &Path) -> Result<LogId, LogError> {
    for topic in [RECEIVED, ENRICHED] {
        if names(&dir.join(topic))?.iter().any(|name| name.ends_with(".seg")) {
            let dir = dir.display();
            return Err(LogError::Damaged(format!(
                "{dir} holds segments but no identity; restore the file `{NAME}` or move `{topic}` away"
            )));
        }
    }
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| LogError::Io(format!("no random bytes: {error}")))?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&id);
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    replace(disk, dir, NAME, &[&bytes])?;
    Ok(LogId(u128::from_le_bytes(id)))
}
