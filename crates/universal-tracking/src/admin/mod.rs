//! What an owner can have done from the command line. A running server does it through its control socket; without
//! one, the command opens the stores and does the same by the same code.

mod arguments;
#[cfg(feature = "server")]
mod backup;
mod integrations;
#[cfg(feature = "server")]
mod migrate;
mod privacy;
mod sites;

#[cfg(feature = "server")]
pub(crate) use backup::backup_offline;
#[cfg(feature = "server")]
pub(crate) use migrate::{migrate as migrate_offline, open_engine};

#[cfg(feature = "server")]
use crate::backup::SecretsCheck;
use crate::config::Config;
use crate::control::{ControlError, ControlHandler};
use crate::data_dir::Secrets;
use arguments::{TokenAdd, read};
use serde_json::{Value, json};
use std::sync::Arc;
use ut_core::keys::Keys;
use ut_core::module::Migration;
use ut_core::ports::{Olap, Transactional};
use ut_core::{Clock, SystemClock};
use ut_http::state::AppState;
use ut_tracking::accounts::{AccountError, Accounts, Scope};
use ut_tracking::engine::Engine;
use ut_tracking::integrations::{self as connected, Integrations};
use ut_tracking::modules::MODULES;
use ut_tracking::modules::consent::receipts::Receipts;
use ut_tracking::people::{self, People};
use ut_tracking::retention::{self, Retention};
use ut_tracking::rights::{self, Desk, Rights};
use ut_tracking::sites::SiteRegistry;
use ut_tracking::vault::{Keyring, Vault};
use ut_tracking::{accounts, history, vault};
use ut_transactional::Sqlite;

/// Carries out the owner's commands on open stores.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Sites, users, tokens.
    pub transactional: Arc<dyn Transactional>,
    /// History; `None` for commands that have no use for it.
    pub olap: Option<Arc<dyn Olap>>,
    /// The sites.
    pub sites: Arc<SiteRegistry>,
    /// Which shop systems tell of orders.
    pub integrations: Arc<Integrations>,
    /// Users and tokens.
    pub accounts: Arc<Accounts>,
    /// What is sealed of people.
    pub vault: Arc<Vault>,
    /// Receipts of consent.
    pub receipts: Arc<Receipts>,
    /// What the shop tells of its visitors.
    pub people: Arc<People>,
    /// Who was forgotten.
    pub rights: Arc<Rights>,
    /// Answers people's requests; `None` without a running pipeline.
    pub desk: Option<Arc<Desk>>,
    /// What goes when it is too old.
    pub retention: Arc<Retention>,
    /// The running pipeline; `None` without a server.
    pub engine: Option<Arc<Engine>>,
    /// By what a backup's secrets are known again.
    #[cfg(feature = "server")]
    pub(crate) secrets_check: SecretsCheck,
}

/// Every change of the transactional store, in order.
#[must_use]
pub fn transactional_migrations() -> Vec<Migration> {
    let modules = MODULES.iter().flat_map(|module| module.schema().transactional);
    let mut all: Vec<Migration> = ut_tracking::sites::MIGRATIONS
        .iter()
        .chain(accounts::MIGRATIONS)
        .chain(vault::MIGRATIONS)
        .chain(people::MIGRATIONS)
        .chain(rights::MIGRATIONS)
        .chain(retention::MIGRATIONS)
        .chain(connected::MIGRATIONS)
        .chain(modules)
        .copied()
        .collect();
    all.sort_unstable();
    all
}

impl Admin {
    /// From now on it works on a running system.
    pub(crate) fn run_on(&mut self, state: &AppState) {
        self.olap = Some(Arc::clone(&state.deps.olap));
        self.engine = Some(Arc::clone(&state.engine));
        self.desk = Some(Arc::clone(&state.desk));
    }

    /// Opens the transactional store and brings it to shape, as a command does that runs without a server.
    pub async fn open(config: &Config, secrets: &Secrets) -> Result<Self, ControlError> {
        let store = open_store(config).await?;
        let transactional: Arc<dyn Transactional> = Arc::new(store);
        transactional
            .migrate(&transactional_migrations())
            .await
            .map_err(|error| ControlError::new("store", error.to_string()))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let sites =
            SiteRegistry::load(Arc::clone(&transactional), Arc::clone(&clock), secrets.hmac.as_bytes()).await;
        let sites = sites.map_err(|error| sites::site_error(&error))?;
        let told = (Arc::clone(&transactional), Arc::clone(&clock), Arc::clone(&sites));
        let integrations = Integrations::load(told.0, told.1, told.2, secrets.hmac.as_bytes()).await;
        let integrations = integrations.map_err(|error| integrations::integration_error(&error))?;
        let accounts = Accounts::new(Arc::clone(&transactional), Arc::clone(&clock), secrets.jwt.as_bytes());
        let ring = Keyring::parse(secrets.encryption_keys.expose());
        let ring = ring.ok_or_else(|| ControlError::new("keys", "ENCRYPTION_KEYS cannot be read"))?;
        let pepper = secrets.pepper.as_bytes();
        let vault = Arc::new(Vault::new(Arc::clone(&transactional), Arc::clone(&clock), ring, pepper));
        let (store, sealing) = (Arc::clone(&transactional), Arc::clone(&vault));
        let receipts = Arc::new(Receipts::new(Arc::clone(&store), Arc::clone(&sealing), Arc::clone(&clock)));
        let people = Arc::new(People::new(Arc::clone(&store), sealing, Arc::clone(&clock)));
        let retention = Retention::new(store, Arc::clone(&clock), MODULES);
        let retention = Arc::new(retention.with(receipts.clone()).with(people.clone()));
        let keys = Keys::new(secrets.hmac.as_bytes());
        let sealed = (Arc::clone(&vault), Arc::clone(&people));
        let rights = Rights::open(&config.data_dir, Arc::clone(&transactional), sealed, keys, clock);
        let rights = Arc::new(rights.map_err(|error| ControlError::new("journal", error.to_string()))?);
        Ok(Self {
            transactional,
            olap: None,
            sites,
            integrations,
            accounts,
            vault,
            receipts,
            people,
            retention,
            rights,
            desk: None,
            engine: None,
            #[cfg(feature = "server")]
            secrets_check: SecretsCheck::of(secrets),
        })
    }

    async fn add_token(&self, args: &TokenAdd) -> Result<Value, ControlError> {
        let site = self.find_site(&args.site)?;
        let scope = Scope::parse(&args.scope).ok_or_else(|| {
            ControlError::new(
                "unknown_scope",
                format!("there is no scope {:?}: it is read or admin", args.scope),
            )
        })?;
        let added = self.accounts.add_token(site.id, scope).await.map_err(|error| account_error(&error))?;
        Ok(json!({"token": added.word, "id": added.token.id, "site": site.id.0, "scope": scope.as_str()}))
    }

    async fn migrate(&self) -> Result<Value, ControlError> {
        let transactional = self.transactional.migrate(&transactional_migrations()).await;
        let transactional = transactional.map_err(|error| ControlError::new("store", error.to_string()))?;
        let Some(olap) = &self.olap else { return Ok(json!({"transactional": transactional})) };
        let olap = olap
            .migrate(&history::migrations(MODULES))
            .await
            .map_err(|error| history_is_not(&error.to_string()))?;
        Ok(json!({"transactional": transactional, "olap": olap}))
    }

    fn pause(&self, paused: bool) -> Result<Value, ControlError> {
        let engine = self.engine.as_ref().ok_or_else(|| {
            ControlError::new(
                "no_server",
                "no server runs on this DATA_DIR: there is nothing to pause or resume",
            )
        })?;
        engine.pause_history(paused);
        Ok(json!({"paused": paused, "lag_events": engine.history_lag()}))
    }
}

#[async_trait::async_trait]
impl ControlHandler for Admin {
    async fn handle(&self, command: &str, args: Value) -> Result<Value, ControlError> {
        match command {
            "site.add" => self.add_site(read(args)?).await,
            "site.list" => Ok(self.list_sites()),
            "site.show" => self.show_site(&read(args)?),
            "site.set" => self.set_site(&read(args)?).await,
            "site.rotate_secret" => self.rotate_secret(&read(args)?).await,
            "integration.add" => self.add_integration(read(args)?).await,
            "integration.list" => self.list_integrations(&read(args)?).await,
            "integration.rotate" => self.rotate_integration(read(args)?).await,
            "integration.remove" => self.remove_integration(&read(args)?).await,
            "token.add" => self.add_token(&read(args)?).await,
            "migrate" => self.migrate().await,
            "privacy.verify" => self.verify(&read(args)?).await,
            "privacy.find" => self.find_person(&read(args)?).await,
            "privacy.export" => self.export_person(&read(args)?).await,
            "privacy.erase" => self.erase_person(&read(args)?).await,
            "privacy.erasures" => self.erasures(&read(args)?),
            "privacy.retention" => self.retention(&read(args)?).await,
            "keys.rotate" => self.rotate_keys().await,
            #[cfg(feature = "server")]
            "backup" => self.backup(&read(args)?).await,
            "olap.pause" => self.pause(true),
            "olap.resume" => self.pause(false),
            other => Err(ControlError::unknown_command(other)),
        }
    }
}

/// What to say when only the first store could be brought to shape.
fn history_is_not(reason: &str) -> ControlError {
    ControlError::new("history", format!("sites and accounts are in shape, history is not: {reason}"))
}

/// Opens the file of sites and users.
async fn open_store(config: &Config) -> Result<Sqlite, ControlError> {
    let path = config.sqlite_path();
    Sqlite::open(&path).await.map_err(|error| {
        let message = format!(
            "the store of sites and users, {}, does not open: {error}; restore the file from a back-up, or name \
             another with DATABASE_URL",
            path.display()
        );
        ControlError::new("store", message)
    })
}

fn account_error(error: &AccountError) -> ControlError {
    let code = if matches!(error, AccountError::Refused(_)) { "refused" } else { "store" };
    ControlError::new(code, error.to_string())
}
