//! Comparisons with the time before, and the same on named reports.

use crate::{Shop, written};
use serde_json::{Value, json};
use ut_tracking::query::{Compare, DateRange, QueryError, ReportArgs, report};

pub(super) async fn lines_and_totals_have_their_counterparts(shop: &Shop<'_>) {
    let range = json!(["2026-11-22", "2026-11-22"]);
    let query = json!({
        "metrics": ["sessions", "bounce_rate"], "dimensions": ["country"], "date_range": range, "compare": "previous",
    });
    let answer = shop.ask(query).await;
    assert_eq!(written(&answer), ["DE: 0 1", "FR: 1 1", "total: 0.5 2"]);
    let before: Vec<_> = answer.rows.iter().map(|row| Value::from(row.compare.clone().unwrap())).collect();
    let nothing = json!({ "sessions": 0, "bounce_rate": null });
    assert_eq!(before, [nothing, json!({ "sessions": 1, "bounce_rate": 0 })]);
    assert_eq!(answer.totals["compare"], json!({ "sessions": 1, "bounce_rate": 0 }));
    let days = answer.meta.compare.unwrap();
    assert_eq!((&*days.from, &*days.to), ("2026-11-21", "2026-11-21"));

    let series = json!({
        "metrics": ["sessions", "page_views"], "dimensions": ["time:day"], "date_range": ["2026-11-21", "2026-11-22"],
        "compare": "previous",
    });
    let answer = shop.ask(series).await;
    assert_eq!(written(&answer), ["2026-11-21: 4 1", "2026-11-22: 3 2", "total: 7 3"]);
    let before: Vec<_> =
        answer.rows.iter().map(|row| row.compare.as_ref().unwrap()["sessions"].clone()).collect();
    assert_eq!(before, [json!(0), json!(2)]);
    assert_eq!(answer.totals["compare"], json!({ "sessions": 2, "page_views": 3 }));

    let two = json!({
        "metrics": ["page_views"], "dimensions": ["time:day", "page"], "date_range": ["2026-11-22", "2026-11-22"],
        "compare": "previous",
    });
    let answer = shop.ask(two).await;
    let pairs: Vec<_> = answer
        .rows
        .iter()
        .map(|row| (row.metrics["page_views"].clone(), row.compare.as_ref().unwrap()["page_views"].clone()))
        .collect();
    assert_eq!(pairs, [(json!(1), json!(1)), (json!(1), json!(2)), (json!(1), json!(1))]);

    let year =
        json!({ "metrics": ["visitors"], "date_range": ["2027-11-20", "2027-11-22"], "compare": "year" });
    let answer = shop.ask(year).await;
    assert_eq!(answer.totals["compare"], json!({ "visitors": 3 }));
    assert_eq!(answer.meta.compare.unwrap().from, "2026-11-20");
}

/// The reports are queries: filters, comparison, limit and offset work on each, and nothing is lost on the way.
pub(super) async fn named_reports_take_what_a_query_takes(shop: &Shop<'_>) {
    let args = |filters: Option<Value>| ReportArgs {
        date_range: DateRange::Days(crate::FROM.to_owned(), crate::TO.to_owned()),
        filters,
        ..ReportArgs::default()
    };
    let ask = async |name: &str, args: ReportArgs| {
        report(&shop.world.deps, crate::MODULES, &shop.site, name, &args).await
    };
    let germans = Some(json!(["is", "country", ["DE"]]));
    // bounce_rate engaged_time_s sessions views_per_session visitors, and per page: engaged_time_s page_views visitors.
    let cases: &[(&str, &[&str])] = &[
        ("overview", &["2026-11-20: 0.5 12 6 3 1230 2 1.5 1"]),
        ("pages", &["/: 6.333 3 2", "/p/1: 5.667 3 2", "total: 6 6 2"]),
        ("entry_pages", &["/: 0.333 12 3 1.667 2", "total: 0.333 12 3 1.667 2"]),
        ("exit_pages", &["/p/1: 0 16 2 2 2", "/: 1 4 1 1 1", "total: 0.333 12 3 1.667 2"]),
        ("sources", &["google: 0 16 2 2 2", "(direct): 1 4 1 1 1", "total: 0.333 12 3 1.667 2"]),
        (
            "channels",
            &[
                "Direct: 1 4 1 1 1",
                "Organic Search: 0 20 1 2 1",
                "Paid Search: 0 12 1 2 1",
                "total: 0.333 12 3 1.667 2",
            ],
        ),
        ("campaigns", &["brand google cpc: 0 12 1 2 1", "total: 0 12 1 2 1"]),
        ("countries", &["DE: 0.333 12 3 1.667 2", "total: 0.333 12 3 1.667 2"]),
        ("devices", &["desktop: 0 12 1 2 1", "mobile: 0.5 12 2 1.5 1", "total: 0.333 12 3 1.667 2"]),
    ];
    for (name, lines) in cases {
        let compare = Some(Compare::Previous);
        let answer = ask(name, ReportArgs { compare, ..args(germans.clone()) }).await.unwrap();
        if *name == "overview" {
            assert_eq!((answer.rows.len(), &*written(&answer)[0]), (3, lines[0]), "{name}");
        } else {
            assert_eq!(&written(&answer), lines, "{name}");
        }
        assert!(answer.rows.iter().all(|row| row.compare.is_some()), "{name}");
        let second =
            ask(name, ReportArgs { limit: Some(1), offset: 1, ..args(germans.clone()) }).await.unwrap();
        assert_eq!(
            second.rows.first().map(|row| &row.metrics),
            answer.rows.get(1).map(|row| &row.metrics),
            "{name}"
        );
    }
    let live = ask("live", args(None)).await.unwrap();
    assert_eq!((live.rows.len(), &live.totals["active_now"]), (30, &json!(0)));
    for (name, args) in [("live", args(germans.clone())), ("guestbook", args(germans))] {
        let Err(QueryError::Invalid { field, code, .. }) = ask(name, args).await else {
            panic!("{name} took it")
        };
        assert_eq!((&*field, code), ("filters", "not_for_report"));
    }
}
