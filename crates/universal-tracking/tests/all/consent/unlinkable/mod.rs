//! A cookieless visitor of three days, after two rotations of the salts: whoever reads every table and every file, and
//! holds every secret, does not see that it was one, nor whether somebody whose address and browser they know was there.
//!
//! What they do see is what is kept of many: place, browser, system, kind of device, language and screen. Nothing that
//! one visitor alone has comes back on another day.

mod attack;
mod evidence;

use crate::binary;
use attack::{Attacker, likeness};
use evidence::{Files, Row, tables};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use tempfile::TempDir;
use ut_core::Clock;
use ut_testkit::moved::MovedClock;
use ut_testkit::server::{Server, Shop, event};

/// Noon in Berlin, 2026-11-20. Salts rotate at four in the morning.
const FIRST: i64 = 1_795_172_400_000;
const DAY: i64 = 86_400_000;
const DAYS: usize = 3;
/// The visitor, and others of whom the same is kept: person, network, host in it.
const TARGET: (&str, [u8; 3], u8) = ("the target", [198, 51, 100], 77);
const OTHERS: [(&str, [u8; 3], u8); 3] =
    [("ann", [203, 0, 113], 5), ("ben", [192, 0, 2], 9), ("eve", [198, 18, 7], 77)];
/// How long something took, in milliseconds, is not what a visitor has but what a machine did. And twelve random bits of an
/// event's id recur by chance: the id is compared as a whole.
const MEASURED: [&str; 3] = ["delay_ms", "received_at", "id_high"];
/// What is one visitor's on one day.
const IDS: [&str; 4] = ["visitor", "session", "page_view", "id"];

/// The ids of the events that a person sends on a day.
type Sent = HashSet<String>;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_everything_does_not_know_a_visitor_again() {
    let (dir, base) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let clock = MovedClock::build(base.path(), FIRST);
    let shop = Shop::open(&binary(), dir.path());
    let environment = clock.environment();
    let mut environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    environment.push(("TRUSTED_PROXIES", "loopback"));
    let server = shop.serve_with(&environment);
    let data = Server::data_dir(dir.path());
    let mut sent: Vec<Sent> = Vec::new();
    let mut salts = Vec::new();
    for day in 0..DAYS {
        clock.set(FIRST + day as i64 * DAY);
        for other in OTHERS {
            visit(&shop, &server, &clock, other).await;
        }
        sent.push(visit(&shop, &server, &clock, TARGET).await);
        salts.push(newest_salts(&data, day));
        shop.settled(&server).await;
    }
    server.stop();

    let files = Files::read(&data);
    let tables = tables(&data);
    let of_days = the_targets(&tables["events"], &sent);
    no_id_comes_back(&of_days);
    nothing_particular_comes_back(&tables, &of_days);
    salts_are_destroyed(&files, &salts);
    the_attack_fails_on_the_first_day_only(&files, &of_days, &salts);
    neither_address_nor_browser_is_kept(&files, &tables);
}

/// A visit of some events, a heartbeat and a join token, as of everybody else on that day.
async fn visit(
    shop: &Shop,
    server: &Server,
    clock: &MovedClock,
    (person, [a, b, c], d): (&str, [u8; 3], u8),
) -> Sent {
    let now = clock.now_ms();
    let mut events: Vec<Value> = [("page_view", "/"), ("page_view", "/p/1"), ("view_item", "/p/1")]
        .map(|(name, path)| event(name, &format!("https://shop.example{path}")))
        .into();
    for (place, event) in events.iter_mut().enumerate() {
        event["ts"] = json!(now - 3_000 + place as i64 * 1_000);
    }
    let mut batch = ut_testkit::server::batch(&shop.key, &events);
    batch["sent_at"] = json!(now);
    let page =
        json!({ "site": shop.key, "url": "https://shop.example/p/1", "page_view": events[1]["page_view"] });
    let asked = json!({ "site": shop.key });
    for (path, body, status) in [("/ut/e", &batch, 202), ("/ut/p", &page, 204), ("/ut/j", &asked, 200)] {
        let request = shop.post(server, path, person).header("x-forwarded-for", format!("{a}.{b}.{c}.{d}"));
        let answer = request.body(body.to_string()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}: {}", answer.text().await.unwrap());
    }
    events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

/// The two keys of the newest salts: slots of 128 bytes, two a site, by the parity of the day; site, day, and the keys.
fn newest_salts(data: &Path, day: usize) -> [[u8; 32]; 2] {
    let file = std::fs::read(data.join("salts")).unwrap();
    let slots = file.chunks(128).filter(|slot| slot[..4] == 1_u32.to_le_bytes());
    let newest = slots.max_by_key(|slot| i32::from_le_bytes(slot[4..8].try_into().unwrap())).unwrap();
    assert_eq!(newest[4..8], (20_777_i32 + day as i32).to_le_bytes(), "the day, counted from 1970");
    [newest[8..40].try_into().unwrap(), newest[40..72].try_into().unwrap()]
}

/// The target's rows of `events`, by day.
fn the_targets<'a>(events: &'a [Row], sent: &[Sent]) -> Vec<Vec<&'a Row>> {
    let of = |sent: &Sent| events.iter().filter(|row| sent.contains(row["id"].as_str().unwrap())).collect();
    let days: Vec<Vec<&Row>> = sent.iter().map(of).collect();
    assert!(days.iter().all(|rows| rows.len() == 3), "{days:?}");
    days
}

/// The values of a column of some rows.
fn values(rows: &[&Row], column: &str) -> HashSet<String> {
    rows.iter().filter_map(|row| row.get(column)).map(ToString::to_string).collect()
}

fn no_id_comes_back(days: &[Vec<&Row>]) {
    for column in IDS {
        let sets: Vec<_> = days.iter().map(|rows| values(rows, column)).collect();
        let all: HashSet<_> = sets.iter().flatten().collect();
        assert!(!sets.iter().any(HashSet::is_empty), "{column}: {days:?}");
        let count: usize = sets.iter().map(HashSet::len).sum();
        assert_eq!(all.len(), count, "{column} comes back: {sets:?}");
    }
    let visitors: Vec<_> = days.iter().map(|rows| values(rows, "visitor").len()).collect();
    assert_eq!(visitors, [1; DAYS], "on its own day it is one visitor");
}

/// In every table: what is the same on two days of the target is so of somebody else, too.
fn nothing_particular_comes_back(tables: &BTreeMap<String, Vec<Row>>, days: &[Vec<&Row>]) {
    let mut compared = 0;
    for (table, rows) in tables {
        let whose = |row: &Row| {
            let is = |day: &[&Row]| {
                ["visitor", "session"]
                    .iter()
                    .any(|id| row.get(*id).is_some_and(|value| values(day, id).contains(&value.to_string())))
            };
            days.iter().position(|day| is(day))
        };
        let mut own: [Vec<&Row>; DAYS] = Default::default();
        let mut others = Vec::new();
        for row in rows {
            whose(row).map_or(&mut others, |day| &mut own[day]).push(row);
        }
        for column in own.iter().flatten().flat_map(|row| row.keys()).collect::<HashSet<_>>() {
            let shared = values(&others, column);
            let mut known = HashSet::new();
            for value in own.iter().flat_map(|rows| values(rows, column)) {
                let again = !known.insert(value.clone()) && !MEASURED.contains(&column.as_str());
                assert!(!again || shared.contains(&value), "{table}.{column} tells who it is: {value}");
            }
            compared += 1;
        }
    }
    assert!(compared > 80, "{compared} columns");
}

fn salts_are_destroyed(files: &Files, salts: &[[[u8; 32]; 2]]) {
    let held = |keys: &[[u8; 32]; 2]| files.holding(&keys.map(Vec::from)).count();
    assert_eq!(salts.iter().map(held).collect::<Vec<_>>(), [0, 2, 2], "both keys of the first day are gone");
}

/// Who holds a salt knows whom they look for: that is why it is destroyed.
fn the_attack_fails_on_the_first_day_only(files: &Files, days: &[Vec<&Row>], salts: &[[[u8; 32]; 2]]) {
    let attacker = Attacker::new(files, likeness(&TARGET.1, &ut_testkit::browser(TARGET.0)));
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap();
    let stored = |day: usize| days[day].iter().map(|row| number(&row["visitor"])).collect::<HashSet<_>>();
    for (day, [salt, _]) in salts.iter().enumerate() {
        assert!(
            stored(day).contains(&attacker.visitor(salt)),
            "with the salt of day {day}, this is the hash"
        );
    }
    let (found, tried) = attacker.identifies(&stored(0));
    println!("{tried} keys in {} files were tried on the first day", files.iter().count());
    assert_eq!(found, None);
    assert!(tried > 10_000, "{tried} keys");
    for day in [1, 2] {
        let (found, _) = attacker.identifies(&stored(day));
        assert!(found.as_ref().is_some_and(|place| place.starts_with("salts at ")), "day {day}: {found:?}");
    }
}

fn neither_address_nor_browser_is_kept(files: &Files, tables: &BTreeMap<String, Vec<Row>>) {
    let (person, [a, b, c], d) = TARGET;
    let agent = ut_testkit::browser(person);
    let build = agent.split_once("Chrome/142.0").unwrap().1.split(' ').next().unwrap();
    let text = [format!("{a}.{b}.{c}"), format!("{a:02x}{b:02x}{c:02x}"), build.to_owned(), agent.clone()];
    let bytes = [vec![a, b, c, d], vec![a, b, c, 0], vec![d, c, b, a], likeness(&TARGET.1, &agent).to_vec()];
    let forms: Vec<_> = text.iter().map(|text| text.clone().into_bytes()).chain(bytes).collect();
    assert_eq!(files.holding(&forms).collect::<Vec<_>>(), Vec::<String>::new());
    // Columns are compressed in their files.
    for (table, row) in tables.iter().flat_map(|(table, rows)| rows.iter().map(move |row| (table, row))) {
        let row = Value::from(row.clone()).to_string();
        assert!(!text.iter().any(|form| row.contains(form)), "{table}: {row}");
    }
    assert!(files.holding(&[b"shop.example".to_vec()]).count() > 0, "what is looked for would be found");
}
