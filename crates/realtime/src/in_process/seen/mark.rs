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

/// Writes the file anew: after a crash it is the old one or the new one.
pub(super) fn write(dir: &Path, counts: &Counts) -> io::Result<()> {
    let mut bytes = MAGIC.to_vec();
    for (hour, count) in counts {
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
pub(super) fn read(dir: &Path) -> io::Result<Counts> {
    match std::fs::read(dir.join(NAME)) {
        Ok(bytes) => Ok(parse(&bytes).unwrap_or_default()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Counts::new()),
        Err(error) => Err(error),
    }
}

fn parse(bytes: &[u8]) -> Option<Counts> {
    let (body, sum) = bytes.split_last_chunk::<4>()?;
    let rows = body.strip_prefix(MAGIC)?;
    if crc32fast::hash(body) != u32::from_le_bytes(*sum) || !rows.len().is_multiple_of(16) {
        return None;
    }
    let row = |row: &[u8; 16]| {
        let (hour, count) = row.split_at(8);
        Some((i64::from_le_bytes(hour.try_into().ok()?), u64::from_le_bytes(count.try_into().ok()?)))
    };
    rows.as_chunks().0.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), Counts::new());
        let counts = Counts::from([(-3, 7), (480_000, u64::MAX)]);
        write(dir.path(), &counts).unwrap();
        assert_eq!(read(dir.path()).unwrap(), counts);
        let mut bytes = std::fs::read(dir.path().join(NAME)).unwrap();
        bytes[12] ^= 1;
        std::fs::write(dir.path().join(NAME), bytes).unwrap();
        assert_eq!(read(dir.path()).unwrap(), Counts::new());
    }
}
