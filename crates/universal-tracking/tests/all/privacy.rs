//! Receipts and keys from the command line, with and without a running server.

use crate::program::Place;
use serde_json::json;
use std::sync::Arc;
use ut_core::ports::{Statement, Transactional, Value};
use ut_core::{Clock, SiteId, SystemClock};
use ut_tracking::modules::consent::receipts::{AxesSaid, Receipt, ReceiptSource, Receipts, Whose};
use ut_tracking::vault::{Keyring, Subject, Vault};
use ut_transactional::Sqlite;

const OLD: &str = "old:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
const NEW: &str = "new:0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";

/// The store of a place, as a second process has it.
async fn store(place: &Place) -> Arc<dyn Transactional> {
    Arc::new(Sqlite::open(&place.data().join("main.sqlite")).await.unwrap())
}

fn receipts(store: &Arc<dyn Transactional>, keys: &str) -> Receipts {
    let clock = Arc::new(SystemClock);
    let ring = Keyring::parse(keys).unwrap();
    let vault = Arc::new(Vault::new(Arc::clone(store), clock.clone(), ring, b"pepper"));
    Receipts::new(Arc::clone(store), vault, clock)
}

/// Receipts of as many visitors, of choices made at a time.
async fn append(receipts: &Receipts, visitors: u16, at_ms: i64) {
    for number in 0..visitors {
        let mut subject = [0; 16];
        subject[..2].copy_from_slice(&number.to_be_bytes());
        let receipt = Receipt {
            site: SiteId(1),
            subject: Some(Subject(subject)),
            at_ms,
            axes: AxesSaid { analytics: Some(true), ..AxesSaid::default() },
            source: ReceiptSource::Gpc,
            raw: None,
            policy_version: None,
            region: None,
            user_agent: None,
        };
        receipts.append(&receipt).await.unwrap();
    }
}

async fn spoil(store: &Arc<dyn Transactional>, sql: &'static str) {
    store.run(&Statement { name: "spoil", sql }, &[]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_receipt_is_named_with_and_without_a_server() {
    let place = Place::new();
    place.run("site add --domain shop.example --json").json();
    assert_eq!(place.run("privacy verify --json").json(), json!([]));
    let store = store(&place).await;
    append(&receipts(&store, OLD), 3, SystemClock.now_ms()).await;

    let whole = place.run("privacy verify --json").json();
    assert_eq!((&whole[0]["whole"], &whole[0]["receipts"]), (&json!(true), &json!(3)), "{whole}");
    assert_eq!(whole[0]["head"].as_str().map(str::len), Some(64));
    let server = place.serve("serve");
    assert_eq!(place.run("privacy verify --json").json(), whole);
    assert!(place.run("privacy verify --site shop.example").out.contains("whole"));

    spoil(&store, "update consent_receipts set axes = 'a' where number = 2").await;
    let id = Statement { name: "id", sql: "select id from consent_receipts where number = 2" };
    let rows = store.run(&id, &[]).await.unwrap();
    let Value::Bytes(id) = &rows[0][0] else { panic!("{rows:?}") };
    let id = uuid::Uuid::from_slice(id).unwrap().to_string();
    let check = |line: &str| {
        let done = place.run(line);
        assert_eq!(done.code, Some(1), "{}", done.err);
        assert!(done.refusal().starts_with(&format!("receipt 2 of site 1 ({id}) is broken")), "{}", done.err);
        done.out
    };
    let said: serde_json::Value = serde_json::from_str(&check("privacy verify --json")).unwrap();
    assert_eq!((&said[0]["broken"]["number"], &said[0]["broken"]["id"]), (&json!(2), &json!(id)));
    assert!(check("privacy verify --site 1").contains("broken"));
    assert_eq!(server.stop(), Some(0));
    assert!(check("privacy verify").contains("broken"));
    assert!(place.run("privacy verify --site 9").refusal().contains("there is no site"));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_with_and_without_a_server() {
    let place = Place::new();
    place.run("site add --domain shop.example --json").json();
    let store = store(&place).await;
    append(&receipts(&store, OLD), 600, SystemClock.now_ms()).await;

    let both = format!("{NEW},{OLD}");
    let none = place.run_with("keys rotate", &[("ENCRYPTION_KEYS", NEW)]);
    assert!(none.refusal().contains("no key with the id \"old\""), "{}", none.err);

    let done = place.run_with("keys rotate", &[("ENCRYPTION_KEYS", &both)]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert_eq!(done.err, "500 keys wrapped anew, 100 left\n");
    assert!(done.out.contains("wrapped_anew  600") && done.out.contains("unused        old"), "{}", done.out);

    // Back again, by a server that runs with the old one in front.
    let server = place.serve(&format!("serve --encryption-keys {OLD},{NEW}"));
    let other = place.run_with("keys rotate", &[("ENCRYPTION_KEYS", &both)]);
    assert!(other.refusal().contains("does not know the key \"new\""), "{}", other.err);
    let rotated = place.run("keys rotate --json").json();
    assert_eq!((&rotated["newest"], &rotated["left"]), (&json!("old"), &json!(0)), "{rotated}");
    assert_eq!(rotated["unused"], json!(["new"]));
    assert_eq!(server.stop(), Some(0));

    let all = receipts(&store, OLD).list(SiteId(1), 1000, None).await.unwrap();
    assert_eq!(all.iter().filter(|receipt| matches!(receipt.whose, Whose::Known { .. })).count(), 600);
}

/// Without `ENCRYPTION_KEYS`, a ring is made once and kept with the other secrets.
#[test]
fn a_ring_is_made_and_kept() {
    let place = Place::new();
    let first = place.run("keys rotate --json").json();
    assert_eq!((&first["newest"], &first["keys"], &first["unused"]), (&json!("made"), &json!(0), &json!([])));
    let kept = std::fs::read_to_string(place.data().join("secrets.toml")).unwrap();
    assert!(kept.contains("encryption_keys = \"made:"), "the ring is beside the other secrets");
    place.run("site list --json").json();
    assert_eq!(std::fs::read_to_string(place.data().join("secrets.toml")).unwrap(), kept);
}

/// Limits are set on the command line; every class says what is kept, and a chain without its beginning from where on.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_old_is_deleted_and_shown() {
    let place = Place::new();
    place.run("site add --domain shop.example --timezone Europe/Berlin --json").json();
    let wrong = place.run("site set 1 --retention-events 0 --retention-receipts 11");
    assert!(
        wrong.refusal().contains("1 to 120 months") && wrong.refusal().contains("1 to 10 years"),
        "{}",
        wrong.err
    );
    let wrong = place.run("site set 1 --retention-events 26");
    assert!(wrong.refusal().contains("25 months are fewer than 26"), "{}", wrong.err);
    let set = place.run("site set 1 --retention-events 6 --retention-receipts 2 --json").json();
    assert_eq!(set["retention"], json!({"events": 6, "sums": 25, "personal": 13, "receipts": 2}));
    let lines = place.run("privacy retention --json").json();
    let classes: Vec<_> =
        lines.as_array().unwrap().iter().map(|line| line["class"].as_str().unwrap()).collect();
    assert_eq!(classes, ["events", "sums", "personal", "receipts"]);
    assert_eq!((&lines[0]["limit"], &lines[0]["last_run"]), (&json!("6 months"), &json!(null)));

    let store = store(&place).await;
    // Of 1970: too old at once.
    append(&receipts(&store, OLD), 3, 1).await;
    let server = place.serve("serve");
    let receipts = async || {
        for _ in 0..600 {
            let lines = place.run("privacy retention --site 1 --json").json();
            if !lines[3]["last_run"].is_null() {
                return lines[3].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("nothing was deleted within a minute")
    };
    let line = receipts().await;
    assert_eq!((&line["removed"], &line["error"], &line["oldest"]), (&json!(3), &json!(null), &json!(null)));
    assert!(line["next_run"].as_i64() > line["last_run"].as_i64(), "{line}");
    let whole = place.run("privacy verify --json").json();
    assert_eq!((&whole[0]["from"], &whole[0]["receipts"]), (&json!(4), &json!(0)), "{whole}");
    let table = place.run("privacy retention --site shop.example").out;
    assert!(table.contains("2 years") && table.contains("next_run"), "{table}");
    assert_eq!(server.stop(), Some(0));
    assert!(place.run("privacy retention --site 9").refusal().contains("there is no site"));
}
