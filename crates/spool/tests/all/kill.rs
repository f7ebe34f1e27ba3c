//! Real kills: a child appends as fast as it can and says what was acknowledged; it is killed at random moments.

use crate::{options, read_all, run};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use ut_core::Lsn;
use ut_core::ports::{Close, Cursor, Log, Topic::Enriched, Topic::Received};
use ut_spool::Spool;

/// Names the directory for the child.
const DIR: &str = "UT_SPOOL_KILL_DIR";

/// The record that stands for the events from `salt` on; its length says how long it is.
fn record(salt: u64) -> Vec<u8> {
    let mut bytes = salt.to_le_bytes().to_vec();
    bytes.resize(8 + (salt % 1500) as usize, salt as u8);
    bytes
}

/// Not a test of its own but the process that is killed; without its directory it has nothing to do.
#[test]
fn child() {
    #[expect(clippy::disallowed_methods, reason = "how the parent tells where")]
    let Some(dir) = std::env::var_os(DIR) else { return };
    run(async {
        let log = Arc::new(Spool::open(options(dir.as_ref())).unwrap());
        let mut crowd = tokio::task::JoinSet::new();
        for writer in 0..24u64 {
            let log = log.clone();
            crowd.spawn(async move {
                for round in 0u64.. {
                    let salt = round * 1000 + writer;
                    let count = 1 + (salt % 4) as u32;
                    let first = log.append(Received, count, record(salt)).await.unwrap();
                    say(&format!("ack r {} {count} {salt}\n", first.0));
                }
            });
        }
        let pipeline = log.clone();
        crowd.spawn(async move {
            let mut next = pipeline.status().enriched.end;
            loop {
                for entry in pipeline.read(Received, next, 20_000).await.unwrap() {
                    assert_eq!(entry.first, next);
                    let first = pipeline.append(Enriched, entry.count, entry.bytes).await.unwrap();
                    next = first.plus(u64::from(entry.count));
                    say(&format!("ack e {} {} 0\n", first.0, entry.count));
                }
                let cursor = Cursor { next, intent: None, state: vec![1; next.0 as usize % 10_000] };
                pipeline.commit("pipeline", cursor).await.unwrap();
                say(&format!("ack c {} 0 0\n", next.0));
                let keep = Lsn(next.0.saturating_sub(2000));
                pipeline.trim(Received, keep, Close::WhenOld).await.unwrap();
            }
        });
        crowd.join_all().await;
    });
}

/// One write per line: a kill leaves whole lines.
fn say(line: &str) {
    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
}

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let mut total = 0;
    for kill in 0..12u8 {
        let acks = killed_after(dir.path(), kill);
        let (mut committed, mut checked) = (Lsn(0), 0);
        run(async {
            let log = Spool::open(options(dir.path())).unwrap();
            let status = log.status();
            let received = read_all(&log, Received, status.received.end).await;
            let enriched = read_all(&log, Enriched, status.enriched.end).await;
            assert!(received.windows(2).all(|pair| pair[0].end() == pair[1].first));
            assert!(enriched.windows(2).all(|pair| pair[0].end() == pair[1].first));
            assert!(status.enriched.end <= status.received.end);
            for (topic, first, count, salt) in acks {
                match topic.as_str() {
                    "c" => committed = committed.max(Lsn(first)),
                    "r" if first >= status.received.start.0 => {
                        let at = received.binary_search_by_key(&Lsn(first), |entry| entry.first);
                        let entry = &received[at.expect("acknowledged, but not there")];
                        assert_eq!((entry.count, &entry.bytes), (count, &record(salt)));
                        checked += 1;
                    }
                    "e" => {
                        let at = enriched.binary_search_by_key(&Lsn(first), |entry| entry.first);
                        assert_eq!(enriched[at.expect("acknowledged, but not there")].count, count);
                    }
                    _ => {}
                }
            }
            assert!(log.cursor("pipeline").await.unwrap().next >= committed);
        });
        total += checked;
    }
    assert!(total > 1000, "only {total} acknowledged records were checked: the kills came too early");
}

/// Starts the child, kills it at a random moment after its first acknowledgement, and returns what it said.
fn killed_after(dir: &std::path::Path, kill: u8) -> Vec<(String, u64, u32, u64)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--nocapture", "--test-threads=1"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reader = std::thread::spawn(move || {
        let mut acks = Vec::new();
        let (first, seen) = std::sync::mpsc::channel();
        let handle = std::thread::spawn(move || {
            while let Some(Ok(line)) = lines.next() {
                // The harness may have begun a line of its own.
                let Some(at) = line.find("ack ") else { continue };
                let mut words = line[at..].split(' ').skip(1);
                let topic = words.next().unwrap().to_owned();
                let numbers: Vec<u64> = words.map(|word| word.parse().unwrap()).collect();
                acks.push((topic, numbers[0], numbers[1] as u32, numbers[2]));
                let _ = first.send(());
            }
            acks
        });
        (seen, handle)
    });
    let (seen, handle) = reader.join().unwrap();
    seen.recv().expect("the child never acknowledged anything");
    let mut random = [0; 2];
    getrandom::fill(&mut random).unwrap();
    std::thread::sleep(Duration::from_micros(
        u64::from(u16::from_le_bytes(random)) * 4 + u64::from(kill) * 1000,
    ));
    child.kill().unwrap();
    child.wait().unwrap();
    handle.join().unwrap()
}
