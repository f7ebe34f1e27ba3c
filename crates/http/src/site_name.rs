//! A site as a request names it.

use schemars::JsonSchema;
use serde::Deserialize;

/// A site by its number or one of its domains; a number may be written as text too.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a site is its number or one of its domains")]
pub(crate) enum SiteName {
    /// Its number.
    Number(u32),
    /// A domain, or the number in digits.
    Text(String),
}

impl SiteName {
    /// What the registry looks for.
    pub(crate) fn into_text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}
