//! Personal data planted in every field of an event is nowhere afterwards: in no file, no column, no log line. Honest
//! names and numbers come out as they went in.

use crate::binary;
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use url::Url;
use url::form_urlencoded::byte_serialize;
use ut_core::SystemClock;
use ut_core::ports::{Olap, ParamValue};
use ut_olap::{Embedded, EmbeddedOptions};
use ut_testkit::corpus::{self, Planted};
use ut_testkit::server::{Server, Shop, batch, event, run};

/// Stands in a title and has to be found: or nothing would be, however much there is.
const MARKER: &str = "Probestück Nr. 0815";
/// The longest name of a field, and of a word of the envelope.
const LONGEST_NAME: usize = 64;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_planted_in_any_field_is_nowhere_afterwards() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let set = run(&binary(), dir.path(), &["site", "set", "1", "--url-param", "who"]);
    assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
    let server = Server::start(&binary(), dir.path(), &[("LOG_LEVEL", "debug")]);
    let planted = corpus::planted();
    assert!(planted.len() >= 200);
    for (number, one) in planted.iter().enumerate() {
        send(&shop, &server, number, &one.text).await;
    }
    assert!(shop.metric(&server, "ut_pii_removed_total").await > 10 * planted.len() as u64);
    let needles = needles(&planted);
    let mut found = Vec::new();
    // A killed server leaves its log as it was written.
    let before = server.errors();
    server.kill();
    look("the server's log lines", before.as_bytes(), &needles, &mut found);
    assert!(
        look_at_files(dir.path(), &needles, &mut found),
        "the marker is in no file: nothing was looked at"
    );

    let server = shop.serve();
    shop.settled(&server).await;
    assert_eq!(shop.export(&server).await.len(), planted.len());
    look("the export", export(&shop, &server).await.as_bytes(), &needles, &mut found);
    let (errors, folder) = (server.errors(), Server::data_dir(dir.path()));
    server.stop();
    look("the second server's log lines", errors.as_bytes(), &needles, &mut found);
    look_at_files(dir.path(), &needles, &mut found);
    assert!(
        look_at_tables(&folder, &needles, &mut found).await,
        "the marker is in no table: nothing was looked at"
    );
    assert!(found.is_empty(), "{} found:\n{}", found.len(), found.join("\n"));
}

/// One event with the text in every field that takes one, and a heartbeat.
async fn send(shop: &Shop, server: &Server, number: usize, text: &str) {
    let encoded: String = byte_serialize(text.as_bytes()).collect();
    let url = format!(
        "https://shop.example/konto/{}/x?utm_content={encoded}&utm_term=a+{encoded}+b&who={encoded}&ref={encoded}\
         &gclid={encoded}&email={encoded}#{encoded}",
        encoded.replace('+', "%20")
    );
    let name = if text.len() <= LONGEST_NAME { text } else { "long" };
    let mut planted = event("view_item", &url);
    planted["referrer"] = json!(format!("https://post.example/inbox/{encoded}?q={encoded}"));
    planted["title"] = json!(format!("{MARKER}: {text} – Shop"));
    planted["search_term"] = json!(text);
    planted["note"] = json!(format!("Bitte an {text} senden"));
    planted["page_location"] = json!(format!("https://me:{encoded}@shop.example/?q={encoded}&token=x"));
    planted["customer"] = json!({ "id": text });
    planted["Billing-Phone"] = json!(text);
    planted["props"] = json!({ "whole": text, name: "in a name",
        "deep": { "list": [text, { "inner": text, "eMail": text, name: 1 }] }, "json": json!({ "a": text }).to_string() });
    planted["items"] = json!([{ "item_id": text, "item_name": format!("Tasse {text}"), "item_brand": text,
        "item_category": text, "item_variant": text, "coupon": text, "affiliation": format!("({text})"), name: text }]);
    let mut body = batch(&shop.key, &[planted]);
    if text.len() <= LONGEST_NAME {
        (body["tz"], body["lang"]) = (json!(text), json!(text));
    }
    let answer = shop.post(server, "/ut/e", "x").body(body.to_string()).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer, json!({ "accepted": 1, "rejected": [] }), "{number}: {text}");
    let heartbeat = json!({ "site": shop.key, "url": format!("https://shop.example/konto/{encoded}") });
    let answer = shop.post(server, "/ut/p", "x").body(heartbeat.to_string()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 204, "{number}: {text}");
}

/// What must not be found: a text as it is, with and without its encoding, and its digits in one piece.
fn needles(planted: &[Planted]) -> Vec<(String, String)> {
    let mut needles = Vec::new();
    for Planted { kind, text } in planted {
        let core = match *kind {
            "phone" => text
                .trim_start_matches(|letter: char| letter.is_ascii_alphabetic() || " .:-/".contains(letter)),
            _ => text,
        };
        let digits: String = core.chars().filter(char::is_ascii_digit).collect();
        let form: String = byte_serialize(core.as_bytes()).collect();
        let path = Url::parse(&format!("https://x.example/{core}")).unwrap().path()[1..].to_owned();
        let decoded =
            url::form_urlencoded::parse(format!("x={core}").as_bytes()).next().unwrap().1.into_owned();
        let plain = *kind != "email" && !core.contains('%') && digits.len() >= 7;
        let all = [core.to_owned(), form.replace('+', "%20"), form, path, decoded];
        let digits = plain.then_some(digits);
        needles.extend(
            all.into_iter().chain(digits).filter(|n| n.len() >= 6).map(|needle| (needle, text.clone())),
        );
    }
    needles.sort();
    needles.dedup();
    needles
}

fn look(place: &str, bytes: &[u8], needles: &[(String, String)], found: &mut Vec<String>) -> bool {
    // Segments are filled with zeros ahead of what is written.
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let text = String::from_utf8_lossy(&bytes[..end]);
    let hits = needles.iter().filter(|(needle, _)| text.contains(needle));
    found.extend(hits.map(|(needle, planted)| format!("{place}: {needle} of {planted}")));
    text.contains(MARKER)
}

/// Looks at every file below a folder; true if the marker is in one.
fn look_at_files(folder: &Path, needles: &[(String, String)], found: &mut Vec<String>) -> bool {
    let (mut folders, mut seen): (Vec<PathBuf>, _) = (vec![folder.to_owned()], false);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                seen |= look(&path.display().to_string(), &bytes, needles, found);
            }
        }
    }
    seen
}

/// Looks at every column of every table of the history; true if the marker is in one.
async fn look_at_tables(folder: &Path, needles: &[(String, String)], found: &mut Vec<String>) -> bool {
    let cache = universal_tracking::config::cache_dir().unwrap_or_default();
    let locate = move || ut_chdb::engine::locate(None, &cache).map_err(|error| error.to_string());
    let olap =
        Embedded::start(EmbeddedOptions::new(folder.join("olap"), Box::new(locate), Arc::new(SystemClock)));
    for _ in 0..600 {
        if olap.ping().await.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let mut seen = false;
    let tables = olap.query(include_str!("sql/tables.sql"), &[]).await.unwrap().rows;
    assert!(tables.len() >= 3, "{tables:?}");
    for table in tables.iter().filter_map(|row| row[0].as_str()) {
        let params = [("table", ParamValue::Text(table.to_owned()))];
        let mut rows = olap.stream(include_str!("sql/rows.sql"), &params, "TSVRaw").await.unwrap();
        let mut bytes = Vec::new();
        while let Some(chunk) = rows.next().await {
            bytes.extend(chunk.unwrap());
        }
        assert!(!bytes.is_empty(), "{table}");
        seen |= look(table, &bytes, needles, found);
    }
    olap.close().await;
    seen
}

async fn export(shop: &Shop, server: &Server) -> String {
    shop.get(server, &format!("/api/v1/export/events?site={}&format=csv", shop.id)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_names_and_numbers_come_out_as_they_went_in() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = shop.serve();
    let honest = corpus::honest();
    assert!(honest.len() >= 500);
    let mut sent = std::collections::HashMap::new();
    for texts in honest.chunks(50) {
        let mut events = Vec::new();
        for text in texts {
            let mut url = Url::parse("https://shop.example/p/").unwrap();
            url.path_segments_mut().unwrap().pop_if_empty().push(text);
            let mut one = event("view_item", url.as_str());
            one["title"] = json!(text);
            one["search_term"] = json!(text);
            one["props"] = json!({ "note": text, "transaction_id": text });
            one["items"] = json!([{ "item_id": text, "item_name": text, "coupon": text }]);
            sent.insert(one["id"].as_str().unwrap().to_owned(), (text.clone(), url.to_string()));
            events.push(one);
        }
        let (status, answer) = shop.send(&server, "x", &events).await.unwrap();
        assert_eq!((status.as_u16(), &answer["rejected"]), (202, &json!([])));
    }
    shop.settled(&server).await;
    assert_eq!(shop.metric(&server, "ut_pii_removed_total").await, 0);
    let rows = shop.export(&server).await;
    assert_eq!(rows.len(), honest.len());
    for row in rows {
        let (text, url) = &sent[row["id"].as_str().unwrap()];
        assert_eq!((row["title"].as_str(), row["url"].as_str()), (Some(text.as_str()), Some(url.as_str())));
        assert_eq!(row["props"], json!({ "note": text, "search_term": text, "transaction_id": text }));
        assert_eq!((&row["items.item_id"], &row["items.item_name"]), (&json!([text]), &json!([text])));
    }
}
