//! What the app knows of the visitor whose request it answers.

use super::{builder, site};
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::request::Builder;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tempfile::TempDir;
use tower::ServiceExt;
use universal_tracking::{Person, TrackError, Tracking};

fn post(path: &str, cookies: &str) -> Builder {
    let request = Request::post(path).header("host", "shop.example").header("origin", "https://shop.example");
    let peer = ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 4711)));
    request.header("user-agent", ut_testkit::browser("ann")).header("cookie", cookies).extension(peer)
}

/// The cookies of a browser whose person agrees to these axes.
async fn agreed(tracking: &Tracking, consent: Value) -> String {
    let app: Router = Router::new().nest("/ut", tracking.router());
    let body = json!({ "site": tracking.site_key("shop.example"), "consent": consent });
    let request = post("/ut/consent", "").body(Body::from(body.to_string())).unwrap();
    let answer = app.oneshot(request).await.unwrap();
    let lines = answer.headers().get_all("set-cookie").iter();
    lines.map(|line| line.to_str().unwrap().split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_app_knows_is_kept_as_far_as_the_visitor_agrees() {
    let dir = TempDir::new().unwrap();
    let tracking = builder(dir.path()).site(site("shop.example")).build().await.unwrap();
    let person = |cookies: &str| {
        let (parts, ()) = post("/login", cookies).body(()).unwrap().into_parts();
        Person::new(&tracking.visitor(&parts).unwrap()).email("ann@shop.example")
    };
    let both = agreed(&tracking, json!({ "analytics": true, "marketing": true })).await;
    let kept = tracking.identify(person(&both).external_id("4711").field("city", "Berlin")).await.unwrap();
    assert_eq!(kept.stored, ["city", "email", "external_id"]);
    assert!(kept.joined && kept.left_out.is_empty(), "the app has logged her in: {kept:?}");

    let analytics = agreed(&tracking, json!({ "analytics": true })).await;
    let kept = tracking.identify(person(&analytics).external_id("4711")).await.unwrap();
    assert_eq!((kept.stored, kept.joined), (vec!["external_id"], true));
    assert_eq!((kept.left_out[0].field, kept.left_out[0].why), ("email", "no_consent"));
    let nobody = tracking.identify(person(&both.replace("_ut_id=", "_ut_id=0"))).await.unwrap();
    assert_eq!((nobody.stored.len(), nobody.left_out[0].why), (0, "no_visitor"));

    for (person, field, code) in [
        (person(&both).external_id("4712"), "user.external_id", "other_customer"),
        (person(&both).field("country", "Germany"), "user.country", "not_a_country"),
        (person(&both).field("shoe_size", "42"), "user.shoe_size", "unknown_field"),
        (person(&both).site("b.example"), "site", "unknown_site"),
    ] {
        assert!(!format!("{person:?}").contains("ann@"), "no value is printed");
        match tracking.identify(person).await {
            Err(TrackError::Refused { field: named, code: said, .. }) => {
                assert_eq!((&*named, said), (field, code));
            }
            other => panic!("{field}: {other:?}"),
        }
    }
    tracking.shutdown().await.unwrap();
}
