//! A configuration made by a program: the same table, the same defaults, the same refusals.

use super::problem::Problem;
use super::{Config, Problems, Sources, resolve};
use std::path::PathBuf;

/// What a program that listens and writes its log itself need not say, and says in vain.
const OF_THE_SERVER: [&str; 6] = ["HOST", "PORT", "ADMIN_HOST", "ADMIN_PORT", "LOG_FORMAT", "LOG_LEVEL"];

/// Settings by name; what is not said has the server's default. The environment is not read.
#[derive(Debug, Clone, Default)]
pub struct ConfigBuilder {
    data_dir: Option<PathBuf>,
    settings: Vec<(String, String)>,
}

impl Config {
    /// A configuration by name: see `env.example` for every setting.
    ///
    /// ```
    /// # fn main() -> Result<(), universal_tracking::config::Problems> {
    /// let config = universal_tracking::Config::builder()
    ///     .data_dir("/var/lib/shop/tracking")
    ///     .public_url("https://analytics.shop.example")
    ///     .set("TRUSTED_PROXIES", "loopback")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// What the environment, `.env` and `universal-tracking.toml` of the working directory say, as the server reads
    /// them.
    pub fn from_environment() -> Result<Self, Problems> {
        resolve(&Sources::read(Vec::new(), None)).map(|resolved| resolved.config)
    }
}

impl ConfigBuilder {
    /// `DATA_DIR`: the folder that holds everything.
    #[must_use]
    pub fn data_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(path.into());
        self
    }

    /// `PUBLIC_URL`: where the owner's browser finds the dashboard.
    #[must_use]
    pub fn public_url(self, url: &str) -> Self {
        self.set("PUBLIC_URL", url)
    }

    /// `HMAC_SECRET` and `JWT_SECRET`, at least 32 bytes each; without, they are made and kept in the folder.
    #[must_use]
    pub fn secrets(self, hmac: &str, jwt: &str) -> Self {
        self.set("HMAC_SECRET", hmac).set("JWT_SECRET", jwt)
    }

    /// Any setting by its name as an environment variable, its value as one would write it there.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        // The last word counts.
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The configuration, or everything that is wrong with it.
    pub fn build(self) -> Result<Config, Problems> {
        let mut sources = Sources::default();
        let names = self.settings.iter().map(|(name, _)| name.as_str());
        for name in names.filter(|name| OF_THE_SERVER.contains(name)) {
            let message = "has no effect: the app itself listens and writes the log".to_owned();
            sources.problems.push(Problem { key: name.to_owned(), message });
        }
        let mut config = resolve(&sources.with_code(self.settings))?.config;
        if let Some(path) = self.data_dir {
            config.data_dir = path;
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    #[test]
    fn what_is_not_said_is_the_servers_default() {
        let config = Config::builder().data_dir("/x").public_url("https://a.example").build().unwrap();
        let servers = resolve(&Sources::default()).unwrap().config;
        assert_eq!(config.data_dir, PathBuf::from("/x"));
        assert_eq!(config.server.public_url.as_ref().unwrap().as_str(), "https://a.example/");
        assert_eq!(
            (config.limits, config.spool, config.stores),
            (servers.limits, servers.spool, servers.stores)
        );
    }

    #[test]
    fn what_is_wrong_is_named_all_at_once() {
        let config = Config::builder().set("PUBLIC_URI", "x").set("RATE_LIMIT_IP", "many").set("PORT", "1");
        let said = config.secrets("short", "too").build().unwrap_err().to_string();
        for part in [
            "did you mean PUBLIC_URL?",
            &format!("RATE_LIMIT_IP = \"many\" ({})", Source::Code),
            "PORT has no effect",
            "HMAC_SECRET",
            "JWT_SECRET",
        ] {
            assert!(said.contains(part), "{part} is missing in: {said}");
        }
        assert!(!said.contains("short"), "{said}");
    }

    #[test]
    fn production_demands_its_secrets_and_the_last_word_counts() {
        let config = Config::builder().set("APP_ENV", "production");
        assert_eq!(config.clone().build().unwrap_err().0.len(), 3);
        let secret = "s".repeat(32);
        let config = config.secrets(&secret, &secret).set("SITE_SALT", &secret).set("RATE_LIMIT_IP", "1");
        assert_eq!(config.set("RATE_LIMIT_IP", "2").build().unwrap().limits.events_per_ip, 2);
    }
}
