//! Filters: a table of what they take, values that would like to be statements, and what is refused.

use crate::{Shop, refused};
use serde_json::{Value, json};

/// Page views and sessions under a filter: views are those of events, sessions by their start unless events are named.
pub(super) async fn each_operator(shop: &Shop<'_>) {
    let cases: &[(Value, u64, u64)] = &[
        (json!(["is", "country", ["DE"]]), 6, 3),
        (json!(["is", "country", ["DE", "FR"]]), 10, 5),
        (json!(["in", "country", ["FR"]]), 4, 2),
        (json!(["is_not", "country", ["DE"]]), 4, 2),
        (json!(["not_in", "country", ["DE", "FR"]]), 0, 0),
        (json!(["contains", "city", ["rl", "nch"]]), 5, 3),
        (json!(["contains_not", "city", ["rl"]]), 7, 3),
        (json!(["matches", "city", ["^B.*n$", "^L"]]), 7, 4),
        (json!(["matches_not", "city", ["n$"]]), 1, 0),
        (json!(["is", "region", ["DE-BE"]]), 3, 2),
        // What only sessions know: events of such sessions. One without a session is in none.
        (json!(["is", "source", ["google"]]), 4, 2),
        (json!(["is_not", "source", ["google"]]), 5, 3),
        (json!(["not", ["is", "source", ["google"]]]), 5, 3),
        (json!(["is", "source", ["(direct)"]]), 2, 2),
        (json!(["is", "channel", ["Paid Search", "Email"]]), 5, 2),
        (json!(["matches", "channel", ["Search$"]]), 4, 2),
        (json!(["is", "new_vs_returning", ["returning"]]), 1, 1),
        (json!(["is", "entry_page", ["/"]]), 5, 3),
        (json!(["and", ["is", "source", ["google"]], ["is", "medium", ["cpc"]]]), 2, 1),
        (json!(["and", ["is", "source", ["google"]], ["is", "country", ["FR"]]]), 0, 0),
        (json!(["or", ["is", "source", ["newsletter"]], ["is", "country", ["DE"]]]), 9, 4),
        // What only events know: sessions that have such an event.
        (json!(["is", "page", ["/p/2"]]), 2, 2),
        (json!(["is", "event", ["add_to_cart"]]), 0, 1),
        (json!(["is", "prop:color", ["red", "blue"]]), 0, 2),
        (json!(["contains", "title", ["o"]]), 6, 5),
        (json!(["and", ["is", "page", ["/p/1"]], ["is", "source", ["google"]]]), 2, 2),
        (json!(["or", ["is", "page", ["/p/2"]], ["is", "source", ["google"]]]), 6, 4),
        (json!(["not", ["or", ["is", "page", ["/p/2"]], ["is", "source", ["google"]]]]), 3, 2),
        (json!(["not", ["and", ["is", "page", ["/"]], ["not", ["is", "source", ["google"]]]]]), 8, 4),
        (json!(["is", "hostname", ["shop.example"]]), 10, 5),
        (json!(["is", "screen", ["390x844"]]), 3, 2),
        (json!(["is", "identity", ["cookie"]]), 5, 3),
        (json!(["is", "bot", ["crawler:search"]]), 1, 1),
        (json!(["is_not", "bot", ["x"]]), 11, 6),
    ];
    for (filter, views, sessions) in cases {
        let query = json!({ "metrics": ["page_views", "sessions"], "filters": filter });
        assert_eq!(shop.lines(query).await, [format!("total: {views} {sessions}")], "{filter}");
    }
    rates_and_shares_follow(shop).await;
}

async fn rates_and_shares_follow(shop: &Shop<'_>) {
    let under =
        |filter: Value| json!({ "metrics": ["bounce_rate", "visitors", "scroll_pct"], "filters": filter });
    let by_page = shop.ask(under(json!(["is", "page", ["/p/2"]]))).await;
    assert_eq!(Value::from(by_page.totals), json!({ "bounce_rate": 0.5, "visitors": 1, "scroll_pct": null }));
    assert_eq!(by_page.meta.cookieless_share, 0.0);
    let germans = shop.ask(under(json!(["is", "country", ["DE"]]))).await;
    assert_eq!(germans.meta.cookieless_share, 0.5);
    let nobody = shop.ask(under(json!(["is", "country", ["XX"]]))).await;
    assert_eq!(Value::from(nobody.totals), json!({ "bounce_rate": null, "visitors": 0, "scroll_pct": null }));
    assert!(nobody.meta.cookieless_share.is_null());
    // An agreed cookie is one visitor, also under a filter on events.
    let all = json!({ "metrics": ["visitors"], "filters": ["is", "hostname", ["shop.example"]] });
    assert_eq!(shop.lines(all).await, ["total: 3"]);
}

const HOSTILE: [&str; 10] = [
    "'",
    "\\",
    "\\'",
    "') OR 1=1 --",
    "'; DROP TABLE events; --",
    "{site:UInt32}",
    "{v0:Array(String)}",
    "a\nb\tc\0d",
    "/*where*/",
    "ü🦀`\"",
];

/// Whatever stands in a filter, a key or a pattern is compared, never run.
pub(super) async fn values_stay_data(shop: &Shop<'_>) {
    for text in HOSTILE {
        for filter in [
            json!(["is", "page", [text]]),
            json!(["contains", "page", [text]]),
            json!(["is", "source", [text, text]]),
            json!(["is", &format!("prop:{text}"), ["x"]]),
        ] {
            let query = json!({ "metrics": ["events", "sessions"], "filters": filter });
            assert_eq!(shop.lines(query).await, ["total: 0 0"], "{filter}");
        }
        let not = json!({ "metrics": ["events"], "filters": ["is_not", "page", [text]] });
        assert_eq!(shop.lines(not).await, ["total: 16"], "{text:?}");
        let by_key = json!({ "metrics": ["events"], "dimensions": [format!("prop:{text}")] });
        assert_eq!(shop.lines(by_key).await, [": 16", "total: 16"], "{text:?}");
    }
    assert_eq!(
        shop.lines(json!({ "metrics": ["events"] })).await,
        ["total: 16"],
        "everything is still there"
    );
}

pub(super) async fn what_the_engine_refuses_is_named(shop: &Shop<'_>) {
    for pattern in ["(", "[a", "(?<=a)b", "a{99999}", "\\1"] {
        let filter = json!(["and", ["is", "country", ["DE"]], ["matches", "page", ["ok", pattern]]]);
        let refusal = refused(shop.answer(json!({ "metrics": ["visitors"], "filters": filter })).await);
        assert_eq!(refusal, ("filters[2][2][1]".to_owned(), "invalid_pattern"), "{pattern}");
    }
    let year = json!({ "metrics": ["visitors"], "date_range": ["1899-01-01", "1899-02-01"] });
    assert_eq!(refused(shop.answer(year).await), ("date_range[0]".to_owned(), "out_of_range"));
    let minutes = json!({ "metrics": ["visitors"], "dimensions": ["time:minute"], "date_range": ["2026-11-01", "2026-11-30"] });
    assert_eq!(refused(shop.answer(minutes).await), ("dimensions[0]".to_owned(), "too_many_lines"));
}
