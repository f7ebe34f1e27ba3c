//! Today so far beside the same hours of the day before.

use crate::{Shop, site_in, written};
use serde_json::{Value, json};
use std::sync::Arc;
use ut_core::Deps;
use ut_core::site::Site;
use ut_testkit::FakeClock;
use ut_testkit::world::World;
use ut_tracking::query::{Answer, Query, ask, ask_together};

fn at(deps: &Deps, now: &str) -> Deps {
    let now: jiff::Timestamp = now.parse().unwrap();
    Deps { clock: Arc::new(FakeClock::at(now.as_millisecond())), ..deps.clone() }
}

async fn asked(deps: &Deps, site: &Site, query: Value) -> Answer {
    let said = query.to_string();
    let query: Query = serde_json::from_value(query).unwrap();
    ask(deps, site, &query).await.unwrap_or_else(|error| panic!("{said}: {error}"))
}

fn before(answer: &Answer) -> Vec<Value> {
    answer.rows.iter().map(|row| Value::from(row.compare.clone().unwrap())).collect()
}

/// A question about today, asked at some time of it.
async fn ask_at(shop: &Shop<'_>, now: &str, mut query: Value) -> Answer {
    query["compare"] = "previous".into();
    if query.get("date_range").is_none() {
        query["date_range"] = "day".into();
    }
    asked(&at(&shop.world.deps, now), &shop.site, query).await
}

/// The shop's only visit of the day before came at 12:00 and looked at three pages by 12:02; at 00:10 a page
/// of the evening before said for how long, and somebody unknown looked at one at 15:00. Every answer is counted by hand.
pub(super) async fn a_morning_stands_beside_a_morning(shop: &Shop<'_>) {
    let whole = json!({ "metrics": ["visitors", "page_views", "events", "bounce_rate"] });
    for (now, until, expected) in [
        ("2026-11-22T10:59:59.999Z", "11:59", json!([0, 0, 1, null])),
        ("2026-11-22T11:00:00.001Z", "12:00", json!([1, 1, 2, 0])),
        ("2026-11-22T11:02:30Z", "12:02", json!([1, 3, 4, 0])),
        ("2026-11-22T13:59:00Z", "14:59", json!([1, 3, 5, 0])),
        ("2026-11-22T22:30:00Z", "23:30", json!([1, 4, 6, 0])),
    ] {
        for dimensions in [json!([]), json!(["time:hour"]), json!(["time:day"])] {
            let mut query = whole.clone();
            query["dimensions"] = dimensions.clone();
            let answer = ask_at(shop, now, query).await;
            let said = &answer.totals["compare"];
            let said: Vec<_> = ["visitors", "page_views", "events", "bounce_rate"]
                .iter()
                .map(|name| said[name].clone())
                .collect();
            assert_eq!(json!(said), expected, "{now} by {dimensions}");
            let days = answer.meta.compare.unwrap();
            assert_eq!((&*days.from, &*days.to), ("2026-11-21", "2026-11-21"));
            assert_eq!(days.until, Some(format!("2026-11-21T{until}")));
        }
    }
}

pub(super) async fn lines_too_are_those_of_the_morning(shop: &Shop<'_>) {
    let ask = async |now: &str, query: Value| ask_at(shop, now, query).await;
    // Of sums that are kept per day, and of what only events say; and today by its dates.
    let today = json!(["2026-11-22", "2026-11-22"]);
    for range in [json!("day"), today] {
        let pages = json!({
            "metrics": ["page_views"], "dimensions": ["page"], "date_range": range,
        });
        let answer = ask("2026-11-22T11:01:30Z", pages.clone()).await;
        assert_eq!(written(&answer), ["/: 1", "/p/1: 1", "/p/2: 1", "total: 3"]);
        let views = |n: u64| json!({ "page_views": n });
        assert_eq!(before(&answer), [views(0), views(1), views(1)]);
        assert_eq!(answer.totals["compare"], views(2));
        let answer = ask("2026-11-22T22:30:00Z", pages).await;
        assert_eq!(before(&answer), [views(1), views(2), views(1)]);
    }
    let visitors = json!({ "metrics": ["visitors", "sessions"], "dimensions": ["country"] });
    let answer = ask("2026-11-22T10:00:00Z", visitors.clone()).await;
    assert_eq!(before(&answer)[1], json!({ "visitors": 0, "sessions": 0 }));
    let answer = ask("2026-11-22T12:00:00Z", visitors).await;
    assert_eq!(before(&answer)[1], json!({ "visitors": 1, "sessions": 1 }));
    let filtered = json!({
        "metrics": ["visitors", "sessions", "page_views"], "filters": ["is", "page", ["/"]],
    });
    let answer = ask("2026-11-22T11:01:30Z", filtered.clone()).await;
    assert_eq!(answer.totals["compare"], json!({ "visitors": 1, "sessions": 1, "page_views": 0 }));
    let answer = ask("2026-11-22T11:02:30Z", filtered).await;
    assert_eq!(answer.totals["compare"], json!({ "visitors": 2, "sessions": 2, "page_views": 1 }));
}

/// Questions of a screen share what they read, and each is answered as if it had been asked alone.
pub(super) async fn a_screen_of_today_is_answered_as_its_questions_are(shop: &Shop<'_>) {
    let (mut compared, mut counted) = (0, 0);
    for filters in [json!(null), json!(["is", "country", ["FR"]]), json!(["contains", "page", ["p"]])] {
        let questions = [
            json!({ "metrics": ["visitors", "page_views", "events", "bounce_rate"], "dimensions": ["time:hour"] }),
            json!({ "metrics": ["page_views", "visitors"], "dimensions": ["page"], "limit": 8 }),
            json!({ "metrics": ["visitors", "sessions"], "dimensions": ["source"], "limit": 8 }),
            json!({ "metrics": ["visitors", "sessions"], "dimensions": ["country"], "limit": 8 }),
            json!({ "metrics": ["visitors", "page_views"], "dimensions": ["time:day"], "compare": "year" }),
            json!({ "metrics": ["page_views"] }),
            json!({ "metrics": ["visitors", "events"], "dimensions": ["time:hour"], "totals": false }),
            json!({ "metrics": ["page_views", "visitors"], "dimensions": ["page"], "limit": 8, "totals": false }),
            json!({ "metrics": ["visitors"], "dimensions": ["country"], "limit": 8, "totals": false }),
        ];
        let queries: Vec<Query> = questions
            .into_iter()
            .map(|mut query| {
                query["date_range"] = "day".into();
                query["filters"] = filters.clone();
                if query.get("compare").is_none() {
                    query["compare"] = "previous".into();
                }
                serde_json::from_value(query).unwrap()
            })
            .collect();
        for now in ["2026-11-22T05:00:00Z", "2026-11-22T11:01:30Z", "2026-11-22T22:30:00Z"] {
            let deps = at(&shop.world.deps, now);
            let together = ask_together(&deps, &shop.site, &queries).await.unwrap();
            for (query, answer) in queries.iter().zip(together) {
                let alone = ask(&deps, &shop.site, query).await.unwrap();
                assert_eq!(answer, alone, "{now} {query:?}");
                compared += 1;
                let before = alone.totals.get("compare").and_then(|before| before.get("page_views"));
                counted += before.and_then(Value::as_u64).unwrap_or_default();
            }
        }
    }
    assert!(compared == 81 && counted > 20, "{compared} {counted}");
}

pub(super) async fn whole_days_stand_beside_whole_days(shop: &Shop<'_>) {
    let today = json!(["2026-11-22", "2026-11-22"]);
    // A day that is over, and more days than one, are compared with whole ones.
    for range in [json!(["2026-11-21", "2026-11-22"]), today.clone()] {
        let query = json!({ "metrics": ["events"], "date_range": range });
        let now = if range == today { "2026-11-23T09:00:00Z" } else { "2026-11-22T09:00:00Z" };
        let answer = ask_at(shop, now, query).await;
        assert_eq!(answer.meta.compare.unwrap().until, None);
        assert_eq!(answer.totals["compare"], json!({ "events": 6 }));
    }
}

/// A visit with one page view every half hour of the day before, which had an hour more or less: as many as there were
/// until the clock showed the time it shows now. Every hour of the chart keeps the whole hour it had.
pub(super) async fn the_clock_on_the_wall_decides(world: &World) {
    for (id, zone, now, until, visits) in [
        // 02:30 was not on the day before: as far into it as if it had been, before 03:30 by the new time.
        (71, "Europe/Berlin", "2026-03-30T02:30:00+02:00", "2026-03-29T02:30", 5),
        (71, "Europe/Berlin", "2026-03-30T10:10:00+02:00", "2026-03-29T10:10", 19),
        // 02:30 was there twice: until the first.
        (72, "Europe/Berlin", "2026-10-26T02:30:00+01:00", "2026-10-25T02:30", 5),
        (72, "Europe/Berlin", "2026-10-26T04:10:00+01:00", "2026-10-25T04:10", 11),
        (73, "America/New_York", "2026-03-09T10:10:00-04:00", "2026-03-08T10:10", 19),
        (74, "America/New_York", "2026-11-02T10:10:00-05:00", "2026-11-01T10:10", 23),
    ] {
        let (site, deps) = (site_in(world, id, zone), at(&world.deps, now));
        let metrics = json!(["visitors", "events", "page_views"]);
        let query = json!({ "metrics": metrics, "date_range": "day", "compare": "previous" });
        let expected = json!({ "visitors": visits, "events": visits, "page_views": visits });
        for dimensions in [json!([]), json!(["time:hour"]), json!(["page"])] {
            let mut query = query.clone();
            query["dimensions"] = dimensions.clone();
            let answer = asked(&deps, &site, query).await;
            assert_eq!(answer.totals["compare"], expected, "{zone} {now} by {dimensions}");
            assert_eq!(answer.meta.compare.as_ref().unwrap().until.as_deref(), Some(until));
            if dimensions == json!(["time:hour"]) {
                let hours: Vec<_> = before(&answer).into_iter().map(|row| row["visitors"].clone()).collect();
                let full = hours.iter().filter(|visits| **visits == 2).count();
                let none = hours.iter().filter(|visits| visits.is_null()).count();
                let missing = usize::from(until.contains("-03-"));
                assert_eq!((full, none), (hours.len() - missing, missing), "{zone} {now}: {hours:?}");
            }
        }
    }
}
