//! What the owner's commands take, as JSON objects.

use crate::control::ControlError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::PathBuf;
use ut_tracking::rights::Asked;
use ut_tracking::sites::SiteChange;

/// `site.add`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteAdd {
    pub(super) domains: Vec<String>,
    pub(super) currency: String,
    pub(super) timezone: String,
}

/// `site.show`, `site.rotate_secret`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteNamed {
    /// Number or domain.
    pub(super) site: String,
}

/// `integration.add`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntegrationAdd {
    /// Number or domain.
    pub(super) site: String,
    pub(super) provider: String,
    pub(super) domain: Option<String>,
    pub(super) secret: Option<String>,
}

/// `integration.rotate`, `integration.remove`, which makes no secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntegrationNamed {
    /// Number or domain.
    pub(super) site: String,
    pub(super) provider: String,
    pub(super) secret: Option<String>,
}

/// `site.set`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SiteSet {
    /// Number or domain.
    pub(super) site: String,
    pub(super) change: SiteChange,
}

/// `backup`.
#[cfg(feature = "server")]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backup {
    /// A folder that is there and empty, from the root.
    pub(super) to: std::path::PathBuf,
}

/// `privacy.verify`, `privacy.retention`, `integration.list`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OneOrAll {
    /// Number or domain; `None` means every site.
    pub(super) site: Option<String>,
}

/// `privacy.find`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    /// Number or domain.
    pub(super) site: String,
    pub(super) person: Asked,
}

/// `privacy.erase`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Erase {
    /// Number or domain.
    pub(super) site: String,
    pub(super) person: Asked,
    /// Answer when every store has obeyed, not when the request is taken.
    pub(super) wait: bool,
}

/// `privacy.export`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Export {
    /// Number or domain.
    pub(super) site: String,
    pub(super) person: Asked,
    /// The file to be made, an absolute path. One that is there is not overwritten.
    pub(super) to: PathBuf,
}

/// `token.add`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenAdd {
    /// Number or domain.
    pub(super) site: String,
    pub(super) scope: String,
}

/// Reads a command's arguments.
pub(super) fn read<T: DeserializeOwned>(args: Value) -> Result<T, ControlError> {
    serde_json::from_value(args).map_err(|error| {
        ControlError::new("bad_arguments", format!("the arguments do not fit the command: {error}"))
    })
}
