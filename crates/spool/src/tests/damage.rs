//! Files that are not what was written: torn tails are cut, damage is named, nothing wrong is ever returned.

use super::{open, options, read_all, run, segments};
use crate::Spool;
use crate::disk::Disk;
use proptest::prelude::*;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use ut_core::Lsn;
use ut_core::ports::{Close, Cursor, Entry, Log, LogError, Topic, Topic::Enriched, Topic::Received};

/// Appends records of the given sizes, one after the other; each its own batch.
async fn append_all(log: &Spool, sizes: &[(u32, u16)], kept: &mut Vec<Entry>) {
    for (count, size) in sizes {
        let bytes: Vec<u8> = (0..*size).map(|at| (kept.len() as u16 * 7 + at) as u8).collect();
        let first = log.append(Received, *count, bytes.clone()).await.unwrap();
        assert_eq!(first, kept.last().map_or(Lsn(1), Entry::end));
        kept.push(Entry::new(first, *count, bytes));
    }
}

/// Puts `tail` behind the last synced byte of the last segment.
fn tear(dir: &Path, synced: u64, tail: &[u8]) {
    let path = segments(dir, "received").pop().unwrap();
    File::options().write(true).open(path).unwrap().write_all_at(tail, synced).unwrap();
}

/// What a crash may leave of a batch that was not synced.
#[derive(Debug, Clone)]
enum Torn {
    Cut(prop::sample::Index),
    Flip(Vec<(prop::sample::Index, u8)>),
    /// A page that did not reach the disk before those behind it.
    Zeros(prop::sample::Index, prop::sample::Index),
    Noise(Vec<u8>),
}

fn torn() -> impl Strategy<Value = Torn> {
    prop_oneof![
        any::<prop::sample::Index>().prop_map(Torn::Cut),
        prop::collection::vec((any::<prop::sample::Index>(), 1..=255u8), 1..4).prop_map(Torn::Flip),
        any::<(prop::sample::Index, prop::sample::Index)>().prop_map(|(a, b)| Torn::Zeros(a, b)),
        prop::collection::vec(any::<u8>(), 1..300).prop_map(Torn::Noise),
    ]
}

impl Torn {
    fn tear(&self, batch: &mut Vec<u8>) {
        match self {
            Self::Cut(at) => batch.truncate(at.index(batch.len())),
            Self::Flip(flips) => {
                for (at, bits) in flips {
                    let at = at.index(batch.len());
                    batch[at] ^= bits;
                }
            }
            Self::Zeros(a, b) => {
                let (a, b) = (a.index(batch.len()), b.index(batch.len()));
                batch[a.min(b)..=a.max(b)].fill(0);
            }
            Self::Noise(noise) => batch.clone_from(noise),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Lives one after the other, each ended by a crash in the middle of a batch.
    #[test]
    fn what_was_acknowledged_is_read_and_a_torn_batch_is_cut(
        lives in prop::collection::vec(
            (prop::collection::vec((1..5u32, 0..700u16), 1..12), prop::collection::vec(1..400usize, 1..4), torn()),
            1..4,
        )
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut kept: Vec<Entry> = Vec::new();
        for (sizes, unsynced, torn) in lives {
            run(async {
                let log = open(dir.path(), &Disk::default());
                let found = read_all(&log, Received, Lsn(1)).await.unwrap();
                // An intact beginning of the torn batch may stay: it was written, only nobody was told.
                assert_eq!(found[..kept.len()], kept[..]);
                assert!(found[kept.len()..].iter().all(|entry| entry.bytes.iter().all(|byte| *byte == 0xAB)));
                kept = found;
                append_all(&log, &sizes, &mut kept).await;
                let end = log.status().received.end;
                let stamp = log.topic(Received).stamp;
                log.close().await;
                let path = segments(dir.path(), "received").pop().unwrap();
                let synced = synced_bytes(&path, stamp, end);
                let (mut batch, mut first) = (Vec::new(), end);
                for size in &unsynced {
                    stamp.encode(&mut batch, end, first, 1, &vec![0xAB; *size]);
                    first = first.plus(1);
                }
                torn.tear(&mut batch);
                tear(dir.path(), synced, &batch);
            });
        }
        run(async {
            let log = open(dir.path(), &Disk::default());
            let found = read_all(&log, Received, Lsn(1)).await.unwrap();
            assert_eq!(found[..kept.len()], kept[..]);
            append_all(&log, &[(1, 10)], &mut found.clone()).await;
        });
    }

    /// Bits that flip where everything was synced: the log says which events are lost, once in its report, and the rest
    /// is read.
    #[test]
    fn damage_before_the_synced_end_is_named_and_the_rest_is_read(
        sizes in prop::collection::vec((1..5u32, 0..700u16), 3..20),
        at in any::<prop::sample::Index>(),
        byte in any::<prop::sample::Index>(),
        bits in 1..=255u8,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut kept = Vec::new();
        let hit = run(async {
            let log = open(dir.path(), &Disk::default());
            append_all(&log, &sizes, &mut kept).await;
            let hit = at.index(kept.len() - 1);
            drop(log);
            damage(dir.path(), &kept, hit, (byte, bits));
            hit
        });
        run(async {
            let log = open(dir.path(), &Disk::default());
            prop_assert_eq!(log.status().received.end, kept.last().unwrap().end());
            for from in (1..kept.last().unwrap().end().0).map(Lsn) {
                let read = log.read(Received, from, 1).await.unwrap().remove(0);
                let entry = kept.iter().find(|entry| entry.first <= from && from < entry.end()).unwrap();
                if *entry == kept[hit] {
                    let text = read.lost.clone().unwrap();
                    let place = format!("received events {} to {} are lost", from.0, entry.end().0 - 1);
                    prop_assert!(text.starts_with(&place) && text.contains(".seg at bytes "), "{}", text);
                    prop_assert_eq!((read.first, read.end(), read.bytes), (from, entry.end(), Vec::new()));
                } else {
                    prop_assert_eq!(&read, entry);
                }
            }
            let read = read_all(&log, Received, Lsn(1)).await.unwrap();
            prop_assert_eq!(read.len(), kept.len());
            prop_assert_eq!(read.iter().filter(|entry| entry.lost.is_some()).count(), 1);
            prop_assert_eq!(report(dir.path()), [("received".to_owned(), kept[hit].first.0, kept[hit].end().0)]);
            append_all(&log, &[(1, 10)], &mut kept).await;
            Ok(())
        })?;
    }
}

/// Flips bits of one byte of the frame `hit`.
fn damage(dir: &Path, kept: &[Entry], hit: usize, (byte, bits): (prop::sample::Index, u8)) {
    let files = segments(dir, "received");
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().parse::<u64>().unwrap();
    let segment = files.iter().rposition(|path| name(path) <= kept[hit].first.0).unwrap();
    let before = kept[..hit].iter().filter(|entry| entry.first.0 >= name(&files[segment]));
    let start = 64 + before.map(|entry| 24 + entry.bytes.len() as u64).sum::<u64>();
    let offset = start + byte.index(24 + kept[hit].bytes.len()) as u64;
    let file = File::options().read(true).write(true).open(&files[segment]).unwrap();
    let mut found = [0];
    file.read_exact_at(&mut found, offset).unwrap();
    file.write_all_at(&[found[0] ^ bits], offset).unwrap();
}

/// Bytes of a segment up to `end`.
fn synced_bytes(path: &Path, stamp: crate::frame::Stamp, end: Lsn) -> u64 {
    let file = File::open(path).unwrap();
    let first: u64 = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let mut frames = crate::scan::Frames::new(&file, stamp, 64, file.metadata().unwrap().len());
    let mut next = Lsn(first);
    while next < end {
        let crate::scan::Step::Frame(head) = frames.step(next).unwrap() else { panic!("not synced") };
        next = head.end();
    }
    frames.offset
}

/// The lines of the loss report: topic, first event, and the first behind it that is not lost.
fn report(dir: &Path) -> Vec<(String, u64, u64)> {
    let text = std::fs::read_to_string(dir.join("losses")).unwrap_or_default();
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let number = |line: &serde_json::Value, name: &str| line[name].as_u64().unwrap();
    lines
        .map(|line| {
            (line["topic"].as_str().unwrap().to_owned(), number(&line, "first"), number(&line, "end"))
        })
        .collect()
}

async fn lost(log: &Spool, topic: Topic, from: u64) -> Option<(u64, u64)> {
    let entry = log.read(topic, Lsn(from), 1).await.unwrap().remove(0);
    entry.lost.is_some().then(|| (entry.first.0, entry.end().0))
}

#[test]
fn a_missing_segment_is_lost_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let mut kept = Vec::new();
    run(async {
        let log = open(dir.path(), &Disk::default());
        append_all(&log, &[(1, 1500), (2, 1500), (1, 1500), (3, 1500)], &mut kept).await;
        // While the log is open.
        std::fs::remove_file(&segments(dir.path(), "received")[1]).unwrap();
        assert_eq!(lost(&log, Received, 2).await, Some((2, 4)));
    });
    for _ in 0..2 {
        run(async {
            let log = open(dir.path(), &Disk::default());
            assert_eq!(log.read(Received, Lsn(1), 1).await.unwrap(), kept[..1]);
            assert_eq!(lost(&log, Received, 2).await, Some((2, 4)));
            assert_eq!(log.read(Received, Lsn(4), 1).await.unwrap(), kept[2..3]);
            assert_eq!(
                report(dir.path()),
                [("received".to_owned(), 2, 4)],
                "one line, however often it is read"
            );
        });
    }
    // The oldest ones: nobody has decided what was in them.
    std::fs::remove_file(&segments(dir.path(), "received")[0]).unwrap();
    std::fs::remove_file(&segments(dir.path(), "received")[0]).unwrap();
    run(async {
        let log = open(dir.path(), &Disk::default());
        assert_eq!(
            lost(&log, Received, 0).await,
            Some((1, 5)),
            "not the oldest there is: it was never decided"
        );
        assert_eq!((log.status().received.start, log.status().enriched.end), (Lsn(5), Lsn(1)));
    });
}

/// Frames that a consumer has not read; and the beginning of what the pipeline has not decided.
#[test]
fn what_lies_before_the_oldest_segment_is_lost_only_if_somebody_needs_it() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let log = open(dir.path(), &Disk::default());
        append_all(&log, &[(2, 1500), (2, 1500), (2, 1500), (2, 1500)], &mut Vec::new()).await;
        for _ in 0..3 {
            log.append(Enriched, 2, vec![1; 1500]).await.unwrap();
        }
        log.commit("olap", Cursor { next: Lsn(3), ..Cursor::default() }).await.unwrap();
        log.trim(Enriched, Lsn(3), Close::WhenOld).await.unwrap();
        log.trim(Received, Lsn(7), Close::WhenOld).await.unwrap();
    });
    run(async {
        open(dir.path(), &Disk::default());
        assert_eq!(report(dir.path()), [], "trimmed, not lost");
    });
    std::fs::remove_file(&segments(dir.path(), "enriched")[0]).unwrap();
    run(async {
        let log = open(dir.path(), &Disk::default());
        assert_eq!(lost(&log, Enriched, 3).await, Some((3, 5)));
        assert_eq!(lost(&log, Enriched, 4).await, Some((4, 5)));
        assert_eq!(lost(&log, Enriched, 5).await, None);
        assert!(matches!(log.read(Enriched, Lsn(2), 1).await, Err(LogError::Damaged(_))), "that was trimmed");
        assert_eq!(report(dir.path()), [("enriched".to_owned(), 3, 5)]);
    });
}

/// A report that cannot be written lets nobody past.
#[test]
fn nothing_is_skipped_before_it_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let mut kept = Vec::new();
    run(async {
        let disk = Disk::default();
        let log = open(dir.path(), &disk);
        append_all(&log, &[(1, 100), (1, 100)], &mut kept).await;
        std::fs::File::options()
            .write(true)
            .open(&segments(dir.path(), "received")[0])
            .unwrap()
            .write_all_at(&[9; 8], 100)
            .unwrap();
        disk.faults.syncs.store(1, std::sync::atomic::Ordering::SeqCst);
        assert!(log.read(Received, Lsn(1), 1).await.is_err());
        assert_eq!(lost(&log, Received, 1).await, Some((1, 2)));
        assert_eq!(log.read(Received, Lsn(2), 1).await.unwrap(), kept[1..]);
    });
}

/// A header says nothing that the frames do not say.
#[test]
fn a_damaged_header_costs_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut kept = Vec::new();
    run(async {
        let log = open(dir.path(), &Disk::default());
        append_all(&log, &[(1, 1500), (2, 1500)], &mut kept).await;
    });
    for path in segments(dir.path(), "received") {
        File::options().write(true).open(path).unwrap().write_all_at(&[1; 64], 0).unwrap();
    }
    run(async {
        let log = open(dir.path(), &Disk::default());
        assert_eq!(read_all(&log, Received, Lsn(1)).await.unwrap(), kept);
        append_all(&log, &[(1, 10)], &mut kept).await;
        assert_eq!(read_all(&log, Received, Lsn(1)).await.unwrap(), kept);
        assert_eq!(report(dir.path()), []);
    });
}

#[test]
fn a_segment_of_another_log_is_not_read() {
    let [one, other] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    run(async {
        for dir in [&one, &other] {
            let log = open(dir.path(), &Disk::default());
            append_all(&log, &[(1, 1500), (1, 1500)], &mut Vec::new()).await;
        }
    });
    std::fs::copy(&segments(other.path(), "received")[0], &segments(one.path(), "received")[0]).unwrap();
    run(async {
        let log = open(one.path(), &Disk::default());
        assert_eq!(lost(&log, Received, 1).await, Some((1, 2)));
    });
    std::fs::copy(&segments(other.path(), "received")[1], &segments(one.path(), "received")[1]).unwrap();
    assert!(matches!(Spool::open(options(one.path())), Err(LogError::Damaged(_))));
}
