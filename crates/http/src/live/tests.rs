//! The stream through its own router, on a real picture.

use super::hub::{MAX_SITE_STREAMS, MAX_STREAMS};
use super::stream::{Pace, stream};
use super::{LiveHub, routes};
use crate::owner::OwnerState;
use crate::state::HttpSettings;
use axum::body::Body;
use axum::extract::FromRef;
use axum::http::{Request, Response, StatusCode, header};
use axum::response::{IntoResponse, Sse};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use ut_core::keys::Keys;
use ut_core::ports::{Activity, LiveBatch, LiveOp, Realtime, Transactional};
use ut_core::{EventId, Lsn, SiteId, VisitorId};
use ut_realtime::InProcess;
use ut_spool::{Spool, SpoolOptions};
use ut_testkit::FakeClock;
use ut_tracking::accounts::{self, Accounts, Scope};
use ut_tracking::retention::Retention;
use ut_tracking::sites::{self, NewSite, SiteRegistry};
use ut_transactional::Sqlite;

const NOW: i64 = 1_800_000_000_000;

#[derive(Clone)]
struct World {
    owner: OwnerState,
    hub: Arc<LiveHub>,
    clock: FakeClock,
    stop: CancellationToken,
    site: SiteId,
    token: String,
    _folder: Arc<tempfile::TempDir>,
}

impl FromRef<World> for OwnerState {
    fn from_ref(world: &World) -> Self {
        world.owner.clone()
    }
}

impl FromRef<World> for Arc<LiveHub> {
    fn from_ref(world: &World) -> Self {
        Arc::clone(&world.hub)
    }
}

async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = FakeClock::at(NOW);
    let store: Arc<dyn Transactional> =
        Arc::new(Sqlite::open(&folder.path().join("store.sqlite")).await.expect("opens"));
    store.migrate(&[sites::MIGRATIONS, accounts::MIGRATIONS].concat()).await.expect("migrates");
    let registry =
        SiteRegistry::load(Arc::clone(&store), Arc::new(clock.clone()), b"secret").await.expect("loads");
    let site = registry.add(new_site("shop.example")).await.expect("adds").site.id;
    let accounts = Accounts::new(Arc::clone(&store), Arc::new(clock.clone()), b"a JWT_SECRET of the tests");
    let token = accounts.add_token(site, Scope::Read).await.expect("adds").word;
    let log =
        Spool::open(SpoolOptions::new(folder.path().join("log"), Arc::new(clock.clone()))).expect("opens");
    let dir = folder.path().to_path_buf();
    let realtime =
        InProcess::recover(Arc::new(log), Keys::new(b"secret"), dir, Arc::new(clock.clone())).await;
    let realtime: Arc<dyn Realtime> = Arc::new(realtime.expect("recovers"));
    let stop = CancellationToken::new();
    let settings = HttpSettings {
        public_url: url::Url::parse("http://127.0.0.1:3000").expect("a URL"),
        development: false,
        demo: false,
        cors_origins: Vec::new(),
        proxies: crate::proxies::TrustedProxies::default(),
        rate_limit_site: 0,
        rate_limit_ip: 0,
        public_bind: false,
    };
    let owner = OwnerState {
        accounts,
        sites: registry,
        settings: Arc::new(settings),
        realtime: Arc::clone(&realtime),
        metrics: Arc::default(),
        retention: Arc::new(Retention::new(Arc::clone(&store), Arc::new(clock.clone()), &[])),
        olap: ut_testkit::world::no_history(folder.path(), Arc::new(clock.clone())),
        receipts: ut_testkit::world::receipts(store, Arc::new(clock.clone())),
        clock: Arc::new(clock.clone()),
    };
    let hub = LiveHub::new(realtime, Arc::new(clock.clone()), stop.clone());
    World { owner, hub, clock, stop, site, token, _folder: Arc::new(folder) }
}

fn new_site(domain: &str) -> NewSite {
    NewSite {
        domains: vec![domain.to_owned()],
        currency: "EUR".to_owned(),
        time_zone: "UTC".to_owned(),
        session_timeout_min: NewSite::DEFAULT_SESSION_TIMEOUT_MIN,
    }
}

impl World {
    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        routes().into_router().with_state(self.clone()).oneshot(request).await.expect("infallible")
    }

    async fn open(&self, headers: &[(&str, &str)]) -> Response<Body> {
        let bearer = format!("Bearer {}", self.token);
        let headers = [headers, &[("authorization", &bearer)]].concat();
        let response = self.ask("GET", &format!("/presence/stream?site={}", self.site.0), &headers).await;
        assert_eq!(response.status(), StatusCode::OK);
        response
    }

    async fn seen(&self, visitors: std::ops::Range<u8>) {
        let seen = |visitor| LiveOp::Seen {
            site: self.site,
            visitor: VisitorId([visitor; 16]),
            at: self.owner.clock.now_ms(),
            page: Some("/a".to_owned()),
            country: String::new(),
        };
        self.apply(visitors.map(seen).collect()).await;
    }

    async fn does(&self, ids: std::ops::Range<u128>) {
        let line = |id| {
            let (id, name) = (EventId::from_u128(id), "page_view".to_owned());
            LiveOp::Activity(self.site, Activity { id, name, page: Some("/a".to_owned()), at: NOW })
        };
        self.apply(ids.map(line).collect()).await;
    }

    async fn apply(&self, ops: Vec<LiveOp>) {
        self.owner.realtime.live(&LiveBatch { until: Lsn(0), ops }).await.expect("applies");
    }
}

/// The next event as it stands on the wire; `None` at the end of the stream.
async fn next(body: &mut Body) -> Option<String> {
    let frame =
        tokio::time::timeout(Duration::from_secs(20), body.frame()).await.expect("an event in time")?;
    let bytes = frame.expect("no error").into_data().expect("data");
    Some(String::from_utf8(bytes.to_vec()).expect("text"))
}

fn presence(event: &str) -> Option<Value> {
    let data = event.strip_prefix("event: presence\ndata: ")?.strip_suffix("\n\n")?;
    Some(serde_json::from_str(data).expect("JSON"))
}

/// Ids of the activity that comes before the next picture.
async fn activity(body: &mut Body) -> Vec<u128> {
    let mut ids = Vec::new();
    loop {
        let event = next(body).await.expect("goes on");
        if presence(&event).is_some() {
            return ids;
        }
        let id = event.lines().find_map(|line| line.strip_prefix("id: ")).expect("an id");
        ids.push(EventId::try_parse(id).expect("a UUID").as_u128());
        assert!(
            event.starts_with("event: activity\n") && event.contains("\"name\":\"page_view\""),
            "{event}"
        );
    }
}

#[tokio::test]
async fn the_picture_comes_at_once_and_then_every_second() {
    let world = world().await;
    world.seen(0..10).await;
    let response = world.open(&[]).await;
    let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
    assert_eq!(header(header::CONTENT_TYPE.as_str()), "text/event-stream");
    assert_eq!((header("cache-control"), header("x-accel-buffering")), ("no-store".into(), "no".into()));
    let mut body = response.into_body();
    let mut per_minute = vec![0; 30];
    per_minute[29] = 10;
    let first = presence(&next(&mut body).await.expect("an event")).expect("the picture");
    let expected = json!({
        "now": 10, "now_ema": 10.0, "last_5_min": 10, "last_30_min": 10, "per_minute": per_minute,
        "pages": [{ "page": "/a", "visitors": 10 }], "countries": [],
    });
    assert_eq!(first, expected);
    world.clock.advance(15_000);
    world.seen(10..110).await;
    let later = presence(&next(&mut body).await.expect("an event")).expect("the picture");
    assert_eq!(
        (&later["now"], &later["now_ema"]),
        (&json!(110), &json!(73.21)),
        "63 % of the step after 15 s"
    );
}

#[tokio::test]
async fn readers_share_a_ticker_and_it_ends_with_the_last_of_them() {
    let world = world().await;
    let (mut one, mut two) = (world.open(&[]).await.into_body(), world.open(&[]).await.into_body());
    assert_eq!(next(&mut one).await, next(&mut two).await);
    assert_eq!(world.hub.watched(), 1);
    drop((one, two));
    while world.hub.watched() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut again = world.open(&[]).await.into_body();
    assert!(next(&mut again).await.is_some(), "and starts anew");
}

#[tokio::test]
async fn activity_goes_on_after_the_last_line_a_reader_knows() {
    let world = world().await;
    world.does(1..4).await;
    let mut body = world.open(&[]).await.into_body();
    assert_eq!(activity(&mut body).await, [0; 0], "the picture first");
    assert_eq!(activity(&mut body).await, [1, 2, 3]);
    world.does(2..6).await;
    assert_eq!(activity(&mut body).await, [0; 0]);
    assert_eq!(activity(&mut body).await, [4, 5], "what is known is not said again");
    let known = EventId::from_u128(4).to_string();
    let mut resumed = world.open(&[("last-event-id", &known)]).await.into_body();
    assert_eq!([activity(&mut resumed).await, activity(&mut resumed).await].concat(), [5]);
}

#[tokio::test]
async fn a_comment_keeps_the_connection_open() {
    let world = world().await;
    let place = world.hub.place(None).expect("a place");
    let pace = Pace { heartbeat: Duration::from_millis(5), ..Pace::default() };
    let events = stream(&world.hub, world.site, None, place, pace);
    let mut body = Sse::new(events).into_response().into_body();
    let mut comments = 0;
    while comments < 2 {
        comments += usize::from(next(&mut body).await.expect("goes on").starts_with(':'));
    }
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let world = world().await;
    let mut body = world.open(&[]).await.into_body();
    assert!(next(&mut body).await.is_some());
    world.stop.cancel();
    assert_eq!(next(&mut body).await, None);
    world.hub.closed().await;
    assert_eq!(world.hub.watched(), 0);
}

#[tokio::test]
async fn so_many_streams_are_served_at_a_time_and_no_more() {
    let world = world().await;
    let _others: Vec<_> = (1..MAX_STREAMS).map(|_| world.hub.place(None).expect("a place")).collect();
    let last = world.open(&[]).await;
    let bearer = format!("Bearer {}", world.token);
    let path = format!("/presence/stream?site={}", world.site.0);
    let refused = world.ask("GET", &path, &[("authorization", &bearer)]).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "10");
    drop(last);
    world.open(&[]).await;
}

#[tokio::test]
async fn a_sites_tokens_cannot_take_every_stream() {
    let world = world().await;
    let streams: Vec<_> =
        (0..MAX_SITE_STREAMS).map(|_| world.hub.place(Some(world.site)).expect("a place")).collect();
    let bearer = format!("Bearer {}", world.token);
    let path = format!("/presence/stream?site={}", world.site.0);
    let refused = world.ask("GET", &path, &[("authorization", &bearer)]).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()["retry-after"], "10");
    assert!(
        world.hub.place(None).is_ok() && world.hub.place(Some(SiteId(99))).is_ok(),
        "the others have theirs"
    );
    drop(streams);
    world.open(&[]).await;
}

#[tokio::test]
async fn a_stream_ends_after_its_time_so_that_its_reader_shows_again_who_they_are() {
    let world = world().await;
    let place = world.hub.place(None).expect("a place");
    let pace = Pace { life: Duration::from_millis(20), ..Pace::default() };
    let pictures = stream(&world.hub, world.site, None, place, pace).count().await;
    assert!(pictures >= 1, "it lived, and it has ended");
}

#[tokio::test]
async fn only_readers_of_the_site_may_look() {
    let world = world().await;
    let other = world.owner.sites.add(new_site("other.example")).await.expect("adds").site.id;
    let bearer = format!("Bearer {}", world.token);
    let asked = async |path: &str, headers: &[(&str, &str)]| world.ask("GET", path, headers).await.status();
    let signed = [("authorization", bearer.as_str())];
    assert_eq!(asked("/presence/stream?site=1", &[]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(asked("/presence/stream", &signed).await, StatusCode::BAD_REQUEST);
    assert_eq!(asked("/presence/stream?site=nowhere.example", &signed).await, StatusCode::FORBIDDEN);
    assert_eq!(asked(&format!("/presence/stream?site={}", other.0), &signed).await, StatusCode::FORBIDDEN);
    assert_eq!(asked("/presence/stream?site=shop.example", &signed).await, StatusCode::OK);
}

#[tokio::test]
async fn a_ticket_opens_one_stream_within_a_minute() {
    let world = world().await;
    let bearer = format!("Bearer {}", world.token);
    assert_eq!(world.ask("POST", "/api/v1/live/ticket", &[]).await.status(), StatusCode::UNAUTHORIZED);
    let path = async || {
        let response = world.ask("POST", "/api/v1/live/ticket", &[("authorization", &bearer)]).await;
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        let ticket =
            serde_json::from_slice::<Value>(&body).expect("JSON")["ticket"].as_str().map(str::to_owned);
        format!("/presence/stream?site={}&ticket={}", world.site.0, ticket.expect("a ticket"))
    };
    let opened = async |path: &str| world.ask("GET", path, &[]).await.status();
    let first = path().await;
    assert_eq!(opened(&first).await, StatusCode::OK);
    assert_eq!(opened(&first).await, StatusCode::UNAUTHORIZED, "a second time");
    let second = path().await;
    world.clock.advance(60_000);
    assert_eq!(opened(&second).await, StatusCode::UNAUTHORIZED, "a minute later");
    assert_eq!(opened("/presence/stream?site=1&ticket=guess").await, StatusCode::UNAUTHORIZED);
}
