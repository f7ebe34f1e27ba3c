//! Browsers whose clocks are a day wrong: what they did counts at the time and in the session in which they did it.

use crate::binary;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, batch, now_ms, page_view};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// What the way of a request may move a corrected time by.
const SLACK: i64 = 5_000;

/// By how much the clock is wrong, and whether the browser says what time it has.
const BROWSERS: [(&str, i64, bool); 4] =
    [("right", 0, true), ("behind", -DAY, true), ("ahead", DAY, true), ("silent", 0, false)];

/// Minutes before now of each page view: the pause of 40 minutes ends the first session.
const WALK: [i64; 5] = [50, 48, 8, 6, 3];
/// So many of them are sent with the first request.
const FIRST: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_a_day_wrong_moves_nothing() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = shop.serve();
    let now = now_ms();
    for (name, wrong, says_so) in BROWSERS {
        let mut events: Vec<Value> =
            WALK.iter().zip(1..).map(|(back, n)| view(name, n, now + wrong - back * MINUTE)).collect();
        let mut engaged = events[4].clone();
        engaged["id"] = page_view("/")["id"].clone();
        (engaged["name"], engaged["engagement_ms"]) = (json!("engagement"), json!(20_000));
        engaged["ts"] = json!(now + wrong - MINUTE);
        events.push(engaged);
        for events in [&events[..FIRST], &events[FIRST..]] {
            let mut body = batch(&shop.key, events);
            let object = body.as_object_mut().unwrap();
            object.insert("sent_at".to_owned(), if says_so { json!(now_ms() + wrong) } else { Value::Null });
            let answer = shop.post(&server, "/ut/e", name).body(body.to_string()).send().await.unwrap();
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(answer, json!({ "accepted": events.len(), "rejected": [] }), "{name}");
        }
    }
    shop.settled(&server).await;
    every_event_is_where_it_belongs(&shop, &server, now).await;
    every_figure_is_four_times_that_of_a_right_clock(&shop, &server).await;
    server.stop();
}

fn view(name: &str, number: u32, ts: i64) -> Value {
    let mut view = page_view(&format!("/{name}/{number}"));
    (view["ts"], view["seq"]) = (json!(ts), json!(number));
    view
}

/// Times, the order of the pages, and which of them share a session.
async fn every_event_is_where_it_belongs(shop: &Shop, server: &Server, now: i64) {
    let mut walks = BTreeMap::<String, Vec<(i64, Value)>>::new();
    for row in shop.export(server).await {
        if row["name"] == "page_view" {
            let at: jiff::Timestamp = row["ts"].as_str().unwrap().parse().unwrap();
            let browser = row["page"].as_str().unwrap().split('/').nth(1).unwrap().to_owned();
            walks.entry(browser).or_default().push((at.as_millisecond(), row));
        }
    }
    for (name, ..) in BROWSERS {
        let walk = walks.get_mut(name).unwrap();
        walk.sort_by_key(|(at, _)| *at);
        assert_eq!(walk.len(), WALK.len());
        let sessions: Vec<&Value> = walk.iter().map(|(_, row)| &row["session"]).collect();
        for (((at, row), back), number) in walk.iter().zip(WALK).zip(1..) {
            let expected = now - back * MINUTE;
            assert!((at - expected).abs() < SLACK, "{name}: page {number} is {} ms off", at - expected);
            assert_eq!((&row["page"], &row["seq"]), (&json!(format!("/{name}/{number}")), &json!(number)));
        }
        assert!(sessions[0] == sessions[1] && sessions[1] != sessions[2], "{name}: {sessions:?}");
        assert!(sessions[2] == sessions[3] && sessions[3] == sessions[4], "{name}: {sessions:?}");
        let visitors: BTreeSet<_> = walk.iter().map(|(_, row)| row["visitor"].to_string()).collect();
        assert_eq!(visitors.len(), 1, "{name}: {visitors:?}");
    }
}

async fn every_figure_is_four_times_that_of_a_right_clock(shop: &Shop, server: &Server) {
    let metrics = ["sessions", "visitors", "views_per_session", "bounce_rate", "page_views"];
    let totals = shop.query(server, &metrics[..4], &[]).await["totals"].clone();
    assert_eq!((&totals["sessions"], &totals["visitors"]), (&json!(8), &json!(4)), "{totals}");
    let number = |name: &str| totals[name].as_f64();
    assert_eq!((number("views_per_session"), number("bounce_rate")), (Some(2.5), Some(0.0)), "{totals}");
    // Midnight may lie within the walk: then it does for all of them.
    for metric in ["sessions", "page_views"] {
        let days = shop.query(server, &[metric], &["time:day"]).await;
        let counts =
            days["rows"].as_array().unwrap().iter().map(|row| row["metrics"][metric].as_u64().unwrap());
        let counts: Vec<u64> = counts.filter(|count| *count > 0).collect();
        assert!(counts.len() <= 2 && counts.iter().all(|count| count % 4 == 0), "{metric}: {days}");
    }
    let pages = shop.query(server, &["page_views", "engaged_time_s"], &["page"]).await;
    let engaged = |name: &str| {
        let page = json!(format!("/{name}/5"));
        let rows = pages["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["dimensions"]["page"] == page).unwrap();
        (row["metrics"]["page_views"].clone(), row["metrics"]["engaged_time_s"].clone())
    };
    for (name, ..) in BROWSERS {
        assert_eq!(engaged(name), engaged("right"), "{name}");
        assert_eq!(engaged(name), (json!(1), json!(20)), "{name}");
    }
}
