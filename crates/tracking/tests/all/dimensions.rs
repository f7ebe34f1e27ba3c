//! Every dimension with metrics of sessions, of events, and of both.

use crate::{Shop, written};
use serde_json::json;

/// Metrics are answered in alphabetical order: events page_views sessions visitors.
const COUNTS: [&str; 4] = ["visitors", "sessions", "page_views", "events"];

pub(super) async fn each_dimension_and_metric(shop: &Shop<'_>) {
    totals(shop).await;
    of_both_tables(shop).await;
    of_sessions(shop).await;
    of_events(shop).await;
    rates_by_what_events_say(shop).await;
    times(shop).await;
}

async fn totals(shop: &Shop<'_>) {
    assert_eq!(shop.lines(json!({ "metrics": COUNTS })).await, ["total: 16 10 5 3"]);
    let rates = ["views_per_session", "bounce_rate", "engaged_time_s", "session_duration_s", "scroll_pct"];
    let answer = shop.ask(json!({ "metrics": rates })).await;
    // bounce_rate engaged_time_s scroll_pct session_duration_s views_per_session
    assert_eq!(written(&answer), ["total: 0.4 7.2 67.5 558 1.8"]);
    assert_eq!(answer.rows[0].metrics, answer.totals);
    assert!(answer.meta.cookieless_share.is_null(), "no visitors were asked for");
    let visitors = shop.ask(json!({ "metrics": ["visitors"] })).await;
    let share = visitors.meta.cookieless_share.as_f64().unwrap();
    assert!((share - 1.0 / 3.0).abs() < 1e-9, "one of three visitors: {share}");
    assert_eq!(visitors.meta.warnings.len(), 1);
    // The crawler and the staging host count where they are asked for.
    let staging = shop.lines(json!({ "metrics": COUNTS, "include_staging": true })).await;
    assert_eq!(staging, ["total: 17 11 6 4"]);
    let nothing = shop
        .ask(json!({ "metrics": ["visitors", "bounce_rate"], "date_range": ["2026-01-01", "2026-01-31"] }))
        .await;
    assert_eq!(serde_json::Value::from(nothing.totals), json!({ "visitors": 0, "bounce_rate": null }));
    assert!(nothing.meta.cookieless_share.is_null());
    let now = shop.ask(json!({ "metrics": ["active_now", "visitors"] })).await;
    assert_eq!((now.totals["active_now"].as_u64(), now.totals["visitors"].as_u64()), (Some(0), Some(3)));
}

/// Lines of `events page_views sessions visitors`, most visitors first, then by name.
async fn by(shop: &Shop<'_>, dimension: &str) -> Vec<String> {
    shop.lines(json!({ "metrics": COUNTS, "dimensions": [dimension] })).await
}

async fn of_both_tables(shop: &Shop<'_>) {
    let total = "total: 16 10 5 3";
    assert_eq!(by(shop, "country").await, ["DE: 11 6 3 2", "FR: 5 4 2 1", total]);
    assert_eq!(by(shop, "region").await, [": 6 5 2 1", "DE-BE: 7 3 2 1", "DE-BY: 3 2 1 1", total]);
    let cities = ["Berlin: 7 3 2 1", "Lyon: 5 4 2 1", "München: 3 2 1 1", ": 1 1 0 0", total];
    assert_eq!(by(shop, "city").await, cities);
    assert_eq!(by(shop, "device_type").await, ["desktop: 8 6 3 2", "mobile: 8 4 2 1", total]);
    let browsers = ["Chrome: 3 2 1 1", "Firefox: 5 4 2 1", "Safari: 7 3 2 1", ": 1 1 0 0", total];
    assert_eq!(by(shop, "browser").await, browsers);
    assert_eq!(
        by(shop, "os").await,
        ["Windows: 5 4 2 1", "iOS: 7 3 2 1", "macOS: 3 2 1 1", ": 1 1 0 0", total]
    );
    assert_eq!(
        by(shop, "language").await,
        ["de: 7 3 2 1", "de-DE: 3 2 1 1", "fr: 5 4 2 1", ": 1 1 0 0", total]
    );
    // The first page view of the last visit was cookieless; its session is not.
    assert_eq!(by(shop, "identity").await, ["cookie: 7 5 3 2", "cookieless: 9 5 2 1", total]);
    assert_eq!(by(shop, "bot").await, [": 16 10 5 3", "crawler:search: 1 1 1 1", "total: 17 11 6 4"]);
}

async fn of_sessions(shop: &Shop<'_>) {
    let total = "total: 16 10 5 3";
    // An event without a session has no source at all.
    let sources = ["(direct): 3 2 2 2", "google: 8 4 2 2", "newsletter: 4 3 1 1", ": 1 1 0 0", total];
    assert_eq!(by(shop, "source").await, sources);
    let media = ["(none): 3 2 2 2", "cpc: 3 2 1 1", "email: 4 3 1 1", "organic: 5 2 1 1", ": 1 1 0 0", total];
    assert_eq!(by(shop, "medium").await, media);
    let channels = [
        "Direct: 3 2 2 2",
        "Email: 4 3 1 1",
        "Organic Search: 5 2 1 1",
        "Paid Search: 3 2 1 1",
        ": 1 1 0 0",
        total,
    ];
    assert_eq!(by(shop, "channel").await, channels);
    assert_eq!(by(shop, "campaign").await, [": 9 5 3 2", "brand: 3 2 1 1", "spring: 4 3 1 1", total]);
    assert_eq!(by(shop, "referrer").await, [": 8 6 3 2", "www.google.com: 8 4 2 2", total]);
    assert_eq!(
        by(shop, "entry_page").await,
        ["/: 10 5 3 2", "/p/1: 4 3 1 1", "/p/2: 1 1 1 1", ": 1 1 0 0", total]
    );
    assert_eq!(
        by(shop, "exit_page").await,
        ["/: 6 4 2 2", "/p/1: 8 4 2 2", "/p/2: 1 1 1 1", ": 1 1 0 0", total]
    );
    let returning = ["new: 7 5 2 2", "returning: 1 1 1 1", "unknown: 7 3 2 1", ": 1 1 0 0", total];
    assert_eq!(by(shop, "new_vs_returning").await, returning);
    let two = json!({ "metrics": ["sessions", "bounce_rate"], "dimensions": ["country", "source"] });
    let lines =
        ["DE google: 0 2", "DE (direct): 1 1", "FR (direct): 1 1", "FR newsletter: 0 1", "total: 0.4 5"];
    assert_eq!(shop.lines(two).await, lines);
}

async fn of_events(shop: &Shop<'_>) {
    // Who agreed to a cookie on the way is one visitor, not two.
    let total = "total: 16 10 5 3";
    assert_eq!(by(shop, "page").await, ["/: 7 4 4 3", "/p/1: 7 4 3 3", "/p/2: 2 2 2 1", total]);
    assert_eq!(by(shop, "hostname").await, ["shop.example: 16 10 5 3", total]);
    assert_eq!(by(shop, "title").await, ["Home: 7 4 4 3", "One: 7 4 3 3", "Two: 2 2 2 1", total]);
    let events =
        ["page_view: 10 10 5 3", "engagement: 4 0 3 2", "add_to_cart: 1 0 1 1", "search: 1 0 1 1", total];
    assert_eq!(by(shop, "event").await, events);
    assert_eq!(by(shop, "screen").await, [": 9 7 3 2", "390x844: 7 3 2 1", total]);
    assert_eq!(by(shop, "prop:color").await, [": 14 10 5 3", "blue: 1 0 1 1", "red: 1 0 1 1", total]);
    let both =
        json!({ "metrics": COUNTS, "dimensions": ["page", "source"], "filters": ["is", "page", ["/p/1"]] });
    let lines = ["/p/1 google: 5 2 2 2", "/p/1 newsletter: 1 1 1 1", "/p/1 : 1 1 0 0", "total: 7 4 3 3"];
    assert_eq!(shop.lines(both).await, lines);
}

async fn rates_by_what_events_say(shop: &Shop<'_>) {
    // In alphabetical order: bounce_rate engaged_time_s page_views scroll_pct session_duration_s.
    let metrics = ["page_views", "bounce_rate", "engaged_time_s", "scroll_pct", "session_duration_s"];
    let lines = shop.lines(json!({ "metrics": metrics, "dimensions": ["page"] })).await;
    let expected = [
        "/: 0.25 4.75 4 85 697.5",
        "/p/1: 0 4.25 4 50 130",
        "/p/2: 0.5 0 2 null 90",
        "total: 0.4 3.6 10 67.5 558",
    ];
    assert_eq!(lines, expected);
    // From the sums alone.
    let lines =
        shop.lines(json!({ "metrics": ["page_views", "engaged_time_s"], "dimensions": ["page"] })).await;
    assert_eq!(lines, ["/: 4.75 4", "/p/1: 4.25 4", "/p/2: 0 2", "total: 3.6 10"]);
    let lines = shop.lines(json!({ "metrics": ["page_views"], "dimensions": ["time:day", "page"] })).await;
    let expected = [
        "2026-11-20 /: 2",
        "2026-11-20 /p/1: 1",
        "2026-11-21 /: 1",
        "2026-11-21 /p/1: 2",
        "2026-11-21 /p/2: 1",
        "2026-11-22 /: 1",
        "2026-11-22 /p/1: 1",
        "2026-11-22 /p/2: 1",
        "total: 10",
    ];
    assert_eq!(lines, expected);
}

async fn times(shop: &Shop<'_>) {
    let days = ["2026-11-20: 6 3 2 1", "2026-11-21: 6 4 1 1", "2026-11-22: 4 3 2 2", "total: 16 10 5 3"];
    assert_eq!(by(shop, "time:day").await, days);
    assert_eq!(by(shop, "time:week").await, ["2026-11-16: 16 10 5 3", "total: 16 10 5 3"]);
    assert_eq!(by(shop, "time:month").await, ["2026-11-01: 16 10 5 3", "total: 16 10 5 3"]);
    let range = json!(["2026-11-22", "2026-11-22"]);
    let hours =
        json!({ "metrics": COUNTS, "dimensions": ["time:hour"], "date_range": range.clone(), "limit": 11 });
    let lines = shop.lines(hours).await;
    assert_eq!(
        (lines.len(), &*lines[9], &*lines[10]),
        (12, "2026-11-22T09:00: 1 1 1 1", "2026-11-22T10:00: 3 2 1 1")
    );
    let minutes = json!({ "metrics": COUNTS, "dimensions": ["time:minute"], "date_range": range, "offset": 602, "limit": 1 });
    assert_eq!(shop.lines(minutes).await, ["2026-11-22T10:02: 2 1 0 0", "total: 4 3 2 2"]);
    let by_views = json!({ "metrics": ["page_views"], "dimensions": ["time:day"], "order_by": [["page_views", "desc"]] });
    let lines = ["2026-11-21: 4", "2026-11-20: 3", "2026-11-22: 3", "total: 10"];
    assert_eq!(shop.lines(by_views).await, lines);
}

/// `limit` and `offset` cut lines, never the total.
pub(super) async fn pages_of_lines(shop: &Shop<'_>) {
    let page = |limit: u64, offset: u64| json!({ "metrics": ["visitors", "bounce_rate"], "dimensions": ["page"], "limit": limit, "offset": offset });
    assert_eq!(shop.lines(page(1, 0)).await, ["/: 0.25 3", "total: 0.4 3"]);
    assert_eq!(shop.lines(page(1, 1)).await, ["/p/1: 0 3", "total: 0.4 3"]);
    assert_eq!(shop.lines(page(5, 2)).await, ["/p/2: 0.5 1", "total: 0.4 3"]);
    assert_eq!(shop.lines(page(0, 0)).await, ["total: 0.4 3"]);
    let by_name = json!({ "metrics": ["visitors"], "dimensions": ["page"], "order_by": [["page", "desc"]], "limit": 2 });
    assert_eq!(shop.lines(by_name).await, ["/p/2: 1", "/p/1: 3", "total: 3"]);
}
