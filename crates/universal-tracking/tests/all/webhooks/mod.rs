//! Signed webhooks of shop systems, through the real door to the ledger and to history.

mod joins;
mod refused;
mod taken;

use base64::Engine;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use ut_core::ports::{Statement, Transactional, Value as Cell};
use ut_testkit::server::{Server, Shop, event, now_ms, run};
use ut_transactional::Sqlite;

const SHOPIFY_SECRET: &str = "shpss_0123456789abcdef";
const DAY_MS: i64 = 24 * 3_600_000;

fn golden(name: &str) -> Value {
    let path = format!("{}/../../contract/golden/webhooks/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn command(dir: &TempDir, arguments: &[&str]) -> Value {
    let output = run(&super::binary(), dir.path(), &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Connects Shopify with a secret of its own, the others with one of ours, which is returned.
fn connect(dir: &TempDir, provider: &str, more: &[&str]) -> String {
    let add = ["integration", "add", "--site", "1", "--provider", provider];
    let own: &[&str] = if provider == "shopify" { &["--secret", SHOPIFY_SECRET] } else { &[] };
    let added = command(dir, &[&add[..], own, more].concat());
    let url = added["url"].as_str().unwrap();
    assert!(url.contains(&format!("/webhooks/{provider}/pk_")), "{added}");
    added["secret"].as_str().unwrap().to_owned()
}

fn base64(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(body).finalize().into_bytes();
    base64::engine::general_purpose::STANDARD.encode(mac)
}

fn post(shop: &Shop, server: &Server, provider: &str, body: &str) -> RequestBuilder {
    let url = format!("{}/webhooks/{provider}/{}", server.base, shop.key);
    shop.http.post(url).header("content-type", "application/json").body(body.to_owned())
}

/// A delivery as the system signs it.
fn signed(shop: &Shop, server: &Server, provider: &str, secret: &str, body: &Value) -> RequestBuilder {
    let body = body.to_string();
    let request = post(shop, server, provider, &body);
    match provider {
        "shopify" => request.header("x-shopify-hmac-sha256", base64(secret, &body)),
        "woocommerce" => request.header("x-wc-webhook-signature", base64(secret, &body)),
        _ => request.header("x-ut-signature", super::signed::sign(secret, now_ms() / 1000, &body)),
    }
}

async fn deliver(shop: &Shop, server: &Server, provider: &str, secret: &str, body: &Value) -> String {
    let (status, answer) = super::signed::answer(signed(shop, server, provider, secret, body)).await;
    assert_eq!(status, 200, "{answer}");
    answer["outcome"].as_str().unwrap().to_owned()
}

/// A page's `purchase`.
fn claim(transaction: &str, at: i64) -> Value {
    let mut purchase = event("purchase", "https://shop.example/thanks");
    purchase["ts"] = json!(at);
    purchase["transaction_id"] = json!(transaction);
    purchase["value"] = json!("50.00");
    purchase["currency"] = json!("EUR");
    purchase
}

/// An order as the ledger has it.
struct Entry {
    version: i64,
    mirrored: i64,
    /// Null when it is another one under another name.
    told: Value,
}

async fn ledger(data: &Path) -> BTreeMap<i64, Entry> {
    let store = Sqlite::open(&data.join("main.sqlite")).await.unwrap();
    let all = Statement { name: "orders", sql: include_str!("sql/orders_of_ledger.transactional.sql") };
    let rows = store.run(&all, &[]).await.unwrap();
    store.close().await;
    let entry = |row: &Vec<Cell>| {
        let [Cell::Int(id), Cell::Int(version), Cell::Int(mirrored), Cell::Text(told)] = &row[..] else {
            panic!("{row:?}")
        };
        let told = serde_json::from_str(told).unwrap_or_default();
        (*id, Entry { version: *version, mirrored: *mirrored, told })
    };
    rows.iter().map(entry).collect()
}

/// Waits until the ledger is as it is wanted.
async fn ledger_when(data: &Path, wanted: impl Fn(&BTreeMap<i64, Entry>) -> bool) -> BTreeMap<i64, Entry> {
    for _ in 0..1200 {
        let ledger = ledger(data).await;
        if wanted(&ledger) {
            return ledger;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let told: Vec<_> = ledger(data).await.into_values().map(|entry| entry.told).collect();
    panic!("the ledger stays {told:#?}");
}
