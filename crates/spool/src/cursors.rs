//! How far each consumer has come: one file each, replaced as a whole.
//!
//! ```text
//! magic [8]  log id u128  next u64  intent u8, first u64, end u64  state length u64  crc of the state u32  crc of all this u32
//! state
//! ```

use crate::disk::Disk;
use crate::files::{failed, names, replace};
use crate::frame::u32_at;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use ut_core::ports::{Cursor, LogError};
use ut_core::{LogId, Lsn};

const MAGIC: &[u8; 8] = b"UTCURSR\x01";
const HEADER_BYTES: usize = 65;

/// The cursors of one log.
#[derive(Debug)]
pub(crate) struct Cursors {
    disk: Disk,
    dir: PathBuf,
    log: LogId,
    /// One commit per consumer at a time: two would write the same new file.
    writing: Mutex<HashMap<String, Arc<Mutex<()>>>>,
}

struct Header {
    log: LogId,
    cursor: Cursor,
    state_bytes: u64,
    state_crc: u32,
}

impl Cursors {
    pub(crate) fn new(disk: Disk, dir: PathBuf, log: LogId) -> Self {
        Self { disk, dir, log, writing: Mutex::default() }
    }

    /// Stores a cursor durably.
    pub(crate) fn store(&self, consumer: &str, cursor: &Cursor) -> Result<(), LogError> {
        check_name(consumer)?;
        let lock = self.writing.lock().entry(consumer.to_owned()).or_default().clone();
        let _one_at_a_time = lock.lock();
        replace(&self.disk, &self.dir, consumer, &[&encode(self.log, cursor), &cursor.state])
    }

    /// The stored cursor; the default if there is none, if it is another log's, or if it is not what was written: its
    /// consumer then does what it does without one, and nothing stands still.
    pub(crate) fn load(&self, consumer: &str) -> Result<Cursor, LogError> {
        match self.load_sound(consumer) {
            Err(LogError::Damaged(why)) => {
                tracing::error!(consumer, why, "the place of `{consumer}` in the log is lost: {why}");
                Ok(Cursor::default())
            }
            loaded => loaded,
        }
    }

    fn load_sound(&self, consumer: &str) -> Result<Cursor, LogError> {
        check_name(consumer)?;
        let Some((header, mut file)) = self.open(consumer)? else { return Ok(Cursor::default()) };
        if header.log != self.log {
            return Ok(Cursor::default());
        }
        let mut cursor = header.cursor;
        let read = file.read_to_end(&mut cursor.state);
        read.map_err(|error| failed("reading", &self.dir.join(consumer), &error))?;
        if cursor.state.len() as u64 != header.state_bytes
            || crc32fast::hash(&cursor.state) != header.state_crc
        {
            return Err(self.damaged(consumer));
        }
        Ok(cursor)
    }

    /// The stored place, without the state; the default like [`Self::load`].
    pub(crate) fn reached(&self, consumer: &str) -> Result<Lsn, LogError> {
        check_name(consumer)?;
        match self.open(consumer) {
            Ok(Some((header, _))) if header.log == self.log => Ok(header.cursor.next),
            Ok(_) | Err(LogError::Damaged(_)) => Ok(Lsn::default()),
            Err(error) => Err(error),
        }
    }

    /// The places the consumers of this log have stored, with their names. Does not read their states.
    pub(crate) fn places(&self) -> Result<Vec<(Lsn, String)>, LogError> {
        let mut places = Vec::new();
        for name in names(&self.dir)? {
            if check_name(&name).is_err() {
                continue;
            }
            match self.open(&name) {
                Ok(Some((header, _))) if header.log == self.log => places.push((header.cursor.next, name)),
                Ok(_) => {}
                // The consumer will meet it; that must not keep the door from acknowledging.
                Err(error) => tracing::warn!(%error, "a cursor cannot be read"),
            }
        }
        Ok(places)
    }

    fn open(&self, consumer: &str) -> Result<Option<(Header, File)>, LogError> {
        let path = self.dir.join(consumer);
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("reading", &path, &error)),
        };
        let mut bytes = [0; HEADER_BYTES];
        match file.read_exact(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(self.damaged(consumer)),
            other => other.map_err(|error| failed("reading", &path, &error))?,
        }
        let header = decode(&bytes).ok_or_else(|| self.damaged(consumer))?;
        Ok(Some((header, file)))
    }

    fn damaged(&self, consumer: &str) -> LogError {
        LogError::Damaged(format!("{}: not what was written", self.dir.join(consumer).display()))
    }
}

fn encode(log: LogId, cursor: &Cursor) -> [u8; HEADER_BYTES] {
    let (first, end) = cursor.intent.unwrap_or_default();
    let mut bytes = [0; HEADER_BYTES];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..24].copy_from_slice(&log.0.to_le_bytes());
    bytes[24..32].copy_from_slice(&cursor.next.0.to_le_bytes());
    bytes[32] = u8::from(cursor.intent.is_some());
    bytes[33..41].copy_from_slice(&first.0.to_le_bytes());
    bytes[41..49].copy_from_slice(&end.0.to_le_bytes());
    bytes[49..57].copy_from_slice(&(cursor.state.len() as u64).to_le_bytes());
    bytes[57..61].copy_from_slice(&crc32fast::hash(&cursor.state).to_le_bytes());
    let crc = crc32fast::hash(&bytes[..61]);
    bytes[61..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn decode(bytes: &[u8; HEADER_BYTES]) -> Option<Header> {
    let number = |at: usize| Some(u64::from_le_bytes(bytes[at..at + 8].try_into().ok()?));
    let sound = bytes.starts_with(MAGIC) && u32_at(bytes, 61)? == crc32fast::hash(&bytes[..61]);
    if !sound {
        return None;
    }
    let intent = (bytes[32] == 1).then_some((Lsn(number(33)?), Lsn(number(41)?)));
    Some(Header {
        log: LogId(u128::from_le_bytes(bytes[8..24].try_into().ok()?)),
        cursor: Cursor { next: Lsn(number(24)?), intent, state: Vec::new() },
        state_bytes: number(49)?,
        state_crc: u32_at(bytes, 57)?,
    })
}

/// A consumer's name is a file's name.
fn check_name(consumer: &str) -> Result<(), LogError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-';
    if !consumer.is_empty() && consumer.len() <= 64 && consumer.bytes().all(plain) {
        return Ok(());
    }
    Err(LogError::Io(format!("`{consumer}` is not a consumer's name: 1 to 64 of a-z, 0-9, _ and -")))
}
