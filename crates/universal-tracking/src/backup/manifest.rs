//! What a backup says of itself.

use super::files::{failed, list, sum, sync, sync_below};
use super::{MANIFEST, SECRETS};
use crate::Failure;
use crate::config::Secret;
use crate::data_dir::Secrets;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use ut_core::keys::derive;
use ut_tracking::vault::Keyring;

/// The shape of this manifest.
const FORMAT: u32 = 1;

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// The shape of the backup; a later one is not understood.
    pub(super) format: u32,
    /// Of the program that wrote it.
    pub(super) version: String,
    #[serde(flatten)]
    pub(super) held: Held,
    /// By their paths; without this file.
    pub(super) files: BTreeMap<String, FileSum>,
}

/// What the stores held when they were copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    /// When, ISO 8601 UTC.
    pub(super) at: String,
    pub(super) sites: Vec<HeldSite>,
    /// Acknowledged by then and not yet in history: these events are not in the backup.
    pub(super) waiting_events: u64,
    pub(super) secrets: SecretsCheck,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeldSite {
    pub(super) id: u32,
    pub(super) domain: String,
    /// Events in history.
    pub(super) events: u64,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileSum {
    bytes: u64,
    blake3: String,
}

/// By what the secrets that a backup needs are known again. It tells nothing of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SecretsCheck {
    /// Half of a key that is derived from `HMAC_SECRET` for this alone, in hex.
    hmac_secret: String,
    /// The names of the keys in `ENCRYPTION_KEYS`.
    encryption_keys: Vec<String>,
}

impl SecretsCheck {
    /// Of the secrets a process works with.
    pub(crate) fn of(secrets: &Secrets) -> Self {
        let Secrets { hmac, encryption_keys, .. } = secrets;
        let key = derive(hmac.as_bytes(), "backup-check");
        Self { hmac_secret: hex::encode(&key[..16]), encryption_keys: ids(encryption_keys) }
    }

    /// What does not fit, in words.
    pub(super) fn lacking(&self, ours: &Self) -> Option<String> {
        if self.hmac_secret != ours.hmac_secret {
            return Some("HMAC_SECRET is another one than that of the backup".to_owned());
        }
        let missing: Vec<&str> = self.encryption_keys.iter().map(String::as_str).collect();
        let missing: Vec<&str> =
            missing.into_iter().filter(|id| !ours.encryption_keys.iter().any(|our| our == id)).collect();
        (!missing.is_empty()).then(|| format!("ENCRYPTION_KEYS lacks the key {}", missing.join(", ")))
    }
}

fn ids(ring: &Secret) -> Vec<String> {
    let ring = Keyring::parse(ring.expose());
    ring.iter().flat_map(Keyring::ids).map(str::to_owned).collect()
}

impl Manifest {
    /// Sums every file below `folder`, and writes the manifest as the last one.
    pub(super) fn write(folder: &Path, held: Held, progress: impl Fn(&str)) -> Result<Self, Failure> {
        let mut files = BTreeMap::new();
        for name in list(folder)? {
            let (bytes, blake3) = sum(&folder.join(&name))?;
            files.insert(name, FileSum { bytes, blake3 });
        }
        sync_below(folder)?;
        let manifest = Self { format: FORMAT, version: env!("CARGO_PKG_VERSION").to_owned(), held, files };
        progress(&format!("{} files, {} bytes are written", manifest.files.len(), manifest.bytes()));
        let mut text = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| Failure::new(format!("the manifest cannot be written: {error}")))?;
        text.push(b'\n');
        let (new, place) = (folder.join("manifest.json.new"), folder.join(MANIFEST));
        let written = std::fs::write(&new, text);
        written.map_err(|error| failed("cannot be written", &new, &error))?;
        sync(&new)?;
        std::fs::rename(&new, &place).map_err(|error| failed("cannot be moved", &new, &error))?;
        sync(folder)?;
        Ok(manifest)
    }

    /// Reads the manifest of a backup and compares every file with it.
    pub(super) fn verified(folder: &Path, progress: impl Fn(&str)) -> Result<Self, Failure> {
        let damaged = |what: String| {
            Failure::refused(format!("{} is no whole backup: {what}", folder.display()))
                .fix("nothing was changed; take another backup")
        };
        let path = folder.join(MANIFEST);
        let text = std::fs::read(&path).map_err(|error| damaged(format!("{}: {error}", path.display())))?;
        let manifest: Self =
            serde_json::from_slice(&text).map_err(|error| damaged(format!("{}: {error}", path.display())))?;
        if manifest.format != FORMAT {
            let message =
                format!("the backup has the format {}, this program reads {FORMAT}", manifest.format);
            return Err(Failure::refused(message)
                .fix(format!("restore it with version {} of this program", manifest.version)));
        }
        progress(&format!("checking {} files, {} bytes", manifest.files.len(), manifest.bytes()));
        let mut names = list(folder)?;
        names.retain(|name| name != MANIFEST);
        if let Some(name) = names.iter().find(|name| !manifest.files.contains_key(*name)) {
            return Err(damaged(format!("{name} is not in its manifest")));
        }
        for (name, expected) in &manifest.files {
            if !names.contains(name) {
                return Err(damaged(format!("{name} is missing")));
            }
            let (bytes, blake3) = sum(&folder.join(name))?;
            if (FileSum { bytes, blake3 }) != *expected {
                return Err(damaged(format!("{name} is not what was written")));
            }
        }
        Ok(manifest)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }

    /// Are the secrets in it?
    pub(super) fn has_secrets(&self) -> bool {
        self.files.contains_key(SECRETS)
    }
}
