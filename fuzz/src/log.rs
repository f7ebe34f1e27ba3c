//! Damage to the log's files, as a fuzzer chooses it. Shared by the fuzzer and the test that replays its corpus.
//!
//! The bytes are a little program: append, close a segment, overwrite, cut, lose a file, open again. A model knows what
//! was appended. What the log gives back must be that, or named as lost.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use ut_core::ports::{Close, Entry, Log, LogError, Topic};
use ut_core::{Clock, Lsn};
use ut_spool::{Spool, SpoolOptions};

/// Steps of one program; more say nothing new and take long.
const MAX_STEPS: usize = 24;

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now_ms(&self) -> i64 {
        1_700_000_000_000
    }
}

/// The bytes that are left of the program.
struct Program<'a>(&'a [u8]);

impl Program<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> u64 {
        u64::from(self.byte().unwrap_or(0)) << 8 | u64::from(self.byte().unwrap_or(0))
    }

    fn bytes(&mut self) -> Vec<u8> {
        let length = usize::from(self.byte().unwrap_or(0) % 64).min(self.0.len());
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken.to_vec()
    }
}

/// Runs a program.
///
/// # Panics
/// When the log gives back what was never appended, or leaves out without a word what was.
pub(crate) fn damage(program: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(run(Program(program)));
}

async fn run(mut program: Program<'_>) {
    let dir = scratch();
    let mut written: BTreeMap<Lsn, Entry> = BTreeMap::new();
    let mut log = Some(open(dir.path()).expect("an empty folder is opened"));
    for _ in 0..MAX_STEPS {
        let Some(step) = program.byte() else { break };
        match step % 8 {
            0..=2 => {
                let Some(log) = &log else { continue };
                let (count, bytes) = (u32::from(step / 8 % 4) + 1, program.bytes());
                if let Ok(first) = log.append(Topic::Received, count, bytes.clone()).await {
                    written.insert(first, Entry::new(first, count, bytes));
                }
            }
            3 => {
                let Some(log) = &log else { continue };
                let _ = log.trim(Topic::Received, Lsn(0), Close::Now).await;
            }
            4..=6 => {
                if let Some(log) = log.take() {
                    log.close().await;
                }
                spoil(dir.path(), step % 8, &mut program);
            }
            _ => {
                if let Some(log) = log.take() {
                    log.close().await;
                }
                log = reopened(dir.path(), &mut written);
                if let Some(log) = &log {
                    check(log, &written).await;
                }
            }
        }
    }
    if let Some(log) = log.or_else(|| reopened(dir.path(), &mut written)) {
        check(&log, &written).await;
    }
}

fn open(dir: &Path) -> Result<Spool, LogError> {
    let mut options = SpoolOptions::new(dir.join("log"), Arc::new(Still));
    options.segment_bytes = 1024;
    options.reserve_bytes = Some(0);
    options.linger = std::time::Duration::ZERO;
    Spool::open(options)
}

/// Opens again. A log that was set aside for a new one leaves nothing to expect; what a cut has taken from the end is
/// given anew to others.
fn reopened(dir: &Path, written: &mut BTreeMap<Lsn, Entry>) -> Option<Spool> {
    let set_aside = |dir: &Path| {
        let names = fs::read_dir(dir.join("log")).into_iter().flatten().flatten();
        names.filter(|entry| entry.file_name().to_string_lossy().starts_with("old-")).count()
    };
    let before = set_aside(dir);
    // It may say that it is damaged; it must not panic.
    let log = open(dir).ok()?;
    if set_aside(dir) != before {
        written.clear();
    }
    let end = log.status().received.end;
    written.retain(|_, entry| entry.end() <= end);
    Some(log)
}

/// Everything that is read is what was written, in order and without a gap.
async fn check(log: &Spool, written: &BTreeMap<Lsn, Entry>) {
    let status = log.status().received;
    let mut next = status.start;
    while next < status.end {
        let Ok(entries) = log.read(Topic::Received, next, 4096).await else { return };
        assert!(!entries.is_empty(), "nothing at {next:?} before {:?}", status.end);
        for entry in entries {
            assert_eq!(entry.first, next, "a gap");
            assert!(entry.end() > next && entry.end() <= status.end, "{entry:?} of {status:?}");
            next = entry.end();
            if entry.lost.is_none() {
                assert_eq!(written.get(&entry.first), Some(&entry), "never appended");
            }
        }
    }
}

/// Damages a file of the log, or loses it.
fn spoil(dir: &Path, how: u8, program: &mut Program<'_>) {
    let files = files(&dir.join("log"));
    if files.is_empty() {
        return;
    }
    let path = &files[usize::from(program.byte().unwrap_or(0)) % files.len()];
    let length = fs::metadata(path).map_or(0, |metadata| metadata.len());
    let at = program.number() % length.max(1);
    let outcome = match how {
        4 => File::options().write(true).open(path).and_then(|file| file.write_all_at(&program.bytes(), at)),
        5 => File::options().write(true).open(path).and_then(|file| file.set_len(at)),
        _ => fs::remove_file(path),
    };
    let _ = outcome;
}

/// Segments, cursors, identity and loss report, in a steady order.
fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with("old-") {
            found.extend(files(&path));
        } else if path.is_file() && name != "lock" {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// In memory where there is a place for it: a sync to a disk takes a thousand times as long as the rest.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("ut-fuzz-").tempdir_in(place).expect("a folder")
}
