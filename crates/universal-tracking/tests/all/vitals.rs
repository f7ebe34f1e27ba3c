//! Web vitals through the front door, and what the owner sees of them.

use crate::binary;
use serde_json::{Value, json};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, event, page_view, run};

/// A phone's: what looks like a program is left out of reports.
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
const BOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

fn vital(path: &str, metric: &str, id: &str, value: &Value) -> Value {
    let mut event = event("web_vital", &format!("https://shop.example{path}"));
    let said = json!({ "metric": metric, "metric_id": id, "value": value, "navigation_type": "navigate",
        "attribution": { "target": "#checkout>input", "email": "anna@shop.example" } });
    event.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
    event
}

async fn send(shop: &Shop, server: &Server, agent: &str, events: &[Value]) {
    let (status, answer) = shop.send(server, agent, events).await.unwrap();
    assert_eq!((status.as_u16(), &answer["accepted"]), (202, &json!(events.len())), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_browsers_measure_becomes_a_report_by_page_template() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = shop.serve();
    for n in 1..=4 {
        let path = format!("/p/{n}");
        let [lcp, inp, cls] = ["lcp", "inp", "cls"].map(|metric| format!("{metric}-{n}"));
        let events = [
            page_view(&path),
            vital(&path, "LCP", &lcp, &json!(1000 * n)),
            vital(&path, "INP", &inp, &json!(80)),
            vital(&path, "INP", &inp, &json!(120.5)),
            vital(&path, "CLS", &cls, &json!("0.0812345678901")),
        ];
        send(&shop, &server, PHONE, &events).await;
    }
    send(&shop, &server, BOT, &[vital("/p/1", "LCP", "bot", &json!(90_000))]).await;
    let staging =
        ["site", "set", "1", "--staging-hostname", "staging.shop.example", "--page-template", "/p/*"];
    assert!(run(&binary(), dir.path(), &staging).status.success());
    shop.settled(&server).await;

    let report = format!("/api/v1/report/performance?site={}&date_range=day", shop.id);
    let told: Value = serde_json::from_str(&shop.get(&server, &report).await).unwrap();
    assert_eq!(told["rows"].as_array().unwrap().len(), 1, "{told}");
    let line = &told["rows"][0];
    assert_eq!(line["dimensions"], json!({ "page_template": "/p/*" }));
    assert_eq!(line["metrics"], told["totals"]);
    let expected = json!({ "samples_lcp": 4, "p75_lcp": 3000, "samples_inp": 4, "p75_inp": 120.5, "samples_cls": 4,
        "p75_cls": 0.081_234_567_890_1, "samples_fcp": 0, "p75_fcp": null, "samples_ttfb": 0, "p75_ttfb": null });
    assert_eq!(line["metrics"], expected);
    let csv = shop.get(&server, &format!("{report}&format=csv")).await;
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("page_template,p75_cls,p75_fcp,p75_inp,p75_lcp,"), "{csv}");
    assert_eq!(lines[1..], ["/p/*,0.0812345678901,,120.5,3000,,4,0,4,4,0"]);

    let metrics = ["samples_lcp", "good_lcp", "poor_lcp", "page_views"];
    let devices = shop.query(&server, &metrics, &["device_type"]).await;
    let line = json!({ "samples_lcp": 4, "good_lcp": 2, "poor_lcp": 0, "page_views": 4 });
    assert_eq!(devices["rows"], json!([{ "dimensions": { "device_type": "mobile" }, "metrics": line }]));
    let with_bots = shop.query(&server, &["samples_lcp"], &["bot"]).await;
    assert_eq!(with_bots["totals"]["samples_lcp"], 5, "{with_bots}");

    let counts = shop.query(&server, &["events", "sessions"], &[]).await;
    assert_eq!(counts["totals"], json!({ "events": 4, "sessions": 1 }), "measurements are no events");
    assert_eq!(shop.export(&server).await.len(), 4);
    assert_eq!(shop.metric(&server, "ut_stored_total").await, 21);
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn traffic_suggests_page_templates_that_are_not_set_yet() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = shop.serve();
    for n in 1..=3 {
        send(&shop, &server, PHONE, &[page_view(&format!("/p/{n}")), page_view("/about")]).await;
    }
    shop.settled(&server).await;
    let asked = format!("/api/v1/sites/{}/page_templates", shop.id);
    let suggested = async || -> Value { serde_json::from_str(&shop.get(&server, &asked).await).unwrap() };
    let expected = json!({ "suggestions": [{ "pattern": "/p/*", "pages": 3, "views": 3 }] });
    assert_eq!(suggested().await, expected);
    let request =
        shop.http.patch(format!("{}/api/v1/sites/{}", server.base, shop.id)).bearer_auth(&shop.token);
    let patch = async |patterns: Value| {
        let change = json!({ "page_templates": patterns });
        let answer = request.try_clone().unwrap().json(&change).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, refused) = patch(json!(["/p/*", "p"])).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("page_templates[1]")));
    assert_eq!(patch(json!(vec!["/x"; 101])).await.1["errors"][0]["field"], "page_templates");
    let (status, site) = patch(json!(["/p/**"])).await;
    assert_eq!((status, &site["page_templates"]), (200, &json!(["/p/**"])));
    assert_eq!(suggested().await, json!({ "suggestions": [] }));
    drop((dir, server));
}
