//! Join tokens from the door to the report, while the salts rotate.

use crate::live::LiveHub;
use crate::metrics::Metrics;
use crate::state::{AppState, Doubtful, HttpSettings};
use axum::body::Body;
use axum::http::Request;
use axum::http::request::Builder;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;
use ut_testkit::world::World;
use ut_tracking::accounts::Accounts;
use ut_tracking::modules::MODULES;
use ut_tracking::modules::geo_time::GeoLookup;
use ut_tracking::rights::Desk;

const MINUTE: i64 = 60_000;
/// 2026-11-22T02:40Z: 20 minutes before the salts of a shop in Berlin rotate.
const NOW: i64 = 1_795_315_200_000;

#[derive(Debug)]
struct Healthy;

impl Doubtful for Healthy {
    fn doubt(&self) -> Option<String> {
        None
    }
}

/// The server's own state, on the world's stores.
fn state(world: &World) -> AppState {
    let settings = HttpSettings {
        public_url: "http://127.0.0.1:3000".parse().expect("an address"),
        development: false,
        demo: false,
        proxies: crate::proxies::TrustedProxies::default(),
        cors_origins: Vec::new(),
        rate_limit_ip: 0,
        rate_limit_site: 0,
        public_bind: false,
    };
    let deps = world.deps.clone();
    AppState {
        accounts: Accounts::new(deps.transactional.clone(), deps.clock.clone(), b"a JWT_SECRET of the tests"),
        sites: world.sites.clone(),
        integrations: world.integrations.clone(),
        settings: Arc::new(settings),
        engine: world.engine.clone(),
        rights: world.rights.clone(),
        desk: Arc::new(Desk::new(world.rights.clone(), world.engine.clone(), deps.clone(), MODULES)),
        realtime_doubt: Arc::new(Healthy),
        geo: Arc::new(GeoLookup::open(None).expect("no database")),
        identifier: world.identifier.clone(),
        receipts: ut_testkit::world::receipts(deps.transactional.clone(), deps.clock.clone()),
        people: ut_testkit::world::people(deps.transactional.clone(), deps.clock.clone()),
        retention: world.retention.clone(),
        live: LiveHub::new(
            deps.realtime.clone(),
            deps.clock.clone(),
            tokio_util::sync::CancellationToken::new(),
        ),
        metrics: Arc::new(Metrics::default()),
        modules: MODULES,
        deps,
    }
}

struct Shop {
    world: World,
    state: AppState,
}

impl Shop {
    async fn ask(&self, request: Builder, body: Value) -> (u16, Value) {
        let request = request.body(Body::from(body.to_string())).expect("a request");
        let answer =
            super::router().with_state(self.state.clone()).oneshot(request).await.expect("infallible");
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.expect("a body").to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    fn event(&self, name: &str) -> Value {
        let at = self.state.deps.clock.now_ms();
        json!({ "id": uuid::Uuid::new_v4(), "name": name, "ts": at, "url": "https://shop.example/cart" })
    }

    /// A page in the visitor's browser.
    fn page(path: &str) -> Builder {
        Request::post(path)
            .header("origin", "https://shop.example")
            .header("user-agent", ut_testkit::browser("ann"))
    }

    async fn looks(&self) {
        let body = json!({ "site": self.world.site.key, "events": [self.event("page_view")] });
        assert_eq!(self.ask(Self::page("/ut/e"), body).await.0, 202);
    }

    async fn token(&self) -> Value {
        let (status, said) = self.ask(Self::page("/ut/j"), json!({ "site": self.world.site.key })).await;
        assert_eq!(status, 200, "{said}");
        said["token"].clone()
    }

    /// The shop's own server tells of a purchase.
    async fn buys(&self, token: &Value) -> (u16, Value) {
        let secrets = self.world.sites.secrets(self.world.site.id);
        let signed = Request::post("/collect/events")
            .header("authorization", format!("Bearer {}", secrets[0].expose()));
        let events = [self.event("purchase")];
        let context = json!({ "join_token": token });
        let body =
            json!({ "site": self.world.site.key, "consent": {}, "context": context, "events": events });
        self.ask(signed, body).await
    }

    /// Visitors, sessions, page views and events of all time.
    async fn numbers(&self) -> [u64; 4] {
        self.world.settled().await;
        let totals = self.world.report("overview").await.totals;
        ["visitors", "sessions", "page_views", "events"].map(|name| totals[name].as_u64().expect("a number"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_meets_the_visit_of_its_browser_until_its_salts_are_destroyed() {
    let world = World::open(MODULES, NOW).await;
    let shop = Shop { state: state(&world), world };
    let later = |minutes: i64| shop.world.clock.advance(minutes * MINUTE);
    shop.looks().await;
    let token = shop.token().await;
    later(15);
    assert_eq!(shop.buys(&token).await.0, 202);
    assert_eq!(shop.numbers().await, [1, 1, 1, 2]);
    // Over the rotation, while the visit goes on, whoever of the two speaks first.
    later(10);
    assert_eq!(shop.buys(&token).await.0, 202);
    later(1);
    shop.looks().await;
    later(20);
    assert_eq!(shop.buys(&token).await.0, 202);
    assert_eq!(shop.numbers().await, [1, 1, 2, 5]);
    // The next visit is of that day's visitor, whom the browser is too. Nothing says that the two are one.
    later(5 * 60);
    assert_eq!(shop.buys(&token).await.0, 202);
    later(5);
    shop.looks().await;
    assert_eq!(shop.numbers().await, [2, 2, 3, 7]);
    // After the second rotation nobody can know.
    later(18 * 60);
    let fresh = shop.token().await;
    later(60);
    let (status, said) = shop.buys(&token).await;
    assert_eq!((status, &said["errors"][0]["field"]), (400, &json!("context.join_token")), "{said}");
    assert_eq!(said["errors"][0]["code"], "expired_token", "{said}");
    assert_eq!(shop.buys(&fresh).await.0, 202, "of yesterday");
    assert_eq!(shop.numbers().await[3], 8, "nothing of the refused call was taken");
    shop.world.close().await;
}
