//! SIGKILL at random moments under load: nothing acknowledged is lost, nothing is counted twice, every sum agrees.

use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;
use ut_testkit::server::{Server, Shop, page_view};

const KILLS: usize = 20;
const SENDERS: usize = 6;

/// What the senders know: ids that were acknowledged, and all that were ever sent.
#[derive(Default)]
struct Book {
    acknowledged: HashSet<String>,
    sent: HashSet<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_doubled_by_twenty_kills() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let book = Arc::new(Mutex::new(Book::default()));
    let mut random = Random(0x5eed);
    for _ in 0..KILLS {
        let server = Arc::new(shop.serve());
        let life = Duration::from_millis(100 + random.below(2_400));
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
    let rows = shop.export(&server).await;
    compare_ids(&book.lock().unwrap(), &rows);
    compare_sums(&shop, &server, &rows).await;
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
        let events: Vec<Value> = (0..count).map(|_| page_view(&format!("/p/{}", random.below(12)))).collect();
        let ids = || events.iter().map(|event| event["id"].as_str().unwrap().to_owned());
        book.lock().unwrap().sent.extend(ids());
        let agent = format!("agent {sender}.{}", random.below(5));
        for _ in 0..=random.below(3) {
            let Ok((status, answer)) = shop.send(&server, &agent, &events).await else { return };
            assert_eq!((status.as_u16(), &answer["accepted"]), (202, &json!(count)), "{answer}");
            book.lock().unwrap().acknowledged.extend(ids());
        }
    }
}

fn compare_ids(book: &Book, rows: &[Value]) {
    let stored: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    let distinct: HashSet<_> = stored.iter().copied().collect();
    assert_eq!(stored.len(), distinct.len(), "doubled");
    let lost = book.acknowledged.iter().filter(|id| !distinct.contains(id.as_str())).count();
    assert_eq!(lost, 0, "lost of {}", book.acknowledged.len());
    assert!(distinct.iter().all(|id| book.sent.contains(*id)), "invented");
    assert!(
        book.acknowledged.len() > 1_000,
        "only {} events were acknowledged: no load",
        book.acknowledged.len()
    );
}

/// `sessions`, the rollup and every report against the exported events themselves.
async fn compare_sums(shop: &Shop, server: &Server, rows: &[Value]) {
    let mut pages = BTreeMap::<&str, u64>::new();
    let mut sessions = BTreeMap::<&str, u64>::new();
    let mut visitors = HashSet::new();
    for row in rows {
        *pages.entry(row["page"].as_str().unwrap()).or_default() += 1;
        *sessions.entry(row["session"].as_str().unwrap()).or_default() += 1;
        visitors.insert(row["visitor"].as_str().unwrap());
    }
    // Page views alone are answered from the rollup, with visitors from the events: both must be the events' truth.
    for metrics in [&["page_views"][..], &["visitors", "page_views"]] {
        let answer = shop.query(server, metrics, &["page"]).await;
        assert_eq!(
            by_page(&answer, "page_views"),
            pages.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect()
        );
    }
    let answer = shop.query(server, &["sessions", "visitors", "views_per_session", "bounce_rate"], &[]).await;
    let totals = &answer["totals"];
    assert_eq!(totals["sessions"], sessions.len());
    assert_eq!(totals["visitors"], visitors.len());
    let views = totals["views_per_session"].as_f64().unwrap() * sessions.len() as f64;
    assert!((views - rows.len() as f64).abs() < 0.5, "{views} views in sessions, {} in events", rows.len());
    let bounced = sessions.values().filter(|views| **views == 1).count() as f64;
    assert!((totals["bounce_rate"].as_f64().unwrap() * sessions.len() as f64 - bounced).abs() < 0.01);
}

fn by_page(answer: &Value, metric: &str) -> BTreeMap<String, u64> {
    let rows = answer["rows"].as_array().unwrap();
    let pair = |row: &Value| {
        (row["dimensions"]["page"].as_str().unwrap().to_owned(), row["metrics"][metric].as_u64().unwrap())
    };
    rows.iter().map(pair).collect()
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
