//! Events of the app itself: refused by name or on disk, each once, whichever folder they are for.

use super::{builder, site};
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tower::ServiceExt;
use universal_tracking::{Config, Event, Item, Order, TrackError, Tracking, Visitor};
use ut_testkit::server::{Server, Shop};

fn field(result: Result<(), TrackError>) -> (String, &'static str) {
    match result {
        Err(TrackError::Refused { field, code, message }) => {
            assert!(!message.is_empty());
            (field, code)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_an_error_that_names_the_field() {
    let dir = TempDir::new().unwrap();
    let tracking = builder(dir.path()).build().await.unwrap();
    let event = || Event::new("sign_up");
    assert_eq!(field(tracking.track(event()).await), ("site".into(), "unknown_site"), "there is none");
    tracking.shutdown().await.unwrap();
    let sites = builder(dir.path()).site(site("shop.example")).site(site("b.example"));
    let tracking = sites.build().await.unwrap();
    let item = |price: &str| Item::new("42").price(price);
    let cases = [
        (event().site("other.example"), "site", "unknown_site"),
        (Event::new("Sign up"), "name", "invalid_name"),
        (event().at_ms(0), "ts", "too_old"),
        (event().url("/p/42"), "url", "not_a_url"),
        (event().value("1.23456", "EUR"), "value", "invalid_amount"),
        (event().value("1", "Euro"), "currency", "invalid_currency"),
        (event().param("note", "x".repeat(1025)), "note", "too_long"),
        (
            Event::purchase(Order::new("1").item(item("1")).item(item("one"))),
            "items[1].price",
            "invalid_amount",
        ),
        (event().param("items", 1).item(item("1")), "items", "wrong_type"),
    ];
    for (event, name, code) in cases {
        let told = format!("{event:?}");
        assert_eq!(field(tracking.track(event).await), (name.into(), code), "{told}");
    }
    let visitor = Visitor::new([203, 0, 113, 9].into(), &"x".repeat(2000));
    assert_eq!(field(tracking.track(event().visitor(&visitor)).await).0, "context.user_agent");
    tracking.track(event().site("b.example")).await.unwrap();
    tracking.shutdown().await.unwrap();
    let after = tracking.track(event()).await;
    assert!(matches!(after, Err(TrackError::Later { code: "unavailable", .. })), "{after:?}");
}

/// The check of history, as the owner reads it.
async fn history(tracking: &Tracking, token: &str) -> (String, String) {
    let request =
        Request::get("/ready").header("host", "localhost").header("authorization", format!("Bearer {token}"));
    let request =
        request.extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1)))).body(Body::empty()).unwrap();
    let answer = tracking.dashboard::<()>().oneshot(request).await.unwrap();
    let answer = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    let ready: Value = serde_json::from_slice(&answer).unwrap();
    let check = ready["checks"].as_array().unwrap().iter().find(|check| check["name"] == "olap").unwrap();
    (check["status"].as_str().unwrap().to_owned(), check["detail"].as_str().unwrap().to_owned())
}

async fn until_history(tracking: &Tracking, token: &str, status: &str, detail: &str) {
    let began = Instant::now();
    loop {
        let (now, why) = history(tracking, token).await;
        if now == status && why.contains(detail) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{now}: {why}, not {status}: {detail}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Names the process that a test is alone in.
const ALONE: &str = "UT_LIBRARY_TEST_ALONE";

/// Runs a test again, alone: a process opens one history in its life, and another test of this one may want it. False in
/// that process, where the test is to be done.
fn in_a_process_of_its_own(test: &str) -> bool {
    #[expect(clippy::disallowed_methods, reason = "how the parent tells it")]
    let is_alone = std::env::var_os(ALONE).is_some();
    if is_alone {
        return false;
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    let ended = child.args(["--exact", test, "--nocapture"]).env(ALONE, "1").output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success() && out.contains("1 passed"), "{out}{err}");
    true
}

/// Two systems in one process, each on its folder: nothing of one is known to the other. The process has one engine, so
/// the history of the second waits, and loses nothing.
#[tokio::test(flavor = "multi_thread")]
async fn two_in_one_process_keep_apart_and_personal_data_is_taken_out() {
    if in_a_process_of_its_own(
        "library::tracked::two_in_one_process_keep_apart_and_personal_data_is_taken_out",
    ) {
        return;
    }
    let dirs = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let (mut both, mut shops) = (Vec::new(), Vec::new());
    for (dir, [status, detail]) in
        dirs.iter().zip([["ok", ""], ["down", "this process has an engine open already"]])
    {
        let shop = Shop::open(&super::super::binary(), dir.path());
        let config = Config::builder().data_dir(Server::data_dir(dir.path())).build().unwrap();
        let tracking = Tracking::builder().config(config).site(site("shop.example")).build().await.unwrap();
        until_history(&tracking, &shop.token, status, detail).await;
        both.push(tracking);
        shops.push(shop);
    }
    let refused = builder(&Server::data_dir(dirs[0].path())).build().await.unwrap_err();
    assert!(refused.to_string().contains("another server"), "{refused}");
    assert_ne!(both[0].site_key("1"), both[1].site_key("1"));
    let event =
        |name: &str| Event::new(name).url("https://shop.example/?q=1").param("note", "ann@shop.example");
    let again = event("of_both");
    let mut ignored = Visitor::new([203, 0, 113, 9].into(), "x");
    ignored.ignored = true;
    for (number, tracking) in both.iter().enumerate() {
        tracking.track(event(&format!("of_{number}"))).await.unwrap();
        tracking.track(again.clone()).await.unwrap();
        tracking.track(again.clone()).await.unwrap();
        tracking.track(event("of_staff").visitor(&ignored)).await.unwrap();
    }
    let ended = Instant::now();
    let (first, second) = tokio::join!(both[0].shutdown(), both[1].shutdown());
    first.and(second).unwrap();
    assert!(ended.elapsed() < Duration::from_secs(10));
    // The folders are free again although the app still holds both.
    for (number, shop) in shops.iter().enumerate() {
        let server = shop.serve();
        shop.settled(&server).await;
        let mut rows = shop.export(&server).await;
        rows.sort_by_key(|row| row["name"].to_string());
        let names: Vec<_> = rows.iter().map(|row| &row["name"]).collect();
        assert_eq!(names, [&json!(format!("of_{number}")), &json!("of_both")]);
        assert!(rows.iter().all(|row| row["props"]["note"] == "[removed]"), "{rows:?}");
        server.stop();
    }
    drop(both);
}
