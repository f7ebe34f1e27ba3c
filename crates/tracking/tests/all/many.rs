//! More sessions than are counted one by one.

use crate::site_in;
use serde_json::json;
use ut_core::ports::ParamValue;
use ut_testkit::world::World;
use ut_tracking::query::{Answer, Query, ask};

const SESSIONS: u64 = 210_000;
const VISITORS: f64 = 105_000.0;

/// Visitors are estimated within one percent then, small numbers of them are exact, and the answer says so; sessions are
/// counted as ever.
pub(super) async fn visitors_of_many_sessions_are_estimated(world: &World) {
    let site = site_in(world, 75, "Europe/Berlin");
    let date = jiff::civil::date(2026, 11, 20);
    let from = site.day_start((date - jiff::civil::date(1970, 1, 1)).get_days());
    let params = [
        ("site", ParamValue::UInt(75)),
        ("from", ParamValue::Int(from)),
        ("sessions", ParamValue::UInt(SESSIONS)),
    ];
    world.deps.olap.execute(include_str!("sql/query_many_sessions.sql"), &params).await.unwrap();
    let question = async |to: &str, filter: serde_json::Value| -> Answer {
        let query = json!({
            "metrics": ["visitors", "sessions"], "dimensions": ["country"], "filters": filter,
            "date_range": ["2026-11-20", to],
        });
        let query: Query = serde_json::from_value(query).unwrap();
        ask(&world.deps, &site, &query).await.unwrap()
    };
    let all = question("2026-11-20", serde_json::Value::Null).await;
    let near = |value: &serde_json::Value, expected: f64| {
        let value = value.as_f64().unwrap();
        assert!((value - expected).abs() <= expected * 0.01, "{value} instead of {expected}");
    };
    near(&all.totals["visitors"], VISITORS);
    assert_eq!(all.totals["sessions"], SESSIONS);
    near(&all.rows[0].metrics["visitors"], VISITORS - 1000.0);
    assert_eq!(json!(all.rows[1].metrics), json!({ "visitors": 1000, "sessions": 2000 }));
    near(&all.meta.cookieless_share, 2.0 / 3.0);
    let says = |answer: &Answer| answer.meta.warnings.iter().any(|warning| warning.contains("estimated"));
    assert!(says(&all), "{:?}", all.meta.warnings);
    // Whoever is known one way only is that to the last one.
    let cookies = question("2026-11-20", json!(["is", "identity", ["cookie"]])).await;
    near(&cookies.totals["visitors"], VISITORS / 3.0);
    assert_eq!(cookies.meta.cookieless_share, 0.0);
    let others = question("2026-11-20", json!(["is_not", "identity", ["cookie"]])).await;
    assert_eq!(others.meta.cookieless_share, 1);
}
