//! The crowd at a door that writes down what it is sent.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;
use universal_tracking::demo::{Traffic, run};
use ut_core::SystemClock;

type Book = Arc<Mutex<Vec<(&'static str, HeaderMap, Value)>>>;

async fn events(
    State(book): State<Book>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, axum::Json<Value>) {
    let body: Value = serde_json::from_str(&body).unwrap();
    let accepted = body["events"].as_array().unwrap().len();
    let mut book = book.lock().unwrap();
    book.push(("e", headers, body));
    // The first batch is turned away once: it must come again with the same ids.
    if book.len() == 1 {
        return (StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({})));
    }
    (StatusCode::ACCEPTED, axum::Json(json!({"accepted": accepted, "rejected": []})))
}

async fn heartbeat(State(book): State<Book>, headers: HeaderMap, body: String) -> StatusCode {
    book.lock().unwrap().push(("p", headers, serde_json::from_str(&body).unwrap()));
    StatusCode::NO_CONTENT
}

/// Sends a crowd to a door of its own until `enough` says so, and returns what it sent.
async fn observed(visitors: u32, enough: impl Fn(&Book) -> bool) -> Vec<(&'static str, HeaderMap, Value)> {
    let book = Book::default();
    let app = axum::Router::new().route("/ut/e", post(events)).route("/ut/p", post(heartbeat));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let served = axum::serve(listener, app.with_state(Arc::clone(&book)));
    let shop = url::Url::parse(&format!("http://{server}/demo/")).unwrap();
    let traffic = Traffic { visitors, seed: 3, server, shop, site_key: "pk_demo".into() };
    let watch = async {
        while !enough(&book) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        stop.cancel();
    };
    tokio::select! {
        _ = served => unreachable!("the door stays open"),
        (crowd, ()) = async { tokio::join!(run(traffic, Arc::new(SystemClock), stop.clone()), watch) } => crowd.unwrap(),
    }
    std::mem::take(&mut *book.lock().unwrap())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

#[tokio::test]
async fn the_crowd_sends_what_a_tracker_would_from_many_places() {
    let enough = |book: &Book| {
        let book = book.lock().unwrap();
        let kinds: HashSet<_> = book.iter().map(|(kind, ..)| *kind).collect();
        book.len() >= 60 && kinds.len() == 2
    };
    let sent = observed(40, enough).await;
    let (mut addresses, mut agents) = (HashSet::new(), HashSet::new());
    for (kind, headers, body) in &sent {
        addresses.insert(text(headers, "x-forwarded-for").to_owned());
        agents.insert(text(headers, "user-agent").to_owned());
        assert!(text(headers, "origin").starts_with("http://127.0.0.1:"));
        assert!(text(headers, "content-type").starts_with("text/plain"));
        assert_eq!(body["site"], "pk_demo");
        assert_eq!(body["consent"], json!({}));
        if *kind == "p" {
            assert!(
                body["url"].as_str().unwrap().contains("/demo/")
                    && !body["url"].as_str().unwrap().contains('?')
            );
        }
    }
    assert!(addresses.len() >= 20 && agents.len() >= 10, "{} on {agents:?}", addresses.len());

    let batches: Vec<&Value> = sent.iter().filter(|(kind, ..)| *kind == "e").map(|(.., body)| body).collect();
    let first_id = &batches[0]["events"][0]["id"];
    let repeated = batches.iter().filter(|batch| batch["events"][0]["id"] == *first_id).count();
    assert_eq!(repeated, 2, "a batch that was turned away comes again with its ids");
    let mut ids = HashSet::new();
    for event in batches.iter().skip(1).flat_map(|batch| batch["events"].as_array().unwrap()) {
        let id: uuid::Uuid = event["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(id.get_version_num(), 7);
        assert!(ids.insert(id), "an id was used twice");
        assert!(event["url"].as_str().unwrap().contains("/demo/"));
    }
    let names: HashSet<&str> =
        batches.iter().map(|batch| batch["events"][0]["name"].as_str().unwrap()).collect();
    assert!(names.contains("page_view"), "{names:?}");
}
