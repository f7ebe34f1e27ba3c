//! What the outside says: flags, the environment, `.env` and a TOML file, read once and handed in as data.

use super::table::{Key, REFUSED};
use super::{Problem, file};
use std::path::{Path, PathBuf};

/// Where a value came from, most important first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag of the command line.
    Flag,
    /// The program this is a part of.
    Code,
    /// The process environment.
    Environment,
    /// `.env` in the working directory.
    DotEnv,
    /// A TOML file.
    File(PathBuf),
    /// Nobody said anything.
    Default,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Code => f.write_str("code"),
            Self::Environment => f.write_str("environment"),
            Self::DotEnv => f.write_str(".env"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

impl Source {
    /// How this source writes the name of a setting.
    #[must_use]
    pub fn spell(&self, name: &str) -> String {
        match self {
            Self::Flag => format!("--{}", name.to_ascii_lowercase().replace('_', "-")),
            Self::Code | Self::Environment | Self::DotEnv | Self::Default => name.to_owned(),
            Self::File(_) => name.to_ascii_lowercase(),
        }
    }
}

/// Names and values, in the order in which they were written.
pub(super) type Pairs = Vec<(String, String)>;

/// A value and where it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    /// The value as written.
    pub text: &'a str,
    /// The name as written.
    pub name: String,
    /// Where.
    pub source: Source,
}

/// Everything the outside says.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    pub(super) flags: Vec<(&'static str, String)>,
    pub(super) code: Pairs,
    pub(super) environment: Pairs,
    pub(super) dotenv: Pairs,
    pub(super) file: Option<(PathBuf, Pairs)>,
    pub(super) problems: Vec<Problem>,
}

impl Sources {
    /// Reads the process environment, `.env` of the working directory and the TOML file: `config`, or
    /// `universal-tracking.toml` of the working directory if there is one.
    #[must_use]
    pub fn read(flags: Vec<(&'static str, String)>, config: Option<&Path>) -> Self {
        let mut sources = Self { flags, ..Self::default() };
        sources.read_environment();
        match std::fs::read_to_string(".env") {
            Ok(text) => sources = sources.with_dotenv(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => sources.unreadable(".env", &error),
        }
        let path = config.unwrap_or(Path::new("universal-tracking.toml"));
        match std::fs::read_to_string(path) {
            Ok(text) => sources.with_file(path, &text),
            Err(error) if config.is_none() && error.kind() == std::io::ErrorKind::NotFound => sources,
            Err(error) => {
                sources.unreadable(&path.display().to_string(), &error);
                sources
            }
        }
    }

    fn read_environment(&mut self) {
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => self.environment.push((name, value)),
                Err(_) if is_ours(&name) => {
                    self.problems.push(Problem { key: name, message: "(environment) is not UTF-8".into() });
                }
                Err(_) => {}
            }
        }
    }

    fn unreadable(&mut self, path: &str, error: &std::io::Error) {
        self.problems.push(Problem { key: path.to_owned(), message: format!("cannot be read: {error}") });
    }

    /// Adds flags: names of the table, values as given.
    #[must_use]
    pub fn with_flags(mut self, flags: Vec<(&'static str, String)>) -> Self {
        self.flags = flags;
        self
    }

    /// Adds what a program says of itself.
    #[must_use]
    pub fn with_code(mut self, code: Pairs) -> Self {
        self.code = code;
        self
    }

    /// Adds an environment.
    #[must_use]
    pub fn with_environment(mut self, environment: Pairs) -> Self {
        self.environment = environment;
        self
    }

    /// Adds the text of a `.env` file.
    #[must_use]
    pub fn with_dotenv(mut self, text: &str) -> Self {
        self.dotenv = file::dotenv(text, &mut self.problems);
        self
    }

    /// Adds the text of a TOML file.
    #[must_use]
    pub fn with_file(mut self, path: &Path, text: &str) -> Self {
        let pairs = file::toml(path, text, &mut self.problems);
        self.file = Some((path.to_owned(), pairs));
        self
    }

    /// What the demo listens to: stores, secrets and links only from flags, because the `.env` of a real shop may
    /// lie in the working directory, and a crowd of invented visitors must not end up in its data.
    #[must_use]
    pub fn for_demo(mut self) -> Self {
        let keep = |(name, _): &(String, String)| {
            let name = name.to_ascii_uppercase();
            !DEMO_FROM_FLAGS.contains(&name.as_str()) && !refused(&name)
        };
        self.environment.retain(keep);
        self.dotenv.retain(keep);
        if let Some((_, pairs)) = &mut self.file {
            pairs.retain(keep);
        }
        self
    }

    /// The value of a setting from its most important source. An empty variable counts as not set, as in the
    /// templates from which `.env` files are made.
    pub(crate) fn find(&self, key: &Key) -> Option<Found<'_>> {
        let flag = self.flags.iter().rev().find(|(name, _)| *name == key.name);
        if let Some((name, text)) = flag {
            return Some(Found { text, name: Source::Flag.spell(name), source: Source::Flag });
        }
        let named = [
            (&self.code, Source::Code),
            (&self.environment, Source::Environment),
            (&self.dotenv, Source::DotEnv),
        ];
        for (pairs, source) in named {
            for wanted in [Some(key.name), key.alias].into_iter().flatten() {
                let pair = pairs.iter().find(|(name, text)| name == wanted && !text.is_empty());
                if let Some((name, text)) = pair {
                    return Some(Found { text, name: name.clone(), source });
                }
            }
        }
        let (path, pairs) = self.file.as_ref()?;
        let (name, text) = pairs.iter().find(|(name, _)| *name == key.toml())?;
        Some(Found { text, name: name.clone(), source: Source::File(path.clone()) })
    }
}

const DEMO_FROM_FLAGS: &[&str] = &[
    "APP_ENV",
    "NODE_ENV",
    "PUBLIC_URL",
    "CORS_ORIGINS",
    "DATA_DIR",
    "DATABASE_URL",
    "REDIS_URL",
    "OLAP_URL",
    "JWT_SECRET",
    "HMAC_SECRET",
    "SITE_SALT",
    "ENCRYPTION_KEYS",
];

fn refused(name: &str) -> bool {
    REFUSED.iter().any(|group| group.names.contains(&name))
}

/// Would a variable of this name mean something to us?
pub(super) fn is_ours(name: &str) -> bool {
    super::table::find(name).is_some() || name.starts_with("UT_") || refused(name)
}
