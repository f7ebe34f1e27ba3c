//! How much more may be written.

use crate::disk::Disk;
use crate::files::failed;
use parking_lot::Mutex;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use ut_core::ports::LogError;

/// How long an answer of the disk is believed under load.
const BELIEVED: Duration = Duration::from_millis(100);

/// The bounds of one log, shared by its topics.
#[derive(Debug)]
pub(crate) struct Space {
    disk: Disk,
    dir: PathBuf,
    max_bytes: u64,
    reserve_bytes: u64,
    used: AtomicU64,
    free: Mutex<Option<(Instant, u64)>>,
}

impl Space {
    pub(crate) fn new(
        disk: Disk,
        dir: PathBuf,
        max_bytes: u64,
        reserve_bytes: Option<u64>,
    ) -> Result<Self, LogError> {
        let (_, all) =
            disk.space(&dir).map_err(|error| failed("asking for the free space of", &dir, &error))?;
        let reserve_bytes = reserve_bytes.unwrap_or_else(|| (all / 20).min(512 << 20));
        Ok(Self { disk, dir, max_bytes, reserve_bytes, used: AtomicU64::new(0), free: Mutex::new(None) })
    }

    /// Whether the segment files may grow by `bytes`.
    pub(crate) fn room(&self, bytes: u64) -> Result<(), LogError> {
        let used = self.used.load(Relaxed);
        if used.saturating_add(bytes) > self.max_bytes {
            return Err(LogError::Full(format!("{used} of {} bytes are used", self.max_bytes)));
        }
        let free = self.free()?;
        if free < self.reserve_bytes.saturating_add(bytes) {
            let reserve = self.reserve_bytes;
            return Err(LogError::Full(format!("the disk has {free} bytes left, {reserve} are reserved")));
        }
        Ok(())
    }

    /// A file went from `before` to `after` bytes.
    pub(crate) fn resized(&self, before: u64, after: u64) {
        if after >= before {
            self.used.fetch_add(after - before, Relaxed);
            if let Some((_, free)) = &mut *self.free.lock() {
                *free = free.saturating_sub(after - before);
            }
        } else {
            self.used.fetch_sub(before - after, Relaxed);
        }
    }

    fn free(&self) -> Result<u64, LogError> {
        let mut free = self.free.lock();
        if let Some((asked, bytes)) = *free
            && asked.elapsed() < BELIEVED
        {
            return Ok(bytes);
        }
        let asked = self.disk.space(&self.dir);
        let (bytes, _) = asked.map_err(|error| failed("asking for the free space of", &self.dir, &error))?;
        *free = Some((Instant::now(), bytes));
        Ok(bytes)
    }
}
