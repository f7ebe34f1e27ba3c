//! A server's owner surface, and a browser or program in front of it.

use super::super::{OwnerState, guard, routes};
use crate::owner::{MaybeReader, Owner, Reader};
use crate::problem::Problem;
use crate::proxies::TrustedProxies;
use crate::state::HttpSettings;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::routing::{get, post};
use http_body_util::BodyExt;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt;
use ut_core::keys::Keys;
use ut_core::ports::Transactional;
use ut_core::{Clock, SiteId};
use ut_realtime::InProcess;
use ut_spool::{Spool, SpoolOptions};
use ut_testkit::FakeClock;
use ut_tracking::accounts::{self, Accounts, NewOwner, Scope};
use ut_tracking::retention::Retention;
use ut_tracking::sites::{self, NewSite, SiteRegistry};
use ut_transactional::Sqlite;

pub(super) const EMAIL: &str = "owner@shop.example";
pub(super) const PASSWORD: &str = "correct horse battery";
pub(super) const SECOND: i64 = 1000;

/// The server.
pub(super) struct World {
    pub(super) state: OwnerState,
    pub(super) clock: FakeClock,
    app: Router,
    _folder: tempfile::TempDir,
}

/// Settings as on a developer's machine, to be changed by a test.
pub(super) fn settings(public_url: &str) -> HttpSettings {
    HttpSettings {
        public_url: public_url.parse().unwrap(),
        development: true,
        demo: false,
        proxies: TrustedProxies::default(),
        cors_origins: Vec::new(),
        rate_limit_ip: 600,
        rate_limit_site: 0,
        public_bind: false,
    }
}

pub(super) async fn world() -> World {
    world_with(settings("http://127.0.0.1:3000")).await
}

pub(super) async fn world_with(settings: HttpSettings) -> World {
    let folder = tempfile::tempdir().unwrap();
    let clock = FakeClock::at(1_795_000_000_000);
    let shared: Arc<dyn Clock> = Arc::new(clock.clone());
    let store: Arc<dyn Transactional> =
        Arc::new(Sqlite::open(&folder.path().join("store.sqlite")).await.unwrap());
    store.migrate(&[sites::MIGRATIONS, accounts::MIGRATIONS].concat()).await.unwrap();
    let log = Spool::open(SpoolOptions::new(folder.path().join("log"), Arc::clone(&shared))).unwrap();
    let dir = folder.path().to_path_buf();
    let realtime =
        InProcess::recover(Arc::new(log), Keys::new(b"secret"), dir, Arc::clone(&shared)).await.unwrap();
    let state = OwnerState {
        accounts: Accounts::new(Arc::clone(&store), Arc::clone(&shared), b"a JWT_SECRET of the tests"),
        sites: SiteRegistry::load(Arc::clone(&store), Arc::clone(&shared), b"an HMAC_SECRET of the tests")
            .await
            .unwrap(),
        settings: Arc::new(settings),
        realtime: Arc::new(realtime),
        metrics: Arc::default(),
        retention: Arc::new(Retention::new(Arc::clone(&store), Arc::clone(&shared), &[])),
        olap: ut_testkit::world::no_history(folder.path(), Arc::clone(&shared)),
        receipts: ut_testkit::world::receipts(store, Arc::clone(&shared)),
        clock: shared,
    };
    let app = guard::around(routes().into_router().merge(probes()), state.clone()).with_state(state.clone());
    World { state, clock, app, _folder: folder }
}

/// Handlers as other folders write them.
fn probes() -> Router<OwnerState> {
    let read = async |reader: Reader, Path(site): Path<u32>| reader.may_read(SiteId(site)).map(|()| "read");
    let known = async |reader: MaybeReader| reader.is_known().to_string();
    let change = async |_: Owner| -> Result<&'static str, Problem> { Ok("changed") };
    Router::new()
        .route("/api/v1/probe/{site}", get(read).post(read))
        .route("/api/v1/known", get(known))
        .route("/api/v1/change", post(change).get(change))
        .route("/assets/app.js", get(async || "script"))
        .route("/setup", get(async || "page"))
}

impl World {
    pub(super) async fn owner(&self) {
        let new = NewOwner { email: EMAIL.to_owned(), password: PASSWORD.to_owned() };
        self.state.accounts.add_owner(new).await.unwrap();
    }

    pub(super) async fn site(&self, domain: &str) -> SiteId {
        let new = NewSite {
            domains: vec![domain.to_owned()],
            currency: "EUR".to_owned(),
            time_zone: "Europe/Berlin".to_owned(),
            session_timeout_min: 30,
        };
        self.state.sites.add(new).await.unwrap().site.id
    }

    pub(super) async fn token(&self, site: SiteId, scope: Scope) -> String {
        format!("Bearer {}", self.state.accounts.add_token(site, scope).await.unwrap().word)
    }

    /// A session of the owner's, as a browser holds it after the login: cookie and CSRF token.
    pub(super) async fn signed_in(&self) -> (String, String) {
        self.owner().await;
        let user = self.state.accounts.login(EMAIL, PASSWORD).await.unwrap().unwrap();
        let session = self.state.accounts.open_session(&user).unwrap();
        let name = crate::owner::cookie::name(&self.state.settings.public_url);
        (format!("{name}={}", session.token), session.claims.csrf)
    }

    pub(super) async fn ask(&self, request: Ask<'_>) -> Answer {
        let mut builder = Request::builder().method(request.method).uri(request.path);
        let peer: SocketAddr = format!("{}:50000", request.peer).parse().unwrap();
        builder = builder.extension(ConnectInfo(peer));
        for (name, value) in std::iter::once(("host", "127.0.0.1:3000"))
            .filter(|_| request.headers.iter().all(|(name, _)| *name != "host"))
            .chain(request.headers.iter().copied())
        {
            builder = builder.header(name, value);
        }
        let body = match &request.body {
            Some(json) => {
                builder = builder.header(header::CONTENT_TYPE, "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        let response = self.app.clone().oneshot(builder.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

/// A request.
#[derive(Clone)]
pub(super) struct Ask<'a> {
    method: &'static str,
    path: &'a str,
    peer: &'static str,
    headers: Vec<(&'static str, &'a str)>,
    body: Option<Value>,
}

pub(super) fn get_(path: &str) -> Ask<'_> {
    Ask { method: "GET", path, peer: HOME, headers: Vec::new(), body: None }
}

pub(super) fn post_(path: &str, body: Value) -> Ask<'_> {
    Ask { method: "POST", path, peer: HOME, headers: Vec::new(), body: Some(body) }
}

/// Where requests come from unless a test says otherwise.
const HOME: &str = "198.51.100.7";

pub(super) fn delete_(path: &str) -> Ask<'_> {
    Ask { method: "DELETE", path, peer: HOME, headers: Vec::new(), body: None }
}

impl<'a> Ask<'a> {
    pub(super) fn with(mut self, name: &'static str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn from(mut self, peer: &'static str) -> Self {
        self.peer = peer;
        self
    }

    pub(super) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// What the dashboard sends along with a change.
    pub(super) fn sent_by_dashboard(self, session: &'a (String, String)) -> Self {
        self.with("cookie", &session.0)
            .with("x-csrf-token", &session.1)
            .with("origin", "http://127.0.0.1:3000")
    }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The cookie as a browser would send it back.
    pub(super) fn cookie(&self) -> String {
        self.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
    }

    /// Status and code of a problem, having checked that it is one.
    pub(super) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16(), "{self:?}");
        assert!(json["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{self:?}");
        let code = json["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
        (self.status.as_u16(), code)
    }
}
