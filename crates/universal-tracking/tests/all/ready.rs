//! What the operator is told of parts that go on working although something is wrong with them, and of settings with
//! which nothing may begin.

use super::program::Place;
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, batch, page_view};

/// One check of `/ready`: its status and why.
async fn check(shop: &Shop, server: &Server, name: &str) -> (String, String) {
    let ready: Value = serde_json::from_str(&shop.get(server, "/ready").await).unwrap();
    assert_eq!(ready["status"], "ok", "the door can acknowledge: {ready}");
    let check = ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap();
    let text = |field: &str| check[field].as_str().unwrap().to_owned();
    (text("status"), text("detail"))
}

/// Turns a bit of what is written in one of the folder's files.
fn spoil(folder: &Path, text: &[u8]) {
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        if let Some(place) = bytes.windows(text.len()).position(|window| window == text) {
            bytes[place] ^= 1;
            return std::fs::write(path, bytes).unwrap();
        }
    }
    panic!("nothing in {} holds it", folder.display());
}

#[test]
fn a_wrong_geo_database_is_one_line_before_anything_is_made() {
    let place = Place::new();
    place.write("text.mmdb", "no database");
    for file in ["missing.mmdb", "text.mmdb"] {
        let done = place.run_with("serve --port 0 --admin-port 0", &[("GEO_DB", file)]);
        assert_eq!((done.code, done.out.as_str()), (Some(2), ""), "{}", done.err);
        assert!(done.refusal().starts_with(&format!("GEO_DB {file} ")), "{}", done.err);
        assert_eq!(done.err.matches("GEO_DB").count(), 1, "{}", done.err);
        for store in ["main.sqlite", "spool", "olap"] {
            assert!(!place.data().join(store).exists(), "{store} was made");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_geo_database_that_goes_bad_shows_and_the_old_one_stays() {
    let Some(folder) = super::explain::acceptance() else { return };
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let file = dir.path().join("geo.mmdb");
    std::fs::copy(folder.join("GeoIP2-City-Test.mmdb"), &file).unwrap();
    let server = shop.serve_with(&[("GEO_DB", file.to_str().unwrap())]);
    assert_eq!(check(&shop, &server, "geo").await, ("ok".to_owned(), String::new()));
    // Over there and then renamed, as updaters do.
    std::fs::write(dir.path().join("new.mmdb"), "half a dow").unwrap();
    std::fs::rename(dir.path().join("new.mmdb"), &file).unwrap();
    let began = Instant::now();
    let (status, detail) = loop {
        let (status, detail) = check(&shop, &server, "geo").await;
        if status != "ok" || began.elapsed() > Duration::from_secs(60) {
            break (status, detail);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(status, "degraded", "{detail}");
    assert!(detail.contains("geo.mmdb is damaged or no MMDB file"), "{detail}");
    let (status, _) = shop.send(&server, "x", &[page_view("/")]).await.unwrap();
    assert_eq!(status.as_u16(), 202);
    drop((server, dir));
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_ids_of_accepted_events_show() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = shop.serve();
    assert_eq!(check(&shop, &server, "realtime").await, ("ok".to_owned(), String::new()));
    // A frame each; of the last one in the log, a crash could have left a half.
    for path in ["/spoilt", "/sound"] {
        let (status, _) = shop.send(&server, "x", &[page_view(path)]).await.unwrap();
        assert_eq!(status.as_u16(), 202);
        shop.settled(&server).await;
    }
    server.kill();
    spoil(&Server::data_dir(dir.path()).join("spool/enriched"), b"/spoilt");
    let server = shop.serve();
    let (status, detail) = check(&shop, &server, "realtime").await;
    assert_eq!(status, "degraded", "{detail}");
    assert!(detail.contains("may count twice"), "{detail}");
    drop((server, dir));
}

/// A proxy that nobody has named shows where its owner looks, until it is named.
#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_not_trusted_shows_until_it_is() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let visits = async |server: &Server, forwarded: bool| {
        for number in 0..6 {
            let sent = shop.post(server, "/ut/e", "x").body(batch(&shop.key, &[page_view("/")]).to_string());
            let sent =
                if forwarded { sent.header("x-forwarded-for", format!("203.0.113.{number}")) } else { sent };
            assert_eq!(sent.send().await.unwrap().status().as_u16(), 202);
        }
    };
    let warnings = async |server: &Server| {
        let sites: Value = serde_json::from_str(&shop.get(server, "/api/v1/sites").await).unwrap();
        let site: Value =
            serde_json::from_str(&shop.get(server, &format!("/api/v1/sites/{}", shop.id)).await).unwrap();
        assert_eq!(sites["sites"][0], site);
        site["warnings"].as_array().unwrap().clone()
    };
    let server = shop.serve();
    visits(&server, false).await;
    assert_eq!(
        check(&shop, &server, "proxies").await,
        ("ok".to_owned(), String::new()),
        "a developer's machine"
    );
    assert_eq!(warnings(&server).await, Vec::<Value>::new());

    visits(&server, true).await;
    let (status, detail) = check(&shop, &server, "proxies").await;
    assert_eq!(status, "degraded");
    let told = warnings(&server).await;
    assert_eq!((told.len(), &told[0]["code"]), (1, &Value::from("untrusted_proxy")));
    let (message, fix) = (told[0]["message"].as_str().unwrap(), told[0]["fix"].as_str().unwrap());
    assert_eq!(detail, format!("{message} {fix}"));
    assert!(message.contains("shop.example") && fix.contains("TRUSTED_PROXIES=127.0.0.1 "), "{detail}");
    assert!(!detail.contains("203.0.113"), "visitors' addresses are nobody's affair: {detail}");
    visits(&server, true).await;
    assert_eq!(server.errors().matches("TRUSTED_PROXIES=127.0.0.1").count(), 1, "{}", server.errors());
    server.stop();

    let server = shop.serve_with(&[("TRUSTED_PROXIES", "127.0.0.1")]);
    visits(&server, true).await;
    assert_eq!(check(&shop, &server, "proxies").await, ("ok".to_owned(), String::new()));
    assert_eq!(warnings(&server).await, Vec::<Value>::new());
    server.stop();
}
