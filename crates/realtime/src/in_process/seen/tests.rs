//! The store alone: what it takes is found, also after it was closed, lost, damaged or refused by a full disk.

use super::super::claims::{ClaimKey, Run};
use super::{Found, Seen, Stored};
use std::path::Path;
use std::sync::Arc;
use ut_core::{EventId, LogId, SiteId};

const LOG: LogId = LogId(7);

fn key(n: u128) -> ClaimKey {
    // Spread like random ids, so that runs overlap.
    ClaimKey::new(SiteId(1), EventId::from_u128(n.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)))
}

fn run(hour: i64, keys: std::ops::Range<u128>) -> Run {
    Run { hour, keys: Arc::new(keys.map(key).collect()) }
}

fn open(dir: &Path, expected: Stored) -> Seen {
    Seen::open(dir, LOG, expected).unwrap()
}

async fn take(seen: &Seen, run: Run) -> bool {
    seen.take(run, 0);
    seen.settled().await;
    !seen.taken().is_empty()
}

async fn find(seen: &Seen, keys: std::ops::Range<u128>) -> Found {
    seen.find(keys.map(key).collect()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_takes_is_found_until_its_hour_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let seen = open(dir.path(), Stored::default());
    assert!(
        seen.is_empty() && !dir.path().join(LOG.to_string()).exists(),
        "nothing is made before it is needed"
    );
    for (hour, first) in [(100, 0), (100, 500), (101, 1000), (102, 400)] {
        assert!(take(&seen, run(hour, first..first + 500)).await);
    }
    let found = find(&seen, 0..3000).await;
    assert_eq!(found.len(), 1500);
    assert_eq!((found[&key(399)], found[&key(400)], found[&key(1400)]), (100, 102, 101), "the newest hour");
    assert_eq!(seen.stored().counts, [(100, 1000), (101, 500), (102, 500)].into());
    seen.expire(101);
    seen.settled().await;
    let found = find(&seen, 0..3000).await;
    assert_eq!((found.len(), found.get(&key(1))), (1000, None), "an hour is dropped as a whole");

    let before = seen.stored();
    drop(seen);
    let seen = open(dir.path(), before.clone());
    assert_eq!(seen.stored(), before);
    assert_eq!(find(&seen, 0..3000).await, found);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_of_another_log_is_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let other = Seen::open(dir.path(), LogId(8), Stored::default()).unwrap();
    assert!(take(&other, run(1, 0..10)).await);
    drop(other);
    let seen = open(dir.path(), Stored::default());
    assert!(seen.is_empty() && std::fs::read_dir(dir.path()).unwrap().next().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let seen = open(dir.path(), Stored::default());
    assert!(take(&seen, run(5, 0..10)).await && take(&seen, run(6, 10..20)).await);
    drop(seen);
    for expected in [
        // An older copy of the store, one that has lost an hour, none at all.
        Stored { counts: [(5, 10), (6, 11)].into(), lost: None },
        Stored { counts: [(4, 1), (5, 10), (6, 10)].into(), lost: Some(2) },
        Stored { counts: [(6, 1)].into(), lost: None },
    ] {
        let seen = open(dir.path(), expected);
        assert_eq!(seen.stored(), Stored { counts: Default::default(), lost: Some(6) });
        assert!(take(&seen, run(7, 0..10)).await, "it begins anew");
    }
    let seen = open(dir.path(), Stored { counts: [(7, 10)].into(), lost: Some(6) });
    assert_eq!(seen.stored().lost, Some(6), "a loss is remembered");
    assert_eq!(find(&seen, 0..20).await.len(), 10);
}

/// Every file of the database in turn, cut, overwritten or gone: it opens, and either knows everything or says that
/// something is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_store_never_forgets_in_silence() {
    let dir = tempfile::tempdir().unwrap();
    let seen = open(dir.path(), Stored::default());
    assert!(take(&seen, run(5, 0..3000)).await && take(&seen, run(6, 3000..6000)).await);
    let stored = seen.stored();
    drop(seen);
    let mut files = Vec::new();
    list(dir.path(), &mut files);
    let mut losses = 0;
    for (n, file) in files.iter().enumerate() {
        for damage in 0..3 {
            let copy = tempfile::tempdir().unwrap();
            copy_dir(dir.path(), copy.path());
            let victim = copy.path().join(file.strip_prefix(dir.path()).unwrap());
            let mut bytes = std::fs::read(&victim).unwrap();
            match damage {
                0 => std::fs::remove_file(&victim).unwrap(),
                1 => std::fs::write(&victim, &bytes[..bytes.len() / 2]).unwrap(),
                _ => {
                    bytes.iter_mut().skip(n % 7).step_by(13).for_each(|byte| *byte ^= 0x5A);
                    std::fs::write(&victim, bytes).unwrap();
                }
            }
            let seen = open(copy.path(), stored.clone());
            let found = find(&seen, 0..6000).await.len();
            let lost = seen.stored().lost;
            assert!(
                found == 6000 || lost.is_some(),
                "{file:?}, damage {damage}: {found} found, lost {lost:?}"
            );
            losses += usize::from(lost.is_some());
            assert!(take(&seen, run(7, 9000..9100)).await, "{file:?}, damage {damage}: goes on");
            assert_eq!(find(&seen, 9000..9100).await.len(), 100);
        }
    }
    assert!(losses > 0 && files.len() > 5, "{losses} losses, {} files", files.len());
}

fn list(dir: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}

fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
