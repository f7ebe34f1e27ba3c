//! Web vitals: random reports in, percentiles and counts out, against a computation that looks at all of them.

use crate::{MODULES, figure, refused, site_in, written};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use ut_core::event::{
    Circumstances, Device, DeviceType, Draft, Event, EventName, Fate, Frame, Identity, PageAddress, Place,
    Vital, VitalMetric,
};
use ut_core::module::RowsContext;
use ut_core::ports::TableKind;
use ut_core::site::Site;
use ut_core::{EventId, Lsn, SessionKey, VisitorId};
use ut_testkit::world::World;
use ut_tracking::history;
use ut_tracking::query::{Answer, DateRange, Query, QueryError, ReportArgs, ask, report};

/// One report of a metric.
#[derive(Debug, Clone)]
struct Report {
    metric: VitalMetric,
    id: u64,
    at: i64,
    path: String,
    country: &'static str,
    device: DeviceType,
    bot: bool,
    value: f64,
    target: &'static str,
}

/// What caused a value: words of a browser, which anybody can send.
const TARGETS: [&str; 6] = [
    "",
    "html>body>img.hero",
    "#buy",
    "<script>alert(1)</script>",
    "'; DROP TABLE events --",
    "#größe\u{202e}",
];

/// 2026-11-20 00:00 in Berlin.
const FROM: i64 = 1_795_129_200_000;
const DAY: i64 = 86_400_000;
/// As many days are asked for.
const DAYS: i64 = 3;
const TEMPLATES: [&str; 4] = ["/p/sale", "/p/*", "/*-p-*.html", "/blog/**"];

fn random(seed: &mut u64, end: u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % end
}

/// Reports of instances that grow, repeat themselves and come in any order, some of them about midnight or on days that
/// are not asked for; of some groups there is one, of many values several.
fn reports(seed: &mut u64, instances: u64) -> Vec<Report> {
    let paths =
        ["/", "/p/1", "/p/2", "/p/sale", "/p/1/reviews", "/linen-p-7.html", "/blog/", "/blog/a/b", ""];
    let mut all = Vec::new();
    for id in 0..instances {
        let metric = VitalMetric::ALL[random(seed, 5) as usize];
        let at = FROM - DAY / 2 + random(seed, (DAY * (DAYS + 1)) as u64) as i64;
        let first = Report {
            metric,
            // The same id of another metric is another instance.
            id: id / 2,
            at,
            path: paths[random(seed, 9) as usize].to_owned(),
            country: ["DE", "FR", ""][random(seed, 3) as usize],
            device: [DeviceType::Desktop, DeviceType::Mobile][random(seed, 2) as usize],
            bot: random(seed, 20) == 0,
            value: value(seed, metric),
            target: TARGETS[random(seed, 6) as usize],
        };
        for n in 0..random(seed, 4) {
            let at = first.at + 1 + n as i64 * random(seed, 3_600_000) as i64;
            let value = if random(seed, 2) == 0 { first.value } else { first.value + value(seed, metric) };
            let path = paths[random(seed, 9) as usize].to_owned();
            let target = TARGETS[random(seed, 6) as usize];
            all.push(Report { at, value, path, target, ..first.clone() });
        }
        all.push(first);
    }
    for n in (1..all.len()).rev() {
        all.swap(n, random(seed, n as u64 + 1) as usize);
    }
    all
}

/// Around the bounds, many of them alike.
fn value(seed: &mut u64, metric: VitalMetric) -> f64 {
    let (good, poor) = bounds(metric);
    match random(seed, 6) {
        0 => 0.0,
        1 => good,
        2 => poor,
        3 => good + (poor - good) / 3.0,
        _ => poor * 2.0 * random(seed, 1000) as f64 / 1000.0,
    }
}

/// As web-vitals 6 has them.
const fn bounds(metric: VitalMetric) -> (f64, f64) {
    match metric {
        VitalMetric::Lcp => (2500.0, 4000.0),
        VitalMetric::Inp => (200.0, 500.0),
        VitalMetric::Cls => (0.1, 0.25),
        VitalMetric::Fcp => (1800.0, 3000.0),
        VitalMetric::Ttfb => (800.0, 1800.0),
    }
}

fn event(report: &Report, lsn: u64, site: &Site) -> Event {
    let name = EventName::parse(Vital::EVENT).unwrap();
    let Report { metric, id, value, .. } = *report;
    let page = PageAddress { hostname: "shop.example".to_owned(), path: report.path.clone() };
    let bot = if report.bot { "crawler:search" } else { "" }.to_owned();
    let device = Device { device_type: report.device, bot, ..Device::default() };
    let place = Place { country: report.country.to_owned(), ..Place::default() };
    Event {
        lsn: Lsn(lsn),
        request: Arc::new(Circumstances {
            site: site.id,
            device: Arc::new(device),
            place,
            ..Circumstances::default()
        }),
        identity: Identity::Cookieless,
        visitor: Some(VisitorId([1; 16])),
        session: SessionKey(0),
        touch: false,
        engaged_ms: 0,
        orphan: false,
        draft: Draft {
            page: (!report.path.is_empty()).then(|| Arc::new(page)),
            props: attribution(report),
            facts: Vital { metric, id, value, navigation_type: "navigate".to_owned() }.facts(),
            ..Draft::new(EventId::from_u128(lsn.into()), name, report.at)
        },
    }
}

/// As web-vitals 6 names what caused a value; what it would be called of other metrics counts for nothing.
fn attribution(report: &Report) -> Vec<(String, String)> {
    let named = match report.metric {
        VitalMetric::Lcp => "target",
        VitalMetric::Inp => "interactionTarget",
        VitalMetric::Cls => "largestShiftTarget",
        VitalMetric::Fcp | VitalMetric::Ttfb => return Vec::new(),
    };
    let names = ["target", "interactionTarget", "largestShiftTarget"].into_iter();
    let others = names.filter(|name| *name != named).map(|name| (name.to_owned(), "of another".to_owned()));
    others.chain([(named.to_owned(), report.target.to_owned())]).collect()
}

/// Writes them as the consumer does, in two inserts, of which one is done again.
async fn write(world: &World, site: &Site, reports: &[Report]) {
    let deps = &world.deps;
    let context = RowsContext { log: 1, sites: deps.sites.as_ref(), keys: &deps.keys };
    let (first, second) = reports.split_at(reports.len() / 2);
    for part in [first, second, first] {
        let fates =
            part.iter().zip(1..).map(|(report, lsn)| Fate::Stored(Box::new(event(report, lsn, site))));
        let frame = Frame { from: Lsn(1), fates: fates.collect(), sessions: Vec::new() };
        let mut rows = history::Rows::default();
        rows.add(&frame, MODULES, &context);
        let batch = rows.finish(&context);
        assert_eq!(batch.tables(TableKind::Facts).count() + batch.tables(TableKind::Rollup).count(), 0);
        for (table, rows) in batch.tables(TableKind::Replacing) {
            deps.olap.insert(table, rows).await.unwrap();
        }
    }
}

/// Every instance by its greatest value, of equal ones the first.
fn instances(reports: &[Report]) -> Vec<Report> {
    let mut greatest: HashMap<(VitalMetric, u64), &Report> = HashMap::new();
    for report in reports {
        let known = greatest.entry((report.metric, report.id)).or_insert(report);
        if (report.value, -report.at) > (known.value, -known.at) {
            *known = report;
        }
    }
    let within = |report: &&&Report| (FROM..FROM + DAYS * DAY).contains(&report.at) && !report.bot;
    greatest.values().filter(within).map(|report| (*report).clone()).collect()
}

/// samples, p75, good and poor: the least value that at least three quarters of all do not exceed.
fn expected(values: &mut [f64], metric: VitalMetric) -> [Value; 4] {
    values.sort_by(f64::total_cmp);
    let (good, poor) = bounds(metric);
    let count = |of: &dyn Fn(f64) -> bool| json!(values.iter().filter(|value| of(**value)).count());
    let p75 = values.iter().find(|least| {
        let reached = values.iter().filter(|value| value <= least).count();
        reached * 4 >= values.len() * 3
    });
    [json!(values.len()), json!(p75), count(&|value| value <= good), count(&|value| value > poor)]
}

async fn answer(world: &World, site: &Site, mut query: Value) -> Result<Answer, QueryError> {
    query["date_range"] = json!(["2026-11-20", "2026-11-22"]);
    query["limit"] = 1000.into();
    ask(&world.deps, site, &serde_json::from_value::<Query>(query).unwrap()).await
}

/// The template of a path, the slow way.
fn template(path: &str) -> &str {
    match path {
        "/p/sale" => "/p/sale",
        "/p/1" | "/p/2" => "/p/*",
        "/linen-p-7.html" => "/*-p-*.html",
        "/blog/" | "/blog/a/b" => "/blog/**",
        other => other,
    }
}

fn dimension(report: &Report, name: &str) -> String {
    match name {
        "page_template" => template(&report.path).to_owned(),
        "page" => report.path.clone(),
        "device_type" => report.device.as_str().to_owned(),
        "country" => report.country.to_owned(),
        "target" if matches!(report.metric, VitalMetric::Fcp | VitalMetric::Ttfb) => String::new(),
        "target" => report.target.to_owned(),
        "time:day" => {
            ["2026-11-20", "2026-11-21", "2026-11-22"][((report.at - FROM) / DAY) as usize].to_owned()
        }
        _ => String::new(),
    }
}

async fn compare(world: &World, site: &Site, all: &[Report], by: &str, country: Option<&str>) -> usize {
    let mut groups: BTreeMap<(String, VitalMetric), Vec<f64>> = BTreeMap::new();
    for report in
        instances(all).iter().filter(|report| country.is_none_or(|country| report.country == country))
    {
        for key in [dimension(report, by), "total".to_owned()] {
            groups.entry((key, report.metric)).or_default().push(report.value);
        }
    }
    let metrics: Vec<String> = VitalMetric::ALL
        .iter()
        .flat_map(|metric| {
            ["samples", "p75", "good", "poor"].map(|what| (what, metric.as_str().to_lowercase()))
        })
        .map(|(what, metric)| format!("{what}_{metric}"))
        .collect();
    let filters = country.map_or(Value::Null, |country| json!(["is", "country", [country]]));
    let query = json!({ "metrics": metrics, "dimensions": [by], "filters": filters });
    let said = answer(world, site, query).await.unwrap();
    let mut lines = 0;
    let rows = said.rows.iter().map(|row| (row.dimensions[by].as_str().unwrap().to_owned(), &row.metrics));
    for (key, told) in rows.chain([("total".to_owned(), &said.totals)]) {
        for metric in VitalMetric::ALL {
            let mut values = groups.remove(&(key.clone(), metric)).unwrap_or_default();
            let name = metric.as_str().to_lowercase();
            let told =
                ["samples", "p75", "good", "poor"].map(|what| figure(&told[&format!("{what}_{name}")]));
            let wanted = expected(&mut values, metric).map(|value| figure(&value));
            assert_eq!(told, wanted, "{name} of {key:?} by {by}, {} values", values.len());
        }
        lines += 1;
    }
    assert!(groups.is_empty(), "not told: {groups:?}");
    lines
}

pub(super) async fn percentiles_are_those_of_every_instance(world: &World) {
    let mut seed = 20_261_120;
    let mut lines = 0;
    for (n, size) in [1, 2, 3, 4, 5, 40, 400, 3000].into_iter().enumerate() {
        let mut site = Site::clone(&site_in(world, 400 + n as u32, "Europe/Berlin"));
        site.settings.page_templates = TEMPLATES.map(str::to_owned).to_vec();
        let all = reports(&mut seed, size);
        write(world, &site, &all).await;
        for by in ["page_template", "page", "device_type", "country", "target", "time:day"] {
            for country in [None, Some("DE"), Some("XX")] {
                lines += compare(world, &site, &all, by, country).await;
            }
        }
    }
    assert!(lines > 250, "only {lines} lines were compared");
}

/// The report on causes: of one kind of page, the most frequent first, those that nobody told left out.
pub(super) async fn causes_are_reported_of_a_page(world: &World) {
    let mut site = Site::clone(&site_in(world, 408, "Europe/Berlin"));
    site.settings.page_templates = TEMPLATES.map(str::to_owned).to_vec();
    let all = reports(&mut 7, 2000);
    write(world, &site, &all).await;
    let args = ReportArgs {
        date_range: DateRange::Days("2026-11-20".to_owned(), "2026-11-22".to_owned()),
        filters: Some(json!(["is", "page_template", ["/p/*"]])),
        limit: Some(4),
        ..ReportArgs::default()
    };
    let said = report(&world.deps, MODULES, &site, "performance_targets", &args).await.unwrap();
    let mut causes: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for one in instances(&all).iter().filter(|one| template(&one.path) == "/p/*") {
        if one.metric == VitalMetric::Lcp && !one.target.is_empty() {
            causes.entry(one.target).or_default().push(one.value);
        }
    }
    let mut wanted: Vec<_> = causes.into_iter().collect();
    wanted.sort_by_key(|(target, values)| (std::cmp::Reverse(values.len()), *target));
    assert_eq!((wanted.len(), said.rows.len()), (5, 4));
    for (row, (target, values)) in said.rows.iter().zip(&mut wanted) {
        let [samples, p75, ..] = expected(values, VitalMetric::Lcp);
        assert_eq!(row.dimensions["target"], *target);
        assert_eq!(
            [&row.metrics["samples_lcp"], &row.metrics["p75_lcp"]].map(figure),
            [samples, p75].map(|value| figure(&value))
        );
    }
}

/// Templates belong to the question: pages of the past follow them, in views as in vitals.
pub(super) async fn templates_work_backwards(world: &World) {
    let mut site = Site::clone(&site_in(world, 405, "Europe/Berlin"));
    let query = || json!({ "metrics": ["samples_lcp"], "dimensions": ["page_template"] });
    let plain = written(&answer(world, &site, query()).await.unwrap());
    site.settings.page_templates = vec!["/**".to_owned()];
    let whole = written(&answer(world, &site, query()).await.unwrap());
    assert!(plain.len() > 4 && plain.last() == whole.last(), "{plain:?} {whole:?}");
    assert!(whole.len() <= 3 && whole[0].starts_with("/**: "), "{whole:?}");
    let only = json!({ "metrics": ["samples_lcp"], "filters": ["is", "page_template", ["/**"]] });
    let only = written(&answer(world, &site, only).await.unwrap());
    assert_eq!(only[0].rsplit(' ').next(), whole[0].rsplit(' ').next());
    for pattern in ["/p/*", "/*'", "/\\", "/(", "/[a]{2}$^|?#+", "/{v0:String}/*page_template*/", "/ü"] {
        site.settings.page_templates = vec![pattern.to_owned(); 100];
        answer(world, &site, query()).await.unwrap_or_else(|error| panic!("{pattern}: {error}"));
    }
}

pub(super) async fn templates_group_views_too(shop: &crate::Shop<'_>) {
    let mut shop = crate::Shop { world: shop.world, site: shop.site.clone() };
    shop.site.settings.page_templates = vec!["/p/*".to_owned()];
    let views = json!({ "metrics": ["page_views", "events", "visitors"], "dimensions": ["page_template"] });
    assert_eq!(shop.lines(views).await, ["/p/*: 9 6 3", "/: 7 4 3", "total: 16 10 3"]);
    let both =
        json!({ "metrics": ["page_views", "samples_lcp", "p75_lcp"], "dimensions": ["page_template"] });
    assert_eq!(shop.lines(both).await, ["/p/*: null 6 0", "/: null 4 0", "total: null 10 0"]);
}

pub(super) async fn vitals_know_no_sessions(world: &World) {
    let site = site_in(world, 499, "Europe/Berlin");
    for (query, field) in [
        (json!({ "metrics": ["p75_lcp"], "dimensions": ["source"] }), "dimensions[0]"),
        (json!({ "metrics": ["p75_lcp"], "filters": ["is", "prop:x", ["y"]] }), "filters[1]"),
        (json!({ "metrics": ["visitors"], "dimensions": ["country", "target"] }), "dimensions[1]"),
        (json!({ "metrics": ["p75_lcp", "events"], "filters": ["is", "target", ["y"]] }), "filters[1]"),
    ] {
        assert_eq!(refused(answer(world, &site, query).await), (field.to_owned(), "not_by_dimension"));
    }
    let nothing = json!({ "metrics": ["p75_lcp", "samples_lcp", "good_lcp"] });
    assert_eq!(written(&answer(world, &site, nothing).await.unwrap()), ["total: 0 null 0"]);
}
