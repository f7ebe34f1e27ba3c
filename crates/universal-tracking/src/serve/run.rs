//! The server itself, from open ports to the last answer.

use super::threads::Door;
use super::{Banner, Listeners, Snippet, http, open_files};
use crate::Failure;
use crate::admin::Admin;
use crate::config::{Config, Environment};
use crate::control::ControlServer;
use crate::data_dir::{DataDir, Secrets};
use crate::demo::{self, Traffic};
use crate::routes;
use crate::system::{self, Process, System};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;
use ut_core::SystemClock;
use ut_core::site::Site;
use ut_http::state::HttpSettings;
use ut_tracking::accounts::Purpose;

/// Open connections at a time.
const MAX_CONNECTIONS: usize = 16_384;
/// On the admin listener: whoever watches needs a few.
const ADMIN_CONNECTIONS: usize = 64;

/// What a server is started with.
#[derive(Debug)]
pub struct Start {
    /// The settings.
    pub config: Config,
    /// The folder, held until the server has ended.
    pub data: DataDir,
    /// The secrets.
    pub secrets: Secrets,
    /// The open ports.
    pub listeners: Listeners,
    /// A shop's server or a demo.
    pub mode: Mode,
    /// Cancelled when the server shall end.
    pub shutdown: CancellationToken,
}

/// What the server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real shops.
    Serve,
    /// The demo shop, with a simulated crowd in it.
    Demo {
        /// How many visitors at a time; 0 = none.
        visitors: u32,
        /// The same number gives the same crowd.
        seed: u64,
    },
}

/// Runs a server until `start.shutdown`.
pub async fn run_server(start: Start) -> Result<(), Failure> {
    let Start { config, data, secrets, listeners, mode, shutdown } = start;
    let public_url = config.server.public_url(listeners.public_addr);
    let public_url = public_url.map_err(|error| Failure::new(format!("HOST makes no URL: {error}")))?;
    // Before any store is made: with a wrong setting nothing is to be begun.
    let geo = system::open_geo(&config).await?;
    let door = Door::open()?;
    let mut admin = Admin::open(&config, &secrets).await?;
    let shop = match mode {
        Mode::Serve => None,
        Mode::Demo { .. } => Some(demo::prepare(&admin).await?),
    };
    let settings = http_settings(&config, &listeners, &public_url, shop.is_some());
    let system =
        System::start(&config, &secrets, &admin, geo, settings, Process::Own, shutdown.clone()).await?;
    admin.run_on(&system.state);
    let control = ControlServer::bind(data.path(), Arc::new(admin.clone())).await;
    let control =
        control.map_err(|error| Failure::new(format!("the control socket cannot be opened: {error}")))?;
    banner(&config, &admin, &listeners, &public_url, shop.is_some()).await?.print();
    let tasks = TaskTracker::new();
    tasks.spawn(control.run(shutdown.clone()));
    tasks.spawn(system.state.geo.clone().watch(shutdown.clone()));
    if let (Mode::Demo { visitors, seed }, Some(shop)) = (mode, &shop) {
        let traffic = traffic(visitors, seed, shop, &listeners, &public_url)?;
        let stop = shutdown.clone();
        tasks.spawn(async move {
            if let Err(failure) = demo::run(traffic, Arc::new(SystemClock), stop).await {
                tracing::error!(%failure, "the crowd does not walk: {failure}");
            }
        });
    }
    let most = open_files::connections(MAX_CONNECTIONS);
    let stop = shutdown.clone();
    let (public, admin) = (routes::public(&system.state), routes::admin(&system.state));
    let public = door.run(listeners.public, |listener| http::serve(listener, public, most, stop));
    let stop = shutdown.clone();
    let metrics = door.run(listeners.admin, |listener| http::serve(listener, admin, ADMIN_CONNECTIONS, stop));
    let served = together(public, metrics, &shutdown).await;
    drop(door);
    tracing::debug!("connections are closed");
    tasks.close();
    tasks.wait().await;
    tracing::debug!("commands and the crowd have ended");
    system.close().await;
    tracing::debug!("stores are closed");
    drop(data);
    served
}

/// Waits for both listeners. When one breaks down, the server ends as if it had been told to, and says why: a process
/// that does not answer must not look alive.
async fn together(
    public: impl Future<Output = Result<(), Failure>>,
    admin: impl Future<Output = Result<(), Failure>>,
    shutdown: &CancellationToken,
) -> Result<(), Failure> {
    let stopping = async |serving: Result<(), Failure>| {
        if let Err(failure) = &serving {
            tracing::error!(%failure, "the server ends: {failure}");
            shutdown.cancel();
        }
        serving
    };
    let (public, admin) =
        tokio::join!(async { stopping(public.await).await }, async { stopping(admin.await).await });
    public.and(admin)
}

fn http_settings(config: &Config, listeners: &Listeners, public_url: &Url, demo: bool) -> HttpSettings {
    // The demo's crowd is on this machine and has many addresses.
    let proxies = config.server.trusted_proxies.clone();
    HttpSettings {
        public_url: public_url.clone(),
        development: config.environment == Environment::Development,
        demo,
        proxies: if demo { proxies.and_loopback() } else { proxies },
        cors_origins: config.server.cors_origins.clone(),
        rate_limit_ip: config.limits.events_per_ip,
        rate_limit_site: config.limits.events_per_site,
        public_bind: listeners.is_public(),
    }
}

fn traffic(
    visitors: u32,
    seed: u64,
    shop: &Site,
    listeners: &Listeners,
    public_url: &Url,
) -> Result<Traffic, Failure> {
    let address = public_url.join("demo/").map_err(|error| Failure::new(format!("PUBLIC_URL: {error}")))?;
    Ok(Traffic { visitors, seed, server: listeners.public_addr, shop: address, site_key: shop.key.clone() })
}

async fn banner(
    config: &Config,
    admin: &Admin,
    listeners: &Listeners,
    public_url: &Url,
    demo: bool,
) -> Result<Banner, Failure> {
    let account = |error: ut_tracking::accounts::AccountError| Failure::new(error.to_string());
    let owned = admin.accounts.owner_exists().await.map_err(account)?;
    let purpose = match (owned, demo) {
        (false, _) => Some(Purpose::Owner),
        (true, true) => Some(Purpose::SignIn),
        (true, false) => None,
    };
    let setup_token = match purpose {
        Some(purpose) => Some(admin.accounts.create_setup_link_token(purpose).await.map_err(account)?),
        None => None,
    };
    let snippet = |site: &Arc<Site>| Snippet {
        domain: site.domains.first().cloned().unwrap_or_default(),
        key: site.key.clone(),
    };
    Ok(Banner {
        public_url: public_url.clone(),
        setup_token,
        shop: if demo { public_url.join("demo/").ok() } else { None },
        snippets: admin.sites.list().iter().map(snippet).collect(),
        data_dir: config.data_dir.clone(),
        engine: engine_state(config),
        admin: listeners.admin_addr,
    })
}

/// Whether the engine can be opened, in words.
fn engine_state(config: &Config) -> String {
    let cache = crate::config::cache_dir().unwrap_or_default();
    match ut_chdb::engine::locate(config.stores.chdb_lib.as_deref(), &cache) {
        Ok(library) => format!("ClickHouse {} ({})", ut_chdb::engine::VERSION, library.display()),
        Err(error) => format!("{error}; until then events are kept in the log"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::net::TcpListener;

    /// One listener breaks down; the other one, and whatever else waits for the end, is told to stop.
    #[tokio::test]
    async fn a_listener_that_breaks_down_ends_the_server_with_an_error() {
        for breaks in [0, 1] {
            let door = Door::open().unwrap();
            let shutdown = CancellationToken::new();
            let serve = async |place: usize| {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let stop = shutdown.clone();
                let serving = move |_listener| async move {
                    assert_ne!(place, breaks, "broken down, as told");
                    stop.cancelled().await;
                };
                door.run(listener, serving).await
            };
            let ended =
                tokio::time::timeout(Duration::from_secs(20), together(serve(0), serve(1), &shutdown));
            let failure = ended.await.unwrap().unwrap_err();
            assert!(failure.to_string().contains("no longer served"), "{failure}");
            assert_ne!(failure.exit, 0);
        }
    }
}
