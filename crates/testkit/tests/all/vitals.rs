//! Web vitals from the log to the report.

use crate::{MINUTE, decided, restart};
use serde_json::{Value, json};
use ut_core::event::{Draft, VitalMetric};
use ut_core::site::Site;
use ut_testkit::world::World;
use ut_tracking::query::suggested_templates;

/// The line of a page in the report.
async fn line(world: &World, page: &str) -> Value {
    let report = world.report("performance").await;
    let line = report.rows.iter().find(|row| row.dimensions["page_template"] == page);
    line.map_or(Value::Null, |row| Value::from(row.metrics.clone()))
}

/// A visit with vitals and the same visit without: only the report on vitals tells them apart. An instance counts once with
/// its greatest value, in whatever order its reports come and however often.
pub(super) async fn measuring_changes_no_other_number(world: &World) {
    let start = world.deps.clock.now_ms();
    let mut overviews = Vec::new();
    for (person, measures) in [("measured", true), ("unmeasured", false)] {
        let before = world.report("overview").await.totals;
        world.clock.set(start);
        let measured = |id: &str, value: f64| world.vital("/fast", VitalMetric::Inp, id, value);
        let mut drafts = vec![world.draft("page_view", "/fast", &[])];
        if measures {
            drafts.push(world.vital("/fast", VitalMetric::Lcp, "lcp", 1_234.599_999_904_632_6));
            drafts.extend([measured("one", 40.0), measured("two", 300.0)]);
        }
        world.receive(person, drafts).await;
        world.settled().await;
        world.clock.advance(20 * MINUTE);
        if measures {
            let after = |ms: i64, value: f64| {
                let draft = measured("one", value);
                Draft { at: draft.at + ms, ..draft }
            };
            let greatest = after(1, 208.0);
            world.receive(person, vec![after(0, 56.0), greatest.clone(), greatest, after(2, 16.0)]).await;
        }
        world.clock.advance(25 * MINUTE);
        world.receive(person, vec![world.draft("page_view", "/later", &[])]).await;
        world.settled().await;
        let after = world.report("overview").await.totals;
        let counts = ["visitors", "sessions", "page_views", "events"];
        overviews.push(counts.map(|name| after[name].as_u64().unwrap() - before[name].as_u64().unwrap()));
    }
    assert_eq!(overviews, [[1, 2, 2, 2]; 2], "not even the silence between two sessions was broken");
    let line = line(world, "/fast").await;
    assert_eq!((&line["samples_lcp"], &line["p75_lcp"]), (&json!(1), &json!(1_234.599_999_904_632_6)));
    assert_eq!((&line["samples_inp"], &line["p75_inp"]), (&json!(2), &json!(300)), "{line}");
    assert_eq!((&line["samples_cls"], &line["p75_cls"]), (&json!(0), &Value::Null));
}

/// What is learnt is what was looked at, and what a pattern of the site covers is known. A restart forgets no vital.
pub(super) async fn templates_are_learnt_from_traffic(world: &mut World) {
    let views = |n: u32| vec![world.draft("page_view", &format!("/goods/{n}"), &[])];
    for n in [1, 2, 3, 3] {
        world.receive("learner", views(n)).await;
    }
    decided(world).await;
    restart(world).await;
    world.settled().await;
    let learnt = suggested_templates(&world.deps, &world.site).await.unwrap();
    let goods = learnt.iter().find(|one| one.pattern == "/goods/*").unwrap();
    assert_eq!((goods.pages, goods.views), (3, 4));
    let mut site = Site::clone(&world.site);
    site.settings.page_templates = vec!["/goods/**".to_owned()];
    let left = suggested_templates(&world.deps, &site).await.unwrap();
    assert!(left.iter().all(|one| !one.pattern.starts_with("/goods")), "{left:?}");
    assert_eq!(line(world, "/fast").await["samples_inp"], 2);
}
