//! The attack on a cookieless visitor by somebody who knows their address and browser and holds every file, written down
//! from the definition of the hash and not with the product's own code for it.
//!
//! It tries each 32 bytes at each place of each file as the salt; each run of 64 hexadecimal digits; and every key that is
//! derived from such digits as a secret, under each label that the program uses. Only zeros at the end of a file are left
//! out: segments of the log are filled with them ahead of what is written.

use super::evidence::Files;
use std::collections::HashSet;
use ut_core::keys::{Keys, derive};
use ut_core::{SiteId, VisitorId};

const SITE: SiteId = SiteId(1);
const LABELS: [&str; 8] = [
    "olap-visitor",
    "session",
    "page-view",
    "seed",
    "visitor-cookie",
    "site-secret",
    "blind-index",
    "dashboard-session",
];

/// What tells a browser from others, the same on every day: BLAKE3 of network, user agent and domain, each after its
/// length.
pub(super) fn likeness(network: &[u8], user_agent: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for part in [network, user_agent.as_bytes(), b"shop.example"] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// Whoever holds the files.
pub(super) struct Attacker<'a> {
    files: &'a Files,
    keys: Keys,
    likeness: [u8; 32],
    /// Keys that stand in no file but follow from what does.
    derived: Vec<(String, [u8; 32])>,
}

impl<'a> Attacker<'a> {
    pub(super) fn new(files: &'a Files, likeness: [u8; 32]) -> Self {
        let secrets = files.text("secrets.toml");
        let secret = |name: &str| {
            let line = secrets.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""));
            line.unwrap().trim_end_matches('"').to_owned()
        };
        let mut derived = Vec::new();
        for (place, digits) in files.hex_runs() {
            let bytes = hex::decode(&digits).unwrap();
            for secret in [digits.as_bytes(), &bytes] {
                derived.extend(LABELS.map(|label| (format!("{place}, {label}"), derive(secret, label))));
            }
            derived.extend(bytes.windows(32).map(|key| (place.clone(), key.try_into().unwrap())));
        }
        assert!(derived.len() > 3 * 2 * LABELS.len(), "the secrets are among them");
        Self { files, keys: Keys::new(secret("hmac_secret").as_bytes()), likeness, derived }
    }

    /// Under which key, and where it lies, the visitor has one of the ids that history holds; and how many were tried.
    pub(super) fn identifies(&self, stored: &HashSet<u64>) -> (Option<String>, u64) {
        let mut tried = 0;
        let mut fits = |key: &[u8; 32]| {
            tried += 1;
            stored.contains(&self.visitor(key))
        };
        if let Some((place, _)) = self.derived.iter().find(|(_, key)| fits(key)) {
            return (Some(place.clone()), tried);
        }
        for (path, bytes) in self.files.iter() {
            let windows = bytes.windows(32).filter_map(|window| window.try_into().ok());
            if let Some(place) = { windows }.position(&mut fits) {
                return (Some(format!("{path} at {place}")), tried);
            }
        }
        (None, tried)
    }

    /// What history would hold of the visitor under a salt.
    pub(super) fn visitor(&self, salt: &[u8; 32]) -> u64 {
        let mut hasher = blake3::Hasher::new_keyed(salt);
        hasher.update(&SITE.0.to_le_bytes()).update(&self.likeness);
        let mut id = [0; 16];
        id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        self.keys.visitor(SITE, VisitorId(id)).0
    }
}
