//! What a request may touch.

use crate::live::LiveHub;
use crate::metrics::Metrics;
use crate::proxies::TrustedProxies;
use std::sync::Arc;
use ut_core::Deps;
use ut_tracking::accounts::Accounts;
use ut_tracking::engine::Engine;
use ut_tracking::integrations::Integrations;
use ut_tracking::modules::consent::Identifier;
use ut_tracking::modules::consent::receipts::Receipts;
use ut_tracking::modules::geo_time::GeoLookup;
use ut_tracking::people::People;
use ut_tracking::retention::Retention;
use ut_tracking::rights::{Desk, Rights};
use ut_tracking::sites::SiteRegistry;

/// Settings of the HTTP surface, from the configuration.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// `PUBLIC_URL`: the owner's surface answers for its host (and loopback) only.
    pub public_url: url::Url,
    /// `APP_ENV=development`: unsigned calls without an Origin are taken from a loopback peer.
    pub development: bool,
    /// Demo mode: the shop is served.
    pub demo: bool,
    /// `TRUSTED_PROXIES`: who is believed when it says whose request it passes on.
    pub proxies: TrustedProxies,
    /// `CORS_ORIGINS`: other origins that may call the API, without credentials.
    pub cors_origins: Vec<String>,
    /// `RATE_LIMIT_IP`: events per minute and address; 0 = off.
    pub rate_limit_ip: u32,
    /// `RATE_LIMIT_SITE`: events per minute for one site; 0 = off.
    pub rate_limit_site: u32,
    /// Whether the server listens beyond loopback (then it answers little until an owner exists).
    pub public_bind: bool,
}

/// A store that goes on answering although something is wrong with it.
pub trait Doubtful: Send + Sync + std::fmt::Debug {
    /// What is wrong, in words for the operator.
    fn doubt(&self) -> Option<String>;
}

/// What a request may touch. Cloned per request: everything in it is shared.
#[derive(Debug, Clone)]
pub struct AppState {
    /// Stores, clock and keys.
    pub deps: Deps,
    /// Users, sessions and tokens.
    pub accounts: Arc<Accounts>,
    /// The sites, for administration (reading goes through `deps.sites`).
    pub sites: Arc<SiteRegistry>,
    /// Which shop systems tell of orders.
    pub integrations: Arc<Integrations>,
    /// Settings.
    pub settings: Arc<HttpSettings>,
    /// Pipeline and consumers: balance and lag.
    pub engine: Arc<Engine>,
    /// What the real-time store knows to be wrong with itself: for `/ready`.
    pub realtime_doubt: Arc<dyn Doubtful>,
    /// Where addresses are.
    pub geo: Arc<GeoLookup>,
    /// What visitors chose, for the record.
    pub receipts: Arc<Receipts>,
    /// What the shop tells of its visitors.
    pub people: Arc<People>,
    /// Who was forgotten.
    pub rights: Arc<Rights>,
    /// Where people's requests are answered.
    pub desk: Arc<Desk>,
    /// What goes when it is too old.
    pub retention: Arc<Retention>,
    /// Visitor ids at the door.
    pub identifier: Arc<Identifier>,
    /// Live pictures for the presence stream.
    pub live: Arc<LiveHub>,
    /// What the door refused.
    pub metrics: Arc<Metrics>,
    /// The modules whose reports are answered.
    pub modules: &'static [&'static dyn ut_core::module::Module],
}
