//! The segment that is being written.

use crate::disk::Disk;
use crate::files::{failed, sync_dir};
use crate::frame::Stamp;
use crate::segment::{Extent, HEADER_BYTES, Header, Segment};
use crate::space::Space;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use ut_core::Lsn;
use ut_core::ports::LogError;

/// Zeros are written so many bytes at once.
static ZEROS: [u8; 1 << 20] = [0; 1 << 20];

/// Where segments of one topic are made.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    pub(crate) stamp: Stamp,
    pub(crate) disk: Disk,
    pub(crate) space: Arc<Space>,
}

/// The segment that is being written.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) segment: Arc<Segment>,
    file: File,
    place: Place,
    /// Where the next frame goes; everything before it is synced.
    pub(crate) offset: u64,
    /// The file's length: zeros from `offset` on.
    pub(crate) filled: u64,
    pub(crate) created_ms: i64,
}

impl Active {
    /// Makes the file of the segment that starts with `header.first`, zero-filled up to `fill`. It appears under its
    /// name only when it is complete, so a segment without a valid header is damage and nothing else.
    pub(crate) fn create(place: &Place, header: Header, fill: u64) -> Result<Self, LogError> {
        let path = place.dir.join(file_name(header.first));
        let fresh = path.with_extension("new");
        let make = || -> io::Result<File> {
            let file = File::options().read(true).write(true).create(true).truncate(true).open(&fresh)?;
            place.disk.write_at(&file, &header.encode(place.stamp), 0)?;
            write_zeros(&place.disk, &file, HEADER_BYTES, fill)?;
            place.disk.sync(&file)?;
            std::fs::rename(&fresh, &path)?;
            sync_dir(&place.dir)?;
            Ok(file)
        };
        let file = make().map_err(|error| {
            let _ = std::fs::remove_file(&fresh);
            failed("making", &path, &error)
        })?;
        place.space.resized(0, fill);
        let extent = Extent { end: header.first, offset: HEADER_BYTES };
        let segment = Arc::new(Segment::new(path, place.stamp, header.first, extent, fill));
        Ok(Self::resume(place, segment, file, extent, fill, header.created_ms))
    }

    /// Goes on writing a segment at `extent.offset`; the file has `filled` bytes.
    pub(crate) fn resume(
        place: &Place,
        segment: Arc<Segment>,
        file: File,
        extent: Extent,
        filled: u64,
        created_ms: i64,
    ) -> Self {
        Self { segment, file, place: place.clone(), offset: extent.offset, filled, created_ms }
    }

    /// Whether it holds no frame.
    pub(crate) fn is_empty(&self) -> bool {
        self.offset == HEADER_BYTES
    }

    /// Fills the file with zeros up to `filled`. When it fails, nothing is lost: the segment stays as it was.
    pub(crate) fn fill(&mut self, filled: u64) -> Result<(), LogError> {
        let written = write_zeros(&self.place.disk, &self.file, self.filled, filled);
        if let Err(error) = written {
            // Gives back what was written of the zeros; if that fails too, they are harmless.
            let _ = self.file.set_len(self.filled);
            return Err(failed("extending", &self.segment.path, &error));
        }
        self.resized(filled);
        Ok(())
    }

    /// Writes and syncs a batch whose last event has the number before `end`. After an error it is unknown what is on
    /// disk: the segment must be abandoned.
    pub(crate) fn append(&mut self, batch: &[u8], end: Lsn) -> Result<(), LogError> {
        let disk = &self.place.disk;
        let stored = disk.write_at(&self.file, batch, self.offset).and_then(|()| disk.sync(&self.file));
        stored.map_err(|error| failed("writing", &self.segment.path, &error))?;
        self.offset += batch.len() as u64;
        self.segment.synced(Extent { end, offset: self.offset });
        Ok(())
    }

    /// Ends the segment at its synced end and gives the rest of the file back. Best effort in both uses: the zeros
    /// behind a closed segment are not read, and an abandoned tail is also cut by the number of the segment after it.
    pub(crate) fn finish(&mut self) {
        if self.file.set_len(self.offset).is_ok() {
            self.resized(self.offset);
            let _ = self.place.disk.sync(&self.file);
        }
    }

    fn resized(&mut self, bytes: u64) {
        self.filled = bytes;
        let before = self.segment.set_bytes(bytes);
        self.place.space.resized(before, bytes);
    }
}

/// The name of the segment that starts with `first`.
pub(crate) fn file_name(first: Lsn) -> String {
    format!("{:020}.seg", first.0)
}

fn write_zeros(disk: &Disk, file: &File, mut from: u64, to: u64) -> io::Result<()> {
    while from < to {
        let len = (to - from).min(ZEROS.len() as u64);
        disk.write_at(file, &ZEROS[..len as usize], from)?;
        from += len;
    }
    Ok(())
}
