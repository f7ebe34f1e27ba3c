//! SIGKILL at random moments under load: nothing acknowledged is lost, nothing is counted twice, every sum agrees.

use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;
use ut_testkit::server::{Server, Shop, page_view};

const KILLS: u64 = 50;
const SENDERS: usize = 6;

/// What the senders know: ids that were acknowledged, and all that were ever sent; vitals apart, for they are no events.
#[derive(Default)]
struct Book {
    acknowledged: HashSet<String>,
    sent: HashSet<String>,
    measured: HashSet<String>,
    vitals_sent: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_by_fifty_kills() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let book = Arc::new(Mutex::new(Book::default()));
    let mut random = Random(0x5eed);
    for n in 0..KILLS {
        let server = Arc::new(shop.serve());
        // History opens a second or two after the door: some lives are long enough for it, most are not.
        let life = Duration::from_millis(100 + random.below(if n % 3 == 0 { 3_000 } else { 700 }));
        let mut senders = JoinSet::new();
        for n in 0..SENDERS {
            senders.spawn(send(shop.clone(), server.clone(), book.clone(), n, random.next()));
        }
        tokio::time::sleep(life).await;
        kill(&server);
        senders.abort_all();
        while senders.join_next().await.is_some() {}
    }
    let server = shop.serve();
    shop.settled(&server).await;
    let stored = shop.agrees(&server).await;
    compare_ids(&book.lock().unwrap(), &stored);
    let vitals = shop.query(&server, &["samples_lcp", "p75_lcp"], &[]).await;
    compare_vitals(&book.lock().unwrap(), &vitals["totals"]);
    server.stop();
}

/// SIGKILL without giving up the handle: senders still hold the server.
fn kill(server: &Server) {
    let killed = std::process::Command::new("kill").args(["-KILL", &server.pid().to_string()]).status();
    assert!(killed.unwrap().success());
}

/// Sends batches until the server dies; some are sent again although they were acknowledged.
async fn send(shop: Shop, server: Arc<Server>, book: Arc<Mutex<Book>>, sender: usize, seed: u64) {
    let mut random = Random(seed | 1);
    loop {
        let count = 1 + random.below(8) as usize;
        let views = (0..count).map(|_| page_view(&format!("/p/{}", random.below(12))));
        let (vital, metric_id) = vital();
        let events: Vec<Value> = views.chain([vital]).collect();
        let ids = || events[..count].iter().map(|event| event["id"].as_str().unwrap().to_owned());
        book.lock().unwrap().sent.extend(ids());
        book.lock().unwrap().vitals_sent += 1;
        let agent = format!("agent {sender}.{}", random.below(5));
        for _ in 0..=random.below(3) {
            let Ok((status, answer)) = shop.send(&server, &agent, &events).await else { return };
            assert_eq!((status.as_u16(), &answer["accepted"]), (202, &json!(count + 1)), "{answer}");
            book.lock().unwrap().acknowledged.extend(ids());
            book.lock().unwrap().measured.insert(metric_id.clone());
        }
    }
}

/// A vital like all the others, and the instance it is of.
fn vital() -> (Value, String) {
    let mut vital = page_view("/p/0");
    let id = vital["id"].as_str().unwrap().to_owned();
    (vital["name"], vital["metric"], vital["value"]) = (json!("web_vital"), json!("LCP"), json!(1234.5));
    vital["metric_id"] = json!(id);
    (vital, id)
}

/// Each counts once, those whose answer was lost perhaps.
fn compare_vitals(book: &Book, told: &Value) {
    let samples = told["samples_lcp"].as_u64().unwrap();
    let acknowledged = book.measured.len() as u64;
    assert!((acknowledged..=book.vitals_sent).contains(&samples), "{samples} of {acknowledged} vitals");
    assert_eq!(told["p75_lcp"], 1234.5);
    println!("{acknowledged} vitals acknowledged, {samples} stored");
}

fn compare_ids(book: &Book, stored: &HashSet<String>) {
    let lost = book.acknowledged.difference(stored).count();
    assert_eq!(lost, 0, "lost of {}", book.acknowledged.len());
    assert!(stored.is_subset(&book.sent), "invented");
    let count = book.acknowledged.len();
    println!("{KILLS} kills, {count} events acknowledged, {} stored", stored.len());
    assert!(count > 1_000, "only {count} events were acknowledged: no load");
}

/// A small generator (SplitMix64), so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
