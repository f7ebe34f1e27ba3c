//! Rankings that are answered in parts: sums first, and who was there for the lines that are shown.

use crate::{Shop, written};
use serde_json::{Value, json};

/// Longer rankings are answered as a whole.
const WHOLE: u64 = 10_000;

/// In parts and as a whole the answers are the same, whatever is asked, filtered and left out.
pub(super) async fn parts_say_what_the_whole_says(shop: &Shop<'_>) {
    let mut lines = 0;
    for metrics in [
        json!(["page_views", "visitors", "engaged_time_s"]),
        json!(["events", "sessions", "visitors", "cookieless_share"]),
        json!(["page_views", "sessions"]),
    ] {
        for dimension in ["page", "hostname", "title"] {
            for filters in [
                Value::Null,
                json!(["is_not", "page", [""]]),
                json!(["is", "country", ["DE"]]),
                json!(["contains", "hostname", ["shop"]]),
                json!(["is", "page", ["/p/1", "/"]]),
                json!(["is", "page", ["/nobody-was-here"]]),
            ] {
                let query = json!({ "metrics": metrics, "dimensions": [dimension], "filters": filters });
                lines += the_same(shop, &query).await;
            }
        }
    }
    assert!(lines > 50, "only {lines} lines were compared");
    let by_name = json!({
        "metrics": ["visitors", "page_views"], "dimensions": ["page"], "order_by": [["page", "desc"]],
    });
    assert!(the_same(shop, &by_name).await > 2);
}

/// Windows of the ranking, in parts, are windows of the whole one; returns how many lines that has.
async fn the_same(shop: &Shop<'_>, query: &Value) -> usize {
    let with = |limit: u64, offset: usize| {
        let mut query = query.clone();
        query["limit"] = limit.into();
        query["offset"] = offset.into();
        query
    };
    let whole = shop.ask(with(WHOLE, 0)).await;
    let mut expected = written(&whole);
    let total = expected.pop().unwrap();
    for (limit, offset) in [(100, 0), (1, 0), (2, 1)] {
        let parts = shop.ask(with(limit, offset)).await;
        let window = expected.iter().skip(offset).take(usize::try_from(limit).unwrap());
        let window: Vec<_> = window.chain([&total]).cloned().collect();
        assert_eq!(written(&parts), window, "{query}, {limit} lines from {offset} on");
        assert_eq!(parts.meta.cookieless_share, whole.meta.cookieless_share, "{query}");
    }
    expected.len()
}
