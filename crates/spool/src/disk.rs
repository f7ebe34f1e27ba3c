//! The few calls that may fail because of the disk; tests can make them fail.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The disk. In a test build its calls can be told to fail.
#[derive(Debug, Clone, Default)]
pub(crate) struct Disk {
    #[cfg(test)]
    pub(crate) faults: std::sync::Arc<faults::Faults>,
}

impl Disk {
    /// Writes all of `bytes` at `offset`.
    pub(crate) fn write_at(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        #[cfg(test)]
        self.faults.write(file, bytes, offset)?;
        file.write_all_at(bytes, offset)
    }

    /// `fdatasync`: the bytes, and the size if it has grown.
    pub(crate) fn sync(&self, file: &File) -> io::Result<()> {
        #[cfg(test)]
        self.faults.sync()?;
        file.sync_data()
    }

    /// Free bytes, and all bytes, of the disk that holds `dir`.
    pub(crate) fn space(&self, dir: &Path) -> io::Result<(u64, u64)> {
        let stat = rustix::fs::statvfs(dir)?;
        #[cfg(test)]
        if let Some(free) = self.faults.free() {
            return Ok((free, stat.f_blocks * stat.f_frsize));
        }
        Ok((stat.f_bavail * stat.f_frsize, stat.f_blocks * stat.f_frsize))
    }
}

#[cfg(test)]
pub(crate) mod faults {
    //! Failures on demand.
    use super::{File, FileExt, io};
    use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering::SeqCst};

    /// What shall fail.
    #[derive(Debug)]
    pub(crate) struct Faults {
        /// How many of the next syncs fail.
        pub(crate) syncs: AtomicU32,
        /// How many of the next writes fail, half of their bytes written.
        pub(crate) writes: AtomicU32,
        /// The error number they fail with.
        pub(crate) errno: AtomicI32,
        /// Free bytes of the disk; `u64::MAX` asks the disk.
        pub(crate) free: AtomicU64,
    }

    impl Default for Faults {
        fn default() -> Self {
            let eio = rustix::io::Errno::IO.raw_os_error();
            Self { syncs: 0.into(), writes: 0.into(), errno: eio.into(), free: u64::MAX.into() }
        }
    }

    impl Faults {
        fn due(&self, left: &AtomicU32) -> io::Result<()> {
            match left.fetch_update(SeqCst, SeqCst, |n| n.checked_sub(1)) {
                Ok(_) => Err(io::Error::from_raw_os_error(self.errno.load(SeqCst))),
                Err(_) => Ok(()),
            }
        }

        pub(super) fn sync(&self) -> io::Result<()> {
            self.due(&self.syncs)
        }

        pub(super) fn write(&self, file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
            self.due(&self.writes).inspect_err(|_| {
                let _ = file.write_all_at(&bytes[..bytes.len() / 2], offset);
            })
        }

        pub(super) fn free(&self) -> Option<u64> {
            Some(self.free.load(SeqCst)).filter(|free| *free != u64::MAX)
        }
    }
}
