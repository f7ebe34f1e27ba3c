//! What is taken, and what it becomes in history.

use super::{SHOPIFY_SECRET, claim, command, connect, deliver, golden, ledger, ledger_when, signed};
use crate::consent::erasure::stores;
use serde_json::{Value, json};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, now_ms, page_view};

const STORY: &str = "webhooks::taken::deliveries_are_orders_of_history_to_the_cent";

/// The orders of history, each in its newest version, by number.
fn orders(printed: &str) -> Vec<Value> {
    let rows = printed.lines().skip_while(|line| *line != "ecommerce_orders").skip(1);
    let rows = rows.take_while(|line| line.starts_with('{'));
    let mut newest: Vec<Value> = Vec::new();
    for row in rows.map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let version = |row: &Value| row["version"].to_string().trim_matches('"').parse::<u64>().unwrap();
        match newest.iter_mut().find(|known| known["order_id"] == row["order_id"]) {
            Some(known) if version(known) < version(&row) => *known = row,
            Some(_) => {}
            None => newest.push(row),
        }
    }
    newest.retain(|row| row["gone"] == 0);
    newest.sort_by_key(|row| row["number"].to_string());
    newest
}

fn figures(row: &Value) -> Vec<String> {
    let names = ["total", "tax", "shipping", "discount", "product_revenue", "refunded", "refunded_tax"];
    names.iter().map(|name| row[name].to_string().trim_matches('"').to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_are_orders_of_history_to_the_cent() {
    if stores::is_a_task().await {
        return;
    }
    let dir = TempDir::new().unwrap();
    let data = Server::data_dir(dir.path());
    let shop = Shop::open(&crate::binary(), dir.path());
    // One is connected without a server, two beside it.
    let own = connect(&dir, "orders", &[]);
    let server = shop.serve();
    let woo = connect(&dir, "woocommerce", &[]);
    connect(&dir, "shopify", &[]);
    let shopify = golden("shopify_order");
    for (delivery, topic) in
        ["orders/create", "orders/paid", "orders/updated", "products/update", ""].iter().enumerate()
    {
        // Headers are not signed: whatever they say, it is the same order.
        let request = signed(&shop, &server, "shopify", SHOPIFY_SECRET, &shopify)
            .header("x-shopify-topic", *topic)
            .header("x-shopify-webhook-id", delivery)
            .header("x-shopify-shop-domain", "another.myshopify.com");
        let (status, answer) = crate::signed::answer(request).await;
        let expected = if delivery == 0 { "taken" } else { "unchanged" };
        assert_eq!((status, &answer["outcome"]), (200, &json!(expected)), "{topic}");
    }
    assert_eq!(ledger(&data).await.values().map(|entry| entry.version).collect::<Vec<_>>(), [1]);
    // An older state that comes late changes nothing, and a refund by itself is the order's.
    let mut older = shopify.clone();
    older["updated_at"] = json!("2026-11-20T11:00:01+01:00");
    older["total_price"] = json!("1.00");
    assert_eq!(deliver(&shop, &server, "shopify", SHOPIFY_SECRET, &older).await, "taken");
    let refund = golden("shopify_refund");
    assert_eq!(deliver(&shop, &server, "shopify", SHOPIFY_SECRET, &refund).await, "taken");
    assert_eq!(deliver(&shop, &server, "woocommerce", &woo, &golden("woocommerce_order")).await, "taken");
    let mut other = golden("order");
    other["number"] = json!("#2042");
    assert_eq!(deliver(&shop, &server, "orders", &own, &other).await, "taken");
    // What a page claims of an order nobody else knows does not count while a shop is connected.
    shop.send(&server, "ann", &[page_view("/"), claim("only-the-page-says", now_ms())]).await.unwrap();
    shop.settled(&server).await;
    ledger_when(&data, |ledger| ledger.len() == 4 && ledger.values().all(|one| one.version == one.mirrored))
        .await;
    server.stop();

    let rows = orders(&stores::read(STORY, &data));
    let short = |row: &Value| {
        json!([row["number"], row["status"], row["by_shop"], row["counted"], row["currency"], row["flags"]])
    };
    let expected = json!([
        ["#1042", "partially_refunded", 1, 1, "EUR", []],
        ["#2042", "partially_refunded", 1, 1, "EUR", []],
        ["727", "partially_refunded", 1, 1, "EUR", []],
        ["only-the-page-says", "placed", 0, 0, "EUR", ["unconfirmed"]],
    ]);
    assert_eq!(Value::from_iter(rows.iter().map(short)), expected, "{rows:#?}");
    assert_eq!(figures(&rows[0]), ["94.81", "15.14", "4.12", "5.99", "75.55", "70.81", "11.31"]);
    assert_eq!(figures(&rows[1]), ["94.81", "15.14", "4.12", "5.99", "75.55", "12", "1.92"]);
    // 9.40 × 10.00 / 58.90 = 1.596.
    assert_eq!(figures(&rows[2]), ["58.9", "9.4", "4.12", "5.04", "45.38", "10", "1.6"]);
    without_shop_systems(&dir, &shop).await;
}

/// What the page claims is all there is then.
async fn without_shop_systems(dir: &TempDir, shop: &Shop) {
    let data = Server::data_dir(dir.path());
    for provider in ["shopify", "woocommerce", "orders"] {
        command(dir, &["integration", "remove", "--site", "1", "--provider", provider]);
    }
    let server = shop.serve();
    ledger_when(&data, |ledger| ledger.values().all(|one| one.version == one.mirrored)).await;
    server.stop();
    let rows = orders(&stores::read(STORY, &data));
    let claimed = rows.iter().find(|row| row["number"] == "only-the-page-says").unwrap();
    assert_eq!((&claimed["counted"], &claimed["flags"]), (&json!(1), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_rotated_and_deliveries_are_counted() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&crate::binary(), dir.path());
    let server = shop.serve();
    let first = connect(&dir, "orders", &[]);
    let rotated = command(&dir, &["integration", "rotate", "--site", "shop.example", "--provider", "orders"]);
    let second = rotated["secret"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let mut order = golden("order");
    for (number, secret) in [&first, &second].into_iter().enumerate() {
        order["updated_at"] = json!(1_795_249_800_000_i64 + number as i64);
        assert_eq!(deliver(&shop, &server, "orders", secret, &order).await, "taken");
    }
    let again = command(&dir, &["integration", "rotate", "--site", "1", "--provider", "orders"]);
    assert!(again["old_secret_until"].as_i64().unwrap() > now_ms());
    let void = signed(&shop, &server, "orders", &first, &order);
    assert_eq!(
        crate::signed::code(&crate::signed::answer(void).await),
        (401, "wrong_signature"),
        "two are valid"
    );
    let list = command(&dir, &["integration", "list"]);
    assert_eq!((&list[0]["provider"], &list[0]["deliveries"]), (&json!("orders"), &json!(2)), "{list}");
    assert!(list[0]["last_delivery"].is_i64() && !list.to_string().contains("whsec_"), "{list}");
    assert_eq!(shop.metric(&server, "ut_webhooks_total").await, 3);
    drop((dir, server));
}
