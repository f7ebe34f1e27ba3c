//! What must hold over a restart, and when a log may not be continued.

use crate::{options, read_all, run};
use std::sync::Arc;
use ut_core::Lsn;
use ut_core::ports::{Close, Cursor, Log, LogError, Topic::Enriched, Topic::Received};
use ut_spool::{KnownLog, Spool};
use ut_testkit::FakeClock;

#[test]
fn a_second_opener_is_told_who_has_it() {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let log = Spool::open(options(dir.path())).unwrap();
        let Err(LogError::InUse(text)) = Spool::open(options(dir.path())) else { panic!("opened twice") };
        assert!(text.contains(&std::process::id().to_string()), "{text}");
        log.close().await;
        let second = Spool::open(options(dir.path())).unwrap();
        assert_eq!(second.status().id, log.status().id);
        assert!(log.commit("late", Cursor::default()).await.is_err());
        assert!(log.append(Received, 1, vec![1]).await.is_err());
    });
}

#[test]
fn records_cursors_and_identity_survive() {
    let dir = tempfile::tempdir().unwrap();
    let cursor = Cursor { next: Lsn(3), intent: Some((Lsn(3), Lsn(4))), state: vec![9; 3_000_000] };
    let before = run(async {
        let log = Spool::open(options(dir.path())).unwrap();
        for text in ["one", "two", "three"] {
            log.append(Received, 1, text.into()).await.unwrap();
        }
        log.append(Enriched, 3, b"frame".to_vec()).await.unwrap();
        log.commit("olap", cursor.clone()).await.unwrap();
        log.close().await;
        (log.status().id, read_all(&log, Received, Lsn(4)).await, read_all(&log, Enriched, Lsn(4)).await)
    });
    run(async {
        let log = Spool::open(options(dir.path())).unwrap();
        let after =
            (log.status().id, read_all(&log, Received, Lsn(4)).await, read_all(&log, Enriched, Lsn(4)).await);
        assert_eq!(after, before);
        assert_eq!(log.cursor("olap").await.unwrap(), cursor);
        assert_eq!(log.append(Received, 1, b"four".to_vec()).await.unwrap(), Lsn(4));
    });
    let path = dir.path().join("cursors/olap");
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&path, bytes).unwrap();
    run(async {
        let log = Spool::open(options(dir.path())).unwrap();
        assert_eq!(log.cursor("olap").await.unwrap(), Cursor::default(), "a damaged cursor is none");
    });
}

#[test]
fn numbers_go_on_after_everything_was_trimmed() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..3u64 {
        run(async {
            let log = Spool::open(options(dir.path())).unwrap();
            assert_eq!(log.append(Received, 10, vec![1; 100]).await.unwrap(), Lsn(1 + round * 10));
            log.append(Enriched, 10, vec![2; 100]).await.unwrap();
            let end = log.status().received.end;
            for topic in [Received, Enriched] {
                log.trim(topic, end, Close::Now).await.unwrap();
            }
            let status = log.status();
            assert_eq!((status.received.start, status.enriched.start), (end, end));
            assert!(matches!(log.read(Received, Lsn(2), 1).await, Err(LogError::Damaged(_))));
        });
    }
}

#[test]
fn an_old_segment_is_closed_by_age() {
    let dir = tempfile::tempdir().unwrap();
    let clock = FakeClock::at(1_700_000_000_000);
    run(async {
        let mut options = options(dir.path());
        options.clock = Arc::new(clock.clone());
        let log = Spool::open(options).unwrap();
        log.append(Received, 1, vec![1]).await.unwrap();
        log.trim(Received, Lsn(2), Close::WhenOld).await.unwrap();
        assert_eq!(log.status().received.start, Lsn(1));
        clock.advance(3_600_000);
        log.trim(Received, Lsn(2), Close::WhenOld).await.unwrap();
        assert_eq!(log.status().received.start, Lsn(2));
        log.append(Received, 1, vec![1]).await.unwrap();
        clock.advance(3_600_000);
        log.append(Received, 1, vec![1]).await.unwrap();
        log.trim(Received, Lsn(3), Close::WhenOld).await.unwrap();
        assert_eq!(log.status().received.start, Lsn(3));
    });
}

/// Copies a folder of files and folders.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Somebody puts an older copy of the segments back: their numbers would be given a second time.
#[test]
fn a_log_that_ends_before_a_cursor_is_set_aside() {
    let [dir, backup] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let received = dir.path().join("received");
    let id = run(async {
        let log = Spool::open(options(dir.path())).unwrap();
        log.append(Received, 1, b"old".to_vec()).await.unwrap();
        copy(&received, backup.path());
        log.append(Received, 1, b"new".to_vec()).await.unwrap();
        log.commit("olap", Cursor { next: Lsn(3), ..Cursor::default() }).await.unwrap();
        log.status().id
    });
    std::fs::remove_dir_all(&received).unwrap();
    copy(backup.path(), &received);
    run(async {
        let log = Spool::open(options(dir.path())).unwrap();
        assert_ne!(log.status().id, id);
        assert_eq!(log.cursor("olap").await.unwrap(), Cursor::default());
        assert_eq!(log.append(Received, 1, b"fresh".to_vec()).await.unwrap(), Lsn(1));
        let old = dir.path().join(format!("old-{id}"));
        assert!(old.join("received/00000000000000000001.seg").exists() && old.join("cursors/olap").exists());
    });
    // The new log is the one that is found from now on.
    run(async { assert_eq!(Spool::open(options(dir.path())).unwrap().status().received.end, Lsn(2)) });
}

/// The whole folder is put back, or lost, and others know that there was more: no number is given again.
#[test]
fn a_log_that_ends_before_what_others_hold_of_it_is_set_aside() {
    let [dir, backup] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let clock = FakeClock::at(1_700_000_000_000);
    let open = |known: &[KnownLog]| {
        let mut options = options(dir.path());
        (options.clock, options.known) = (Arc::new(clock.clone()), known.to_vec());
        Spool::open(options).unwrap()
    };
    let old = run(async {
        let log = open(&[]);
        log.append(Received, 4, b"old".to_vec()).await.unwrap();
        copy(dir.path(), backup.path());
        log.append(Received, 3, b"new".to_vec()).await.unwrap();
        log.status()
    });
    let mut known = vec![KnownLog { id: old.id, end: old.received.end }];
    let same = run(async { open(&known).status() });
    assert_eq!((same.id, same.replaced, same.received.end), (old.id, None, Lsn(8)), "it holds all of that");
    let put_back = || {
        std::fs::remove_dir_all(dir.path()).unwrap();
        copy(backup.path(), dir.path());
    };
    put_back();
    assert_eq!(
        run(async { open(&[KnownLog { end: Lsn(5), ..known[0] }]).status().id }),
        old.id,
        "they lack nothing"
    );
    let second = run(async { open(&known).status() });
    assert_ne!(second.id, old.id);
    assert_eq!((second.received.end, second.replaced.unwrap().events), (Lsn(1), 3));
    assert!(dir.path().join(format!("old-{}/received/00000000000000000001.seg", old.id)).exists());
    known.push(KnownLog { id: second.id, end: Lsn(1) });
    clock.advance(5_000);
    for _ in 0..2 {
        assert_eq!(run(async { open(&known).status().replaced }), second.replaced, "said once, and kept");
    }
    let losses = || std::fs::read_to_string(dir.path().join("losses")).unwrap();
    assert_eq!(losses().lines().count(), 1, "{}", losses());
    assert!(losses().starts_with("{\"topic\":\"log\",\"first\":5,\"end\":8,"), "{}", losses());
    std::fs::remove_dir_all(dir.path()).unwrap();
    known.rotate_left(1);
    let third = run(async { open(&known).status() });
    assert!(third.replaced.unwrap().at > second.replaced.unwrap().at && third.id != second.id);
    assert!(losses().contains(&format!("log {} is gone", old.id)), "{}", losses());
}

#[test]
fn a_log_without_its_segments_or_its_identity() {
    let dir = tempfile::tempdir().unwrap();
    let open = || run(async { Spool::open(options(dir.path())).map(|log| log.status().id) });
    let id = run(async {
        let log = Spool::open(options(dir.path())).unwrap();
        log.append(Received, 1, b"one".to_vec()).await.unwrap();
        log.append(Enriched, 1, b"one".to_vec()).await.unwrap();
        log.status().id
    });
    assert_eq!(open().unwrap(), id);
    std::fs::rename(dir.path().join("identity"), dir.path().join("kept")).unwrap();
    assert!(matches!(open(), Err(LogError::Damaged(text)) if text.contains("identity")));
    std::fs::rename(dir.path().join("kept"), dir.path().join("identity")).unwrap();
    std::fs::remove_dir_all(dir.path().join("received")).unwrap();
    let second = open().unwrap();
    assert_ne!(second, id);
    // A crash in the middle of setting aside: it is finished first.
    std::fs::create_dir(dir.path().join(format!("old-{second}"))).unwrap();
    assert_ne!(open().unwrap(), second);
    assert!(dir.path().join(format!("old-{second}/identity")).exists());
    std::fs::write(dir.path().join("identity"), b"something else").unwrap();
    assert!(matches!(open(), Err(LogError::Damaged(_))));
}
