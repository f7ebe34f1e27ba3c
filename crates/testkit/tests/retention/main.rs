//! What is too old goes, and nothing else: on real stores, with a clock that is moved over the months. A process of its own,
//! because the engine opens once per process.
#![expect(clippy::unwrap_used, reason = "a test helper fails its test")]

use std::collections::BTreeSet;
use std::sync::Arc;
use ut_core::event::VitalMetric;
use ut_core::module::Module;
use ut_core::ports::{OlapRows, ParamValue};
use ut_core::site::{Class, Site};
use ut_testkit::modules::Guestbook;
use ut_testkit::world::{World, receipts};
use ut_tracking::history;
use ut_tracking::modules::consent::receipts::{AxesSaid, Receipt, ReceiptSource};
use ut_tracking::modules::{
    active_users, attribution, consent, device_intel, geo_time, page_analytics, performance, sessions,
};
use ut_tracking::query::{DateRange, ReportArgs, report};
use ut_tracking::retention::ClassReport;
use ut_tracking::sites::{RetentionChange, SiteChange};

const MODULES: &[&dyn Module] = &[
    &consent::ConsentModule,
    &device_intel::DeviceIntel,
    &geo_time::GeoTime,
    &page_analytics::PageAnalytics,
    &sessions::Sessions,
    &attribution::Attribution,
    &active_users::ActiveUsers,
    &performance::Performance,
    &Guestbook,
];

/// The tables of single visits.
const VISITS: [&str; 4] = ["events", "sessions", "performance_vitals", "guestbook_signatures"];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_old_goes_and_nothing_else() {
    let mut world = World::open(MODULES, noon("2025-01-10")).await;
    let short = world.site.clone();
    world.second_site("other.example", "America/New_York").await;
    let long = world.site.clone();
    keep(&world, &short, RetentionChange { events: Some(1), sums: Some(2), ..RetentionChange::default() })
        .await;
    for day in ["2025-01-10", "2025-01-19", "2025-01-20", "2025-02-10"] {
        visits(&mut world, [&short, &long], day).await;
    }
    every_table_has_an_age(&world).await;
    let first = looked_after(&world, &short, Class::Events).await;
    assert_eq!((first.oldest, first.limit.count), (Some(noon("2025-01-10")), 1), "a month ago is enough");
    assert_eq!(first.run.unwrap().removed, 0);

    each_site_has_its_own_limit(&world, &short, &long).await;
    sums_that_cannot_be_made_anew_stay(&world, &short).await;
    what_nobody_keeps_is_dropped_as_a_whole(&world, &long).await;
    sums_go_later(&world, &short, &long).await;
    receipts_go_last(&world, &short).await;
    an_answer_says_from_when_on_there_are_events(&world, &short).await;
    world.close().await;
}

/// Nobody adds a table and forgets for how long it is kept.
async fn every_table_has_an_age(world: &World) {
    let found = ask(world, include_str!("sql/tables.sql"), &[]).await;
    let found: BTreeSet<_> = found.rows.iter().map(|row| row[0].as_str().unwrap().to_owned()).collect();
    let aged: BTreeSet<_> = history::aged(MODULES).iter().map(|aged| aged.table.to_owned()).collect();
    assert_eq!(found, aged);
}

async fn each_site_has_its_own_limit(world: &World, short: &Arc<Site>, long: &Arc<Site>) {
    let views = views(world, short).await;
    world.clock.set(noon("2025-02-20"));
    let report = looked_after(world, short, Class::Events).await;
    assert_eq!(report.kept_from, start_in_berlin("2025-01-20"), "whole days of the site");
    assert_eq!(report.oldest, Some(noon("2025-01-20")));
    let run = report.run.unwrap();
    assert_eq!((run.removed, run.error, run.gone_before), (2 * 5, None, report.kept_from));
    assert_eq!(report.next_run, start_in_berlin("2025-02-21"));
    looked_after(world, long, Class::Events).await;
    for (table, each) in VISITS.into_iter().zip([2, 1, 1, 1]) {
        assert_eq!(
            (rows(world, table, short).await, rows(world, table, long).await),
            (2 * each, 4 * each),
            "{table}"
        );
    }
    assert_eq!(self::views(world, short).await, views, "sums outlive what they are made of");
}

/// The day before the oldest event is one of those that a change of the zone makes anew.
async fn sums_that_cannot_be_made_anew_stay(world: &World, short: &Arc<Site>) {
    let views = views(world, short).await;
    assert_eq!(views.len(), 4);
    let change = SiteChange { time_zone: Some("Asia/Tokyo".to_owned()), ..SiteChange::default() };
    world.sites.change(short.id, &change).await.unwrap();
    until(|| async { world.deps.sites.to_be_summed_anew().is_empty() }).await;
    assert_eq!(self::views(world, short).await, views);
}

async fn what_nobody_keeps_is_dropped_as_a_whole(world: &World, long: &Arc<Site>) {
    keep(world, long, RetentionChange { events: Some(1), ..RetentionChange::default() }).await;
    world.clock.set(noon("2025-03-05"));
    let report = looked_after(world, long, Class::Events).await;
    assert_eq!((report.run.unwrap().removed, report.oldest), (3 * 5, Some(noon("2025-02-10"))));
    for table in ["events", "sessions", "performance_vitals"] {
        assert_eq!(rows(world, table, long).await, if table == "events" { 2 } else { 1 }, "{table}");
        let parts = async |partition: &str| {
            let params = [
                ("table", ParamValue::Text(table.to_owned())),
                ("partition", ParamValue::Text(partition.to_owned())),
            ];
            ask(world, include_str!("sql/parts.sql"), &params).await.rows[0][0].as_u64().unwrap()
        };
        assert_eq!(parts("202501").await, 0, "{table}");
        assert!(parts("202502").await > 0, "{table}");
    }
}

async fn sums_go_later(world: &World, short: &Arc<Site>, long: &Arc<Site>) {
    world.clock.set(noon("2025-03-20"));
    let report = looked_after(world, short, Class::Sums).await;
    assert_eq!(report.run.unwrap().removed, 2 + 2, "the sums of two days in two tables");
    let days = |views: Vec<(String, u64)>| views.into_iter().map(|(day, _)| day).collect::<Vec<_>>();
    assert_eq!(days(views(world, short).await), ["2025-01-20", "2025-02-10"]);
    assert_eq!(views(world, long).await.len(), 4);
    // Longer again: what is gone is not said to be whole.
    keep(world, short, RetentionChange { events: Some(12), sums: Some(12), ..RetentionChange::default() })
        .await;
    let before = world.retention.gone_before(short.id).await.unwrap();
    world.clock.set(noon("2025-03-21"));
    looked_after(world, short, Class::Events).await;
    assert_eq!(world.retention.gone_before(short.id).await.unwrap(), before);
}

async fn receipts_go_last(world: &World, short: &Arc<Site>) {
    let chain = receipts(world.deps.transactional.clone(), world.deps.clock.clone());
    for day in ["2020-03-20", "2020-03-21", "2020-03-22", "2025-03-21"] {
        let receipt = Receipt {
            site: short.id,
            subject: None,
            at_ms: noon(day),
            axes: AxesSaid { analytics: Some(true), ..AxesSaid::default() },
            source: ReceiptSource::Gpc,
            raw: None,
            policy_version: None,
            region: None,
            user_agent: None,
        };
        chain.append(&receipt).await.unwrap();
    }
    world.clock.set(noon("2025-03-22"));
    let report = looked_after(world, short, Class::Receipts).await;
    assert_eq!((report.run.unwrap().removed, report.oldest), (2, Some(noon("2020-03-22"))));
    let whole = chain.verify(short.id).await.unwrap();
    assert_eq!((whole.first, whole.receipts), (3, 2));
}

async fn an_answer_says_from_when_on_there_are_events(world: &World, short: &Arc<Site>) {
    let warnings = async |from: &str| {
        let date_range = DateRange::Days(from.to_owned(), "2025-03-22".to_owned());
        let args = ReportArgs { date_range, ..ReportArgs::default() };
        let site = world.deps.sites.by_id(short.id).unwrap();
        report(&world.deps, MODULES, &site, "overview", &args).await.unwrap().meta.warnings
    };
    let said = "Events before 2024-03-22 are deleted by this site's retention.";
    assert_eq!(warnings("2024-03-21").await, [said]);
    assert_eq!(warnings("2024-03-22").await, [""; 0]);
}

/// One person on each site at noon of a day: a page view, a signature and a vital in one session.
async fn visits(world: &mut World, sites: [&Arc<Site>; 2], day: &str) {
    world.clock.set(noon(day));
    for site in sites {
        world.site = site.clone();
        let drafts = vec![
            world.draft("page_view", "/p", &[]),
            world.vital("/p", VitalMetric::Lcp, day, 900.0),
            world.draft("guestbook_sign", "/p", &[("mood", "glad")]),
        ];
        world.receive("anna", drafts).await;
    }
    world.settled().await;
}

async fn keep(world: &World, site: &Site, retention: RetentionChange) {
    let change = SiteChange { retention: Some(retention), ..SiteChange::default() };
    world.sites.change(site.id, &change).await.unwrap();
}

/// Waits until a class of a site was looked after at this moment of the clock.
async fn looked_after(world: &World, site: &Site, class: Class) -> ClassReport {
    let known = async || {
        let site = world.deps.sites.by_id(site.id).unwrap();
        let reports = world.retention.report(Some(world.deps.olap.as_ref()), &site).await.unwrap();
        reports.into_iter().find(|report| report.class == class).unwrap()
    };
    let now = ut_core::Clock::now_ms(&world.clock);
    until(async || known().await.run.and_then(|run| run.ran_at) == Some(now)).await;
    known().await
}

async fn until(mut done: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if done().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("a minute is over");
}

async fn ask(world: &World, sql: &str, params: &[(&'static str, ParamValue)]) -> OlapRows {
    world.deps.olap.query(sql, params).await.unwrap()
}

async fn rows(world: &World, table: &str, site: &Site) -> u64 {
    let params =
        [("table", ParamValue::Text(table.to_owned())), ("site", ParamValue::UInt(site.id.0.into()))];
    ask(world, include_str!("sql/rows.sql"), &params).await.rows[0][0].as_u64().unwrap()
}

async fn views(world: &World, site: &Site) -> Vec<(String, u64)> {
    let params = [("site", ParamValue::UInt(site.id.0.into()))];
    let days = ask(world, include_str!("sql/views.sql"), &params).await;
    days.rows.iter().map(|row| (row[0].as_str().unwrap().to_owned(), row[1].as_u64().unwrap())).collect()
}

fn noon(day: &str) -> i64 {
    format!("{day}T12:00:00Z").parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

fn start_in_berlin(day: &str) -> i64 {
    format!("{day}T00:00:00+01:00").parse::<jiff::Timestamp>().unwrap().as_millisecond()
}
