//! From a configuration to a running system.

use super::{Running, Tracking};
use crate::Failure;
use crate::admin::Admin;
use crate::config::{Config, Environment};
use crate::control::ControlServer;
use crate::data_dir::{DataDir, Role};
use crate::system::{self, Process, System};
use std::fmt::Display;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;
use ut_http::state::HttpSettings;
use ut_tracking::sites::NewSite;

/// Without `PUBLIC_URL` the dashboard is looked at on the machine itself.
const ON_THIS_MACHINE: &str = "http://127.0.0.1/";

/// How the system shall be; [`TrackingBuilder::build`] starts it.
#[derive(Debug, Default)]
pub struct TrackingBuilder {
    config: Option<Config>,
    sites: Vec<NewSite>,
}

impl TrackingBuilder {
    /// The settings. Without, they are the server's defaults.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.config = Some(config);
        self
    }

    /// A site that shall be there: added unless its first domain belongs to one already. Events that name no site are of
    /// the first one.
    #[must_use]
    pub fn site(mut self, site: NewSite) -> Self {
        self.sites.push(site);
        self
    }

    /// Opens the stores and starts the stages, on the runtime this is called on.
    ///
    /// # Errors
    /// When another process holds the folder, a store does not open, or a site is not sound.
    pub async fn build(self) -> Result<Tracking, Failure> {
        let config = match self.config {
            Some(config) => config,
            None => Config::builder().build()?,
        };
        let data = DataDir::lock(&config.data_dir, Role::Server).map_err(refused)?;
        let secrets = data.secrets(&config.secrets).map_err(refused)?;
        // Before any store is made: with a wrong setting nothing is to be begun.
        let geo = system::open_geo(&config).await?;
        let settings = http_settings(&config)?;
        let mut admin = Admin::open(&config, &secrets).await?;
        let site = add_sites(&admin, self.sites).await?;
        let (stop, streams) = (CancellationToken::new(), CancellationToken::new());
        let system =
            System::start(&config, &secrets, &admin, geo, settings, Process::Shared, streams.clone()).await?;
        admin.run_on(&system.state);
        let control = ControlServer::bind(data.path(), Arc::new(admin)).await;
        let control =
            control.map_err(|error| Failure::new(format!("the control socket cannot be opened: {error}")))?;
        let tasks = TaskTracker::new();
        tasks.spawn(control.run(stop.clone()));
        tasks.spawn(system.state.geo.clone().watch(stop.clone()));
        Ok(Tracking(Arc::new(Running { system, site, streams, stop, tasks, data: Mutex::new(Some(data)) })))
    }
}

/// Adds those that are missing; returns the number of the first.
async fn add_sites(admin: &Admin, sites: Vec<NewSite>) -> Result<Option<u32>, Failure> {
    let mut first = None;
    for new in sites {
        let known = new.domains.first().and_then(|domain| admin.sites.find(domain));
        let site = match known {
            Some(site) => site,
            None => admin.sites.add(new).await.map_err(refused)?.site,
        };
        first = first.or(Some(site.id.0));
    }
    Ok(first)
}

/// How a system answers that has no listeners of its own.
pub(crate) fn http_settings(config: &Config) -> Result<HttpSettings, Failure> {
    let public_url = match &config.server.public_url {
        Some(url) => url.clone(),
        None => Url::parse(ON_THIS_MACHINE).map_err(refused)?,
    };
    Ok(HttpSettings {
        // Where the app listens it alone knows: a dashboard that is to be seen from outside has a public address.
        public_bind: config.server.public_url.is_some(),
        public_url,
        development: config.environment == Environment::Development,
        demo: false,
        proxies: config.server.trusted_proxies.clone(),
        cors_origins: config.server.cors_origins.clone(),
        rate_limit_ip: config.limits.events_per_ip,
        rate_limit_site: config.limits.events_per_site,
    })
}

fn refused(error: impl Display) -> Failure {
    Failure::refused(error.to_string())
}
