//! The whole path on the embedded stores: events in, reports out; commands beside a running server.

use super::binary;
use serde_json::{Value, json};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, batch, event, page_view, run};

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_in_comes_out_and_repeating_it_changes_nothing() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = shop.serve();
    let visits = [("one", &["/", "/p/1", "/cart"][..]), ("two", &["/"]), ("three", &["/", "/p/1"])];
    let batches: Vec<_> = visits
        .map(|(agent, pages)| (agent, pages.iter().map(|page| page_view(page)).collect::<Vec<_>>()))
        .into();
    for round in 0..6 {
        for (agent, events) in &batches {
            let (status, answer) = shop.send(&server, agent, events).await.unwrap();
            assert_eq!((status.as_u16(), &answer["accepted"]), (202, &json!(events.len())), "round {round}");
        }
    }
    let mut purchase = event("purchase", "https://shop.example/thank-you?utm_source=x&email=a@b.example");
    purchase["value"] = json!("59.90");
    purchase["currency"] = json!("eur");
    purchase["items"] =
        json!([{ "item_id": 42, "item_name": "Mug", "price": "29.95", "quantity": 2, "affiliation": "a" }]);
    purchase["transaction_id"] = json!("T1");
    shop.send(&server, "two", &[purchase]).await.unwrap();
    shop.settled(&server).await;
    check_numbers(&shop, &server).await;
    check_export(&shop, &server).await;
    assert_eq!(shop.metric(&server, "ut_deduplicated_total").await, 5 * 6);
    server.stop();
    let again = shop.serve();
    shop.settled(&again).await;
    check_numbers(&shop, &again).await;
    again.stop();
}

async fn check_numbers(shop: &Shop, server: &Server) {
    let overview: Value = serde_json::from_str(
        &shop.get(server, &format!("/api/v1/report/overview?site={}&date_range=day", shop.id)).await,
    )
    .unwrap();
    let totals = &overview["totals"];
    assert_eq!((&totals["visitors"], &totals["sessions"]), (&json!(3), &json!(3)), "{overview}");
    assert_eq!((&totals["page_views"], &totals["events"]), (&json!(6), &json!(7)), "{overview}");
    assert_eq!(totals["bounce_rate"], 0.0, "the one-page visit bought something");
    assert_eq!(overview["meta"]["timezone"], "Europe/Berlin");
    let hours: u64 = overview["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["metrics"]["page_views"].as_u64().unwrap())
        .sum();
    assert_eq!(hours, 6, "the hours of the day add up");
    let pages: Value = serde_json::from_str(
        &shop.get(server, "/api/v1/report/pages?site=shop.example&date_range=7d&limit=2").await,
    )
    .unwrap();
    let line =
        |n: usize| (pages["rows"][n]["dimensions"]["page"].clone(), pages["rows"][n]["metrics"].clone());
    assert_eq!(line(0), (json!("/"), json!({ "visitors": 3, "page_views": 3, "engaged_time_s": 0 })));
    assert_eq!(line(1), (json!("/p/1"), json!({ "visitors": 2, "page_views": 2, "engaged_time_s": 0 })));
    assert_eq!(pages["rows"].as_array().unwrap().len(), 2, "limited");
    assert_eq!(pages["totals"], json!({ "visitors": 3, "page_views": 6, "engaged_time_s": 0 }));
    let events = shop.query(server, &["events"], &["event"]).await;
    assert_eq!(events["rows"][1]["dimensions"]["event"], "purchase");
    let mixed = shop.query(server, &["visitors", "events"], &["time:day"]).await;
    assert_eq!(mixed["rows"][0]["metrics"], json!({ "visitors": 3, "events": 7 }));
}

async fn check_export(shop: &Shop, server: &Server) {
    let rows = shop.export(server).await;
    let purchase = rows.iter().find(|row| row["name"] == "purchase").unwrap();
    assert_eq!((&purchase["value"], &purchase["currency"]), (&json!("59.9"), &json!("EUR")));
    assert_eq!(
        purchase["url"], "https://shop.example/thank-you?utm_source=x",
        "other parameters stay outside"
    );
    assert_eq!(purchase["items.item_id"], json!(["42"]));
    assert_eq!(purchase["items.quantity"], json!([2]));
    assert_eq!(purchase["props"], json!({ "transaction_id": "T1" }));
    assert_eq!(purchase["session"].as_str().unwrap().len(), 16);
    for format in ["csv", "parquet"] {
        let path = format!("/api/v1/export/events?site={}&format={format}", shop.id);
        let answer =
            shop.http.get(format!("{}{path}", server.base)).bearer_auth(&shop.token).send().await.unwrap();
        assert!(answer.status().is_success() && answer.bytes().await.unwrap().len() > 100, "{format}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_work_while_the_server_runs_and_take_effect_at_once() {
    let dir = TempDir::new().unwrap();
    let server = Server::start(&binary(), dir.path(), &[]);
    let shop = Shop::open(&binary(), dir.path());
    let (status, answer) = shop.send(&server, "x", &[page_view("/")]).await.unwrap();
    assert_eq!(status.as_u16(), 202, "the next request knows the site: {answer}");
    shop.settled(&server).await;
    assert_eq!(shop.export(&server).await.len(), 1, "and the token");
    let second = run(&binary(), dir.path(), &["serve"]);
    assert_eq!(second.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&second.stderr);
    assert!(errors.contains(&server.pid().to_string()), "it names the first: {errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_without_a_token_of_the_site() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = shop.serve();
    let paths = [
        "/api/v1/report/overview?site=1",
        "/api/v1/export/events?site=1",
        "/presence/stream?site=1",
        "/metrics",
    ];
    for path in paths {
        let answer = shop.http.get(format!("{}{path}", server.base)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{path}");
        let foreign =
            shop.http.get(format!("{}{path}", server.base)).bearer_auth("ut_0000").send().await.unwrap();
        assert_eq!(foreign.status().as_u16(), 401, "{path}");
    }
    let ready: Value =
        shop.http.get(format!("{}/ready", server.base)).send().await.unwrap().json().await.unwrap();
    assert_eq!(ready, json!({ "status": "ok" }), "no details without a token");
    let known: Value = serde_json::from_str(&shop.get(&server, "/ready").await).unwrap();
    assert_eq!(known["checks"].as_array().unwrap().len(), 6);
    let stranger =
        shop.http.get(format!("{}/", server.base)).header("host", "shop.example").send().await.unwrap();
    assert_eq!(stranger.status().as_u16(), 404, "the dashboard is not on the shop's own origin");
    let health =
        shop.http.get(format!("{}/health", server.base)).header("host", "shop.example").send().await.unwrap();
    assert_eq!(health.status().as_u16(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_acknowledges_without_the_engine_and_history_follows_once_it_is_there() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = Server::start(&binary(), dir.path(), &[("XDG_CACHE_HOME", dir.path().to_str().unwrap())]);
    for n in 0..5 {
        let (status, _) = shop.send(&server, "x", &[page_view(&format!("/{n}"))]).await.unwrap();
        assert_eq!(status.as_u16(), 202);
    }
    let ready: Value = serde_json::from_str(&shop.get(&server, "/ready").await).unwrap();
    let olap = ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "olap").unwrap();
    assert_eq!(
        (&ready["status"], &olap["status"], &olap["lag_events"]),
        (&json!("ok"), &json!("down"), &json!(5))
    );
    assert!(olap["detail"].as_str().unwrap().contains("engine install"), "{olap}");
    server.kill();
    let server = shop.serve();
    shop.settled(&server).await;
    assert_eq!(shop.export(&server).await.len(), 5);
    let body = batch(&shop.key, &[]).to_string();
    let empty = shop.post(&server, "/ut/e", "x").body(body).send().await.unwrap();
    assert_eq!(empty.json::<Value>().await.unwrap(), json!({ "accepted": 0, "rejected": [] }));
}
