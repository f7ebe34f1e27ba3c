//! What the store holds, in a small file of its own: how many claims of which hours. Without it nobody could say
//! whether something is missing from the store.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

const NAME: &str = "mark";
const MAGIC: &[u8; 8] = b"UTSEEN\x00\x01";

/// Claims stored, by hour.
pub(in super::super) type Counts = BTreeMap<i64, u64>;

/// What the store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Hours before this one have expired: they are not missing.
    pub(super) kept: i64,
    pub(super) counts: Counts,
}

impl Default for Mark {
    fn default() -> Self {
        Self { kept: i64::MIN, counts: Counts::new() }
    }
}

/// Writes the file anew: after a crash it is the old one or the new one.
pub(super) fn write(dir: &Path, mark: &Mark) -> io::Result<()> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&mark.kept.to_le_bytes());
    for (hour, count) in &mark.counts {
        bytes.extend_from_slice(&hour.to_le_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
    }
    bytes.extend_from_slice(&crc32fast::hash(&bytes).to_le_bytes());
    let (path, fresh) = (dir.join(NAME), dir.join("mark.new"));
    let replace = || {
        let mut file = File::create(&fresh)?;
        file.write_all(&bytes)?;
        file.sync_data()?;
        std::fs::rename(&fresh, &path)?;
        File::open(dir)?.sync_all()
    };
    replace().inspect_err(|_| drop(std::fs::remove_file(&fresh)))
}

/// What the file says; nothing when it is missing or not what was written.
pub(super) fn read(dir: &Path) -> io::Result<Mark> {
    match std::fs::read(dir.join(NAME)) {
        Ok(bytes) => Ok(parse(&bytes).unwrap_or_default()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Mark::default()),
        Err(error) => Err(error),
    }
}

fn parse(bytes: &[u8]) -> Option<Mark> {
    let (body, sum) = bytes.split_last_chunk::<4>()?;
    let (kept, rows) = body.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
    if crc32fast::hash(body) != u32::from_le_bytes(*sum) || !rows.len().is_multiple_of(16) {
        return None;
    }
    let row = |row: &[u8; 16]| {
        let (hour, count) = row.split_at(8);
        Some((i64::from_le_bytes(hour.try_into().ok()?), u64::from_le_bytes(count.try_into().ok()?)))
    };
    let counts: Option<Counts> = rows.as_chunks().0.iter().map(row).collect();
    Some(Mark { kept: i64::from_le_bytes(*kept), counts: counts? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), Mark::default());
        let mark = Mark { kept: -30, counts: [(-3, 7), (480_000, u64::MAX)].into() };
        write(dir.path(), &mark).unwrap();
        assert_eq!(read(dir.path()).unwrap(), mark);
        let mut bytes = std::fs::read(dir.path().join(NAME)).unwrap();
        bytes[12] ^= 1;
        std::fs::write(dir.path().join(NAME), bytes).unwrap();
        assert_eq!(read(dir.path()).unwrap(), Mark::default());
    }
}
