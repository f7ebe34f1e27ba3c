//! A person asks what is kept of them, and to be forgotten; a back-up from before is put back.

pub(crate) mod stores;

use super::browser::Browser;
use crate::binary;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashSet;
use std::io::Read;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, event, now_ms, page_view, run};
use uuid::Uuid;

const STORY: &str = "consent::erasure::who_was_forgotten_is_gone_also_from_stores_that_are_put_back";
const SETTINGS: &[(&str, &str)] = &[("TRUSTED_PROXIES", "127.0.0.1"), ("LOG_LEVEL", "debug")];
const DAY_MS: i64 = 24 * 3_600_000;

/// A person and what the shop tells of them.
struct Person {
    name: &'static str,
    address: &'static str,
    email: &'static str,
    phone: &'static str,
    customer: &'static str,
}

const ANN: Person = Person {
    name: "Annelotte",
    address: "203.0.113.77",
    email: "annelotte@post.example",
    phone: "+49 30 5550177",
    customer: "kunde-4711-ann",
};
const BOB: Person = Person {
    name: "Bartholomew",
    address: "198.51.100.42",
    email: "bartholomew@post.example",
    phone: "+49 30 5550188",
    customer: "kunde-0815-bob",
};

#[tokio::test(flavor = "multi_thread")]
async fn who_was_forgotten_is_gone_also_from_stores_that_are_put_back() {
    if stores::is_a_task().await {
        return;
    }
    let (dir, copies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (data, backup) = (Server::data_dir(dir.path()), copies.path().join("before"));
    let shop = Shop::open(&binary(), dir.path());
    let server = shop.serve_with(SETTINGS);
    shop.settled(&server).await;
    server.stop();
    stores::without_compression(STORY, &data);
    let server = shop.serve_with(SETTINGS);
    let (mut ann, sent) = visit(&shop, &server, &ANN).await;
    let (bob, _) = visit(&shop, &server, &BOB).await;
    shop.settled(&server).await;
    in_reports(&shop, &server, 2).await;
    let before = totals(&shop, &server).await;
    let to = backup.to_str().unwrap();
    let done = run(&binary(), dir.path(), &["backup", "--to", to]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    // Everything the visits wrote is in the archive, and nothing of anybody else.
    let asked = json!({ "site": "1", "email": ANN.email.to_uppercase() });
    let archive = export(&shop, &server, &asked, copies.path()).await;
    let keys = contains_all(&archive, &sent);
    let needles = needles(&ANN, &ann, &keys);
    let errors = server.errors();
    server.kill();
    // The search finds what is there.
    let there = stores::holding(&data, &needles);
    assert!(there.iter().any(|hit| hit.contains("olap") && hit.ends_with("visitor of history")), "{there:?}");
    assert!(there.iter().any(|hit| hit.contains("main.sqlite") && hit.ends_with("cookie")), "{there:?}");
    assert!(!errors.contains(ANN.email) && !errors.contains(&cookie(&ann)), "log lines name nobody");

    let server = shop.serve_with(SETTINGS);
    let taken = ask(&shop, &server, "erase", &json!({ "site": "1", "external_id": ANN.customer })).await;
    assert_eq!(taken, json!({ "id": 1, "status": "waiting" }));
    // What was answered is carried out, whatever becomes of the server.
    server.kill();
    let server = shop.serve_with(SETTINGS);
    done_soon(&shop, &server).await;
    assert_eq!(totals(&shop, &server).await, before, "sums stay");
    let found = ask(&shop, &server, "find", &json!({ "site": "1", "visitor": cookie(&ann) })).await;
    let nothing = json!({ "visitors": 1, "events": 0, "sessions": 0, "first": null, "last": null, "personal": [], "receipts": 0 });
    assert_eq!(found, nothing);
    stays_forgotten(&shop, &server, &mut ann).await;
    server.kill();
    gone(&data, &needles, &bob);

    // Stores from before know nothing of it; the journal does.
    let restored = run(&binary(), dir.path(), &["restore", "--from", to, "--replace"]);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    assert!(!stores::holding(&data, &needles).is_empty(), "the back-up has brought them back");
    let server = shop.serve_with(SETTINGS);
    done_soon(&shop, &server).await;
    assert_eq!(totals(&shop, &server).await, before, "sums stay");
    let verdict = shop.get(&server, "/api/v1/consents/verify?site=1").await;
    assert!(verdict.contains("\"ok\":true"), "receipts are whole: {verdict}");
    server.kill();
    gone(&data, &needles, &bob);
}

/// Everything a visit can write: events before and after consent, a late one, engagement, web vitals, presence, receipts
/// and what the shop tells. Returns the browser, and the ids of the events.
async fn visit<'a>(shop: &'a Shop, server: &Server, person: &Person) -> (Browser<'a>, HashSet<String>) {
    let mut browser = Browser::new(shop, person.name).at(person.address);
    let mut sent = HashSet::new();
    let mut events = vec![page_view("/before")];
    send(shop, server, &mut browser, &events, &mut sent).await;
    let seed = Uuid::new_v4();
    let consent = json!({ "analytics": true, "marketing": true, "policy_version": "2026-11" });
    let body = json!({ "site": shop.key, "consent": consent, "ids": { "seed": seed } });
    assert_eq!(browser.send(server, "/ut/consent", &body).await.0, 200);
    let view = page_view("/p/1?utm_source=news");
    let mut engaged = event("engagement", "https://shop.example/p/1");
    (engaged["page_view"], engaged["engagement_ms"]) = (view["page_view"].clone(), json!(1));
    let mut vital = event("web_vital", "https://shop.example/p/1");
    vital["page_view"] = view["page_view"].clone();
    let measured = json!({ "metric": "LCP", "metric_id": format!("v5-{}", person.name), "value": 1234,
        "navigation_type": "navigate", "attribution": { "target": "#hero" } });
    vital.as_object_mut().unwrap().extend(measured.as_object().unwrap().clone());
    let mut custom = event("gift_wrapped", "https://shop.example/p/1");
    custom["props"] = json!({ "paper": format!("for-{}", person.customer) });
    custom["items"] = json!([{ "item_id": "42", "item_name": "Cup", "price": "5.90", "engraving": person.customer },
        { "item_id": "43", "quantity": 2 }]);
    let mut late = page_view("/days/ago");
    late["ts"] = json!(now_ms() - 2 * DAY_MS);
    let mut order = event("purchase", "https://shop.example/thanks");
    let said = json!({ "transaction_id": format!("order of {}", person.name.len()), "value": "10.00", "currency": "EUR" });
    order.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
    events = vec![view, engaged, custom, late, order];
    send(shop, server, &mut browser, &events, &mut sent).await;
    // What was measured has a table of its own.
    send(shop, server, &mut browser, &[vital], &mut HashSet::new()).await;
    let beat = json!({ "site": shop.key, "url": "https://shop.example/p/1" });
    assert_eq!(browser.send(server, "/ut/p", &beat).await.0, 204);
    let mut mac = Hmac::<Sha256>::new_from_slice(shop.secret.as_bytes()).unwrap();
    mac.update(person.customer.as_bytes());
    let user = json!({ "email": person.email, "phone": person.phone, "first_name": person.name,
        "external_id": person.customer, "proof": hex::encode(mac.finalize().into_bytes()) });
    let (status, told) = browser
        .send(server, "/ut/i", &json!({ "site": shop.key, "ids": { "seed": seed }, "user": user }))
        .await;
    assert_eq!((status, &told["joined"], &told["left_out"]), (200, &json!(true), &json!([])), "{told}");
    (browser, sent)
}

async fn send(
    shop: &Shop,
    server: &Server,
    browser: &mut Browser<'_>,
    events: &[Value],
    sent: &mut HashSet<String>,
) {
    let (status, answer) = browser.send(server, "/ut/e", &super::browser::batch(&shop.key, events)).await;
    assert_eq!((status, &answer["accepted"]), (202, &json!(events.len())), "{answer}");
    sent.extend(events.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
}

/// What reports say: numbers, and by what they are broken down.
async fn totals(shop: &Shop, server: &Server) -> Vec<Value> {
    let metrics = [
        "visitors",
        "sessions",
        "page_views",
        "events",
        "bounce_rate",
        "engaged_time_s",
        "session_duration_s",
    ];
    let mut totals = Vec::new();
    for dimension in ["page", "country", "source", "entry_page", "browser", "identity"] {
        let answer = shop.query(server, &metrics[..4], &[dimension]).await;
        totals.push(json!([answer["rows"], answer["totals"]]));
    }
    let answer = shop.query(server, &metrics, &[]).await;
    totals.push(answer["totals"].clone());
    let sold = shop.query(server, &["orders", "gross_revenue", "refunds"], &["country"]).await;
    totals.push(json!([sold["rows"], sold["totals"]]));
    let report = shop.get(server, "/api/v1/report/performance?site=1&date_range=day").await;
    let report: Value = serde_json::from_str(&report).unwrap();
    totals.push(report["totals"].clone());
    totals
}

/// Waits until so many orders are in history.
async fn in_reports(shop: &Shop, server: &Server, orders: u64) {
    for _ in 0..600 {
        if shop.query(server, &["orders"], &[]).await["totals"]["orders"] == orders {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{orders} orders do not arrive: {}", server.errors());
}

async fn export(shop: &Shop, server: &Server, asked: &Value, folder: &Path) -> Value {
    let answer = post(shop, server, "export", asked).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let file = folder.join("archive.zip");
    std::fs::write(&file, answer.bytes().await.unwrap()).unwrap();
    let mut zip = zip::ZipArchive::new(std::fs::File::open(file).unwrap()).unwrap();
    for name in ["README.txt", "events.csv", "personal.csv"] {
        assert!(zip.by_name(name).is_ok(), "no {name}");
    }
    let mut text = String::new();
    zip.by_name("everything.json").unwrap().read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Checks that an archive has all that a visit wrote; returns the ids that history knows the visitor by.
fn contains_all(archive: &Value, sent: &HashSet<String>) -> Vec<String> {
    let part = |name: &str| -> Vec<Value> {
        let parts = archive["parts"].as_array().unwrap();
        let part = parts.iter().find(|part| part["name"] == name).unwrap_or_else(|| panic!("no {name}"));
        let columns: Vec<&str> =
            part["columns"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let row = |row: &Value| -> Value {
            columns
                .iter()
                .zip(row.as_array().unwrap())
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect()
        };
        part["rows"].as_array().unwrap().iter().map(row).collect()
    };
    let events = part("events");
    let ids: HashSet<String> = events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(&ids, sent, "their events, and nobody else's");
    assert_eq!(part("sessions").len(), 2, "of today, and of two days ago");
    assert_eq!((part("web_vitals").len(), part("live").len()), (1, 1));
    let orders = part("orders");
    assert_eq!((orders.len(), &orders[0]["names"]), (1, &json!(format!("order of {}", ANN.name.len()))));
    assert_eq!(part("consent_receipts")[0]["policy_version"], "2026-11");
    let personal: HashSet<String> =
        part("personal").iter().map(|field| format!("{}={}", field["field"], field["value"])).collect();
    for (field, value) in
        [("email", ANN.email), ("phone", ANN.phone), ("first_name", ANN.name), ("external_id", ANN.customer)]
    {
        assert!(personal.contains(&format!("\"{field}\"=\"{value}\"")), "{personal:?}");
    }
    let of = |name: &str| {
        events.iter().map(|event| event[name].as_str().unwrap().to_owned()).collect::<HashSet<_>>()
    };
    let own = part("visitors")[0]["visitor"].as_str().unwrap().to_owned();
    std::iter::once(own).chain(of("session")).collect()
}

fn cookie(browser: &Browser<'_>) -> String {
    browser.cookies["_ut_id"].split('.').next().unwrap().to_owned()
}

/// What must be found nowhere: in clear, in bytes, and as history writes it.
fn needles(person: &Person, browser: &Browser<'_>, keys: &[String]) -> Vec<(&'static str, Vec<u8>)> {
    let id = Uuid::parse_str(&cookie(browser)).unwrap();
    let mut needles: Vec<(&'static str, Vec<u8>)> = vec![
        ("cookie", id.as_bytes().to_vec()),
        ("cookie in words", id.to_string().into_bytes()),
        ("address", person.address.into()),
        ("email", person.email.into()),
        ("phone", person.phone.into()),
        ("first name", person.name.into()),
        ("customer", person.customer.into()),
    ];
    for (n, key) in keys.iter().enumerate() {
        let number = u64::from_str_radix(key, 16).unwrap();
        let name = if n == 0 { "visitor of history" } else { "session of history" };
        needles.extend([(name, number.to_le_bytes().to_vec()), (name, key.clone().into_bytes())]);
    }
    needles
}

/// They are in no file and in no column; others are.
fn gone(data: &Path, needles: &[(&'static str, Vec<u8>)], other: &Browser<'_>) {
    let found = stores::holding(data, needles);
    assert!(found.is_empty(), "{found:#?}");
    let text = stores::read(STORY, data);
    for (name, needle) in needles {
        let hits = [String::from_utf8_lossy(needle).into_owned(), hex::encode(needle)];
        for hit in hits.iter().filter(|hit| hit.len() > 8) {
            assert!(!text.contains(hit.as_str()), "{name}: {hit} in a column");
        }
        if let Ok(number) = <[u8; 8]>::try_from(needle.as_slice()) {
            let number = u64::from_le_bytes(number).to_string();
            assert!(!text.contains(&number), "{name}: {number} in a column");
        }
    }
    let other = Uuid::parse_str(&cookie(other)).unwrap();
    assert!(text.contains(&hex::encode(other.as_bytes())), "who was not forgotten is there");
    assert!(text.contains("/before"), "events were looked at");
}

/// From the request on, nothing of them is taken, by whichever way it comes; with a new agreement they are somebody new.
async fn stays_forgotten(shop: &Shop, server: &Server, ann: &mut Browser<'_>) {
    let old = cookie(ann);
    // A list from before, sent by the shop's server.
    let user = json!({ "email": ANN.email, "external_id": ANN.customer });
    let body = json!({ "site": shop.key, "consent": { "analytics": true, "marketing": true },
        "context": { "ip": ANN.address, "user_agent": "x", "visitor_id": old }, "user": user });
    let answer =
        shop.http.post(format!("{}/collect/identify", server.base)).bearer_auth(&shop.secret).json(&body);
    let told: Value = answer.send().await.unwrap().json().await.unwrap();
    let whys: Vec<Option<&str>> =
        told["left_out"].as_array().unwrap().iter().map(|field| field["why"].as_str()).collect();
    assert_eq!((&told["stored"], whys), (&json!([]), vec![Some("erased"); 2]), "{told}");
    // Their browser still has the cookie.
    ann.look(server, "/after").await;
    assert_ne!(cookie(ann), old, "it is refused and replaced");
    // An event that says it is theirs.
    let dropped = shop.metric(server, "ut_dropped_total").await;
    let body = json!({ "site": shop.key, "consent": { "analytics": true },
        "context": { "visitor_id": old }, "events": [page_view("/by/the/server")] });
    let answer =
        shop.http.post(format!("{}/collect/events", server.base)).bearer_auth(&shop.secret).json(&body);
    assert_eq!(answer.send().await.unwrap().status().as_u16(), 202);
    shop.settled(server).await;
    assert_eq!(shop.metric(server, "ut_dropped_total").await, dropped + 1, "it is dropped, and counted");
}

fn post(shop: &Shop, server: &Server, what: &str, body: &Value) -> RequestBuilder {
    shop.http.post(format!("{}/api/v1/privacy/{what}", server.base)).bearer_auth(&shop.token).json(body)
}

async fn ask(shop: &Shop, server: &Server, what: &str, body: &Value) -> Value {
    shop.settled(server).await;
    let answer = post(shop, server, what, body).send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert!(status.is_success(), "{what}: {status} {text}");
    serde_json::from_str(&text).unwrap()
}

/// Waits until every store has obeyed.
async fn done_soon(shop: &Shop, server: &Server) {
    for _ in 0..600 {
        let erasures: Value =
            serde_json::from_str(&shop.get(server, "/api/v1/privacy/erasures?site=1").await).unwrap();
        if erasures[0]["status"] == "done" {
            return shop.settled(server).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    panic!("not carried out\n{}", server.errors());
}
