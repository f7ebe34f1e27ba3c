//! What is told of visitors, through the real program and in its files.

mod doors;
mod joins;
mod told;
mod withdrawal;

use super::browser::{Browser, SEED};
use crate::binary;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use ut_core::{SiteId, SystemClock, VisitorId};
use ut_testkit::server::{Server, Shop};
use ut_tracking::people::People;
use ut_tracking::vault::{Keyring, Vault};
use ut_transactional::Sqlite;
use uuid::Uuid;

const SITE: SiteId = SiteId(1);
const KEYS: &str = "k:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
const PEPPER: &str = "the pepper of the tests, which is long enough";
/// The server has keys that the tests know, and says all it ever says.
const SETTINGS: &[(&str, &str)] = &[("ENCRYPTION_KEYS", KEYS), ("SITE_SALT", PEPPER), ("LOG_LEVEL", "debug")];

/// A shop on a running server, and what is kept of its visitors, opened with the server's keys.
struct World {
    dir: TempDir,
    shop: Shop,
    server: Server,
    people: People,
}

async fn world() -> World {
    world_with(&[]).await
}

async fn world_with(settings: &[(&str, &str)]) -> World {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = shop.serve_with(&[SETTINGS, settings].concat());
    let store = Arc::new(Sqlite::open(&Server::data_dir(dir.path()).join("main.sqlite")).await.unwrap());
    let clock = Arc::new(SystemClock);
    let ring = Keyring::parse(KEYS).unwrap();
    let vault = Arc::new(Vault::new(store.clone(), clock.clone(), ring, PEPPER.as_bytes()));
    World { dir, shop, server, people: People::new(store, vault, clock) }
}

impl World {
    /// What the shop's server gives to the page of whom it has logged in.
    fn proof(&self, customer: &str) -> String {
        proof(&self.shop.secret, customer)
    }

    fn body(&self, user: Value) -> Value {
        json!({ "site": self.shop.key, "ids": { "seed": SEED }, "user": user })
    }

    /// What a browser's page tells, and the answer.
    async fn tell(&self, browser: &mut Browser<'_>, user: Value) -> (u16, Value) {
        browser.send(&self.server, "/ut/i", &self.body(user)).await
    }

    /// What is kept of a visitor: `field=value`.
    async fn known(&self, visitor: VisitorId) -> Vec<String> {
        let fields = self.people.fields_of(SITE, visitor).await.unwrap();
        fields.iter().map(|field| format!("{}={}", field.name.as_str(), field.value)).collect()
    }

    async fn by_customer(&self, customer: &str) -> Vec<VisitorId> {
        self.people.by_external_id(SITE, customer).await.unwrap()
    }

    /// A browser whose person agrees to these axes.
    async fn agreed(&self, person: &'static str, axes: &[&str]) -> Browser<'_> {
        let mut browser = Browser::new(&self.shop, person);
        if axes.is_empty() {
            return browser;
        }
        let consent: Value = axes.iter().map(|axis| ((*axis).to_owned(), true)).collect();
        let body = json!({ "site": self.shop.key, "consent": consent });
        assert_eq!(browser.send(&self.server, "/ut/consent", &body).await.0, 200);
        browser
    }
}

const BOTH: &[&str] = &["analytics", "marketing"];

fn proof(secret: &str, customer: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hex::encode(mac.chain_update(customer).finalize().into_bytes())
}

/// The id in a browser's cookie.
fn visitor(browser: &Browser<'_>) -> VisitorId {
    let (id, _) = browser.cookies["_ut_id"].split_once('.').unwrap();
    VisitorId(id.parse::<Uuid>().unwrap().into_bytes())
}

/// Which of the texts are in a file below this folder, whatever their case.
fn found(folder: &Path, texts: &[&[u8]]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(self::found(&path, texts));
        } else if let Ok(bytes) = std::fs::read(&path) {
            let bytes = bytes.to_ascii_lowercase();
            let is_in = |text: &&&[u8]| bytes.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text));
            let hits = texts.iter().filter(is_in);
            found.extend(hits.map(|text| format!("{} in {}", String::from_utf8_lossy(text), path.display())));
        }
    }
    found
}
