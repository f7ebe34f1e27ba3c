//! A disk that fills up under a running server: the door says 503 and when to come back, and everything goes on by
//! itself when there is room again. Nothing acknowledged is lost or doubled.

use crate::binary;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use ut_testkit::server::{Server, Shop, batch, page_view};

/// Room for the embedded stores and the log's files, soon full.
const SIZE: &str = "160m";
const SENDERS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(40);

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_survived_with_the_usual_reserve() {
    survives(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_survived_without_a_reserve() {
    survives(&[("SPOOL_RESERVE_BYTES", "0")]).await;
}

async fn survives(environment: &[(&str, &str)]) {
    let Some(disk) = SmallDisk::mount() else { return };
    let shop = Shop::open(&binary(), disk.0.path());
    let server = Arc::new(shop.serve_with(environment));
    let book = Arc::new(Book::default());
    let stop = CancellationToken::new();
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(send(shop.clone(), server.clone(), book.clone(), stop.clone(), sender));
    }
    wait("the load to begin", || book.count() > 200).await;
    for round in 0..2 {
        disk.fill();
        let refused = *book.refused.lock().unwrap();
        wait("the door to refuse", || *book.refused.lock().unwrap() > refused + 5).await;
        let ready = shop.http.get(format!("{}/ready", server.base)).send().await.unwrap();
        assert_eq!(ready.status().as_u16(), 503, "round {round}: not ready, and says so");
        // Meanwhile every store runs into the wall, again and again.
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(
            shop.http.get(format!("{}/health", server.base)).send().await.unwrap().status().as_u16(),
            200
        );
        let before = book.count();
        disk.free();
        wait("the door to acknowledge again", || book.count() > before + 200).await;
    }
    stop.cancel();
    while let Some(ended) = senders.join_next().await {
        ended.unwrap();
    }
    let ready = shop.http.get(format!("{}/ready", server.base)).send().await.unwrap();
    assert_eq!(ready.status().as_u16(), 200);
    shop.settled(&server).await;
    let stored = shop.agrees(&server).await;
    assert_eq!(stored, *book.acknowledged.lock().unwrap(), "every one that was acknowledged, and no other");
    let refused = *book.refused.lock().unwrap();
    println!("{} events acknowledged, {refused} answers of 503 with {environment:?}", stored.len());
    Arc::into_inner(server).unwrap().stop();
}

async fn wait(what: &str, happened: impl Fn() -> bool) {
    let began = Instant::now();
    while !happened() {
        assert!(began.elapsed() < PATIENCE, "waiting for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What the senders were told.
#[derive(Default)]
struct Book {
    acknowledged: Mutex<HashSet<String>>,
    refused: Mutex<u64>,
}

impl Book {
    fn count(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }
}

/// Sends batch after batch; one that is refused is sent again until it is taken.
async fn send(shop: Shop, server: Arc<Server>, book: Arc<Book>, stop: CancellationToken, sender: usize) {
    for n in 0u64.. {
        let events: Vec<Value> = (0..50).map(|k| long_page_view(n + k)).collect();
        loop {
            let body = batch(&shop.key, &events).to_string();
            let agent = format!("agent {sender}.{}", n % 20);
            let answer = shop.post(&server, "/ut/e", &agent).body(body).send().await.unwrap();
            let (status, retry) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
            let text = answer.text().await.unwrap();
            if status == 202 {
                let answer: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(answer["accepted"], json!(events.len()), "{text}");
                break;
            }
            assert_eq!((status, retry), (503, true), "{text}");
            *book.refused.lock().unwrap() += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let ids = events.iter().map(|event| event["id"].as_str().unwrap().to_owned());
        book.acknowledged.lock().unwrap().extend(ids);
        if stop.is_cancelled() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

/// Long enough that the log soon needs more of the disk.
fn long_page_view(n: u64) -> Value {
    let mut event = page_view(&format!("/p/{}", n % 9));
    event["title"] = json!(format!("{n} {}", "a long title of a page ".repeat(20)));
    event
}

/// A file system of its own, where this user may make one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = TempDir::new().unwrap();
        let mut mount = std::process::Command::new("mount");
        let mount = mount.args(["-t", "tmpfs", "-o", &format!("size={SIZE}"), "tmpfs"]).arg(dir.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        if !mounted {
            println!("skipped: only root can make a small file system to fill");
        }
        mounted.then(|| Self(dir))
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }

    /// To the last byte.
    fn fill(&self) {
        let mut file = std::fs::File::create(self.filler()).unwrap();
        for size in [1 << 20, 4096] {
            let bytes = vec![1; size];
            while file.write_all(&bytes).is_ok() {}
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}
