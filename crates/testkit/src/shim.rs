//! A disk that fails on demand under another process: a library preloaded into it (`shim/faults.c`) kills it, or lets
//! a call fail, at one chosen rename, sync, truncation or removal below a directory.
//!
//! What to do stands in a file that the library reads at every such call, so a test may order it while the process
//! runs, just before the one insert or commit it is about.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

const SOURCE: &str = include_str!("../shim/faults.c");

/// What happens at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// It is only written down.
    Count,
    /// SIGKILL, before the call.
    Kill,
    /// No space is left: `ENOSPC`, and nothing is done.
    Full,
    /// The device fails: `EIO`, and nothing is done.
    Broken,
}

impl Action {
    const fn word(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Kill => "kill",
            Self::Full => "28",
            Self::Broken => "5",
        }
    }
}

/// A call that the process made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `rename` (the path is the old name), `sync`, `truncate` or `unlink`.
    pub kind: String,
    /// Its path below the watched directory.
    pub path: String,
    /// Whether the ordered action was done at it.
    pub struck: bool,
}

/// A place in the life of a process where something can go wrong: the `nth` call that looks like this one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Point {
    /// The kind of call, as a glob pattern.
    pub kinds: String,
    /// The path below the watched directory, as a glob pattern.
    pub paths: String,
    /// From 1 on.
    pub nth: u32,
}

impl Point {
    /// The n-th call of any kind anywhere.
    #[must_use]
    pub fn any(nth: u32) -> Self {
        Self { kinds: "*".to_owned(), paths: "*".to_owned(), nth }
    }

    /// The points that calls stand for: the numbers of parts, segments and tables differ from run to run, and so do
    /// the random names of folders.
    #[must_use]
    pub fn of(calls: &[Call]) -> Vec<Self> {
        let mut points: Vec<Self> = Vec::new();
        for Call { kind, path, .. } in calls {
            let paths: String = path.split_inclusive(['/', '.']).map(pattern).collect();
            let alike = points.iter().filter(|point| point.kinds == *kind && point.paths == paths).count();
            points.push(Self { kinds: kind.clone(), paths, nth: u32::try_from(alike).unwrap_or(0) + 1 });
        }
        points
    }
}

/// A piece of a path, with what is random or counted in it left open.
fn pattern(piece: &str) -> String {
    let name = piece.trim_end_matches(['/', '.']);
    let random =
        matches!(name.len(), 3 | 36) && name.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if random {
        return format!("*{}", &piece[name.len()..]);
    }
    let mut open = String::new();
    for letter in piece.chars() {
        match letter {
            '0'..='9' if open.ends_with('*') => {}
            '0'..='9' => open.push('*'),
            _ => open.push(letter),
        }
    }
    open
}

/// Compiles a library that is preloaded into a process.
pub(crate) fn compile(folder: &Path, name: &str, text: &str) -> PathBuf {
    let (source, library) = (folder.join(format!("{name}.c")), folder.join(format!("{name}.so")));
    fs::write(&source, text).unwrap_or_else(|error| panic!("{}: {error}", source.display()));
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]);
    let status = compiler.arg(&library).arg(&source).arg("-ldl").stdin(Stdio::null()).status();
    assert!(status.as_ref().is_ok_and(std::process::ExitStatus::success), "cc: {status:?}");
    library
}

/// The compiled library.
#[derive(Debug)]
pub struct Library(PathBuf);

impl Library {
    /// Compiles it into `folder`.
    ///
    /// # Panics
    /// When there is no C compiler (this project needs one to be built).
    #[must_use]
    pub fn build(folder: &Path) -> Self {
        Self(compile(folder, "faults", SOURCE))
    }

    /// For a process whose calls below `watched` count; orders go through files in `folder`.
    ///
    /// # Panics
    /// When the folder cannot be made.
    #[must_use]
    pub fn shim(&self, folder: &Path, watched: &Path) -> Shim {
        fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let (library, folder, watched) = (self.0.clone(), folder.to_owned(), watched.to_owned());
        Shim { library, folder, watched, orders: AtomicU32::new(0) }
    }
}

/// The library in one process, and the files through which it takes orders.
#[derive(Debug)]
pub struct Shim {
    library: PathBuf,
    folder: PathBuf,
    watched: PathBuf,
    orders: AtomicU32,
}

impl Shim {
    /// What the process is started with.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let text = |path: PathBuf| path.display().to_string();
        vec![
            ("LD_PRELOAD", text(self.library.clone())),
            ("FAULT_DIR", text(self.watched.clone())),
            ("FAULT_CONTROL", text(self.control())),
            ("FAULT_RECORD", text(self.record())),
        ]
    }

    fn control(&self) -> PathBuf {
        self.folder.join("control")
    }

    fn record(&self) -> PathBuf {
        self.folder.join("record")
    }

    /// Orders an action from now on: at a point, and at the `times - 1` calls that look like it after that.
    ///
    /// # Panics
    /// When the order cannot be written.
    pub fn order(&self, action: Action, point: &Point, times: u32) {
        let number = self.orders.fetch_add(1, SeqCst) + 1;
        let Point { kinds, paths, nth } = point;
        let text =
            format!("{number} {} {nth} {times} {kinds} {}/{paths}\n", action.word(), self.watched.display());
        // As a whole: the process may read it at any time.
        let fresh = self.folder.join("control.new");
        let written = fs::write(&fresh, text).and_then(|()| fs::rename(&fresh, self.control()));
        written.unwrap_or_else(|error| panic!("{}: {error}", self.folder.display()));
    }

    /// Writes every call down from now on, and does nothing else.
    pub fn count(&self) {
        self.order(Action::Count, &Point::any(1), 0);
    }

    /// The calls that the newest order is about, so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        let current = self.orders.load(SeqCst).to_string();
        let text = fs::read_to_string(self.record()).unwrap_or_default();
        let call = |line: &str| {
            let mut words = line.splitn(5, ' ');
            let number = words.next()?;
            let (_, outcome, kind, path) = (words.next()?, words.next()?, words.next()?, words.next()?);
            let path = Path::new(path).strip_prefix(&self.watched).ok()?.to_string_lossy().into_owned();
            (number == current).then(|| Call { kind: kind.to_owned(), path, struck: outcome != "-" })
        };
        text.lines().filter_map(call).collect()
    }

    /// Whether what was ordered last has happened.
    #[must_use]
    pub fn struck(&self) -> bool {
        self.calls().iter().any(|call| call.struck)
    }
}
