//! The socket's path, also where the folder's path is longer than a socket address can hold (108 bytes on Linux).

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// `sun_path` of Linux without its closing NUL; macOS has four bytes less.
const LONGEST: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// A path that fits, for as long as this lives.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    // `path` leads through this descriptor when the folder's own path is too long.
    _folder: Option<File>,
}

impl Place {
    /// The file `name` in `folder`.
    pub(super) fn new(folder: &Path, name: &str) -> io::Result<Self> {
        let path = folder.join(name);
        if path.as_os_str().len() <= LONGEST {
            return Ok(Self { path, _folder: None });
        }
        if !cfg!(target_os = "linux") {
            let message =
                format!("{} is longer than {LONGEST} bytes: choose a shorter DATA_DIR", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let folder = File::open(folder)?;
        let path = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(name);
        Ok(Self { path, _folder: Some(folder) })
    }

    /// The path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}
