//! Funnels, on visits written by hand and on visits nobody wrote, with answers walked along by hand.

use crate::{Shop, figure, refused, site_in, written};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use ut_core::module::Module;
use ut_core::site::Site;
use ut_testkit::world::World;
use ut_tracking::modules::ecommerce::Ecommerce;
use ut_tracking::query::{Answer, Compare, DateRange, QueryError, ReportArgs, report};

const MODULES: &[&dyn Module] = &[&Ecommerce];
/// 2026-11-20 00:00 in Berlin.
const START: i64 = 1_795_129_200_000;
const MINUTE: i64 = 60_000;
const DAY: i64 = 1_440 * MINUTE;

/// A visit: its number, who came, when it began, from where, and whether a program did.
#[derive(Debug, Clone, Copy)]
struct Visit {
    session: u64,
    visitor: u64,
    at: i64,
    country: &'static str,
    bot: bool,
}

/// An event: its visit, when, its place in the page view and in the log, its name and page.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    session: u64,
    at: i64,
    seq: u32,
    lsn: u64,
    name: &'a str,
    path: &'a str,
}

async fn write(world: &World, site: &Site, visits: &[Visit], steps: &[Step<'_>]) {
    let id = site.id.0;
    let sessions: Vec<_> = visits
        .iter()
        .map(|visit| {
            let Visit { session, visitor, at, country, bot } = visit;
            let bot = if *bot { "crawler" } else { "" };
            format!("({id}, {session}, {visitor}, 'cookie', fromUnixTimestamp64Milli({at}), '{country}', '{bot}', 1)")
        })
        .collect();
    let visitor =
        |session: u64| visits.iter().find(|visit| visit.session == session).map_or(0, |one| one.visitor);
    let events: Vec<_> = steps
        .iter()
        .map(|step| {
            let Step { session, at, seq, lsn, name, path } = step;
            let visitor = visitor(*session);
            format!(
                "({id}, {lsn}, '{name}', fromUnixTimestamp64Milli({at}), {visitor}, {session}, {seq}, '{path}')"
            )
        })
        .collect();
    let tables = [
        ("sessions (site, session, visitor, identity, started_at, country, bot, version)", sessions),
        ("events (site, lsn, name, ts, visitor, session, seq, path)", events),
    ];
    for (table, rows) in tables {
        let sql = format!("INSERT INTO {table} VALUES {}", rows.join(", "));
        world.deps.olap.execute(&sql, &[]).await.unwrap();
    }
}

async fn ask(
    world: &World,
    site: &Site,
    days: (&str, &str),
    own: &[(&str, &str)],
    args: ReportArgs,
) -> Result<Answer, QueryError> {
    let own = own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let date_range = DateRange::Days(days.0.to_owned(), days.1.to_owned());
    report(&world.deps, MODULES, site, "funnel", &ReportArgs { date_range, own, ..args }).await
}

/// Minutes after the start of the day.
fn step(session: u64, minutes: i64, lsn: u64, name: &'static str) -> Step<'static> {
    Step { session, at: START + minutes * MINUTE, seq: 0, lsn, name, path: "/" }
}

fn visit(session: u64, visitor: u64, minutes: i64, country: &'static str) -> Visit {
    Visit { session, visitor, at: START + minutes * MINUTE, country, bot: false }
}

/// Two people, a bot, an event without a visit, a step too early, ties, and rows in the wrong order.
pub(super) async fn steps_follow_each_other_in_a_visit(world: &World) {
    let site = site_in(world, 500, "Europe/Berlin");
    let visits = [
        visit(1, 1, 600, "DE"),
        visit(2, 2, 600, "FR"),
        visit(3, 2, 700, "DE"),
        Visit { bot: true, ..visit(4, 3, 600, "DE") },
        visit(5, 4, -60, "DE"),
        visit(6, 5, 1_430, "DE"),
    ];
    let view = |session, minutes, lsn| step(session, minutes, lsn, "view_item");
    let cart = |session, minutes, lsn| step(session, minutes, lsn, "add_to_cart");
    let steps = [
        // All the way, the last row first.
        step(1, 640, 14, "purchase"),
        step(1, 630, 13, "begin_checkout"),
        cart(1, 620, 12),
        cart(1, 610, 11),
        view(1, 605, 10),
        // The cart came before the view: one step.
        cart(2, 600, 20),
        view(2, 601, 21),
        // At the same time: the place in the page view decides, then the log. Both say: first the view.
        Step { seq: 1, ..cart(3, 700, 30) },
        view(3, 700, 31),
        // But not here: the purchase was told before the checkout.
        step(3, 702, 32, "purchase"),
        step(3, 702, 33, "begin_checkout"),
        // Nobody's, and a program's.
        view(4, 600, 40),
        cart(4, 601, 41),
        step(0, 600, 42, "view_item"),
        // A visit of the day before, and one that goes on after midnight.
        view(5, 10, 50),
        view(6, 1_435, 60),
        cart(6, 1_445, 61),
    ];
    write(world, &site, &visits, &steps).await;
    let day = ("2026-11-20", "2026-11-20");
    let answer = ask(world, &site, day, &[], ReportArgs::default()).await.unwrap();
    // count, drop, median_s, rate; and in total completed, entered, median_s, rate.
    assert_eq!(
        written(&answer),
        [
            "view_item: 4 null 300 1",
            "add_to_cart: 3 0.25 660 0.75",
            "begin_checkout: 2 0.333 600 0.5",
            "purchase: 1 0.5 null 0.25",
            "total: 1 4 2100 0.25"
        ]
    );
    visits_are_chosen_and_told_apart(world, &site, day).await;
}

async fn visits_are_chosen_and_told_apart(world: &World, site: &Site, day: (&str, &str)) {
    let french = ReportArgs { filters: Some(json!(["is", "country", ["FR"]])), ..ReportArgs::default() };
    let answer = ask(world, site, day, &[("steps", "add_to_cart,view_item")], french).await.unwrap();
    assert_eq!(written(&answer), ["add_to_cart: 1 null 60 1", "view_item: 1 0 null 1", "total: 1 1 60 1"]);
    let compare = ReportArgs { compare: Some(Compare::Previous), ..ReportArgs::default() };
    let by_country = [("breakdown", "country"), ("steps", "view_item,add_to_cart")];
    let answer = ask(world, site, day, &by_country, compare).await.unwrap();
    assert_eq!(
        written(&answer),
        [
            "DE view_item: 3 null 300 1",
            "DE add_to_cart: 3 0 null 1",
            "FR view_item: 1 null null 1",
            "FR add_to_cart: 0 1 null 0",
            "total: 3 4 300 0.75"
        ]
    );
    let before = |n: usize| answer.rows[n].compare.as_ref().unwrap()["count"].clone();
    assert_eq!([before(0), before(1), before(2)], [json!(1), json!(0), json!(0)]);
    assert_eq!(answer.totals["compare"]["entered"], 1);
    let nobody = ask(world, site, ("2026-10-01", "2026-10-02"), &[], ReportArgs::default()).await.unwrap();
    assert_eq!(written(&nobody)[3..], ["purchase: 0 null null null", "total: 0 0 null null"]);
}

/// A visitor's steps over days: within the window of the first one that leads furthest, on certain pages where they say so.
pub(super) async fn visitors_take_days(world: &World) {
    let site = site_in(world, 501, "Europe/Berlin");
    let visits = [
        visit(1, 1, 600, "DE"),
        visit(2, 1, 600 + 1_440, "FR"),
        visit(3, 1, 600 + 2 * 1_440, "FR"),
        visit(4, 2, 600, "DE"),
    ];
    let page = |path| Step { name: "page_view", path, ..step(4, 601, 12, "") };
    let steps = [
        step(1, 600, 1, "view_item"),
        step(2, 600 + 1_440, 2, "view_item"),
        step(3, 599 + 2 * 1_440, 3, "add_to_cart"),
        step(3, 600 + 2 * 1_440, 4, "purchase"),
        Step { lsn: 10, ..page("/p/50%_off") },
        Step { lsn: 11, at: START + 602 * MINUTE, ..page("/p/50xyoff") },
        Step { lsn: 12, at: START + 603 * MINUTE, ..page("/cart/1") },
    ];
    write(world, &site, &visits, &steps).await;
    let days = ("2026-11-20", "2026-11-22");
    let lines = async |own: &[(&str, &str)]| {
        written(&ask(world, &site, days, own, ReportArgs::default()).await.unwrap())
    };
    let shop = ("steps", "view_item,add_to_cart,purchase");
    let one_visit = ["view_item: 2 null null 1", "add_to_cart: 0 1 null 0", "purchase: 0 null null 0"];
    assert_eq!(lines(&[shop]).await[..3], one_visit);
    // Two days to the minute, by the first view; within a day only the second leads to the end.
    assert_eq!(lines(&[shop, ("window", "2d")]).await[0], "view_item: 1 null 172740 1");
    let within_a_day = lines(&[shop, ("window", "1d"), ("breakdown", "country")]).await;
    assert_eq!(within_a_day[0], "DE view_item: 1 null 86340 1");
    assert_eq!(within_a_day[2..], ["DE purchase: 1 0 null 1", "total: 1 1 86400 1"]);
    let pages = lines(&[("steps", "page_view,page_view:/p/50%_off*,page_view:/cart/*")]).await;
    assert_eq!(pages[..2], ["page_view: 1 null null 1", "page_view:/p/50%_off*: 0 1 null 0"]);
    let pages = lines(&[("steps", "page_view:/p/50%_off*,page_view,page_view:/cart/*")]).await;
    assert_eq!(pages.last().unwrap(), "total: 1 1 120 1");
}

pub(super) async fn what_is_wrong_is_named(shop: &Shop<'_>) {
    let days = (crate::FROM, crate::TO);
    let long = "a,".repeat(10) + "a";
    for (name, value, field, code) in [
        ("steps", "view_item", "steps", "out_of_range"),
        ("steps", &long, "steps", "out_of_range"),
        ("steps", "view_item,Kauf!", "steps[1]", "invalid_name"),
        ("steps", "view_item,page_view:cart", "steps[1]", "invalid_page"),
        ("window", "7", "window", "unknown_name"),
        ("window", "0d", "window", "unknown_name"),
        ("window", "396d", "window", "unknown_name"),
        ("breakdown", "colour", "breakdown", "unknown_name"),
        ("breakdown", "page", "breakdown", "not_by_dimension"),
        ("breakdown", "time:day", "breakdown", "not_by_dimension"),
        ("step", "a,b", "step", "unknown_field"),
    ] {
        let said = ask(shop.world, &shop.site, days, &[(name, value)], ReportArgs::default()).await;
        assert_eq!(refused(said), (field.to_owned(), code), "{name}={value}");
    }
    let by_page = ReportArgs { filters: Some(json!(["is", "page", ["/"]])), ..ReportArgs::default() };
    let said = ask(shop.world, &shop.site, days, &[], by_page).await;
    assert_eq!(refused(said), ("filters".to_owned(), "not_by_dimension"));
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

const NAMES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// Of everybody's beginnings the first that comes furthest: every beginning is tried.
fn furthest(events: &[Step<'_>], steps: &[&str], window: i64) -> Vec<i64> {
    let mut best = Vec::new();
    for (n, first) in events.iter().enumerate().filter(|(_, event)| event.name == steps[0]) {
        let mut times = vec![first.at];
        for event in &events[n + 1..] {
            if steps.get(times.len()) == Some(&event.name) && event.at - first.at <= window {
                times.push(event.at);
            }
        }
        if times.len() > best.len() {
            best = times;
        }
    }
    best
}

fn median(mut times: Vec<i64>) -> Value {
    times.sort_unstable();
    let n = times.len();
    if n == 0 { Value::Null } else { json!((times[(n - 1) / 2] + times[n / 2]) as f64 / 2_000.0) }
}

fn lines(value: &str, ways: &[Vec<i64>], steps: &[&str]) -> Vec<String> {
    let took = |n: usize| ways.iter().filter(|way| way.len() > n).count();
    let share = |part: usize, whole: usize| {
        if whole == 0 { Value::Null } else { json!(part as f64 / whole as f64) }
    };
    let line = |(n, step): (usize, &&str)| {
        let drop = if n == 0 { Value::Null } else { share(took(n - 1) - took(n), took(n - 1)) };
        let times = ways.iter().filter(|way| way.len() > n + 1).map(|way| way[n + 1] - way[n]);
        let figures = [drop, median(times.collect()), share(took(n), took(0))];
        let figures: Vec<_> = figures.iter().map(figure).collect();
        format!("{value} {step}: {} {}", took(n), figures.join(" "))
    };
    steps.iter().enumerate().map(line).collect()
}

/// Random visits, with many ties, windows and repeated steps, against every beginning tried one by one.
pub(super) async fn random_visits_are_walked_as_by_hand(world: &World) {
    let dice = &mut Dice(20_261_123);
    for story in 0..24 {
        let site = site_in(world, 510 + story, "Europe/Berlin");
        let span = [6, 60, 5_000][story as usize % 3];
        let mut visits = Vec::new();
        for session in 1..=(3 + dice.below(20)) {
            let at = START + DAY - 2 * span + dice.below(4 * span.unsigned_abs()).cast_signed();
            let country = ["DE", "FR"][dice.below(2) as usize];
            visits.push(Visit { session, visitor: 1 + session % 5, at, country, bot: dice.below(8) == 0 });
        }
        let mut events = Vec::new();
        for lsn in 0..(5 + dice.below(200)) {
            let visit = visits[dice.below(visits.len() as u64) as usize];
            let at = visit.at + dice.below(span.unsigned_abs()).cast_signed();
            let name = NAMES[dice.below(4) as usize];
            let seq = dice.below(3) as u32;
            events.push(Step { session: visit.session, at, seq, lsn: 1_000 - lsn, name, path: "/" });
        }
        write(world, &site, &visits, &events).await;
        let count = 2 + dice.below(4) as usize;
        let steps: Vec<_> = (0..count).map(|_| NAMES[dice.below(3) as usize]).collect();
        for (by_visitor, window) in [(false, i64::MAX), (true, DAY)] {
            compare(world, &site, (&visits, &events), &steps, (by_visitor, window)).await;
        }
    }
}

async fn compare(
    world: &World,
    site: &Site,
    (visits, events): (&[Visit], &[Step<'_>]),
    steps: &[&str],
    (by_visitor, window): (bool, i64),
) {
    let counted: BTreeMap<u64, &Visit> = visits
        .iter()
        .filter(|visit| !visit.bot && (START..START + DAY).contains(&visit.at))
        .map(|visit| (visit.session, visit))
        .collect();
    let mut units: BTreeMap<u64, Vec<Step<'_>>> = BTreeMap::new();
    for event in events {
        let Some(visit) = counted.get(&event.session) else { continue };
        units.entry(if by_visitor { visit.visitor } else { visit.session }).or_default().push(*event);
    }
    let mut ways: BTreeMap<&str, Vec<Vec<i64>>> = BTreeMap::new();
    for unit in units.values_mut() {
        unit.sort_by_key(|event| (event.at, event.seq, event.lsn));
        let Some(first) = unit.iter().find(|event| event.name == steps[0]) else { continue };
        ways.entry(counted[&first.session].country).or_default().push(furthest(unit, steps, window));
    }
    let text = steps.join(",");
    let own =
        [("steps", &*text), ("breakdown", "country"), ("window", if by_visitor { "1d" } else { "session" })];
    let answer = ask(world, site, ("2026-11-20", "2026-11-20"), &own, ReportArgs::default()).await.unwrap();
    let told = written(&answer);
    let wanted: BTreeSet<_> = ways.iter().flat_map(|(value, ways)| lines(value, ways, steps)).collect();
    let (total, told) = told.split_last().unwrap();
    assert_eq!(told.iter().cloned().collect::<BTreeSet<_>>(), wanted, "{steps:?} {by_visitor} {events:?}");
    let entered: usize = ways.values().map(Vec::len).sum();
    assert_eq!(answer.totals["entered"], entered, "{total}");
}

/// Who took a step in the last half hour, with all steps of their visit; beside it the same minutes of the weeks before,
/// of which the site knows three.
pub(super) async fn the_last_half_hour_stands_beside_usual_ones(world: &World) {
    const WEEK: i64 = 7 * DAY;
    let site = site_in(world, 540, "Europe/Berlin");
    let now = world.deps.clock.now_ms();
    let (mut visits, mut steps) = (Vec::new(), Vec::new());
    // So many look each week, the nearest first, and one of them orders.
    for (week, looks) in [(0_u64, 3), (1, 2), (2, 6), (3, 10)] {
        for n in 0..looks {
            let session = 100 * (week + 1) + n;
            let at = now - week.cast_signed() * WEEK - 40 * MINUTE;
            visits.push(Visit { session, visitor: session, at, country: "DE", bot: false });
            let step = |minutes: i64, name| {
                let at = at + minutes * MINUTE;
                Step { session, at, seq: 0, lsn: session * 10 + minutes.unsigned_abs(), name, path: "/" }
            };
            steps.push(step(0, "view_item"));
            steps.push(step(12, "add_to_cart"));
            if n == 0 {
                steps.extend([step(20, "begin_checkout"), step(25, "purchase"), step(41, "view_item")]);
            }
        }
    }
    // Somebody whose last step is half an hour ago, and the site's first event.
    for (session, at) in [(1, now - 31 * MINUTE), (2, now - 4 * WEEK)] {
        visits.push(Visit { session, visitor: session, at, country: "DE", bot: false });
        steps.push(Step { session, at, seq: 0, lsn: session, name: "view_item", path: "/" });
    }
    write(world, &site, &visits, &steps).await;
    let args = ReportArgs::default();
    let answer = report(&world.deps, MODULES, &site, "funnel_live", &args).await.unwrap();
    assert_eq!(
        written(&answer),
        [
            "view_item: 3 null 720 1",
            "add_to_cart: 3 0 480 1",
            "begin_checkout: 1 0.667 300 0.333",
            "purchase: 1 0 null 0.333",
            "total: 1 3 1500 0.333"
        ]
    );
    let before: Vec<_> =
        answer.rows.iter().map(|row| row.compare.clone().unwrap()["count"].clone()).collect();
    assert_eq!(before, [json!(6.0), json!(6.0), json!(1.0), json!(1.0)]);
    assert_eq!(answer.totals["compare"]["entered"], 6.0);
    let compared = ReportArgs { compare: Some(Compare::Previous), ..args };
    let said = report(&world.deps, MODULES, &site, "funnel_live", &compared).await;
    assert_eq!(refused(said), ("compare".to_owned(), "not_for_report"));
}
