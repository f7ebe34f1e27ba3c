//! Days on which clocks change, and buckets in which nothing happened.

use crate::{Shop, site_in, written};
use serde_json::json;
use ut_core::ports::ParamValue;
use ut_testkit::world::World;
use ut_tracking::query::{Query, ask};

/// Every half hour of such a day one visit with one page view: every bucket of an hour has two, also the one that the
/// clock shows twice.
pub(super) async fn days_on_which_clocks_change(world: &World) {
    for (id, zone, day, hours) in [
        (71, "Europe/Berlin", "2026-03-29", 23_u64),
        (72, "Europe/Berlin", "2026-10-25", 25),
        (73, "America/New_York", "2026-03-08", 23),
        (74, "America/New_York", "2026-11-01", 25),
    ] {
        let site = site_in(world, id, zone);
        let date: jiff::civil::Date = day.parse().unwrap();
        let number = (date - jiff::civil::date(1970, 1, 1)).get_days();
        let (from, to) = (site.day_start(number), site.day_start(number + 1));
        let params = [
            ("site", ParamValue::UInt(id.into())),
            ("from", ParamValue::Int(from - 86_400_000)),
            ("to", ParamValue::Int(to + 86_400_000)),
            ("tz", ParamValue::Text(zone.to_owned())),
        ];
        for sql in [
            include_str!("sql/query_half_hours_sessions.sql"),
            include_str!("sql/query_half_hours_events.sql"),
            include_str!("sql/query_page_day.sql"),
        ] {
            world.deps.olap.execute(sql, &params).await.unwrap();
        }
        for (unit, buckets) in [("hour", hours), ("day", 1), ("minute", hours * 60)] {
            let query = json!({
                "metrics": ["visitors", "events", "page_views"], "dimensions": [format!("time:{unit}")],
                "date_range": [day, day],
            });
            let query: Query = serde_json::from_value(query).unwrap();
            let answer = ask(&world.deps, &site, &query).await.unwrap();
            let total = hours * 2;
            assert_eq!(answer.rows.len() as u64, buckets, "{zone} {day} {unit}");
            assert_eq!(written(&answer).last().unwrap(), &format!("total: {total} {total} {total}"));
            let each = total / buckets;
            let even = answer.rows.iter().all(|row| row.metrics.values().all(|value| *value == each));
            assert!(unit == "minute" || even, "{zone} {day} {unit}: {:?}", written(&answer));
            let names: std::collections::BTreeSet<_> =
                answer.rows.iter().map(|row| row.dimensions[&format!("time:{unit}")].to_string()).collect();
            assert_eq!(names.len() as u64, buckets, "no two buckets have one name");
        }
    }
}

pub(super) async fn empty_buckets_are_there(shop: &Shop<'_>) {
    let query = json!({
        "metrics": ["visitors", "page_views", "bounce_rate"], "dimensions": ["time:day"],
        "date_range": ["2026-11-18", "2026-11-21"],
    });
    let lines = [
        "2026-11-18: null 0 0",
        "2026-11-19: null 0 0",
        "2026-11-20: 0.5 3 1",
        "2026-11-21: 0 4 1",
        "total: 0.333 7 2",
    ];
    assert_eq!(shop.lines(query).await, lines);
    // What has not begun is not empty.
    let query = json!({ "metrics": ["visitors"], "dimensions": ["time:month"], "date_range": ["2026-10-01", "2027-12-31"] });
    let answer = shop.ask(query).await;
    let now = jiff::Timestamp::from_millisecond(shop.world.deps.clock.now_ms()).unwrap();
    let months = now.to_zoned(shop.site.time_zone.clone()).date().month() - 9;
    assert_eq!(answer.rows.len(), usize::try_from(months).unwrap());
    let future = json!({ "metrics": ["visitors"], "dimensions": ["time:day"], "date_range": ["2027-12-01", "2027-12-31"] });
    assert_eq!(shop.ask(future).await.rows.len(), 0);
}
