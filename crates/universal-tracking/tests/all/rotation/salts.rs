//! Four in the morning.

use super::Stage;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;
use ut_core::Clock;
use ut_testkit::moved::MovedClock;
use ut_testkit::server::{batch, page_view};

/// 2026-11-20, 04:00 in Berlin: the salts of `shop.example` rotate.
const ROTATION: i64 = 1_795_143_600_000;
const DAY: i64 = 24 * 3_600_000;
const SENDERS: usize = 4;
const PERSONS: usize = 6;

/// A server that believes what the test says of the time.
struct Night {
    stage: Stage,
    clock: MovedClock,
}

impl Night {
    /// An event of this moment, or a little late.
    fn view(&self, path: &str, late_ms: i64) -> Value {
        let mut view = page_view(path);
        view["ts"] = json!(self.clock.now_ms() - late_ms);
        view
    }

    fn envelope(&self, events: &[Value]) -> Value {
        let mut batch = batch(&self.stage.shop.key, events);
        batch["sent_at"] = json!(self.clock.now_ms());
        batch
    }

    /// What the shop's own server says of somebody whose page got a token.
    async fn speak_for(&self, token: &str, events: &[Value]) -> (u16, Value) {
        let mut body = self.envelope(events);
        body["context"] = json!({ "join_token": token });
        let (shop, server) = (&self.stage.shop, self.stage.server.read().await);
        let request = shop.http.post(format!("{}/collect/events", server.base)).bearer_auth(&shop.secret);
        let answer = request.body(body.to_string()).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

/// Everybody reads on from before the rotation until after it, and the server is killed just after: what it had taken
/// before and not looked at is sealed with the key of the day that is over.
#[tokio::test(flavor = "multi_thread")]
async fn salts_rotate_under_load() {
    let (dir, base) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let clock = MovedClock::build(base.path(), ROTATION - 60_000);
    let stage = Stage::open(&dir, clock.environment().into());
    let night = Arc::new(Night { stage, clock });
    let (stage, clock) = (&night.stage, &night.clock);
    let asked = json!({ "site": stage.shop.key });
    let mut tokens = Vec::new();
    for sender in 0..SENDERS {
        let (status, said) = stage.post("/ut/j", &person(sender, 0), &asked).await;
        assert_eq!(status, 200, "{said}");
        tokens.push(said["token"].as_str().unwrap().to_owned());
    }
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(read_on(night.clone(), sender));
    }
    let second = Duration::from_secs(1);
    tokio::time::sleep(2 * second).await;
    clock.set(ROTATION - 1_500);
    tokio::time::sleep(2 * second).await;
    assert!(clock.now_ms() > ROTATION);
    stage.revive().await;
    let mut sent = HashSet::new();
    for token in &tokens {
        let bought = [night.view("/thanks", 0)];
        assert_eq!(night.speak_for(token, &bought).await, (202, json!({ "accepted": 1, "rejected": [] })));
        sent.insert(id(&bought[0]));
    }
    tokio::time::sleep(2 * second).await;
    stage.over.store(true, SeqCst);
    let (mut before, mut after) = (0, 0);
    for (ids, early) in senders.join_all().await {
        (before, after) = (before + early, after + ids.len() - early);
        sent.extend(ids);
    }
    println!("{before} events were acknowledged before the rotation, {after} after it");
    assert!(before > 100 && after > 100, "{before} and {after}");
    let server = stage.server.read().await;
    stage.shop.settled(&server).await;
    assert_eq!(stage.shop.agrees(&server).await, sent);
    let numbers = stage.shop.query(&server, &["visitors", "sessions"], &[]).await;
    let persons = SENDERS * PERSONS;
    assert_eq!(
        numbers["totals"],
        json!({ "visitors": persons, "sessions": persons }),
        "no visit was cut in two"
    );
    for cause in ["ut_rejected_total", "ut_dropped_total", "ut_log_replaced_events"] {
        assert_eq!(stage.shop.metric(&server, cause).await, 0, "{cause}");
    }
    drop(server);

    // After the next rotation the key is destroyed, under load or not.
    clock.set(ROTATION + DAY + 1_000);
    let (status, said) = night.speak_for(&tokens[0], &[night.view("/thanks", 0)]).await;
    assert_eq!((status, &said["errors"][0]["code"]), (400, &json!("expired_token")), "{said}");
}

fn person(sender: usize, n: usize) -> String {
    format!("reader {sender}.{n}")
}

fn id(event: &Value) -> String {
    event["id"].as_str().unwrap().to_owned()
}

/// Page views and heartbeats without a pause; what was acknowledged, and how much of it before the rotation.
async fn read_on(night: Arc<Night>, sender: usize) -> (Vec<String>, usize) {
    let (stage, clock) = (&night.stage, &night.clock);
    let (mut ids, mut early) = (Vec::new(), 0);
    for n in 0.. {
        if stage.over.load(SeqCst) {
            break;
        }
        let person = person(sender, n % PERSONS);
        let events: Vec<_> =
            (0..3).map(|k| night.view(&format!("/p/{}", (n + k) % 7), 400 * k as i64)).collect();
        let answer = stage.post("/ut/e", &person, &night.envelope(&events)).await;
        assert_eq!(answer, (202, json!({ "accepted": 3, "rejected": [] })));
        ids.extend(events.iter().map(id));
        if clock.now_ms() < ROTATION {
            early = ids.len();
        }
        let beat =
            json!({ "site": stage.shop.key, "page_view": events[0]["page_view"], "url": events[0]["url"] });
        assert_eq!(stage.post("/ut/p", &person, &beat).await.0, 204);
    }
    (ids, early)
}
