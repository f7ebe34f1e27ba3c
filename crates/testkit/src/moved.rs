//! A time of day that is moved under another process: a library preloaded into it (`shim/clock.c`) adds what stands in a
//! file. How long something takes does not change by it.

use crate::shim::compile;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use ut_core::{Clock, SystemClock};

const SOURCE: &str = include_str!("../shim/clock.c");

/// The clock of processes that are started with its [environment](Self::environment).
#[derive(Debug)]
pub struct MovedClock {
    library: PathBuf,
    path: PathBuf,
    file: File,
}

impl MovedClock {
    /// Compiles the library into `folder`; the clock shows `now_ms` (Unix milliseconds) and goes on from there.
    ///
    /// # Panics
    /// When there is no C compiler, or the folder cannot be written.
    #[must_use]
    pub fn build(folder: &Path, now_ms: i64) -> Self {
        let (library, path) = (compile(folder, "clock", SOURCE), folder.join("clock.offset"));
        let mut options = File::options();
        let file = options.read(true).write(true).create(true).truncate(true).open(&path);
        let file = file.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let clock = Self { library, path, file };
        clock.set(now_ms);
        clock
    }

    /// What a process is started with.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 2] {
        let text = |path: &Path| path.display().to_string();
        [("LD_PRELOAD", text(&self.library)), ("CLOCK_OFFSET", text(&self.path))]
    }

    /// Moves it to `now_ms`, from where it goes on.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn set(&self, now_ms: i64) {
        let offset = (now_ms - SystemClock.now_ms()).to_ne_bytes();
        self.file.write_all_at(&offset, 0).unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
    }
}

impl Clock for MovedClock {
    fn now_ms(&self) -> i64 {
        let mut offset = [0; 8];
        let read = self.file.read_exact_at(&mut offset, 0);
        read.unwrap_or_else(|error| panic!("{}: {error}", self.path.display()));
        SystemClock.now_ms() + i64::from_ne_bytes(offset)
    }
}
