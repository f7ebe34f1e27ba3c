//! The example shop: its pages and its tracker, its orders, and its end.

use super::example::Example;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ut_testkit::server::{Server, batch, event, run};

const KILLS: usize = 25;

fn command(dir: &Path, arguments: &[&str]) -> Value {
    let output = run(&super::super::binary(), dir, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the owner's API answers to one question, asked until history holds `events`.
async fn asked(base: &str, token: &str, events: u64, metrics: &[&str]) -> Value {
    let query = json!({ "metrics": metrics, "dimensions": [], "date_range": "all" });
    let body = json!({ "site": "127.0.0.1", "queries": [query] });
    let began = Instant::now();
    loop {
        let answer =
            Client::new().post(format!("{base}/api/v1/q")).bearer_auth(token).json(&body).send().await;
        let answer = answer.unwrap();
        let status = answer.status();
        let totals = answer.json::<Value>().await.unwrap_or_default()["results"][0]["totals"].clone();
        if totals["events"].as_u64() == Some(events) {
            return totals;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{status}: {totals}, not {events} events");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn number(answer: &Response) -> u64 {
    answer.headers()["x-request-number"].to_str().unwrap().parse().unwrap()
}

/// The key in the page's script.
fn key(page: &str) -> String {
    page.split("data-site=").nth(1).unwrap().split('>').next().unwrap().to_owned()
}

/// A page view by the mounted tracker's route, and an order by the shop's own server, of the same visitor.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_view_and_an_order_arrive_in_the_report_as_one_visit() {
    let dir = TempDir::new().unwrap();
    let shop = Example::start(dir.path());
    // The owner's commands reach the shop's process as they reach a server.
    let token = command(dir.path(), &["token", "add", "--site", "127.0.0.1", "--json"]);
    let token = token["token"].as_str().unwrap().to_owned();
    let http = Client::builder().user_agent(ut_testkit::browser("customer")).build().unwrap();
    let page = http.get(&shop.shop).send().await.unwrap();
    let first = number(&page);
    let page = page.text().await.unwrap();
    assert!(page.contains("src=/shop-data/ut.js"), "{page}");

    let script = http.get(format!("{}/shop-data/ut.js", shop.shop)).send().await.unwrap();
    assert_eq!((script.status().as_u16(), number(&script)), (200, first + 1), "the middleware sees both");
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    let seen = batch(&key(&page), &[event("page_view", &format!("{}/", shop.shop))]).to_string();
    let sent = http.post(format!("{}/shop-data/e", shop.shop)).header("origin", &shop.shop).body(seen);
    let sent = sent.send().await.unwrap();
    assert_eq!((sent.status().as_u16(), number(&sent)), (202, first + 2));
    assert_eq!(sent.json::<Value>().await.unwrap(), json!({ "accepted": 1, "rejected": [] }));
    let bought = http.post(format!("{}/buy/chair", shop.shop)).send().await.unwrap();
    assert_eq!(bought.text().await.unwrap(), "Thank you for order 1-chair.");

    let totals = asked(&shop.dashboard, &token, 2, &["events", "page_views", "sessions", "visitors"]).await;
    assert_eq!(totals, json!({ "events": 2, "page_views": 1, "sessions": 1, "visitors": 1 }));
    // The owner's surface does not show on the shop's own address, whatever one asks for.
    for path in ["/api/v1/about", "/login", "/shop-data/../api/v1/about", "/shop-data/health", "/shop-data/"]
    {
        let answer = http.get(format!("{}{path}", shop.shop)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 404, "{path}");
    }
    let began = Instant::now();
    assert!(shop.interrupt().success());
    println!("the example ended in {} ms", began.elapsed().as_millis());
}

/// The order's answer is the last thing the process ever does.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_tracked_is_lost_by_a_kill_right_after() {
    let dir = TempDir::new().unwrap();
    let http = Client::builder().user_agent(ut_testkit::browser("customer")).build().unwrap();
    let mut orders = HashSet::new();
    for _ in 0..KILLS {
        let shop = Example::start(dir.path());
        let order = http.post(format!("{}/buy/lamp", shop.shop)).send().await.unwrap();
        let said = order.text().await.unwrap();
        shop.kill();
        assert!(said.starts_with("Thank you"), "{said}");
        orders.insert(said);
    }
    // Every life counted its orders anew.
    assert_eq!(orders.len(), 1);
    let token = command(dir.path(), &["token", "add", "--site", "127.0.0.1", "--json"]);
    let token = token["token"].as_str().unwrap();
    let server = Server::start(&super::super::binary(), dir.path(), &[]);
    let totals = asked(&server.base, token, KILLS as u64, &["events"]).await;
    println!("{KILLS} kills right after an order was tracked, {} orders in history", totals["events"]);
    server.stop();
}
