//! Walks over the frames of a segment file.

use crate::frame::{HEAD_BYTES, Head, Stamp};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use ut_core::Lsn;

/// Bytes read at once.
const CHUNK: usize = 256 << 10;

/// What lies at the place where the walk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// An intact frame with the expected number; the walk now stands behind it.
    Frame(Head),
    /// Nothing: zeros, or the end of what may be read.
    End,
    /// Something else.
    Bad,
}

/// A walk over frames from `offset` up to `limit`.
#[derive(Debug)]
pub(crate) struct Frames<'a> {
    file: &'a File,
    stamp: Stamp,
    /// Where the next frame starts.
    pub(crate) offset: u64,
    limit: u64,
    buffer: Vec<u8>,
    buffer_at: u64,
}

impl<'a> Frames<'a> {
    pub(crate) fn new(file: &'a File, stamp: Stamp, offset: u64, limit: u64) -> Self {
        Self { file, stamp, offset, limit, buffer: Vec::new(), buffer_at: offset }
    }

    /// Goes over the next frame, which must be intact and start with the number `expected`.
    pub(crate) fn step(&mut self, expected: Lsn) -> io::Result<Step> {
        let left = self.limit.saturating_sub(self.offset);
        if left < HEAD_BYTES as u64 {
            return Ok(Step::End);
        }
        let bytes = self.load(HEAD_BYTES)?;
        if bytes[..4] == [0; 4] {
            return Ok(Step::End);
        }
        let Some(head) = Head::parse(bytes).filter(|head| head.first == expected && head.len as u64 <= left)
        else {
            return Ok(Step::Bad);
        };
        let stamp = self.stamp;
        if !stamp.is_intact(self.load(head.len)?) {
            return Ok(Step::Bad);
        }
        self.offset += head.len as u64;
        Ok(Step::Frame(head))
    }

    /// The record of the frame that the last step went over.
    pub(crate) fn record(&self, head: &Head) -> &[u8] {
        let end = (self.offset - self.buffer_at) as usize;
        &self.buffer[end - head.len + HEAD_BYTES..end]
    }

    /// The bytes from `offset` on; the caller has checked that so many are within the limit.
    fn load(&mut self, len: usize) -> io::Result<&[u8]> {
        let have = (self.offset - self.buffer_at) as usize;
        if have + len > self.buffer.len() {
            let want = (self.limit - self.offset).min(len.max(CHUNK) as u64);
            self.buffer.resize(want as usize, 0);
            self.buffer_at = self.offset;
            self.file.read_exact_at(&mut self.buffer, self.offset)?;
        }
        let at = (self.offset - self.buffer_at) as usize;
        Ok(&self.buffer[at..at + len])
    }
}

/// Looks behind a bad place for the next intact frame whose number is after `after` and which `accept` takes. Only
/// called when something is wrong, so it may read the rest of the file at once.
pub(crate) fn resync(
    file: &File,
    stamp: Stamp,
    (offset, limit): (u64, u64),
    after: Lsn,
    accept: impl Fn(&Head) -> bool,
) -> io::Result<Option<(u64, Head)>> {
    let mut bytes = vec![0; limit.saturating_sub(offset) as usize];
    file.read_exact_at(&mut bytes, offset)?;
    let mut at = 0;
    while at + HEAD_BYTES <= bytes.len() {
        // The zeros that are written ahead are most of what is looked at. A frame that starts at one of the first
        // four of eight zeros would have the length 0.
        if bytes[at..at + 8] == [0; 8] {
            at += 4;
            continue;
        }
        let head = Head::parse(&bytes[at..]).filter(|head| head.first > after && accept(head));
        if let Some(head) = head
            && at + head.len <= bytes.len()
            && stamp.is_intact(&bytes[at..at + head.len])
        {
            return Ok(Some((offset + at as u64, head)));
        }
        at += 1;
    }
    Ok(None)
}
