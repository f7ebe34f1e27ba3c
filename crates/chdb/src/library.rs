//! The shared object, opened once per process.

use crate::Error;
use crate::symbols::Symbols;
use std::ffi::CStr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// libchdb, loaded. It stays loaded until the process ends.
pub struct Library {
    path: PathBuf,
    pub(crate) symbols: Symbols,
}

static LOADED: OnceLock<Library> = OnceLock::new();
static LOADING: Mutex<()> = Mutex::new(());

impl Library {
    /// Opens the shared object at `path`; the second time, returns the one that is open already.
    ///
    /// # Errors
    /// [`Error::Load`]: it is not there, is for another platform, lacks a function, or another one is open already.
    pub fn open(path: &Path) -> Result<&'static Self, Error> {
        let _one_at_a_time = LOADING.lock().unwrap_or_else(PoisonError::into_inner);
        if LOADED.get().is_none() {
            let symbols = Symbols::load(path)?;
            // The lock is held, so nobody else can have set it.
            let _ = LOADED.set(Self { path: path.to_path_buf(), symbols });
        }
        let problem = |reason: String| Error::Load { path: path.display().to_string(), reason };
        let library = LOADED.get().ok_or_else(|| problem("it was not kept".to_owned()))?;
        if library.path != path {
            return Err(problem(format!("{} is loaded already", library.path.display())));
        }
        Ok(library)
    }

    /// The library's version, e.g. `26.7.3`.
    #[must_use]
    pub fn version(&self) -> String {
        // SAFETY: takes nothing and returns a NUL-terminated text.
        let version = unsafe { (self.symbols.version)() };
        if version.is_null() {
            return String::new();
        }
        // SAFETY: not null; the text is a constant of the library.
        unsafe { CStr::from_ptr(version) }.to_string_lossy().into_owned()
    }
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library").field("path", &self.path).finish_non_exhaustive()
    }
}
