//! History that stands still under load, and folders that come back from another time: nothing is counted twice, the
//! server starts and goes on, and what is gone is what the folder did not hold.

use crate::binary;
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;
use ut_testkit::server::{Server, Shop, page_view, run};

const SENDERS: usize = 4;
/// How long history is paused.
const PAUSE: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_history_costs_neither_memory_nor_events() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = Arc::new(shop.serve());
    let (acknowledged, over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (shop, server) = (shop.clone(), server.clone());
        let (acknowledged, over) = (acknowledged.clone(), over.clone());
        senders.spawn(async move {
            let mut ids = Vec::new();
            for n in 0u64.. {
                if over.load(SeqCst) {
                    break;
                }
                let events: Vec<Value> = (0..20).map(|k| page_view(&format!("/p/{}", (n + k) % 9))).collect();
                let (status, _) = shop.send(&server, &format!("{sender}.{}", n % 50), &events).await.unwrap();
                assert_eq!(status.as_u16(), 202);
                acknowledged.fetch_add(events.len() as u64, SeqCst);
                ids.extend(events.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
            }
            ids
        });
    }
    // Until the engine is open and has taken its memory.
    while shop.metric(&server, "ut_stored_total").await == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let rate = async |time: Duration| {
        let (before, began) = (acknowledged.load(SeqCst), Instant::now());
        tokio::time::sleep(time).await;
        (acknowledged.load(SeqCst) - before) as f64 / began.elapsed().as_secs_f64()
    };
    let usual = rate(PAUSE / 2).await;
    assert!(run(&binary(), dir.path(), &["olap", "pause"]).status.success());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (memory, lag) = (resident(&server), shop.metric(&server, "ut_in_flight").await);
    let paused = rate(PAUSE).await;
    let (grown, waiting) =
        (resident(&server).saturating_sub(memory), shop.metric(&server, "ut_in_flight").await);
    println!(
        "acknowledged per second: {usual:.0}, paused {paused:.0}; memory + {} KiB, {waiting} events wait",
        grown / 1024
    );
    assert!(waiting > lag + 500 && paused > 0.0, "{waiting} events wait: no load");
    assert!(grown <= 32 << 20, "memory grew by {grown} bytes");
    assert!(run(&binary(), dir.path(), &["olap", "resume"]).status.success());
    over.store(true, SeqCst);
    let sent: HashSet<String> = senders.join_all().await.into_iter().flatten().collect();
    shop.settled(&server).await;
    assert_eq!(shop.agrees(&server).await, sent);
    Arc::into_inner(server).unwrap().stop();
}

/// Bytes of the process in memory.
fn resident(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// A folder copied under a running server, event by event into two more times.
struct Past {
    dir: TempDir,
    copy: TempDir,
    shop: Shop,
    /// Acknowledged before the copy, and after it.
    before: HashSet<String>,
    after: HashSet<String>,
}

impl Past {
    async fn make() -> Self {
        let (dir, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let shop = Shop::open(&binary(), dir.path());
        let server = shop.serve();
        let before = visit(&shop, &server, 30).await;
        shop.settled(&server).await;
        copy_folder(&Server::data_dir(dir.path()), &copy.path().join("data"));
        let after = visit(&shop, &server, 20).await;
        shop.settled(&server).await;
        server.stop();
        Self { dir, copy, shop, before, after }
    }

    /// Puts back what the copy holds under `name`; all of it without one.
    fn restore(&self, name: &str) {
        let (data, copy) =
            (Server::data_dir(self.dir.path()).join(name), self.copy.path().join("data").join(name));
        std::fs::remove_dir_all(&data).unwrap();
        copy_folder(&copy, &data);
    }
}

/// Visits of one page view each; their ids.
async fn visit(shop: &Shop, server: &Server, count: usize) -> HashSet<String> {
    let mut ids = HashSet::new();
    for n in 0..count {
        let event = page_view(&format!("/p/{}", n % 5));
        ids.insert(event["id"].as_str().unwrap().to_owned());
        // Every visit is another visitor's: no session goes on that a restored history does not know.
        let agent = format!("agent {}", event["id"]);
        let (status, _) = shop.send(server, &agent, &[event]).await.unwrap();
        assert_eq!(status.as_u16(), 202);
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_folder_holds_what_it_held_and_goes_on() {
    let past = Past::make().await;
    past.restore("");
    let server = past.shop.serve();
    past.shop.settled(&server).await;
    assert_eq!(past.shop.agrees(&server).await, past.before, "what came later is gone with the other folder");
    // Who sends those again is counted, once.
    let more = visit(&past.shop, &server, 10).await;
    past.shop.settled(&server).await;
    assert_eq!(past.shop.agrees(&server).await, &past.before | &more);
    server.kill();
    let server = past.shop.serve();
    past.shop.settled(&server).await;
    assert_eq!(past.shop.agrees(&server).await, &past.before | &more);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_history_beside_a_newer_log_doubles_nothing() {
    let past = Past::make().await;
    past.restore("olap");
    let server = past.shop.serve();
    let more = visit(&past.shop, &server, 10).await;
    past.shop.settled(&server).await;
    assert_eq!(past.shop.agrees(&server).await, &past.before | &more, "the log is past what history lacks");
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_beside_a_newer_history_doubles_nothing() {
    let past = Past::make().await;
    past.restore("spool");
    let server = past.shop.serve();
    let more = visit(&past.shop, &server, 10).await;
    past.shop.settled(&server).await;
    assert_eq!(past.shop.agrees(&server).await, &(&past.before | &past.after) | &more);
    server.stop();
}

fn copy_folder(from: &Path, to: &Path) {
    let copied = Command::new("cp").args(["-a", "-T"]).arg(from).arg(to).status();
    assert!(copied.unwrap().success(), "{} was not copied", from.display());
}
