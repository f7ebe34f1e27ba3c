//! Our routes among an app's own.

use super::{builder, site};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use std::net::SocketAddr;
use tempfile::TempDir;
use tower::ServiceExt;
use universal_tracking::{TrackError, Tracking};
use ut_testkit::server::{batch, page_view};

const PEER: ConnectInfo<SocketAddr> =
    ConnectInfo(SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9)), 4711));

async fn ask(app: &Router, request: Request) -> (u16, bool, Value) {
    let answer = app.clone().oneshot(request).await.unwrap();
    let (status, seen) = (answer.status().as_u16(), answer.headers().contains_key("x-shop"));
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, seen, serde_json::from_slice(&body).unwrap_or_default())
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path).header("host", "shop.example")
}

fn event(tracking: &Tracking, path: &str) -> axum::http::request::Builder {
    assert!(tracking.site_key("shop.example").is_some_and(|key| key.starts_with("pk_")));
    request("POST", path).header("origin", "https://shop.example")
}

fn body(tracking: &Tracking) -> Body {
    Body::from(batch(&tracking.site_key("1").unwrap(), &[page_view("/")]).to_string())
}

async fn mark(mut answer: Response) -> Response {
    answer.headers_mut().insert("x-shop", HeaderValue::from_static("1"));
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_an_apps_routes_state_and_middleware_under_any_prefix() {
    let dir = TempDir::new().unwrap();
    let tracking = builder(dir.path()).site(site("shop.example")).build().await.unwrap();
    let inner = Router::new().route("/here", get(|| async { "2" })).nest("/deep/er", tracking.router());
    let app: Router = Router::new()
        .route("/", get(async |State(word): State<&'static str>| word))
        .route("/ut/own", get(|| async { "3" }))
        .nest("/ut", tracking.router())
        .nest("/shop-data", inner)
        .fallback(|| async { (StatusCode::NOT_FOUND, "4") })
        .layer(map_response(mark))
        .with_state("1");
    for (path, status, answer) in
        [("/", 200, 1), ("/shop-data/here", 200, 2), ("/ut/own", 200, 3), ("/other", 404, 4)]
    {
        let asked = ask(&app, request("GET", path).body(Body::empty()).unwrap()).await;
        assert_eq!(asked, (status, true, answer.into()), "{path}");
    }
    for path in ["/ut/e", "/shop-data/deep/er/e"] {
        let sent = event(&tracking, path).extension(PEER).body(body(&tracking)).unwrap();
        let (status, seen, answer) = ask(&app, sent).await;
        assert_eq!((status, seen, &answer["accepted"]), (202, true, &1.into()), "{path}: {answer}");
    }
    // Only what a shop's pages need: nothing of the owner, and no other name for the same.
    for path in ["/ut/api/v1/about", "/ut/health", "/ut/collect/events", "/ut/ut/e", "/ut/"] {
        let (status, ..) = ask(&app, request("GET", path).extension(PEER).body(Body::empty()).unwrap()).await;
        assert_eq!(status, 404, "{path}");
    }
    tracking.shutdown().await.unwrap();
}

/// As if it were the visitor's, the address of nobody would make one visitor of all.
#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_does_not_say_who_calls_is_told() {
    let dir = TempDir::new().unwrap();
    let tracking = builder(dir.path()).site(site("shop.example")).build().await.unwrap();
    let app: Router = Router::new().nest("/ut", tracking.router()).merge(tracking.dashboard());
    for path in ["/ut/e", "/ut/p", "/health"] {
        let (status, _, problem) = ask(&app, event(&tracking, path).body(body(&tracking)).unwrap()).await;
        assert_eq!((status, &problem["type"]), (500, &"urn:universal-tracking:error:no_peer".into()));
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("into_make_service_with_connect_info::<SocketAddr>()"), "{detail}");
    }
    let (parts, ()) = request("GET", "/").body(()).unwrap().into_parts();
    assert_eq!(tracking.visitor(&parts), Err(TrackError::NoPeer));
    let (status, _, about) =
        ask(&app, Request::get("/health").header("host", "x").extension(PEER).body(Body::empty()).unwrap())
            .await;
    assert_eq!((status, &about["status"]), (200, &"ok".into()));
    tracking.shutdown().await.unwrap();
}

/// `X-Forwarded-For` counts as far as `TRUSTED_PROXIES` reaches, here as at the door.
#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_is_the_peer_or_whom_a_trusted_proxy_names() {
    let dir = TempDir::new().unwrap();
    let config =
        universal_tracking::Config::builder().data_dir(dir.path()).set("TRUSTED_PROXIES", "loopback");
    let config = config.set("UT_CHDB_LIB", "/nonexistent/libchdb.so").build().unwrap();
    let tracking = Tracking::builder().config(config).site(site("shop.example")).build().await.unwrap();
    let proxy = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1)));
    for (peer, address) in [(PEER, [203, 0, 113, 9]), (proxy, [198, 51, 100, 4])] {
        let request = request("GET", "/").header("x-forwarded-for", "198.51.100.4").header("user-agent", "x");
        let (parts, ()) =
            request.header("cookie", "ut_ignore=1").extension(peer).body(()).unwrap().into_parts();
        let visitor = tracking.visitor(&parts).unwrap();
        assert_eq!(visitor.address, std::net::IpAddr::from(address));
        assert_eq!((visitor.user_agent.as_str(), visitor.ignored), ("x", true));
    }
    tracking.shutdown().await.unwrap();
}
