//! `engine install`: the embedded ClickHouse library in the user's cache.

use super::print::{Output, print};
use crate::Failure;
use serde_json::json;
use std::io::{IsTerminal, Write};
use ut_chdb::engine::{self, InstallError, Progress, VERSION};

/// Fetches the pinned library unless it is there.
pub(super) fn install(as_json: bool) -> Result<(), Failure> {
    let cache = crate::config::cache_dir().ok_or_else(|| {
        Failure::new("there is no place for the engine: neither HOME nor XDG_CACHE_HOME is set")
            .fix("set one, or set UT_CHDB_LIB to a libchdb.so of your own")
    })?;
    let mut meter = Meter::default();
    let library = engine::install(&cache, |progress| meter.show(progress));
    meter.end();
    let library = library.map_err(failure)?;
    if as_json {
        return print(Output::Json(
            json!({"library": library, "version": VERSION, "fetched": meter.fetched}),
        ));
    }
    let how = if meter.fetched { "installed" } else { "already there" };
    print(Output::Text(format!("engine {VERSION} {how}: {}\n", library.display())))
}

fn failure(error: InstallError) -> Failure {
    let failure = Failure::new(format!("the engine was not installed: {error}"));
    match error {
        InstallError::Download(_) | InstallError::Checksum => failure
            .fix("check the network and npm's settings, then run `universal-tracking engine install` again"),
        InstallError::NoSpace(_) => failure.fix("free some space, or set XDG_CACHE_HOME to another disk"),
        InstallError::Cache { .. } => {
            failure.fix("mend its permissions, or set XDG_CACHE_HOME to another folder")
        }
        InstallError::NoNpm | InstallError::Platform => failure,
    }
}

/// The progress on standard error: one line drawn over itself on a terminal, every tenth elsewhere.
#[derive(Default)]
struct Meter {
    fetched: bool,
    waiting: bool,
    tenths: u64,
}

impl Meter {
    fn show(&mut self, progress: Progress) {
        match progress {
            Progress::Waiting if !self.waiting => {
                self.waiting = true;
                write("another process is installing the engine: waiting for it\n");
            }
            Progress::Waiting => {}
            Progress::Fetching { bytes, of } => self.fetching(bytes, of),
        }
    }

    fn fetching(&mut self, bytes: u64, of: u64) {
        if !self.fetched {
            self.fetched = true;
            write(&format!("fetching engine {VERSION} (178 MB packed, {} MB unpacked)\n", of / 1_000_000));
        }
        let tenths = bytes * 10 / of.max(1);
        if std::io::stderr().is_terminal() {
            write(&format!("\r  {} of {} MB", bytes / 1_000_000, of / 1_000_000));
        } else if tenths > self.tenths {
            self.tenths = tenths;
            write(&format!("  {} %\n", tenths * 10));
        }
    }

    fn end(&self) {
        if self.fetched && std::io::stderr().is_terminal() {
            write("\n");
        }
    }
}

fn write(text: &str) {
    // Nobody may be listening; the download goes on.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
