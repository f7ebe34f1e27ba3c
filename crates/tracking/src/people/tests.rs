//! What is told of people, on a real store.

use super::{FieldName, Joined, MIGRATIONS, People, Told};
use crate::vault::{self, Keyring, Subject, Vault};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use ut_core::module::Migration;
use ut_core::ports::{Row, Statement, Transaction, Transactional, TransactionalError, Value};
use ut_core::{SiteId, VisitorId};
use ut_testkit::FakeClock;
use ut_transactional::Sqlite;

const SITE: SiteId = SiteId(1);
const ANN: VisitorId = VisitorId(*b"ann's browser id");
const BOB: VisitorId = VisitorId(*b"bob's browser id");

struct World {
    people: People,
    vault: Arc<Vault>,
    store: Arc<dyn Transactional>,
    clock: FakeClock,
    folder: tempfile::TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let store: Arc<dyn Transactional> =
        Arc::new(Sqlite::open(&folder.path().join("store.sqlite")).await.expect("opens"));
    store.migrate(&[vault::MIGRATIONS, MIGRATIONS].concat()).await.expect("migrates");
    let clock = FakeClock::at(1_795_000_000_000);
    let ring = Keyring::parse(&format!("k:{}", "07".repeat(32))).expect("a ring");
    let vault = Arc::new(Vault::new(Arc::clone(&store), Arc::new(clock.clone()), ring, b"pepper"));
    let people = People::new(Arc::clone(&store), Arc::clone(&vault), Arc::new(clock.clone()));
    World { people, vault, store, clock, folder }
}

impl World {
    async fn tell(&self, visitor: VisitorId, told: &[(FieldName, &str)]) {
        let told: Vec<_> =
            told.iter().map(|(name, value)| Told { name: *name, value: (*value).to_owned() }).collect();
        self.people.fill(SITE, visitor, &told).await.expect("keeps it");
    }

    async fn known(&self, visitor: VisitorId) -> Vec<(FieldName, String)> {
        let fields = self.people.fields_of(SITE, visitor).await.expect("opens");
        fields.into_iter().map(|field| (field.name, field.value)).collect()
    }

    async fn join(&self, visitor: VisitorId, customer: &str) -> Joined {
        self.people.join(SITE, visitor, customer).await.expect("answers")
    }

    async fn by_email(&self, email: &str) -> Vec<VisitorId> {
        self.people.by_email(SITE, email).await.expect("answers")
    }

    async fn by_customer(&self, customer: &str) -> Vec<VisitorId> {
        self.people.by_external_id(SITE, customer).await.expect("answers")
    }

    /// Is the text anywhere in the store's files?
    fn stores(&self, text: &[u8]) -> bool {
        let files = std::fs::read_dir(self.folder.path()).expect("lists");
        files
            .map(|file| std::fs::read(file.expect("a file").path()).expect("reads"))
            .any(|bytes| bytes.windows(text.len()).any(|window| window == text))
    }

    async fn run(&self, sql: &'static str) -> Vec<Vec<Value>> {
        self.store.run(&Statement { name: "of a test", sql }, &[]).await.expect(sql)
    }
}

#[tokio::test]
async fn what_was_told_opens_for_its_visitor_and_is_nowhere_in_clear() {
    let world = world().await;
    let told: Vec<_> = FieldName::ALL
        .into_iter()
        .zip([
            " Ann@Shop.example",
            "+49 30 1234567",
            "Annegret",
            "Musterfrau",
            "Musterstadt",
            "Bundesland",
            "10999 B",
            "DE",
            "1990-11-23",
            "not said",
            "customer 4711",
        ])
        .collect();
    world.tell(ANN, &told).await;
    let mut expected: Vec<_> = told.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    expected.sort_by_key(|(name, _)| name.as_str());
    assert_eq!(world.known(ANN).await, expected);
    assert_eq!(world.known(BOB).await, []);
    assert_eq!(world.people.fields_of(SiteId(2), ANN).await.expect("answers"), []);
    for text in told.iter().map(|(_, value)| value.trim()).filter(|text| text.len() > 2) {
        assert!(!world.stores(text.as_bytes()) && !world.stores(text.to_lowercase().as_bytes()), "{text}");
    }
    assert!(world.stores(b"birth_date"), "the files were looked at");
    // Told again: replaced. The others stay.
    world.clock.set(1_795_000_000_005);
    world.tell(ANN, &[(FieldName::City, "Berlin")]).await;
    let fields = world.people.fields_of(SITE, ANN).await.expect("opens");
    let city = fields.iter().find(|field| field.name == FieldName::City).expect("a city");
    assert_eq!((fields.len(), city.value.as_str(), city.at), (11, "Berlin", 1_795_000_000_005));
    assert!(!format!("{fields:?}").contains("Berlin"), "no value is printed");
}

#[tokio::test]
async fn people_are_found_by_what_was_told_or_proved_and_by_nothing_else() {
    let world = world().await;
    let both = [(FieldName::Email, "ann@shop.example"), (FieldName::ExternalId, "4711")];
    world.tell(ANN, &both).await;
    world.tell(BOB, &both).await;
    assert_eq!(world.by_email(" ANN@shop.example ").await, [ANN, BOB]);
    assert_eq!(world.by_email("nn@shop.example").await, []);
    assert_eq!(world.people.by_email(SiteId(2), "ann@shop.example").await.expect("answers"), []);
    assert_eq!(world.by_customer("4711").await, [], "nobody has proved it");
    assert_eq!(world.join(ANN, " 4711").await, Joined::Anew);
    assert_eq!(world.by_customer("4711 ").await, [ANN], "and not the one who said so too");
    assert_eq!(world.by_customer("471").await, []);
    // Nobody is found by a first name: two of them look different.
    world.tell(ANN, &[(FieldName::FirstName, "Kim")]).await;
    world.tell(BOB, &[(FieldName::FirstName, "Kim")]).await;
    let rows = world.run("SELECT DISTINCT sealed, blind FROM people_fields WHERE field = 'first_name'").await;
    assert!(rows.len() == 2 && rows.iter().all(|row| row[1] == Value::Null), "{rows:?}");
    let mut blinds = world.people.blinds_of(SITE, ANN).await.expect("answers");
    blinds.sort_unstable();
    let index = |name: FieldName, value| (name, world.vault.blind_index(SITE, name.as_str(), value));
    let expected = [index(FieldName::Email, "ann@shop.example"), index(FieldName::ExternalId, "4711")];
    assert_eq!(blinds, expected, "the join's is the field's: once");
}

#[tokio::test]
async fn a_visitor_is_one_customer_and_a_customer_may_be_several_visitors() {
    let world = world().await;
    assert_eq!(world.join(ANN, "4711").await, Joined::Anew);
    world.clock.set(1_795_000_000_009);
    assert_eq!(world.join(ANN, "4711").await, Joined::Known);
    let join = world.people.joins_of(SITE, ANN).await.expect("answers").expect("is joined");
    assert_eq!(join.at, 1_795_000_000_009, "proved again: as good as new");
    assert_eq!(world.join(ANN, "4712").await, Joined::Other);
    assert_eq!(world.people.joins_of(SITE, ANN).await.expect("answers"), Some(join));
    assert_eq!(world.join(BOB, "4711").await, Joined::Anew);
    assert_eq!((world.by_customer("4711").await, world.by_customer("4712").await), (vec![ANN, BOB], vec![]));
    // The same visitor id at another shop is somebody else.
    assert_eq!(world.people.join(SiteId(2), ANN, "4712").await.expect("answers"), Joined::Anew);
}

#[tokio::test]
async fn who_is_forgotten_is_in_no_file_and_nobody_else_is_forgotten() {
    let world = world().await;
    let told =
        [(FieldName::Email, "x@y.example"), (FieldName::Phone, "030 1"), (FieldName::ExternalId, "4711")];
    world.tell(ANN, &told).await;
    world.tell(BOB, &told).await;
    for visitor in [ANN, BOB] {
        world.join(visitor, "4711").await;
    }
    let sealed = world.run("SELECT sealed FROM people_fields WHERE field <> 'external_id' AND visitor = x'616e6e27732062726f77736572206964'").await;
    let [Value::Bytes(email), Value::Bytes(phone)] = [&sealed[0][0], &sealed[1][0]] else {
        panic!("{sealed:?}")
    };
    assert!(world.stores(email) && world.stores(phone));
    assert_eq!(world.people.forget_contact(SITE, ANN).await.expect("forgets"), 2);
    assert!(!world.stores(email) && !world.stores(phone), "not in the write-ahead log either");
    assert_eq!(world.known(ANN).await, [(FieldName::ExternalId, "4711".to_owned())]);
    assert_eq!(world.by_customer("4711").await, [ANN, BOB]);
    world.vault.seal(SITE, Subject::from(ANN), "receipt", b"x").await.expect("seals");
    assert_eq!(world.people.forget(SITE, ANN).await.expect("forgets"), 2, "the id and the join");
    assert_eq!(world.people.forget(SITE, ANN).await.expect("repeating is harmless"), 0);
    assert_eq!((world.known(ANN).await.len(), world.by_customer("4711").await), (0, vec![BOB]));
    assert_eq!(world.people.blinds_of(SITE, ANN).await.expect("answers"), []);
    assert_eq!(world.known(BOB).await.len(), 3);
    // The key is the receipts' too, and stays until it is shredded.
    assert!(world.vault.shred(SITE, Subject::from(ANN)).await.expect("shreds"));
}

/// A real store, of which somebody reads an older state while it shall be scrubbed.
#[derive(Debug)]
struct Read {
    store: Arc<dyn Transactional>,
    busy: AtomicBool,
    scrubs: AtomicU32,
}

#[async_trait::async_trait]
impl Transactional for Read {
    async fn run(&self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, TransactionalError> {
        self.store.run(statement, values).await
    }

    async fn run_all(&self, work: &[(&Statement, Vec<Value>)]) -> Result<(), TransactionalError> {
        self.store.run_all(work).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, TransactionalError> {
        self.store.begin().await
    }

    async fn migrate(&self, migrations: &[Migration]) -> Result<usize, TransactionalError> {
        self.store.migrate(migrations).await
    }

    async fn scrub(&self) -> Result<(), TransactionalError> {
        self.scrubs.fetch_add(1, Ordering::SeqCst);
        if self.busy.load(Ordering::SeqCst) {
            let message = "somebody reads an older state".to_owned();
            return Err(TransactionalError::Unavailable { statement: "scrub", message });
        }
        self.store.scrub().await
    }

    async fn ping(&self) -> Result<(), TransactionalError> {
        self.store.ping().await
    }

    async fn close(&self) {
        self.store.close().await;
    }
}

/// Rows that are deleted and still in the files are an error, until they are out of them; and who has nothing to forget
/// does not pay for it.
#[tokio::test]
async fn a_scrub_that_fails_is_made_up_for() {
    let world = world().await;
    world.tell(ANN, &[(FieldName::Email, "x@y.example")]).await;
    let store = Arc::clone(&world.store);
    let read = Arc::new(Read { store, busy: AtomicBool::new(true), scrubs: AtomicU32::new(0) });
    let people = People::new(read.clone(), Arc::clone(&world.vault), Arc::new(world.clock.clone()));
    people.forget(SITE, ANN).await.expect_err("it may be in the files");
    people.forget(SITE, ANN).await.expect_err("it still may");
    read.busy.store(false, Ordering::SeqCst);
    assert_eq!(people.forget(SITE, ANN).await.expect("forgets"), 0);
    assert_eq!(people.forget(SITE, BOB).await.expect("forgets"), 0);
    assert_eq!(read.scrubs.load(Ordering::SeqCst), 3, "the last had nothing to do");
}

#[tokio::test]
async fn what_is_old_goes_and_what_was_told_or_proved_again_stays() {
    let world = world().await;
    let told = [(FieldName::Email, "x@y.example"), (FieldName::City, "Berlin")];
    world.tell(ANN, &told).await;
    world.tell(BOB, &told).await;
    for visitor in [ANN, BOB] {
        world.join(visitor, "4711").await;
    }
    let later = 1_795_000_000_000 + 86_400_000;
    world.clock.set(later);
    world.tell(ANN, &[(FieldName::Email, "x@y.example")]).await;
    world.join(BOB, "4711").await;
    assert_eq!(world.people.purge_older_than(SiteId(2), later).await.expect("purges"), 0);
    assert_eq!(world.people.purge_older_than(SITE, later).await.expect("purges"), 4);
    assert_eq!(world.known(ANN).await.len(), 1);
    assert_eq!((world.known(BOB).await.len(), world.by_customer("4711").await), (0, vec![BOB]));
}

#[tokio::test]
async fn what_a_shredded_key_had_sealed_is_not_there_any_more() {
    let world = world().await;
    world.tell(ANN, &[(FieldName::Email, "x@y.example")]).await;
    world.vault.shred(SITE, Subject::from(ANN)).await.expect("shreds");
    assert_eq!(world.known(ANN).await, []);
    world.tell(ANN, &[(FieldName::City, "Berlin")]).await;
    assert_eq!(world.known(ANN).await, [(FieldName::City, "Berlin".to_owned())]);
}

/// Many at once say that one visitor is one of two customers: one of the two wins, for all who asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_once_proofs_make_one_join() {
    let world = Arc::new(world().await);
    let mut joining = tokio::task::JoinSet::new();
    for lane in 0..16 {
        let world = Arc::clone(&world);
        let customer = ["4711", "4712"][lane % 2];
        joining.spawn(async move { (customer, world.join(ANN, customer).await) });
    }
    let all = joining.join_all().await;
    let anew: Vec<_> = all.iter().filter(|(_, joined)| *joined == Joined::Anew).collect();
    let [(winner, _)] = anew[..] else { panic!("{all:?}") };
    for (customer, joined) in &all {
        assert_eq!(*joined == Joined::Other, customer != winner, "{all:?}");
    }
    assert_eq!(world.by_customer(winner).await, [ANN]);
}

#[tokio::test]
async fn a_row_of_a_later_version_is_named_and_not_passed_over() {
    let world = world().await;
    world.tell(ANN, &[(FieldName::Email, "x@y.example")]).await;
    world.run("UPDATE people_fields SET field = 'shoe_size'").await;
    let error = world.people.fields_of(SITE, ANN).await.expect_err("is damaged").to_string();
    assert!(error.contains("people_fields") && error.contains("no such field"), "{error}");
}

/// The tables may be made twice.
#[tokio::test]
async fn the_tables_are_made_once() {
    let world = world().await;
    world.tell(ANN, &[(FieldName::Email, "x@y.example")]).await;
    world.run("DELETE FROM ut_migrations WHERE number = 2026112311").await;
    assert_eq!(world.store.migrate(MIGRATIONS).await.expect("migrates"), 1);
    assert_eq!(world.known(ANN).await.len(), 1);
}

proptest! {
    #[test]
    fn a_normal_form_is_its_own_and_words_come_back(value in "\\PC{0,40}") {
        for name in FieldName::ALL {
            let normal = name.normal(&value);
            prop_assert_eq!(name.normal(&normal), normal);
            prop_assert_eq!(FieldName::parse(name.as_str()), Some(name));
        }
    }
}
