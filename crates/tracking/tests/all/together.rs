//! Queries of one request.

use crate::{FROM, Shop, TO};
use serde_json::{Value, json};
use ut_tracking::query::{Answer, Query, QueryError, ask, ask_together};

fn queries(shown: &[Value]) -> Vec<Query> {
    let query = |query: &Value| {
        let mut query = query.clone();
        if query.get("date_range").is_none() {
            query["date_range"] = json!([FROM, TO]);
        }
        serde_json::from_value(query).unwrap()
    };
    shown.iter().map(query).collect()
}

/// Questions that have something in common with others of them, and some that only seem to.
fn beside_each_other() -> Vec<Value> {
    let germans = json!(["is", "country", ["DE"]]);
    let home = json!(["is", "page", ["/"]]);
    let direct = json!(["is", "source", ["(direct)"]]);
    let both = json!(["or", ["is", "source", ["google"]], ["contains", "page", ["p"]]]);
    vec![
        json!({ "metrics": ["visitors", "sessions", "page_views", "bounce_rate", "active_now"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["time:day"] }),
        json!({ "metrics": ["visitors", "page_views"], "dimensions": ["time:day"], "compare": "previous" }),
        json!({ "metrics": ["visitors"], "dimensions": ["source"], "limit": 1 }),
        json!({ "metrics": ["visitors"], "dimensions": ["channel"], "limit": 1, "offset": 1 }),
        json!({ "metrics": ["visitors", "cookieless_share"], "dimensions": ["country"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["country"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["channel"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["region"], "limit": 2, "compare": "previous" }),
        json!({ "metrics": ["visitors"], "dimensions": ["identity"], "limit": 0 }),
        json!({ "metrics": ["visitors"], "dimensions": ["country"], "limit": 1 }),
        json!({ "metrics": ["visitors"], "dimensions": ["time:week"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["new_vs_returning"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["city"], "order_by": [["city", "desc"]] }),
        json!({ "metrics": ["sessions"], "dimensions": ["entry_page"] }),
        json!({ "metrics": ["page_views"], "dimensions": ["page"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["page"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["bot"] }),
        json!({ "metrics": ["visitors", "sessions"], "dimensions": ["bot", "country"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["device_type"], "include_staging": true }),
        json!({ "metrics": ["sessions", "visitors"], "include_staging": true }),
        json!({ "metrics": ["visitors"], "dimensions": ["source"], "filters": germans }),
        json!({ "metrics": ["visitors", "session_duration_s"], "filters": germans }),
        json!({ "metrics": ["visitors", "page_views", "bounce_rate"], "filters": germans, "compare": "previous" }),
        json!({ "metrics": ["page_views", "visitors"], "dimensions": ["page"], "filters": germans }),
        json!({ "metrics": ["events"], "filters": germans }),
        json!({ "metrics": ["events", "page_views"], "dimensions": ["title"], "filters": germans, "limit": 1 }),
        json!({ "metrics": ["page_views", "events", "sessions"], "filters": direct }),
        json!({ "metrics": ["visitors"], "dimensions": ["time:day"], "filters": direct }),
        json!({ "metrics": ["visitors"], "dimensions": ["country"], "filters": direct }),
        json!({ "metrics": ["page_views", "events"], "dimensions": ["page"], "filters": direct, "offset": 1 }),
        json!({ "metrics": ["visitors", "sessions", "page_views", "bounce_rate", "scroll_pct"], "filters": home }),
        json!({ "metrics": ["visitors"], "dimensions": ["time:day"], "filters": home }),
        json!({ "metrics": ["visitors"], "dimensions": ["source"], "filters": home, "compare": "previous" }),
        json!({ "metrics": ["visitors"], "dimensions": ["channel"], "filters": home, "limit": 1 }),
        json!({ "metrics": ["visitors"], "dimensions": ["country"], "filters": home }),
        json!({ "metrics": ["visitors"], "dimensions": ["title"], "filters": home }),
        json!({ "metrics": ["visitors", "bounce_rate"], "dimensions": ["device_type"], "filters": home }),
        json!({ "metrics": ["sessions"], "dimensions": ["entry_page"], "filters": home }),
        json!({ "metrics": ["page_views"], "dimensions": ["page"], "filters": home }),
        json!({ "metrics": ["visitors", "page_views"], "filters": both }),
        json!({ "metrics": ["visitors"], "dimensions": ["time:hour"], "filters": both }),
        json!({ "metrics": ["visitors"], "dimensions": ["campaign"], "filters": both }),
        json!({ "metrics": ["visitors"], "dimensions": ["page"], "filters": both }),
        json!({ "metrics": ["visitors", "sessions"], "dimensions": ["os"], "filters": home, "totals": false }),
        json!({ "metrics": ["page_views", "visitors"], "dimensions": ["page"], "filters": direct, "totals": false }),
        json!({ "metrics": ["page_views", "visitors"], "dimensions": ["page"], "totals": false, "limit": 2 }),
        json!({ "metrics": ["visitors"], "dimensions": ["os"], "totals": false, "limit": 3, "compare": "previous" }),
        json!({ "metrics": ["visitors"], "dimensions": ["time:day"], "include_staging": true, "totals": false }),
        json!({ "metrics": ["visitors", "page_views", "bounce_rate"], "dimensions": ["time:day"], "filters": both }),
        json!({ "metrics": ["bounce_rate"], "dimensions": ["time:hour"], "filters": home, "totals": false }),
        json!({ "metrics": ["visitors"], "date_range": ["2020-01-01", "2020-01-02"] }),
        json!({ "metrics": ["visitors"], "dimensions": ["os"], "date_range": ["2020-01-01", "2020-01-02"] }),
    ]
}

/// Whatever stands beside a query, it is answered as if it stood alone: also where totals are asked once for several, and
/// where one reading answers several.
pub(super) async fn queries_are_answered_as_if_alone(shop: &Shop<'_>) {
    let shown = beside_each_other();
    let queries = queries(&shown);
    let deps = &shop.world.deps;
    let together = ask_together(deps, &shop.site, &queries).await.unwrap();
    assert_eq!(together.len(), queries.len());
    for (n, (query, beside)) in queries.iter().zip(together).enumerate() {
        let alone: Answer = ask(deps, &shop.site, query).await.unwrap();
        assert_eq!(beside, alone, "{}", shown[n]);
        assert_eq!(beside.totals.is_empty(), shown[n]["totals"] == false, "{}", shown[n]);
    }
}

/// A mistake is told with its place.
pub(super) async fn a_mistake_has_its_query(shop: &Shop<'_>) {
    let shown = [
        json!({ "metrics": ["visitors"] }),
        json!({ "metrics": ["visitors"], "filters": ["matches", "country", ["("]] }),
    ];
    match ask_together(&shop.world.deps, &shop.site, &queries(&shown)).await {
        Err((1, QueryError::Invalid { code: "invalid_pattern", .. })) => {}
        other => panic!("{other:?}"),
    }
}
