//! The one engine of this process.

use crate::{Connection, Error, Library, exit_guard};
use std::ffi::{CString, c_char, c_int};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The engine opens one data directory, once per process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unused,
    Open,
    Over,
}

static STAGE: Mutex<Stage> = Mutex::new(Stage::Unused);
static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn connection_closed() {
    CONNECTIONS.fetch_sub(1, Ordering::SeqCst);
}

/// The engine on its data directory.
#[derive(Debug)]
pub struct Engine {
    library: &'static Library,
    path: PathBuf,
    arguments: Vec<CString>,
}

impl Engine {
    /// Opens the data directory (made if absent) and returns the engine with its first connection. `arguments` are
    /// server settings, `--name=value` each. Takes a few tenths of a second.
    ///
    /// # Errors
    /// [`Error::Open`]: another process has it open (its number is named), this process has opened an engine before,
    /// or the directory is unusable.
    pub fn open(
        library: &'static Library,
        path: &Path,
        arguments: &[String],
    ) -> Result<(Self, Connection), Error> {
        let failed = |reason: String| Error::Open { path: path.display().to_string(), reason };
        let mut stage = STAGE.lock().unwrap_or_else(PoisonError::into_inner);
        match *stage {
            Stage::Unused => {}
            Stage::Open => return Err(failed("this process has an engine open already".to_owned())),
            Stage::Over => return Err(failed("the engine was shut down and cannot start again".to_owned())),
        }
        std::fs::create_dir_all(path).map_err(|error| failed(error.to_string()))?;
        if let Some(owner) = owner(path) {
            return Err(failed(format!("another process has it open ({owner})")));
        }
        let engine =
            Self { library, path: path.to_path_buf(), arguments: argv(path, arguments).map_err(failed)? };
        // Before the first connection, or the engine takes over the process's signals.
        // SAFETY: takes a flag, has no precondition.
        unsafe { (library.symbols.set_signal_handlers_enabled)(0) };
        exit_guard::arm();
        let connection = engine.connect()?;
        *stage = Stage::Open;
        Ok((engine, connection))
    }

    /// One more connection.
    ///
    /// # Errors
    /// [`Error::Open`]: the engine refuses; it prints why on standard error.
    pub fn connect(&self) -> Result<Connection, Error> {
        let mut arguments: Vec<*mut c_char> =
            self.arguments.iter().map(|text| text.as_ptr().cast_mut()).collect();
        let count = c_int::try_from(arguments.len()).unwrap_or(c_int::MAX);
        // SAFETY: `count` NUL-terminated texts that outlive the call; the library does not write to them.
        let handle = unsafe { (self.library.symbols.connect)(count, arguments.as_mut_ptr()) };
        let handle = NonNull::new(handle).ok_or_else(|| Error::Open {
            path: self.path.display().to_string(),
            reason: "the engine refused; it printed why on standard error".to_owned(),
        })?;
        exit_guard::arm();
        CONNECTIONS.fetch_add(1, Ordering::SeqCst);
        Ok(Connection::new(self.library, handle))
    }

    /// Ends the engine after every connection was closed; nothing can be opened in this process any more.
    ///
    /// # Errors
    /// [`Error::Shutdown`]: connections are open, or the engine kept threads (the pinned version does so once a
    /// MergeTree table was used). Then the data directory is free as soon as the connections are closed, and the
    /// process will end without the library's destructors.
    pub fn shutdown(self) -> Result<(), Error> {
        let mut stage = STAGE.lock().unwrap_or_else(PoisonError::into_inner);
        *stage = Stage::Over;
        if CONNECTIONS.load(Ordering::SeqCst) > 0 {
            return Err(Error::Shutdown);
        }
        // SAFETY: takes nothing; refuses by itself when something is still in use.
        if unsafe { (self.library.symbols.shutdown)() } != 0 {
            return Err(Error::Shutdown);
        }
        exit_guard::disarm();
        Ok(())
    }
}

fn argv(path: &Path, settings: &[String]) -> Result<Vec<CString>, String> {
    let path = path.to_str().ok_or("the path is not valid UTF-8")?;
    let fixed = ["clickhouse".to_owned(), format!("--path={path}"), "--".to_owned()];
    fixed
        .into_iter()
        .chain(settings.iter().cloned())
        .map(|text| CString::new(text).map_err(|_| "an argument holds a NUL".to_owned()))
        .collect()
}

/// Who holds ClickHouse's lock on the directory. The engine would only print it and return nothing.
fn owner(path: &Path) -> Option<String> {
    let status = File::open(path.join("status")).ok()?;
    match status.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let text = std::fs::read_to_string(path.join("status")).unwrap_or_default();
            Some(text.lines().find(|line| line.starts_with("PID")).unwrap_or("PID unknown").to_owned())
        }
        Ok(()) | Err(TryLockError::Error(_)) => None,
    }
}
