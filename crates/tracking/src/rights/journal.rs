//! The journal of erasures: `DATA_DIR/erasures.journal` (mode 0600), one JSON object per line, appended and synced, never
//! changed. It is in no back-up: stores that were put back from one are brought to what it says.
//!
//! It names nobody. A visitor is a keyed hash of what history knows them as, an e-mail address or customer's id a blind
//! index: who has the secrets can ask whether somebody is in it, and learn nothing from it.

use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use ut_core::SiteId;

/// Its name in `DATA_DIR`.
pub const NAME: &str = "erasures.journal";

/// A visitor in the journal (`ut_core::keys::Keys::erased`).
pub type Tag = [u8; 16];

/// A request that was taken: what it names is gone, or will be as soon as every store is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Its number, from 1.
    pub number: u64,
    /// When it was taken, Unix milliseconds.
    pub at: i64,
    /// The site.
    pub site: SiteId,
    /// Who is forgotten.
    pub visitors: Vec<Tag>,
    /// What they were found by: name of the field (`email`) and blind index.
    pub blinds: Vec<(String, [u8; 32])>,
}

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system refused.
    #[error("the journal of erasures, {path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        error: std::io::Error,
    },
    /// A line is not what this program wrote. Going on without it would bring somebody back.
    #[error("the journal of erasures, {path}, line {line}, cannot be read: {why}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    erasure: u64,
    at: i64,
    site: u32,
    visitors: Vec<String>,
    blinds: Vec<(String, String)>,
}

/// The open file.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: PathBuf,
    /// Where the next line begins.
    end: u64,
    next: u64,
}

impl Journal {
    /// Opens it, or makes an empty one, and reads what it holds. A last line without its end was never confirmed to
    /// anybody, and goes.
    pub(super) fn open(folder: &Path) -> Result<(Self, Vec<Erasure>), JournalError> {
        let path = folder.join(NAME);
        let io = |error| JournalError::Io { path: path.clone(), error };
        let mut options = OpenOptions::new();
        let opened = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file = opened.map_err(io)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(io)?;
        let whole = text.rfind('\n').map_or(0, |last| last + 1);
        let damaged = |line, why| JournalError::Damaged { path: path.clone(), line, why };
        let mut erasures = Vec::new();
        for (at, line) in text[..whole].lines().enumerate() {
            erasures.push(parsed(line).map_err(|why| damaged(at + 1, why))?);
        }
        let next = erasures.iter().map(|erasure| erasure.number + 1).max().unwrap_or(1);
        let end = whole as u64;
        if whole < text.len() {
            file.set_len(end).and_then(|()| file.sync_all()).map_err(io)?;
        }
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
        Ok((Self { file, path, end, next }, erasures))
    }

    /// Writes an erasure; on disk when this returns it with its number.
    pub(super) fn append(&mut self, erasure: Erasure) -> Result<Erasure, JournalError> {
        let erasure = Erasure { number: self.next, ..erasure };
        let io = |error| JournalError::Io { path: self.path.clone(), error };
        let mut line = serde_json::to_string(&Line {
            erasure: erasure.number,
            at: erasure.at,
            site: erasure.site.0,
            visitors: erasure.visitors.iter().map(hex::encode).collect(),
            blinds: erasure.blinds.iter().map(|(field, blind)| (field.clone(), hex::encode(blind))).collect(),
        })
        .map_err(|error| io(error.into()))?;
        line.push('\n');
        // What an attempt that failed has left behind is written over, and cut off if it was longer.
        self.file.seek(SeekFrom::Start(self.end)).map_err(io)?;
        self.file.write_all(line.as_bytes()).map_err(io)?;
        let end = self.end + line.len() as u64;
        self.file.set_len(end).and_then(|()| self.file.sync_all()).map_err(io)?;
        self.end = end;
        self.next += 1;
        Ok(erasure)
    }
}

fn parsed(text: &str) -> Result<Erasure, String> {
    let line: Line = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let visitors = line.visitors.iter().map(|tag| unhexed(tag)).collect::<Result<_, _>>()?;
    let blinds = line.blinds.into_iter().map(|(field, blind)| Ok((field, unhexed(&blind)?)));
    Ok(Erasure {
        number: line.erasure,
        at: line.at,
        site: SiteId(line.site),
        visitors,
        blinds: blinds.collect::<Result<_, String>>()?,
    })
}

fn unhexed<const N: usize>(text: &str) -> Result<[u8; N], String> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).map_err(|error| format!("{text:?}: {error}"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn erasure(at: i64) -> Erasure {
        Erasure {
            number: 0,
            at,
            site: SiteId(1),
            visitors: vec![[7; 16]],
            blinds: vec![("email".to_owned(), [9; 32])],
        }
    }

    #[test]
    fn what_was_appended_is_there_again_and_only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (mut journal, nothing) = Journal::open(folder.path()).unwrap();
        assert!(nothing.is_empty());
        let first = journal.append(erasure(5)).unwrap();
        let second = journal.append(erasure(6)).unwrap();
        assert_eq!((first.number, second.number), (1, 2));
        let (mut journal, known) = Journal::open(folder.path()).unwrap();
        assert_eq!(known, [first, second]);
        assert_eq!(journal.append(erasure(7)).unwrap().number, 3);
        let mode = std::fs::metadata(folder.path().join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_torn_end_goes_and_a_torn_middle_stops_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let (mut journal, _) = Journal::open(folder.path()).unwrap();
        let first = journal.append(erasure(5)).unwrap();
        journal.append(erasure(6)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 3]).unwrap();
        let (mut journal, known) = Journal::open(folder.path()).unwrap();
        assert_eq!(known, [first]);
        assert_eq!(journal.append(erasure(8)).unwrap().number, 2);
        assert_eq!(Journal::open(folder.path()).unwrap().1.len(), 2);
        std::fs::write(&path, format!("{}x\n{text}", &text[..9])).unwrap();
        let error = Journal::open(folder.path()).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
