//! A whole system in this process, without HTTP: real log, real-time store, SQLite and ClickHouse in a temporary
//! folder, and a clock that is moved by hand.
//!
//! The engine can be opened once per process: one world per test binary.

use crate::{FakeClock, browser};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use ut_core::event::{Client, Confidential, Consent, Draft, EventName, Place, Received, Vital, VitalMetric};
use ut_core::keys::Keys;
use ut_core::module::Module;
use ut_core::ports::{Log, Olap, Topic, Transactional};
use ut_core::site::Site;
use ut_core::{Clock, Deps, EventId};
use ut_olap::{Embedded, EmbeddedOptions};
use ut_realtime::InProcess;
use ut_spool::{Spool, SpoolOptions};
use ut_tracking::engine::Engine;
use ut_tracking::integrations::{self, Integrations};
use ut_tracking::modules::consent::receipts::Receipts;
use ut_tracking::modules::consent::{Identifier, Traits};
use ut_tracking::people::People;
use ut_tracking::query::{Answer, DateRange, ReportArgs, report};
use ut_tracking::retention::{self, Retention};
use ut_tracking::rights::Rights;
use ut_tracking::sites::{MIGRATIONS, NewSite, SiteRegistry, log_number};
use ut_tracking::vault::{Keyring, Vault};
use ut_transactional::Sqlite;

const SECRET: &[u8] = b"a secret of thirty-two bytes or more";

/// A running system with one site, `shop.example` in Europe/Berlin.
#[derive(Debug)]
pub struct World {
    /// The stores.
    pub deps: Deps,
    /// Moves the time.
    pub clock: FakeClock,
    /// The site.
    pub site: Arc<Site>,
    /// Pipeline and consumers.
    pub engine: Arc<Engine>,
    /// Visitor ids at the door.
    pub identifier: Arc<Identifier>,
    /// The sites, with their secrets.
    pub sites: Arc<SiteRegistry>,
    /// Which shop systems tell of orders.
    pub integrations: Arc<Integrations>,
    /// What shops tell of their visitors.
    pub people: Arc<People>,
    /// Who was forgotten.
    pub rights: Arc<Rights>,
    /// What goes when it is too old, receipts of consent among it.
    pub retention: Arc<Retention>,
    modules: &'static [&'static dyn Module],
    dir: TempDir,
}

impl World {
    /// Opens the stores with `modules`; the engine is fetched into the user's cache where it is missing.
    ///
    /// # Panics
    /// When a store cannot be opened.
    pub async fn open(modules: &'static [&'static dyn Module], now: i64) -> Self {
        let dir = tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let clock = FakeClock::at(now);
        let (deps, sites) = deps(&dir, &clock, modules, library()).await;
        let identifier = Arc::new(Identifier::new(deps.realtime.clone()));
        let (people, rights) = rights(&dir, &deps);
        let receipts = receipts(deps.transactional.clone(), deps.clock.clone());
        let retention = Retention::new(deps.transactional.clone(), deps.clock.clone(), modules);
        let retention = Arc::new(retention.with(receipts).with(people.clone()));
        let told = (deps.transactional.clone(), deps.clock.clone());
        let integrations = Integrations::load(told.0, told.1, sites.clone(), SECRET).await;
        let integrations = integrations.unwrap_or_else(|error| panic!("no integrations: {error}"));
        let kept = (rights.clone(), retention.clone(), integrations.clone());
        let engine = Engine::start(deps.clone(), modules, identifier.clone(), kept.0, kept.1, kept.2);
        let engine = engine.await.unwrap_or_else(|error| panic!("the pipeline does not start: {error}"));
        let engine = Arc::new(engine);
        let site = deps.sites.all().remove(0);
        Self {
            deps,
            clock,
            site,
            engine,
            identifier,
            sites,
            integrations,
            people,
            rights,
            retention,
            modules,
            dir,
        }
    }

    /// Adds a site and makes it the one that events and reports are of.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn second_site(&mut self, domain: &str, time_zone: &str) {
        let added = self.sites.add(new_site(domain, time_zone)).await;
        self.site = added.unwrap_or_else(|error| panic!("the site is refused: {error}")).site;
    }

    /// An event of this moment, as the door makes it.
    ///
    /// # Panics
    /// When `name` is no event name.
    #[must_use]
    pub fn draft(&self, name: &str, path: &str, props: &[(&str, &str)]) -> Draft {
        let name = EventName::parse(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        Draft {
            url: format!("https://shop.example{path}"),
            props: props.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..Draft::new(EventId::new_v4(), name, self.deps.clock.now_ms())
        }
    }

    /// What a browser measured at this moment, as the door makes it.
    #[must_use]
    pub fn vital(&self, path: &str, metric: VitalMetric, id: &str, value: f64) -> Draft {
        let vital = Vital { metric, id: Vital::id_of(id), navigation_type: "navigate".to_owned(), value };
        Draft { facts: vital.facts(), ..self.draft(Vital::EVENT, path, &[]) }
    }

    /// Appends a person's events as one request.
    ///
    /// # Panics
    /// When the log refuses.
    pub async fn receive(&self, person: &str, drafts: Vec<Draft>) {
        let record = self.record(person, drafts).await;
        self.append(record).await;
    }

    /// A person's events as one request of this moment, as the door logs them.
    ///
    /// # Panics
    /// When there are no salts.
    pub async fn record(&self, person: &str, drafts: Vec<Draft>) -> Received {
        let user_agent = &browser(person);
        let received_at = self.deps.clock.now_ms();
        let salts = self.identifier.salts(&self.site, received_at).await;
        let salts = salts.unwrap_or_else(|error| panic!("no salts: {error}"));
        let traits = Traits { address: [203, 0, 113, 7].into(), user_agent, host: &self.site.domains[0] };
        let visitor = salts.ids(traits.likeness());
        let ids = drafts.iter().map(|draft| visitor.at(draft.at)).collect();
        let client = Client { user_agent: user_agent.clone(), ..Client::default() };
        let confidential = salts.seal(&Confidential { ids, client: Some(client) });
        let confidential = confidential.unwrap_or_else(|error| panic!("no seal: {error}"));
        Received {
            site: self.site.id,
            received_at,
            tz: "Europe/Berlin".to_owned(),
            lang: "de".to_owned(),
            viewport: (390, 844),
            consent: Consent::default(),
            place: Place::default(),
            excluded: false,
            confidential,
            drafts,
        }
    }

    /// Appends a request.
    ///
    /// # Panics
    /// When the log refuses.
    pub async fn append(&self, received: Received) {
        let count = u32::try_from(received.drafts.len()).unwrap_or(u32::MAX);
        let bytes = received.encode().unwrap_or_else(|error| panic!("no bytes: {error}"));
        self.deps
            .log
            .append(Topic::Received, count, bytes)
            .await
            .unwrap_or_else(|error| panic!("refused: {error}"));
    }

    /// Waits until everything received is in history.
    ///
    /// # Panics
    /// After a minute.
    pub async fn settled(&self) {
        for _ in 0..1200 {
            if self.engine.balance().in_flight == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("history did not settle");
    }

    /// A report over everything.
    ///
    /// # Panics
    /// When it is not answered.
    pub async fn report(&self, name: &str) -> Answer {
        let args = ReportArgs { date_range: DateRange::Named("all".to_owned()), ..ReportArgs::default() };
        let answer = report(&self.deps, self.modules, &self.site, name, &args).await;
        answer.unwrap_or_else(|error| panic!("report {name}: {error}"))
    }

    /// The folder of the stores' files.
    #[must_use]
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// The real-time store as a new process would bring it back from the log; the stages must have ended.
    ///
    /// # Panics
    /// When the log's state cannot be read.
    pub async fn recover(&mut self) {
        let (log, keys, clock) = (self.deps.log.clone(), self.deps.keys.clone(), self.deps.clock.clone());
        let realtime = InProcess::recover(log, keys, self.dir.path().to_path_buf(), clock).await;
        self.deps.realtime = Arc::new(realtime.unwrap_or_else(|error| panic!("not recovered: {error}")));
    }

    /// Ends stages and stores.
    pub async fn close(self) {
        self.engine.drain(Duration::from_secs(5)).await;
        self.deps.olap.close().await;
    }
}

/// The pinned engine.
fn library() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "tests use the engine of the user's cache")]
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = ut_chdb::engine::default_cache_dir(
        variable("HOME").as_deref(),
        variable("XDG_CACHE_HOME").as_deref(),
    );
    let cache = cache.unwrap_or_else(|| panic!("neither HOME nor XDG_CACHE_HOME is set"));
    ut_chdb::engine::install(&cache, |_| {})
        .unwrap_or_else(|error| panic!("the engine cannot be fetched: {error}"))
}

async fn deps(
    dir: &TempDir,
    clock: &FakeClock,
    modules: &'static [&'static dyn Module],
    library: PathBuf,
) -> (Deps, Arc<SiteRegistry>) {
    fn ok<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
        result.unwrap_or_else(|error| panic!("a store does not open: {error}"))
    }
    let path = |name: &str| dir.path().join(name);
    let time: Arc<dyn ut_core::Clock> = Arc::new(clock.clone());
    let store: Arc<dyn Transactional> = Arc::new(ok(Sqlite::open(&path("store.sqlite")).await));
    let changes = MIGRATIONS
        .iter()
        .chain(ut_tracking::vault::MIGRATIONS)
        .chain(ut_tracking::people::MIGRATIONS)
        .chain(ut_tracking::rights::MIGRATIONS)
        .chain(retention::MIGRATIONS)
        .chain(integrations::MIGRATIONS)
        .chain(modules.iter().flat_map(|module| module.schema().transactional))
        .copied();
    ok(store.migrate(&changes.collect::<Vec<_>>()).await);
    let sites = ok(SiteRegistry::load(store.clone(), time.clone(), SECRET).await);
    ok(sites.add(new_site("shop.example", "Europe/Berlin")).await);
    let log: Arc<dyn Log> = Arc::new(ok(Spool::open(SpoolOptions::new(path("spool"), time.clone()))));
    let id = log.status().id;
    let number = ok(log_number(store.as_ref(), id).await);
    let keys = Keys::new(SECRET);
    let realtime =
        ok(InProcess::recover(log.clone(), keys.clone(), dir.path().to_path_buf(), time.clone()).await);
    let locate = Box::new(move || Ok(library.clone()));
    let olap = Embedded::start(EmbeddedOptions::new(path("olap"), locate, time.clone()));
    let deps = Deps {
        clock: time,
        log,
        realtime: Arc::new(realtime),
        olap,
        transactional: store,
        sites: sites.clone(),
        keys,
        log_number: (id, number),
    };
    (deps, sites)
}

fn new_site(domain: &str, time_zone: &str) -> NewSite {
    NewSite {
        domains: vec![domain.to_owned()],
        currency: "EUR".to_owned(),
        time_zone: time_zone.to_owned(),
        ..NewSite::default()
    }
}

/// Receipts of consent on a migrated store, sealed with a key of the tests.
#[must_use]
pub fn receipts(store: Arc<dyn Transactional>, clock: Arc<dyn Clock>) -> Arc<Receipts> {
    let vault = vault(store.clone(), clock.clone());
    Arc::new(Receipts::new(store, vault, clock))
}

/// What is told of visitors on a migrated store, sealed with a key of the tests.
#[must_use]
pub fn people(store: Arc<dyn Transactional>, clock: Arc<dyn Clock>) -> Arc<People> {
    let vault = vault(store.clone(), clock.clone());
    Arc::new(People::new(store, vault, clock))
}

/// What is told of people, and who is forgotten.
fn rights(dir: &TempDir, deps: &Deps) -> (Arc<People>, Arc<Rights>) {
    let (store, clock) = (deps.transactional.clone(), deps.clock.clone());
    let vault = vault(store.clone(), clock.clone());
    let people = Arc::new(People::new(store.clone(), vault.clone(), clock.clone()));
    let rights = Rights::open(dir.path(), store, (vault, people.clone()), deps.keys.clone(), clock);
    (people, Arc::new(rights.unwrap_or_else(|error| panic!("the journal does not open: {error}"))))
}

fn vault(store: Arc<dyn Transactional>, clock: Arc<dyn Clock>) -> Arc<Vault> {
    let ring = Keyring::parse(&format!("a:{}", "07".repeat(32))).unwrap_or_else(|| unreachable!());
    Arc::new(Vault::new(store, clock, ring, SECRET))
}

/// A history whose engine is not there: it answers no question.
#[must_use]
pub fn no_history(dir: &std::path::Path, clock: Arc<dyn Clock>) -> Arc<dyn Olap> {
    let locate = Box::new(|| Err("there is no engine".to_owned()));
    Embedded::start(EmbeddedOptions::new(dir.join("olap"), locate, clock))
}
