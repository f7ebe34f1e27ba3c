//! From what the outside says to a configuration, or to everything that is wrong with it. Pure.

use super::problem::{Problem, Problems};
use super::sources::{Source, Sources};
use super::table::{KEYS, Key, REFUSED, find};
use super::{Config, Environment};

/// A setting with its value as shown to people, and where that came from.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The setting.
    pub key: &'static Key,
    /// The value as written; without secrets, see [`super::kind::Kind::shown`]; `None` when there is none.
    pub shown: Option<String>,
    /// Where it came from.
    pub source: Source,
}

/// A configuration and how it came about.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The configuration.
    pub config: Config,
    /// Every setting, in the order of the table.
    pub settings: Vec<Setting>,
    /// Variables of `.env` that mean nothing to this program.
    pub ignored: Vec<String>,
}

impl Resolved {
    /// Did anybody but the default say something about this setting?
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        self.settings.iter().any(|setting| setting.key.name == name && setting.source != Source::Default)
    }
}

/// Decides every setting.
pub fn resolve(sources: &Sources) -> Result<Resolved, Problems> {
    let mut problems = sources.problems.clone();
    let mut config = Config::default();
    let settings = KEYS.iter().map(|key| take(key, sources, &mut config, &mut problems)).collect();
    let ignored = unknown(sources, &mut problems);
    refused(sources, &mut problems);
    production(&config, &mut problems);
    if problems.is_empty() { Ok(Resolved { config, settings, ignored }) } else { Err(Problems(problems)) }
}

fn take(key: &'static Key, sources: &Sources, config: &mut Config, problems: &mut Vec<Problem>) -> Setting {
    let Some(found) = sources.find(key) else {
        if let Some(default) = key.default {
            // The tests of the table prove that every default is a valid value.
            let _ = (key.set)(config, default);
        }
        return Setting { key, shown: key.default.map(str::to_owned), source: Source::Default };
    };
    let shown = key.kind.shown(found.text);
    if (key.set)(config, found.text).is_none() {
        let quoted = if key.secret() { shown.clone() } else { format!("{shown:?}") };
        let message = format!("= {quoted} ({}): expected {}", found.source, key.kind.expected());
        problems.push(Problem { key: found.name, message });
    }
    Setting { key, shown: Some(shown), source: found.source }
}

/// Refuses names nobody knows where they can only be meant for us; returns the rest of `.env`.
fn unknown(sources: &Sources, problems: &mut Vec<Problem>) -> Vec<String> {
    for (name, _) in &sources.code {
        if find(name).is_none() {
            problems.push(Problem::unknown(name, &Source::Code));
        }
    }
    for (name, _) in &sources.environment {
        if name.starts_with("UT_") && find(name).is_none() {
            problems.push(Problem::unknown(name, &Source::Environment));
        }
    }
    if let Some((path, pairs)) = &sources.file {
        for (name, _) in pairs {
            if !KEYS.iter().any(|key| key.toml() == *name) {
                problems.push(Problem::unknown(name, &Source::File(path.clone())));
            }
        }
    }
    let mut ignored = Vec::new();
    for (name, _) in &sources.dotenv {
        if name.starts_with("UT_") && find(name).is_none() {
            problems.push(Problem::unknown(name, &Source::DotEnv));
        } else if !super::sources::is_ours(name) {
            ignored.push(name.clone());
        }
    }
    ignored
}

fn refused(sources: &Sources, problems: &mut Vec<Problem>) {
    let set = |name: &&&str| {
        let mut pairs = sources.environment.iter().chain(&sources.dotenv);
        pairs.any(|(known, text)| known == **name && !text.is_empty())
    };
    for group in REFUSED {
        let names: Vec<&str> = group.names.iter().filter(set).copied().collect();
        if !names.is_empty() {
            let names = names.join(", ");
            let message = format!("would have no effect: {}; unset {names}", group.because);
            problems.push(Problem { key: names, message });
        }
    }
}

fn production(config: &Config, problems: &mut Vec<Problem>) {
    if config.environment != Environment::Production {
        return;
    }
    let secrets = &config.secrets;
    let given =
        [("SITE_SALT", &secrets.site_salt), ("JWT_SECRET", &secrets.jwt), ("HMAC_SECRET", &secrets.hmac)];
    for (name, secret) in given {
        let refused_already = problems.iter().any(|problem| {
            Source::Flag.spell(name) == problem.key || name.eq_ignore_ascii_case(&problem.key)
        });
        if secret.is_none() && !refused_already {
            let make = "openssl rand -hex 32";
            let message = format!("is required when APP_ENV=production; make one with: {make}");
            problems.push(Problem { key: name.to_owned(), message });
        }
    }
}
