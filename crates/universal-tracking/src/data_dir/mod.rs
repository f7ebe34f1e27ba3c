//! `DATA_DIR`: made with mode 0700, used by one process at a time, home of the secrets that nobody gave.

mod secrets;

pub use secrets::Secrets;

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What a process holds the folder for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A server, until it is stopped.
    Server,
    /// A command, for a moment.
    Command,
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Command => "command",
        }
    }
}

/// The process that holds the folder, as far as it said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Its process id.
    pub pid: u32,
    /// What it does.
    pub role: Role,
}

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another process holds it.
    #[error("another {} ({}) runs on DATA_DIR {path}", role(*.holder), pid(*.holder))]
    Held {
        /// The folder.
        path: PathBuf,
        /// Who; `None` when it has not written its name yet.
        holder: Option<Holder>,
    },
    /// The system refused.
    #[error("DATA_DIR {path}: {doing}: {error}")]
    Io {
        /// The folder or a file in it.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// The system's words.
        error: std::io::Error,
    },
    /// Any user of the machine can put files there, and take ours away.
    #[error("DATA_DIR {path} can be written by every user of this machine (mode {mode:o})")]
    Shared {
        /// The folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// `secrets.toml` is not what this program wrote.
    #[error("{path} {problem}")]
    Secrets {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
}

fn role(holder: Option<Holder>) -> &'static str {
    holder.map_or("process", |holder| holder.role.as_str())
}

fn pid(holder: Option<Holder>) -> String {
    holder.map_or_else(|| "pid unknown".to_owned(), |holder| format!("pid {}", holder.pid))
}

/// The folder, held by this process until dropped (also when the process is killed).
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    // Never read: closing it gives the lock back.
    _lock: File,
}

impl DataDir {
    /// Makes the folder if there is none (mode 0700) and takes it. Does not wait.
    pub fn lock(path: &Path, role: Role) -> Result<Self, DataDirError> {
        let io = |doing| move |error| DataDirError::Io { path: path.to_owned(), doing, error };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io("cannot be made"))?;
        let mode = std::fs::metadata(path).map_err(io("cannot be looked at"))?.permissions().mode() & 0o7777;
        if mode & 0o002 != 0 {
            return Err(DataDirError::Shared { path: path.to_owned(), mode });
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut lock = options.open(path.join("lock")).map_err(io("the lock file cannot be opened"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DataDirError::Held { path: path.to_owned(), holder: read_holder(&mut lock) });
            }
            Err(TryLockError::Error(error)) => return Err(io("cannot be locked")(error)),
        }
        let line = format!("{} {}\n", std::process::id(), role.as_str());
        lock.set_len(0)
            .and_then(|()| lock.write_all(line.as_bytes()))
            .map_err(io("the lock file cannot be written"))?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// From here on, files this process makes are its user's alone, whoever makes them: the folder may have been there
/// before, with wider permissions than ours.
pub fn keep_private() {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

fn read_holder(lock: &mut File) -> Option<Holder> {
    let mut text = String::new();
    lock.rewind().ok()?;
    lock.read_to_string(&mut text).ok()?;
    let (pid, role) = text.trim().split_once(' ')?;
    let role = if role == Role::Server.as_str() { Role::Server } else { Role::Command };
    Some(Holder { pid: pid.parse().ok()?, role })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time_and_the_next_after_it() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("a/data");
        let held = DataDir::lock(&path, Role::Server).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(std::fs::metadata(path.join("lock")).unwrap().permissions().mode() & 0o777, 0o600);

        let refusal = DataDir::lock(&path, Role::Command).unwrap_err().to_string();
        let me = std::process::id();
        assert_eq!(refusal, format!("another server (pid {me}) runs on DATA_DIR {}", path.display()));

        drop(held);
        DataDir::lock(&path, Role::Command).unwrap();
    }

    #[test]
    fn a_folder_that_everybody_can_write_to_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let wide =
            |mode| std::fs::set_permissions(base.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        wide(0o1777);
        let refusal = DataDir::lock(base.path(), Role::Server).unwrap_err().to_string();
        assert!(refusal.contains("every user") && refusal.contains("1777"), "{refusal}");
        assert!(!base.path().join("lock").exists(), "nothing is made in it");
        wide(0o775);
        DataDir::lock(base.path(), Role::Server).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let base = tempfile::tempdir().unwrap();
        let file = base.path().join("file");
        std::fs::write(&file, "").unwrap();
        let refusal = DataDir::lock(&file.join("data"), Role::Server).unwrap_err().to_string();
        assert!(refusal.contains("cannot be made") && refusal.contains("file/data"), "{refusal}");
    }
}
