//! An engine that takes the process down with it must not do so for ever.
//!
//! Only crashes count (a fault in this process, noted by [`ut_chdb::note_crashes`]): a kill or a power cut says nothing
//! about the engine, however often it happens.

use std::path::{Path, PathBuf};

/// How far back a crash counts.
const WINDOW_MS: i64 = 10 * 60 * 1000;
/// So many, and the engine stays closed.
const TOO_MANY: usize = 3;

/// The file `engine-crashes`.
#[derive(Debug, Clone)]
pub(crate) struct Crashes {
    path: PathBuf,
}

impl Crashes {
    pub(crate) fn in_dir(dir: &Path) -> Self {
        Self { path: dir.join("engine-crashes") }
    }

    /// Why the engine should not be opened now. It may again when the first of the crashes is ten minutes old.
    pub(crate) fn objection(&self, now_ms: i64) -> Option<String> {
        let crashes = ut_chdb::noted_crashes(&self.path);
        let recent = crashes.iter().filter(|at| now_ms.saturating_sub(**at) < WINDOW_MS).count();
        (recent >= TOO_MANY).then(|| {
            format!(
                "the process crashed {recent} times within 10 minutes with a write of the engine under way; it is \
                 tried again when 10 minutes have passed"
            )
        })
    }

    /// From now on a crash of this process is noted. Old notes are forgotten.
    pub(crate) fn watch(&self, now_ms: i64) -> std::io::Result<()> {
        let old = |at: &i64| now_ms.saturating_sub(*at) >= WINDOW_MS;
        let crashes = ut_chdb::noted_crashes(&self.path);
        if !crashes.is_empty() && crashes.iter().all(old) {
            std::fs::remove_file(&self.path)?;
        }
        ut_chdb::note_crashes(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn with_crashes(at: &[i64]) -> (tempfile::TempDir, Crashes) {
        let dir = tempfile::tempdir().unwrap();
        let notes: Vec<u8> = at.iter().flat_map(|at| (at / 1000).to_le_bytes()).collect();
        std::fs::write(dir.path().join("engine-crashes"), notes).unwrap();
        let crashes = Crashes::in_dir(dir.path());
        (dir, crashes)
    }

    #[test]
    fn three_crashes_within_ten_minutes_are_too_many() {
        let (_dir, two) = with_crashes(&[0, MINUTE]);
        assert_eq!(two.objection(2 * MINUTE), None);
        let (_dir, three) = with_crashes(&[0, MINUTE, 2 * MINUTE]);
        assert!(three.objection(3 * MINUTE).unwrap().contains("3 times"));
        assert!(three.objection(10 * MINUTE - 1).is_some());
        assert_eq!(three.objection(10 * MINUTE), None, "the first one is forgotten");
    }

    #[test]
    fn no_file_or_half_a_note_is_no_objection() {
        let dir = tempfile::tempdir().unwrap();
        let crashes = Crashes::in_dir(dir.path());
        assert_eq!(crashes.objection(0), None);
        std::fs::write(dir.path().join("engine-crashes"), [1; 7]).unwrap();
        assert_eq!(crashes.objection(0), None);
    }
}
