//! Who is meant, and who stays forgotten: on a real store, with the journal in a folder.

use super::{Asked, AskedWrongly, Rights, journal};
use crate::people::{FieldName, People, Told};
use crate::vault::{Keyring, Vault};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use ut_core::keys::Keys;
use ut_core::ports::Transactional;
use ut_core::{Clock, SiteId, VisitorId};
use ut_testkit::FakeClock;
use ut_transactional::Sqlite;

const SITE: SiteId = SiteId(1);
const OTHER_SITE: SiteId = SiteId(2);
const ANN: VisitorId = VisitorId([0xa1; 16]);
const BOB: VisitorId = VisitorId([0xb0; 16]);
const NOW: i64 = 1_800_000_000_000;
const SECRET: &[u8] = b"a secret of thirty-two bytes or more";

struct Scene {
    folder: TempDir,
    store: Arc<Sqlite>,
    people: Arc<People>,
    vault: Arc<Vault>,
    clock: FakeClock,
}

impl Scene {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Sqlite::open(&folder.path().join("main.sqlite")).await.unwrap());
        let tables = [crate::vault::MIGRATIONS, crate::people::MIGRATIONS, super::MIGRATIONS].concat();
        store.migrate(&tables).await.unwrap();
        let clock = FakeClock::at(NOW);
        let time: Arc<dyn Clock> = Arc::new(clock.clone());
        let ring = Keyring::parse(&format!("a:{}", "07".repeat(32))).unwrap();
        let vault = Arc::new(Vault::new(store.clone(), time.clone(), ring, SECRET));
        let people = Arc::new(People::new(store.clone(), vault.clone(), time));
        Self { folder, store, people, vault, clock }
    }

    fn rights(&self) -> Rights {
        let sealed = (self.vault.clone(), self.people.clone());
        let keys = Keys::new(SECRET);
        let clock = Arc::new(self.clock.clone());
        Rights::open(self.folder.path(), self.store.clone(), sealed, keys, clock).unwrap()
    }

    async fn tell(&self, visitor: VisitorId, name: FieldName, value: &str) {
        self.people.fill(SITE, visitor, &[Told { name, value: value.to_owned() }]).await.unwrap();
    }
}

fn by_visitor(text: &str) -> Asked {
    Asked { visitor: Some(text.to_owned()), ..Asked::default() }
}

fn by_email(text: &str) -> Asked {
    Asked { email: Some(text.to_owned()), ..Asked::default() }
}

#[tokio::test]
async fn people_are_found_by_what_names_them_and_by_nothing_else() {
    let scene = Scene::open().await;
    let rights = scene.rights();
    scene.tell(ANN, FieldName::Email, "Ann@Post.example").await;
    scene.tell(BOB, FieldName::ExternalId, "4711").await;
    let key = Keys::new(SECRET).visitor(SITE, ANN);
    let uuid = uuid::Uuid::from_bytes(ANN.0).to_string();
    for asked in [
        by_email(" ann@post.example "),
        by_visitor(&uuid),
        by_visitor(&format!("{uuid}.00ff")),
        by_visitor(&format!("{:016x}", key.0)),
    ] {
        let found = rights.find(SITE, &asked).await.unwrap().unwrap();
        assert_eq!((found.visitors, found.ids), (vec![key], vec![ANN]));
    }
    let merely_said = Asked { external_id: Some("4711".to_owned()), ..Asked::default() };
    assert_eq!(rights.find(SITE, &merely_said).await.unwrap(), None, "nobody has proved it");
    scene.people.join(SITE, BOB, "4711").await.unwrap();
    assert_eq!(rights.find(SITE, &merely_said).await.unwrap().unwrap().ids, [BOB]);
    assert_eq!(rights.find(OTHER_SITE, &by_email("ann@post.example")).await.unwrap(), None);
    for (asked, wrong) in [
        (Asked::default(), AskedWrongly::Names),
        (by_email("  "), AskedWrongly::Names),
        (Asked { visitor: Some(uuid), ..by_email("a@b.example") }, AskedWrongly::Names),
        (by_visitor("ann"), AskedWrongly::Visitor),
        (by_visitor("0000000000000000"), AskedWrongly::Visitor),
    ] {
        assert_eq!(asked.check(), Err(wrong));
    }
}

#[tokio::test]
async fn who_was_forgotten_stays_so_after_a_restart_and_a_new_agreement_counts() {
    let scene = Scene::open().await;
    scene.tell(ANN, FieldName::Email, "ann@post.example").await;
    let rights = scene.rights();
    assert!(!rights.is_forgotten(SITE, ANN));
    let subject = rights.find(SITE, &by_email("ann@post.example")).await.unwrap().unwrap();
    assert_eq!(rights.erase(&subject).await.unwrap(), 1);
    let again = scene.rights();
    for rights in [rights, again] {
        assert!(rights.is_forgotten(SITE, ANN));
        assert!(!rights.is_forgotten(SITE, BOB) && !rights.is_forgotten(OTHER_SITE, ANN));
        let since = |site, email| rights.suppressed_since(site, FieldName::Email, email);
        assert_eq!(since(SITE, "ANN@post.example"), Some(NOW));
        assert_eq!((since(SITE, "bob@post.example"), since(OTHER_SITE, "ann@post.example")), (None, None));
        assert_eq!(rights.erasures(Some(SITE)).len(), 1);
        assert!(rights.erasures(Some(OTHER_SITE)).is_empty());
    }
    let journal = text(scene.folder.path());
    for name in ["ann", &hex::encode(ANN.0), &format!("{:x}", subject.visitors[0].0)] {
        assert!(!journal.contains(name), "the journal names nobody: {journal}");
    }
}

fn text(folder: &Path) -> String {
    std::fs::read_to_string(folder.join(journal::NAME)).unwrap()
}
