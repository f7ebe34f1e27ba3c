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
const PAUSE: Duration = Duration::from_secs(60);
/// How long the load is watched before that.
const USUAL: Duration = Duration::from_secs(5);
/// Between two requests of a sender: other tests run beside this one.
const REST: Duration = Duration::from_millis(50);

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
                tokio::time::sleep(REST).await;
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
    let usual = rate(USUAL).await;
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
    /// Acknowledged before the copy.
    before: HashSet<String>,
}

impl Past {
    async fn make() -> Self {
        let (dir, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let shop = Shop::open(&binary(), dir.path());
        let server = shop.serve();
        let before = visit(&shop, &server, 30).await;
        shop.settled(&server).await;
        copy_folder(&Server::data_dir(dir.path()), &copy.path().join("data"));
        visit(&shop, &server, 20).await;
        shop.settled(&server).await;
        server.stop();
        Self { dir, copy, shop, before }
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
    let events: Vec<Value> = (0..count).map(|n| page_view(&format!("/p/{}", n % 5))).collect();
    send(shop, server, &events).await;
    ids(&events)
}

/// Sends events, each as a visitor of its own: no session goes on that a restored history does not know.
async fn send(shop: &Shop, server: &Server, events: &[Value]) {
    for event in events {
        let agent = format!("agent {}", event["id"]);
        let (status, _) = shop.send(server, &agent, std::slice::from_ref(event)).await.unwrap();
        assert_eq!(status.as_u16(), 202);
    }
}

fn ids(events: &[Value]) -> HashSet<String> {
    events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
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

/// What a log's folder is replaced by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Put {
    /// A copy that lacks what was acknowledged after it.
    Older,
    /// Nothing.
    Nothing,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_log_beside_a_newer_history_doubles_and_loses_nothing() {
    a_replaced_log(Put::Older).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_log_beside_its_history_doubles_and_loses_nothing() {
    a_replaced_log(Put::Nothing).await;
}

/// The numbers that history holds are not given again, and an event that it holds is known when it is sent again.
async fn a_replaced_log(put: Put) {
    let (dir, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let shop = Shop::open(&binary(), dir.path());
    let (spool, kept) = (Server::data_dir(dir.path()).join("spool"), copy.path().join("spool"));
    let page_views = |count| (0..count).map(|n| page_view(&format!("/p/{}", n % 5))).collect::<Vec<_>>();
    let server = shop.serve();
    let mut events = page_views(30);
    send(&shop, &server, &events).await;
    shop.settled(&server).await;
    copy_folder(&spool, &kept);
    events.extend(page_views(20));
    send(&shop, &server, &events[30..]).await;
    shop.settled(&server).await;
    server.stop();

    std::fs::remove_dir_all(&spool).unwrap();
    if put == Put::Older {
        copy_folder(&kept, &spool);
    }
    let server = shop.serve();
    assert!(server.errors().contains("a new log begins"), "{}", server.errors());
    let ready: Value = serde_json::from_str(&shop.get(&server, "/ready").await).unwrap();
    let spool_check =
        ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "spool").unwrap();
    assert_eq!((&ready["status"], &spool_check["status"]), (&"ok".into(), &"degraded".into()), "{ready}");
    let gone = if put == Put::Older { 20 } else { 50 };
    assert_eq!(shop.metric(&server, "ut_log_replaced_events").await, gone);
    let losses = std::fs::read_to_string(spool.join("losses")).unwrap();
    let line = format!("{{\"topic\":\"log\",\"first\":{},\"end\":51,", 51 - gone);
    assert!(losses.starts_with(&line) && losses.lines().count() == 1, "{losses}");

    let known = events.len();
    events.extend(page_views(60));
    send(&shop, &server, &events[known..]).await;
    send(&shop, &server, &events).await;
    shop.settled(&server).await;
    assert_eq!(shop.agrees(&server).await, ids(&events));
    assert_eq!(shop.metric(&server, "ut_deduplicated_total").await, events.len() as u64);
    // A repair asks by number which events history has.
    let server = killed_while_it_inserts(&shop, server, &mut events).await;
    assert_eq!(shop.agrees(&server).await, ids(&events));
    server.stop();
}

async fn killed_while_it_inserts(shop: &Shop, server: Server, events: &mut Vec<Value>) -> Server {
    let known = events.len();
    events.extend((0..40).map(|n| page_view(&format!("/p/{}", n % 5))));
    send(shop, &server, &events[known..]).await;
    server.kill();
    let server = shop.serve();
    shop.settled(&server).await;
    server
}

/// The copy holds all that history was given, but not that it was: history waited when the copy was made.
#[tokio::test(flavor = "multi_thread")]
async fn a_restored_place_of_history_doubles_nothing() {
    let (dir, copy) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let shop = Shop::open(&binary(), dir.path());
    let (spool, kept) = (Server::data_dir(dir.path()).join("spool"), copy.path().join("spool"));
    let server = shop.serve();
    let before = visit(&shop, &server, 20).await;
    shop.settled(&server).await;
    assert!(run(&binary(), dir.path(), &["olap", "pause"]).status.success());
    let waiting = visit(&shop, &server, 20).await;
    while shop.metric(&server, "ut_in_flight").await < 20 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    copy_folder(&spool, &kept);
    assert!(run(&binary(), dir.path(), &["olap", "resume"]).status.success());
    shop.settled(&server).await;
    server.stop();
    std::fs::remove_dir_all(&spool).unwrap();
    copy_folder(&kept, &spool);
    let server = shop.serve();
    assert!(server.errors().contains("what lies between is repaired"), "{}", server.errors());
    shop.settled(&server).await;
    let more = visit(&shop, &server, 10).await;
    shop.settled(&server).await;
    assert_eq!(shop.agrees(&server).await, &(&before | &waiting) | &more);
    assert_eq!(shop.metric(&server, "ut_log_replaced_events").await, 0, "it is the same log");
    server.stop();
}

fn copy_folder(from: &Path, to: &Path) {
    let copied = Command::new("cp").args(["-a", "-T"]).arg(from).arg(to).status();
    assert!(copied.unwrap().success(), "{} was not copied", from.display());
}
