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

/// A file system of its own, where this user may make one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mut mount = std::process::Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(dir.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        if !mounted {
            println!("skipped: only root can make a small file system to fill");
        }
        mounted.then(|| Self(dir))
    }

    fn fill(&self) {
        use std::io::Write;
        let mut file = std::fs::File::create(self.0.path().join("filler")).unwrap();
        while file.write_all(&[1; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// The disk is full, with and without a reserve: claims stay where they are, what was stored is found, and storing
/// goes on by itself when there is room.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_keeps_claims_in_memory_and_heals_without_a_restart() {
    for spare in [0, 4 << 20] {
        let Some(disk) = SmallDisk::mount("24m") else { return };
        let dir = disk.0.path().join("seen");
        let seen = Seen::open_sparing(&dir, LOG, Stored::default(), spare).unwrap();
        assert!(take(&seen, run(1, 0..5_000)).await);
        disk.fill();
        for (n, first) in [(1, 100_000), (2, 200_000)] {
            seen.take(run(n, first..first + 50_000), i64::from(n as i32) * 10_000);
            seen.settled().await;
            assert!(seen.taken().is_empty(), "spare {spare}: there was no room");
            assert_eq!(find(&seen, 0..6_000).await.len(), 5_000, "spare {spare}: it answers on a full disk");
        }
        seen.take(run(1, 100_000..100_100), 20_001);
        seen.settled().await;
        disk.free();
        seen.take(run(1, 100_000..100_100), 20_002);
        seen.settled().await;
        assert!(seen.taken().is_empty(), "a moment after a failure it does not try");
        for (n, first) in [(1, 100_000), (2, 200_000)] {
            seen.take(run(n, first..first + 50_000), 40_000 + n);
            seen.settled().await;
            assert_eq!(seen.taken().len(), 1, "spare {spare}: there is room again");
        }
        assert_eq!(find(&seen, 100_000..250_000).await.len(), 100_000);
        assert_eq!((find(&seen, 0..6_000).await.len(), seen.stored().lost), (5_000, None));
        let stored = seen.stored();
        drop(seen);
        let seen = Seen::open(&dir, LOG, stored.clone()).unwrap();
        assert_eq!((find(&seen, 0..250_000).await.len(), seen.stored()), (105_000, stored));
    }
}
