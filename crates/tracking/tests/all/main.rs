//! The query language on rows written by hand, with answers computed by hand: every dimension, every family of metrics.
#![expect(clippy::unwrap_used, reason = "a test helper fails its test")]

mod clocks;
mod comparisons;
mod corpus;
mod dimensions;
mod filters;
mod funnel;
mod many;
mod products;
mod rankings;
mod so_far;
mod together;
mod urls;
mod vitals;

use serde_json::{Value, json};
use std::sync::Arc;
use ut_core::SiteId;
use ut_core::module::Module;
use ut_core::ports::ParamValue;
use ut_core::site::Site;
use ut_testkit::modules::Guestbook;
use ut_testkit::world::World;
use ut_tracking::history;
use ut_tracking::modules::performance::Performance;
use ut_tracking::modules::{active_users, page_analytics, sessions};
use ut_tracking::query::{Answer, Query, QueryError, ask};

/// The shop of `sql/query_sessions.sql`, and the days on which its visits are.
struct Shop<'a> {
    world: &'a World,
    site: Site,
}

const FROM: &str = "2026-11-20";
const TO: &str = "2026-11-22";

/// The modules whose reports are asked for.
const MODULES: &[&dyn Module] = &[
    &page_analytics::PageAnalytics,
    &sessions::Sessions,
    &active_users::ActiveUsers,
    &Performance,
    &Guestbook,
    &ut_tracking::modules::ecommerce::Ecommerce,
];

/// 2026-11-22 23:30 in Berlin.
const NOW: i64 = 1_795_386_600_000;

/// The engine opens once per process, so everything is asked of one world.
#[tokio::test(flavor = "multi_thread")]
async fn questions_are_answered() {
    let world = &World::open(MODULES, NOW).await;
    // The tables are there when the engine has opened.
    while world.deps.olap.migrate(&history::migrations(MODULES)).await.is_err() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let mut site = Site::clone(&world.site);
    site.id = SiteId(7);
    let shop = Shop { world, site };
    shop.write().await;
    dimensions::each_dimension_and_metric(&shop).await;
    dimensions::pages_of_lines(&shop).await;
    filters::each_operator(&shop).await;
    filters::values_stay_data(&shop).await;
    filters::what_the_engine_refuses_is_named(&shop).await;
    rankings::parts_say_what_the_whole_says(&shop).await;
    together::queries_are_answered_as_if_alone(&shop).await;
    together::a_mistake_has_its_query(&shop).await;
    urls::a_url_comes_back_as_it_was(world).await;
    comparisons::lines_and_totals_have_their_counterparts(&shop).await;
    comparisons::named_reports_take_what_a_query_takes(&shop).await;
    so_far::a_morning_stands_beside_a_morning(&shop).await;
    so_far::lines_too_are_those_of_the_morning(&shop).await;
    so_far::whole_days_stand_beside_whole_days(&shop).await;
    so_far::a_screen_of_today_is_answered_as_its_questions_are(&shop).await;
    clocks::days_on_which_clocks_change(world).await;
    so_far::the_clock_on_the_wall_decides(world).await;
    clocks::empty_buckets_are_there(&shop).await;
    vitals::percentiles_are_those_of_every_instance(world).await;
    vitals::causes_are_reported_of_a_page(world).await;
    vitals::templates_work_backwards(world).await;
    vitals::templates_group_views_too(&shop).await;
    vitals::vitals_know_no_sessions(world).await;
    funnel::steps_follow_each_other_in_a_visit(world).await;
    funnel::visitors_take_days(world).await;
    funnel::what_is_wrong_is_named(&shop).await;
    funnel::random_visits_are_walked_as_by_hand(world).await;
    funnel::the_last_half_hour_stands_beside_usual_ones(world).await;
    products::what_became_of_each(world).await;
    products::lists_and_promotions_show_them(world).await;
    products::what_was_given_back_adds_up(world).await;
    many::visitors_of_many_sessions_are_estimated(world).await;
    world.deps.olap.close().await;
}

impl Shop<'_> {
    async fn write(&self) {
        let params = [
            ("site", ParamValue::UInt(self.site.id.0.into())),
            ("tz", ParamValue::Text(self.site.zone_name().to_owned())),
        ];
        for sql in [
            include_str!("sql/query_sessions.sql"),
            include_str!("sql/query_events.sql"),
            include_str!("sql/query_page_day.sql"),
        ] {
            self.world.deps.olap.execute(sql, &params).await.unwrap();
        }
    }

    async fn answer(&self, mut query: Value) -> Result<Answer, QueryError> {
        if query.get("date_range").is_none() {
            query["date_range"] = json!([FROM, TO]);
        }
        let query: Query =
            serde_json::from_value(query.clone()).unwrap_or_else(|error| panic!("{query}: {error}"));
        ask(&self.world.deps, &self.site, &query).await
    }

    async fn ask(&self, query: Value) -> Answer {
        let said = query.to_string();
        self.answer(query).await.unwrap_or_else(|error| panic!("{said}: {error}"))
    }

    /// The lines of an answer as `dimension dimension: metric metric`, in their order, the total last.
    async fn lines(&self, query: Value) -> Vec<String> {
        written(&self.ask(query).await)
    }
}

fn written(answer: &Answer) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| figure(value), ToOwned::to_owned);
    let line = |row: &ut_tracking::query::AnswerRow| {
        let names: Vec<_> = answer.dimensions.iter().map(|name| text(&row.dimensions[name])).collect();
        format!("{}: {}", names.join(" "), figures(&row.metrics))
    };
    let total = format!("total: {}", figures(&answer.totals));
    if answer.dimensions.is_empty() {
        return vec![total];
    }
    answer.rows.iter().map(line).chain([total]).collect()
}

/// In alphabetical order of the metrics' names.
fn figures(metrics: &serde_json::Map<String, Value>) -> String {
    let metrics = metrics.iter().filter(|(name, _)| *name != "compare");
    metrics.map(|(_, value)| figure(value)).collect::<Vec<_>>().join(" ")
}

fn figure(value: &Value) -> String {
    match value.as_f64() {
        Some(number) if value.is_f64() => format!("{}", (number * 1000.0).round() / 1000.0),
        _ => value.to_string(),
    }
}

fn refused(result: Result<Answer, QueryError>) -> (String, &'static str) {
    match result {
        Err(QueryError::Invalid { field, code, .. }) => (field, code),
        other => panic!("not refused: {other:?}"),
    }
}

/// A site in another zone, without rows of its own until somebody writes some.
fn site_in(world: &World, id: u32, zone: &str) -> Arc<Site> {
    let mut site = Site::clone(&world.site);
    site.id = SiteId(id);
    site.time_zone = jiff::tz::TimeZone::get(zone).unwrap();
    Arc::new(site)
}
