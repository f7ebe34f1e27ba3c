//! Orders, through the door, by pages and by the shop's server: what is counted, once, and what is given back.

use crate::signed::{call, signed};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, event};

const PERSON: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const OTHER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
const CRAWLER: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
/// How long the slowest machine may take to show what is acknowledged.
const PATIENCE: Duration = Duration::from_secs(120);

fn open() -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = shop.serve();
    (dir, server, shop)
}

fn purchase(id: &str, value: &str) -> Value {
    let mut purchase = event("purchase", "https://shop.example/thank-you");
    purchase["transaction_id"] = id.into();
    purchase["value"] = value.into();
    purchase["currency"] = "EUR".into();
    purchase["tax"] = "19.00".into();
    purchase["shipping"] = 4.9.into();
    purchase["items"] = json!([{ "item_id": "mug", "item_name": "Mug", "price": "50.00", "quantity": 2 }]);
    purchase
}

/// The same event under another id.
fn anew(other: &Value) -> Value {
    let mut event = other.clone();
    event["id"] = ut_core::EventId::new_v4().to_string().into();
    event
}

/// The list of orders, once so many are there.
async fn orders(shop: &Shop, server: &Server, count: usize) -> Vec<Value> {
    let began = Instant::now();
    loop {
        let path = format!("/api/v1/report/orders?site={}&date_range=30d", shop.id);
        let report: Value = serde_json::from_str(&shop.get(server, &path).await).unwrap();
        let rows = report["results"][0]["rows"]
            .as_array()
            .or(report["rows"].as_array())
            .cloned()
            .unwrap_or_default();
        if rows.len() >= count {
            return rows;
        }
        assert!(began.elapsed() < PATIENCE, "{} of {count} orders: {report}", rows.len());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

const METRICS: &[&str] =
    &["orders", "gross_revenue", "refunds", "net_revenue", "product_revenue", "tax", "shipping", "aov"];

/// Asks until the answer is `expected`, and says what it was at last.
async fn becomes(shop: &Shop, server: &Server, expected: &Value) -> Value {
    shop.settled(server).await;
    let began = Instant::now();
    loop {
        let answer = shop.query(server, METRICS, &[]).await;
        if answer["totals"] == *expected || began.elapsed() > PATIENCE {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn take(shop: &Shop, server: &Server, agent: &str, events: &[Value]) {
    let (status, answer) = shop.send(server, agent, events).await.unwrap();
    assert_eq!((status.as_u16(), &answer["accepted"]), (202, &json!(events.len())), "{answer}");
}

async fn says(shop: &Shop, server: &Server, events: &[Value]) {
    let answer = signed(shop, server, &call(shop, events).to_string()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 202);
    assert_eq!(answer.json::<Value>().await.unwrap()["accepted"], json!(events.len()));
}

fn sums(orders: u64, gross: &str, refunds: &str, net: &str, rest: [&str; 4]) -> Value {
    let [product_revenue, tax, shipping, aov] = rest;
    json!({
        "orders": orders, "gross_revenue": gross, "refunds": refunds, "net_revenue": net,
        "product_revenue": product_revenue, "tax": tax, "shipping": shipping, "aov": aov,
    })
}

/// One order is one order: when its page is shown again, when the process is killed, when everything is sent again. A
/// crawler's is none, a page's refund gives nothing back, the shop's own server's does.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_counted_once_and_given_back_by_the_shop_alone() {
    let (dir, server, shop) = open();
    let mut landing = event("page_view", "https://shop.example/?utm_source=newsletter&utm_medium=email");
    landing["referrer"] = "".into();
    let (first, again) = (purchase("A-1", "100.00"), purchase("#A-1", "100.00"));
    take(&shop, &server, PERSON, &[landing, first.clone()]).await;
    take(&shop, &server, PERSON, &[again]).await;
    take(&shop, &server, CRAWLER, &[purchase("A-2", "77.00")]).await;
    take(&shop, &server, OTHER, &[purchase("4012888888881881", "100.00")]).await;
    let mut by_page = event("refund", "https://shop.example/thank-you");
    by_page["transaction_id"] = "A-1".into();
    by_page["value"] = "100.00".into();
    take(&shop, &server, PERSON, &[by_page.clone()]).await;
    let two = sums(2, "247.80", "0.00", "247.80", ["200.00", "38.00", "9.80", "123.90"]);
    let answer = becomes(&shop, &server, &two).await;
    assert_eq!(answer["totals"], two, "{answer}");
    assert_eq!(answer["meta"]["currency"], "EUR");

    let rows = orders(&shop, &server, 3).await;
    let row = |name: &str| {
        rows.iter().find(|row| row["dimensions"]["order"] == name).unwrap_or_else(|| panic!("{rows:?}"))
    };
    assert_eq!(row("A-1")["metrics"]["claims"], 2, "shown again");
    assert_eq!(row("A-1")["metrics"]["units"], 2);
    assert_eq!(row("A-1")["dimensions"]["source"], "newsletter");
    assert_eq!(
        (&row("A-2")["metrics"]["counted"], &row("A-2")["dimensions"]["flags"]),
        (&json!(0), &json!("bot"))
    );
    assert_eq!(
        row("4012888888881881")["metrics"]["total"],
        "123.9",
        "a name that looks like a card's number is kept"
    );
    let by_source = shop.query(&server, &["orders", "gross_revenue"], &["source"]).await;
    let newsletter =
        by_source["rows"].as_array().unwrap().iter().find(|row| row["dimensions"]["source"] == "newsletter");
    assert_eq!(
        newsletter.unwrap()["metrics"],
        json!({ "orders": 1, "gross_revenue": "123.90" }),
        "{by_source}"
    );

    let mut refund = anew(&by_page);
    refund["value"] = "20.00".into();
    refund["currency"] = "EUR".into();
    refund["refund_id"] = "r-1".into();
    says(&shop, &server, &[refund.clone()]).await;
    let mut own = purchase("S-1", "10.00");
    own["shipping"] = 0.into();
    own["tax"] = 0.into();
    says(&shop, &server, &[own]).await;
    let three = sums(3, "257.80", "20.00", "237.80", ["210.00", "38.00", "9.80", "85.93"]);
    let answer = becomes(&shop, &server, &three).await;
    assert_eq!(answer["totals"], three, "{answer}");

    server.kill();
    let server = shop.serve();
    says(&shop, &server, &[anew(&refund)]).await;
    take(&shop, &server, PERSON, &[first, purchase("A-3", "1.00")]).await;
    let four = sums(4, "282.70", "20.00", "262.70", ["211.00", "57.00", "14.70", "70.68"]);
    let answer = becomes(&shop, &server, &four).await;
    assert_eq!(answer["totals"], four, "after a kill, and of a refund that comes twice: {answer}");
    drop((dir, server));
}

/// What cannot be money is refused by its name, and nothing else with it.
#[tokio::test(flavor = "multi_thread")]
async fn what_stands_beside_the_value_must_be_money() {
    let (dir, server, shop) = open();
    let mut wrong = purchase("A-1", "100.00");
    wrong["tax"] = "nineteen".into();
    let (status, answer) = shop.send(&server, PERSON, &[wrong, purchase("A-2", "1.00")]).await.unwrap();
    assert_eq!((status.as_u16(), &answer["accepted"]), (202, &json!(1)));
    let refused = &answer["rejected"][0];
    assert_eq!(
        (&refused["index"], &refused["field"], &refused["code"]),
        (&json!(0), &json!("tax"), &json!("invalid_amount"))
    );
    drop((dir, server));
}
