//! Remembers starts of the engine that never ended well, so that an engine that takes the process down with it does not
//! do so for ever.

use std::io::Write;
use std::path::{Path, PathBuf};

/// How far back a crash counts.
const WINDOW_MS: i64 = 10 * 60 * 1000;
/// So many, and the engine stays closed.
const TOO_MANY: usize = 3;

/// The file `engine-starts`: one line per start that has not ended cleanly, its Unix milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Starts {
    path: PathBuf,
}

impl Starts {
    pub(crate) fn in_dir(dir: &Path) -> Self {
        Self { path: dir.join("engine-starts") }
    }

    /// Why the engine should not be opened now. It may again when the first of the crashes is ten minutes old.
    pub(crate) fn objection(&self, now_ms: i64) -> Option<String> {
        let crashes = self.recent(now_ms).len();
        (crashes >= TOO_MANY).then(|| {
            format!(
                "the engine took the process down {crashes} times within 10 minutes with a write under way; it is \
                 tried again when 10 minutes have passed"
            )
        })
    }

    /// Notes a start, durably, before the engine gets a chance to crash.
    pub(crate) fn begin(&self, now_ms: i64) -> std::io::Result<()> {
        let mut starts = self.recent(now_ms);
        starts.push(now_ms);
        self.write(&starts)
    }

    /// The start that `begin` noted last ended well.
    pub(crate) fn end(&self, now_ms: i64) -> std::io::Result<()> {
        let mut starts = self.recent(now_ms);
        starts.pop();
        self.write(&starts)
    }

    /// What cannot be read counts nothing: the file guards, it must not be a reason of its own not to start.
    fn recent(&self, now_ms: i64) -> Vec<i64> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let starts = text.lines().filter_map(|line| line.parse().ok());
        starts.filter(|start: &i64| now_ms.saturating_sub(*start) < WINDOW_MS).collect()
    }

    fn write(&self, starts: &[i64]) -> std::io::Result<()> {
        let new = self.path.with_extension("new");
        let mut file = std::fs::File::create(&new)?;
        for start in starts {
            writeln!(file, "{start}")?;
        }
        file.sync_all()?;
        std::fs::rename(new, &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_crashes_within_ten_minutes_are_too_many() {
        let dir = tempfile::tempdir().unwrap();
        let starts = Starts::in_dir(dir.path());
        let minute = 60_000;
        for crash in 0..3 {
            assert_eq!(starts.objection(crash * minute), None);
            starts.begin(crash * minute).unwrap();
        }
        assert!(starts.objection(3 * minute).unwrap().contains("3 times"));
        assert!(starts.objection(10 * minute - 1).is_some());
        assert_eq!(starts.objection(10 * minute), None, "the first one is forgotten");
    }

    #[test]
    fn a_clean_end_does_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let starts = Starts::in_dir(dir.path());
        for now in 0..10 {
            starts.begin(now).unwrap();
            starts.end(now).unwrap();
        }
        assert_eq!(starts.objection(10), None);
    }

    #[test]
    fn an_unreadable_file_is_no_objection() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("engine-starts"), b"\xff\xfe\nx\n").unwrap();
        let starts = Starts::in_dir(dir.path());
        assert_eq!(starts.objection(0), None);
        starts.begin(0).unwrap();
    }
}
