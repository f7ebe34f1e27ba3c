//! What is wrong with a configuration: one line each, all at once.

use super::Source;
use super::table::KEYS;
use serde::Serialize;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The setting as its source writes it (`--port`, `PORT`, `port`), or the file.
    pub key: String,
    /// What is wrong and what is expected; never holds a secret.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.key, self.message)
    }
}

impl Problem {
    /// A name nobody knows.
    pub(super) fn unknown(name: &str, source: &Source) -> Self {
        let nearest =
            nearest(name).map_or_else(String::new, |key| format!("; did you mean {}?", source.spell(key)));
        Self { key: name.to_owned(), message: format!("({source}) is not a setting{nearest}") }
    }
}

/// The setting whose name is most like `name`, written in any of the three ways; `None` when none is near.
#[must_use]
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let wanted = name.trim_start_matches('-').to_ascii_uppercase().replace('-', "_");
    let scored = KEYS.iter().map(|key| (strsim::jaro_winkler(&wanted, key.name), key.name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 > 0.8).then_some(best.1)
}

/// Everything that is wrong, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl std::error::Error for Problems {}

impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}
