//! A thousand random visitor histories, over a change of clocks and four salt days: every report says what the oracle
//! says, who computes it from the definitions by looking at everything.

use crate::MINUTE;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::collections::BTreeMap;
use ut_core::EventId;
use ut_core::event::{Draft, Engagement, EventName, Received};
use ut_testkit::oracle::{Expected, Fact, Headline, Kind, Oracle};
use ut_testkit::world::World;

/// 2027-03-27 00:00 in Berlin; a day later clocks go forward.
const BEGIN: i64 = 1_805_929_200_000;
const HOUR: i64 = 60 * MINUTE;
const PERSONS: u32 = 1_000;
/// Requests that are appended together.
const TOGETHER: usize = 64;
const PAGES: [&str; 7] = ["/", "/p/1", "/p/2", "/p/3", "/cart", "/checkout", "/about"];

/// What the address and the referrer of a landing say, and who sent the visitor then.
const LANDINGS: [(&str, &str, Option<&str>); 7] = [
    ("", "", None),
    ("", "https://shop.example/p/1", None),
    ("", "https://www.paypal.com/checkoutnow", None),
    ("?utm_source=newsletter&utm_medium=email&utm_campaign=spring", "", Some("newsletter")),
    ("?utm_source=partner&utm_medium=affiliate", "https://www.google.com/", Some("partner")),
    ("", "https://www.google.com/", Some("google")),
    ("", "https://blog.example.org/best-shops", Some("blog.example.org")),
];

/// Silences within a history: around the timeout, a night, and what is usual.
const SILENCES: [i64; 9] = [
    30 * MINUTE - 1,
    30 * MINUTE,
    30 * MINUTE + 1,
    30 * MINUTE - 1_000,
    30 * MINUTE + 1_000,
    45 * MINUTE,
    3 * HOUR,
    9 * HOUR,
    25 * HOUR,
];

/// SplitMix64 (Steele, Lea, Flood 2014): the same histories at every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below((to - from) as u64) as i64
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// What happened, and the URL and referrer the sender says.
#[derive(Clone)]
struct Told {
    fact: Fact,
    query: &'static str,
    referrer: &'static str,
}

/// The events of one person, with the times at which they reach the door.
fn history(person: u32, random: &mut Random) -> Vec<Told> {
    let mut at = BEGIN + random.between(0, 60 * HOUR);
    let mut told: Vec<Told> = Vec::new();
    for _ in 0..=random.below(3) {
        let mut landing = LANDINGS[random.below(LANDINGS.len() as u64) as usize];
        let mut view = None;
        for step in 0..=random.below(5) {
            let kind = match random.below(10) {
                _ if step == 0 && !random.one_in(20) => Kind::PageView,
                0..=4 => Kind::PageView,
                5..=7 => Kind::Engagement(random.below(90_000) as u32),
                8 if random.one_in(2) => Kind::AddToCart,
                _ => Kind::Other,
            };
            if kind == Kind::PageView && random.one_in(6) {
                // They come back by another link.
                landing = LANDINGS[random.below(LANDINGS.len() as u64) as usize];
            }
            if kind == Kind::PageView {
                view = Some(u128::from(random.next()) << 64 | u128::from(random.next()));
            }
            // Every page view of a visit says what its landing says, as a browser does that keeps its referrer.
            let (query, referrer, source) = landing;
            let source = source.filter(|_| kind == Kind::PageView);
            let id = u128::from(random.next()) << 64 | u128::from(random.next());
            let page = PAGES[random.below(PAGES.len() as u64) as usize].to_owned();
            let received_at = at + delay(random);
            let fact = Fact { id, received_at, at, person, kind, page, view, source };
            told.push(Told { fact, query, referrer });
            at += random.between(1, 8 * MINUTE);
        }
        at += SILENCES[random.below(SILENCES.len() as u64) as usize];
    }
    // Some are sent again: the answer was lost.
    let again: Vec<_> = told.iter().filter(|_| random.one_in(15)).cloned().collect();
    told.extend(again.into_iter().map(|mut told| {
        told.fact.received_at += 1 + delay(random);
        told
    }));
    told
}

/// Most events arrive at once, some wait for a network, a few for the next morning.
fn delay(random: &mut Random) -> i64 {
    match random.below(20) {
        0..=15 => 0,
        16..=18 => random.between(1, 25 * MINUTE),
        _ => random.between(HOUR, 20 * HOUR),
    }
}

pub(super) async fn reports_are_those_of_the_oracle(world: &mut World) {
    world.second_site("shop.example.org", "Europe/Berlin").await;
    let mut random = Random(20_270_327);
    let mut told: Vec<Told> = (0..PERSONS).flat_map(|person| history(person, &mut random)).collect();
    told.sort_by_key(|told| told.fact.received_at);
    let (mut settled, mut waiting) = (0, Vec::new());
    for requests in
        told.chunk_by(|a, b| a.fact.received_at == b.fact.received_at && a.fact.person == b.fact.person)
    {
        let received_at = requests[0].fact.received_at;
        // Sealed identities must be read while their keys live.
        if received_at - settled > 12 * HOUR || waiting.len() == TOGETHER {
            append(world, std::mem::take(&mut waiting)).await;
        }
        if received_at - settled > 12 * HOUR {
            world.settled().await;
            settled = received_at;
        }
        world.clock.set(received_at);
        let drafts = requests.iter().map(draft).collect();
        waiting.push(world.record(&requests[0].fact.person.to_string(), drafts).await);
    }
    append(world, waiting).await;
    world.settled().await;
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let facts: Vec<_> = told.into_iter().map(|told| told.fact).collect();
    let expected = Oracle { zone, timeout: 30 * MINUTE }.expects(&facts);
    assert!(expected.total.sessions > 1_500 && expected.duplicates > 300, "{:?}", expected.total);
    compare(world, &expected).await;
}

/// Appends requests in their order, in the same few syncs.
async fn append(world: &World, requests: Vec<Received>) {
    futures_util::future::join_all(requests.into_iter().map(|request| world.append(request))).await;
}

fn draft(told: &Told) -> Draft {
    let fact = &told.fact;
    let name = match fact.kind {
        Kind::PageView => "page_view",
        Kind::Engagement(_) => "engagement",
        Kind::AddToCart => "add_to_cart",
        Kind::Other => "video_play",
    };
    let engagement = match fact.kind {
        Kind::Engagement(engaged_ms) => Some(Engagement { engaged_ms, scroll_pct: 10 }),
        _ => None,
    };
    let query = if fact.kind == Kind::PageView { told.query } else { "" };
    Draft {
        url: format!("https://shop.example.org{}{query}", fact.page),
        referrer: told.referrer.replace("shop.example/", "shop.example.org/"),
        page_view: fact.view.map(EventId::from_u128),
        engagement,
        ..Draft::new(EventId::from_u128(fact.id), EventName::parse(name).unwrap(), fact.at)
    }
}

async fn compare(world: &World, expected: &Expected) {
    let overview = world.report("overview").await;
    same("everything", &overview.totals, &expected.total);
    let mut days: BTreeMap<String, &Headline> =
        expected.days.iter().map(|(date, headline)| (date.to_string(), headline)).collect();
    for row in &overview.rows {
        let date = row.dimensions["time:day"].as_str().unwrap();
        same(date, &row.metrics, days.remove(date).unwrap_or(&Headline::default()));
    }
    assert!(days.is_empty(), "days without a line: {days:?}");
    let pages = lines(world, "pages", "page", &["visitors", "page_views"]).await;
    let expected_pages =
        expected.pages.iter().map(|(page, (visitors, views))| (page.clone(), vec![*visitors, *views]));
    assert_eq!(pages, expected_pages.collect());
    for (report, dimension, expected) in [
        ("entry_pages", "entry_page", &expected.entries),
        ("exit_pages", "exit_page", &expected.exits),
        ("sources", "source", &expected.sources),
    ] {
        let lines = lines(world, report, dimension, &["sessions"]).await;
        let named =
            |name: &str| if name.is_empty() && dimension == "source" { "(direct)" } else { name }.to_owned();
        // A session without a page view has neither entry nor exit; one without a source is direct.
        let shown = |(name, _): &(&String, &u64)| dimension == "source" || !name.is_empty();
        let expected: BTreeMap<_, _> =
            expected.iter().filter(shown).map(|(name, sessions)| (named(name), vec![*sessions])).collect();
        assert_eq!(lines, expected, "{report}");
    }
}

fn same(what: &str, metrics: &serde_json::Map<String, Value>, expected: &Headline) {
    for (name, expected) in [
        ("visitors", expected.visitors),
        ("sessions", expected.sessions),
        ("page_views", expected.page_views),
        ("events", expected.events),
    ] {
        assert_eq!(metrics[name].as_u64(), Some(expected), "{what}: {name} of {metrics:?}");
    }
    let sessions = expected.sessions as f64;
    for (name, expected) in [
        ("bounce_rate", expected.bounces as f64 / sessions),
        ("engaged_time_s", expected.engaged_ms as f64 / 1000.0 / sessions),
        ("session_duration_s", expected.duration_ms as f64 / 1000.0 / sessions),
    ] {
        let near = metrics[name].as_f64().map_or(sessions == 0.0, |got| (got - expected).abs() < 1e-6);
        assert!(near, "{what}: {name} is {}, not {expected}", metrics[name]);
    }
}

/// A report's lines by its dimension, with some of its metrics.
async fn lines(world: &World, report: &str, dimension: &str, metrics: &[&str]) -> BTreeMap<String, Vec<u64>> {
    let answer = world.report(report).await;
    let line = |row: &ut_tracking::query::AnswerRow| {
        let name = row.dimensions[dimension].as_str().unwrap_or_default().to_owned();
        (name, metrics.iter().map(|metric| row.metrics[*metric].as_u64().unwrap()).collect())
    };
    answer.rows.iter().map(line).collect()
}
