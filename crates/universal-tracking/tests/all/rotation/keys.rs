//! A new first key in `ENCRYPTION_KEYS`, and `keys rotate`, while visitors choose.

use super::Stage;
use crate::binary;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use tempfile::TempDir;
use tokio::task::JoinSet;
use ut_testkit::server::run;
use uuid::Uuid;

const OLD: &str = "old:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
const NEW: &str = "new:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";
const KEYS: &str = "ENCRYPTION_KEYS";
const SENDERS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_under_load() {
    let dir = TempDir::new().unwrap();
    let stage = Arc::new(Stage::open(&dir, vec![(KEYS, OLD.to_owned())]));
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        senders.spawn(choose(stage.clone(), sender));
    }
    let pause = Duration::from_millis(1_500);
    tokio::time::sleep(pause).await;
    let restart = async |keys: String| {
        *stage.environment.lock().unwrap() = vec![(KEYS, keys)];
        stage.revive().await;
        tokio::time::sleep(pause).await;
    };
    restart(format!("{NEW},{OLD}")).await;
    let rotated = run(&binary(), dir.path(), &["keys", "rotate", "--json"]);
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    let rotated: Value = serde_json::from_slice(&rotated.stdout).unwrap();
    assert_eq!((&rotated["newest"], &rotated["left"]), (&json!("new"), &json!(0)), "{rotated}");
    assert_eq!(rotated["unused"], json!(["old"]), "the old key may go");
    tokio::time::sleep(pause).await;
    restart(NEW.to_owned()).await;
    stage.over.store(true, SeqCst);
    let acknowledged: HashSet<String> = senders.join_all().await.into_iter().flatten().collect();
    println!("{} receipts acknowledged, {} keys wrapped anew", acknowledged.len(), rotated["wrapped_anew"]);
    assert!(acknowledged.len() > 100 && rotated["wrapped_anew"].as_u64() > Some(20), "no load: {rotated}");
    every_receipt_opens(&stage, &acknowledged).await;
}

/// Visitors who agree to a cookie, each a new one, without a pause; the receipts that were acknowledged.
async fn choose(stage: Arc<Stage>, sender: usize) -> Vec<String> {
    let mut receipts = Vec::new();
    for n in 0.. {
        if stage.over.load(SeqCst) {
            break;
        }
        let consent = json!({ "analytics": true, "marketing": n % 2 == 0 });
        let body = json!({ "site": stage.shop.key, "consent": consent, "ids": { "seed": Uuid::new_v4() } });
        let (status, said) = stage.post("/ut/consent", &format!("chooser {sender}"), &body).await;
        assert_eq!((status, &said["collect"]), (200, &json!("cookie")), "{said}");
        receipts.push(said["receipt"].as_str().unwrap().to_owned());
    }
    receipts
}

async fn every_receipt_opens(stage: &Stage, acknowledged: &HashSet<String>) {
    let server = stage.server.read().await;
    let get = async |path: String| -> Value {
        serde_json::from_str(&stage.shop.get(&server, &path).await).unwrap()
    };
    let (mut opened, mut before) = (HashSet::new(), String::new());
    loop {
        let page = get(format!("/api/v1/consents?site=1&limit=200{before}")).await;
        for receipt in page["receipts"].as_array().unwrap() {
            assert_eq!(receipt["whose"], "known", "{receipt}");
            assert!(opened.insert(receipt["id"].as_str().unwrap().to_owned()), "twice: {receipt}");
        }
        let Some(next) = page["next"].as_u64() else { break };
        before = format!("&before={next}");
    }
    assert_eq!(acknowledged.difference(&opened).count(), 0, "of {} are missing", acknowledged.len());
    let verdict = get("/api/v1/consents/verify?site=1".to_owned()).await;
    assert_eq!(verdict, json!({ "ok": true, "from": 1, "receipts": opened.len(), "broken": null }));
}
