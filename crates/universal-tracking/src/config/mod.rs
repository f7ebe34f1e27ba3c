//! Configuration: one table of settings, five sources, typed structs, and a refusal to start when unsure.
//!
//! `flags > environment > .env > TOML file > default`. [`Sources::read`] collects what the outside says,
//! [`resolve`] is pure and decides, [`Config`] is what the rest of the program sees. This is the only place that
//! reads the environment.

mod builder;
mod example;
mod file;
pub mod kind;
mod places;
mod problem;
mod resolve;
mod secret;
mod sources;
pub mod table;
#[cfg(test)]
mod tests;

pub use builder::ConfigBuilder;
pub use example::env_example;
pub use places::{cache_dir, colours};
pub use problem::{Problem, Problems};
pub use resolve::{Resolved, Setting, resolve};
pub use secret::{Secret, SecretsConfig};
pub use sources::{Found, Source, Sources};

use std::net::SocketAddr;
use std::path::PathBuf;
use url::Url;
use ut_http::proxies::TrustedProxies;

/// Everything that can be set, one struct per concern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// `APP_ENV`.
    pub environment: Environment,
    /// Where it listens and who may call.
    pub server: ServerConfig,
    /// `DATA_DIR`.
    pub data_dir: PathBuf,
    /// Where things are kept.
    pub stores: StoresConfig,
    /// The secrets that were given; [`crate::data_dir::DataDir::secrets`] makes the missing ones.
    pub secrets: SecretsConfig,
    /// Limits of the door.
    pub limits: LimitsConfig,
    /// The durable log.
    pub spool: SpoolConfig,
    /// Log lines.
    pub logs: LogConfig,
}

/// Where it runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Environment {
    /// On somebody's machine: what is missing is made.
    #[default]
    Development,
    /// For real: what is missing is refused.
    Production,
}

/// Where it listens and who may call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServerConfig {
    /// `HOST`: IP address (without brackets) or name.
    pub host: String,
    /// `PORT`.
    pub port: u16,
    /// `ADMIN_HOST`.
    pub admin_host: String,
    /// `ADMIN_PORT`.
    pub admin_port: u16,
    /// `PUBLIC_URL`, if given; see [`ServerConfig::public_url`].
    pub public_url: Option<Url>,
    /// `CORS_ORIGINS`, as browsers write them.
    pub cors_origins: Vec<String>,
    /// `TRUSTED_PROXIES`.
    pub trusted_proxies: TrustedProxies,
}

impl ServerConfig {
    /// The URL browsers use: `PUBLIC_URL`, else `http://` and the address the server listens on (a wildcard
    /// address becomes `127.0.0.1`, which is where the operator's own browser finds it).
    pub fn public_url(&self, bound: SocketAddr) -> Result<Url, url::ParseError> {
        if let Some(url) = &self.public_url {
            return Ok(url.clone());
        }
        let host = match bound {
            SocketAddr::V4(v4) if !v4.ip().is_unspecified() => v4.ip().to_string(),
            SocketAddr::V6(v6) if !v6.ip().is_unspecified() => format!("[{}]", v6.ip()),
            _ => "127.0.0.1".to_owned(),
        };
        Url::parse(&format!("http://{host}:{}/", bound.port()))
    }
}

/// Where things are kept; `None` stands for the usual place in `DATA_DIR`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoresConfig {
    /// The path in `DATABASE_URL=sqlite:PATH`.
    pub sqlite: Option<PathBuf>,
    /// The path in `OLAP_URL=embedded:PATH`.
    pub embedded: Option<PathBuf>,
    /// `UT_CHDB_LIB`.
    pub chdb_lib: Option<PathBuf>,
    /// `GEO_DB`.
    pub geo_db: Option<PathBuf>,
}

/// Limits of the door.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitsConfig {
    /// `RATE_LIMIT_IP`: events per minute and address; 0 = off.
    pub events_per_ip: u32,
    /// `RATE_LIMIT_SITE`: events per minute for one site; 0 = off.
    pub events_per_site: u32,
}

/// The durable log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpoolConfig {
    /// `SPOOL_MAX_BYTES`; 0 = no limit but the disk.
    pub max_bytes: u64,
    /// `SPOOL_RESERVE_BYTES`, if given; else the log's own rule holds (the smaller of 512 MiB and 5 % of the disk).
    pub reserve_bytes: Option<u64>,
}

/// Log lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogConfig {
    /// `LOG_FORMAT`.
    pub format: LogFormat,
    /// `LOG_LEVEL`.
    pub level: LogLevel,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// The least important level that is written: `error`, `warn`, `info`, `debug` or `trace`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLevel(pub &'static str);

impl Default for LogLevel {
    fn default() -> Self {
        Self("info")
    }
}

impl Config {
    /// The SQLite file.
    #[must_use]
    pub fn sqlite_path(&self) -> PathBuf {
        self.stores.sqlite.clone().unwrap_or_else(|| self.data_dir.join("main.sqlite"))
    }

    /// The folder of the embedded ClickHouse: absolute, because the engine joins a relative one to itself.
    #[must_use]
    pub fn olap_path(&self) -> PathBuf {
        let path = self.stores.embedded.clone().unwrap_or_else(|| self.data_dir.join("olap"));
        std::path::absolute(&path).unwrap_or(path)
    }

    /// The folder of the durable log.
    #[must_use]
    pub fn spool_path(&self) -> PathBuf {
        self.data_dir.join("spool")
    }
}
