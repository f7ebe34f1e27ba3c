//! What the app says later, of the visitor whose page was given a token.

use super::{builder, site};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tempfile::TempDir;
use tower::ServiceExt;
use universal_tracking::{Event, Order, TrackError};
use ut_testkit::server::{Server, Shop, batch, page_view};

async fn ask(app: &Router, path: &str, body: &Value) -> Value {
    let request = Request::post(path).header("host", "shop.example").header("origin", "https://shop.example");
    let request = request.header("user-agent", ut_testkit::browser("ann"));
    let peer = ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 4711)));
    let request = request.extension(peer).body(Body::from(body.to_string())).unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    let answer = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    serde_json::from_slice(&answer).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_with_a_token_is_of_the_session_of_the_page() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::super::binary(), dir.path());
    let tracking = builder(&Server::data_dir(dir.path())).site(site("shop.example")).build().await.unwrap();
    let app: Router = Router::new().nest("/shop-data", tracking.router());
    ask(&app, "/shop-data/e", &batch(&shop.key, &[page_view("/")])).await;
    let answer = ask(&app, "/shop-data/j", &json!({ "site": shop.key })).await;
    let token = answer["token"].as_str().unwrap();
    // No request of the visitor's is at hand: their bank says that it is paid.
    let paid = |order: &str| Event::purchase(Order::new(order).total("59.90", "EUR"));
    tracking.track(paid("1001").join_token(token)).await.unwrap();
    tracking.track(paid("1002")).await.unwrap();
    let Err(TrackError::Refused { field, code, message }) =
        tracking.track(paid("1003").join_token("of another life")).await
    else {
        panic!("taken")
    };
    assert_eq!((field.as_str(), code), ("context.join_token", "wrong_token"), "{message}");
    tracking.shutdown().await.unwrap();
    let server = shop.serve();
    shop.settled(&server).await;
    let rows = shop.export(&server).await;
    let page = rows.iter().find(|row| row["name"] == "page_view").unwrap();
    let order = |number: &str| rows.iter().find(|row| row["props"]["transaction_id"] == number);
    let (joined, nobodys) = (order("1001").unwrap(), order("1002").unwrap());
    assert_eq!((&joined["visitor"], &joined["session"]), (&page["visitor"], &page["session"]), "{rows:?}");
    assert_eq!(nobodys["session"], "0000000000000000", "without one it is nobody's");
    assert_eq!(rows.len(), 3, "{rows:?}");
    server.stop();
}

/// Who agreed is known by a cookie: what the app says of their request is theirs, with what they agreed to.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_a_request_is_of_the_visitor_whose_cookie_it_has() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::super::binary(), dir.path());
    let tracking = builder(&Server::data_dir(dir.path())).site(site("shop.example")).build().await.unwrap();
    let app: Router = Router::new().nest("/ut", tracking.router());
    let post = |path: &str, cookies: &str| {
        let request =
            Request::post(path).header("host", "shop.example").header("origin", "https://shop.example");
        let peer = ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 4711)));
        request.header("user-agent", ut_testkit::browser("ann")).header("cookie", cookies).extension(peer)
    };
    let choice = json!({ "site": shop.key, "consent": { "analytics": true, "marketing": false } });
    let request = post("/ut/consent", "").body(Body::from(choice.to_string())).unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    let cookies = answer.headers().get_all("set-cookie").iter();
    let cookies: Vec<_> = cookies.map(|line| line.to_str().unwrap().split(';').next().unwrap()).collect();
    let cookies = cookies.join("; ");
    let mut page = batch(&shop.key, &[page_view("/")]);
    page.as_object_mut().unwrap().remove("consent");
    let request = post("/ut/e", &cookies).body(Body::from(page.to_string())).unwrap();
    assert!(app.clone().oneshot(request).await.unwrap().status().is_success());
    let order = |number: &str, cookies: &str| {
        let (parts, ()) = post("/checkout", cookies).body(()).unwrap().into_parts();
        Event::purchase(Order::new(number).total("59.90", "EUR")).visitor(&tracking.visitor(&parts).unwrap())
    };
    tracking.track(order("1001", &cookies)).await.unwrap();
    let forged = cookies.replace("_ut_id=", "_ut_id=0");
    tracking.track(order("1002", &forged)).await.unwrap();
    tracking.shutdown().await.unwrap();
    let server = shop.serve();
    shop.settled(&server).await;
    let rows = shop.export(&server).await;
    let page = rows.iter().find(|row| row["name"] == "page_view").unwrap();
    let order = |number: &str| rows.iter().find(|row| row["props"]["transaction_id"] == number).unwrap();
    let (own, foreign) = (order("1001"), order("1002"));
    assert_eq!((&own["visitor"], &own["session"]), (&page["visitor"], &page["session"]), "{rows:?}");
    assert_eq!((&own["identity"], &own["consent_analytics"]), (&json!("cookie"), &json!(1)), "{own}");
    assert_ne!(foreign["session"], page["session"], "an id that was not made here is nobody's");
    server.stop();
}
