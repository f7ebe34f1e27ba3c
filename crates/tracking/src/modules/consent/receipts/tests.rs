//! Chains on a real store: whole, changed in every place, and with people forgotten.

use super::super::signals::SignalSource;
use super::{AxesSaid, MIGRATIONS, Receipt, ReceiptError, ReceiptSource, Receipts, Whose};
use crate::vault::{self, Keyring, Subject, Vault};
use std::path::Path;
use std::sync::Arc;
use ut_core::SiteId;
use ut_core::ports::{Row, Statement, Transactional, Value};
use ut_testkit::FakeClock;
use ut_transactional::Sqlite;

pub(super) const NOW: i64 = 1_795_000_000_000;
pub(super) const SITE: SiteId = SiteId(1);
pub(super) const ANNA: Subject = Subject([0xa; 16]);

pub(super) struct Place {
    folder: tempfile::TempDir,
    store: Arc<dyn Transactional>,
    vault: Arc<Vault>,
    pub(super) receipts: Arc<Receipts>,
}

async fn open(path: &Path) -> (Arc<dyn Transactional>, Arc<Vault>, Arc<Receipts>) {
    let store = Sqlite::open(&path.join("store.sqlite")).await.expect("opens");
    let store: Arc<dyn Transactional> = Arc::new(store);
    store.migrate(&[vault::MIGRATIONS, MIGRATIONS].concat()).await.expect("migrates");
    let clock = Arc::new(FakeClock::at(NOW));
    let ring = Keyring::parse(&format!("k1:{}", "17".repeat(32))).expect("a ring");
    let vault = Arc::new(Vault::new(Arc::clone(&store), clock.clone(), ring, b"pepper"));
    let receipts = Arc::new(Receipts::new(Arc::clone(&store), Arc::clone(&vault), clock));
    (store, vault, receipts)
}

impl Place {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, vault, receipts) = open(folder.path()).await;
        Self { folder, store, vault, receipts }
    }

    /// Six receipts of site 1 (of Anna, of nobody, in turn) and two of site 2.
    pub(super) async fn with_receipts() -> Self {
        let place = Self::new().await;
        for number in 1..=6 {
            let subject = (number % 2 == 1).then_some(ANNA);
            place.receipts.append(&receipt(SITE, subject, number)).await.expect("appends");
        }
        for number in 1..=2 {
            place.receipts.append(&receipt(SiteId(2), None, number)).await.expect("appends");
        }
        place
    }

    pub(super) async fn run(&self, sql: &'static str, values: &[Value]) -> Vec<Row> {
        self.store.run(&Statement { name: "of_the_test", sql }, values).await.expect(sql)
    }

    /// The numbers of site 1 that are named as broken.
    pub(super) async fn broken(&self) -> Vec<i64> {
        let verdicts = self.receipts.verify_all().await.expect("the store answers");
        verdicts.iter().filter_map(|verdict| verdict.as_ref().err()).map(|broken| broken.number).collect()
    }
}

pub(super) fn receipt(site: SiteId, subject: Option<Subject>, number: i64) -> Receipt {
    let said = |text: &str| (number != 4).then(|| text.to_owned());
    Receipt {
        site,
        subject,
        at_ms: NOW + number,
        axes: AxesSaid { analytics: Some(subject.is_some()), marketing: Some(false), ..AxesSaid::default() },
        source: ReceiptSource::Signal(SignalSource::Tcf),
        raw: Some("CQAAAAAQAAAAAAAAAAENAAFgAAAAAAAAAAAA".to_owned()),
        policy_version: said("2026-11"),
        region: said("FR"),
        user_agent: Some("Mozilla/5.0 (X11; Linux x86_64)".to_owned()),
    }
}

#[tokio::test]
async fn what_was_appended_is_listed_newest_first_and_the_chain_is_whole() {
    let place = Place::with_receipts().await;
    let all = place.receipts.list(SITE, 100, None).await.expect("lists");
    assert_eq!(all.iter().map(|receipt| receipt.number).collect::<Vec<_>>(), [6, 5, 4, 3, 2, 1]);
    let next = place.receipts.list(SITE, 2, Some(5)).await.expect("lists");
    assert_eq!(next.iter().map(|receipt| receipt.number).collect::<Vec<_>>(), [4, 3]);

    let (of_anna, of_nobody) = (&all[1], &all[0]);
    assert_eq!(of_anna.axes, receipt(SITE, Some(ANNA), 5).axes);
    assert_eq!((of_anna.source.as_str(), of_anna.at_ms), ("tcf", NOW + 5));
    assert_eq!((of_anna.id.get_version_num(), of_anna.region.as_deref()), (7, Some("FR")));
    let Whose::Known { subject, raw, ua_hash } = &of_anna.whose else { panic!("{of_anna:?}") };
    assert_eq!((*subject, raw.as_deref()), (ANNA, receipt(SITE, None, 1).raw.as_deref()));
    assert!(ua_hash.is_some());
    assert_eq!(of_nobody.whose, Whose::Nobodys, "nothing of it is kept, sealed or not");

    let whole = place.receipts.verify(SITE).await.expect("whole");
    assert_eq!((whole.receipts, whole.head), (6, Some(of_nobody.hash)));
    assert_eq!(place.receipts.verify(SiteId(9)).await.expect("whole").receipts, 0);
    assert_eq!(place.broken().await, [0; 0]);
}

/// Nothing of a person is in the file in clear, and of a visitor who is not to be recognised there is nothing at all.
#[tokio::test]
async fn what_points_to_a_person_is_sealed() {
    let place = Place::with_receipts().await;
    let sealed = place.run("select sealed from consent_receipts where number % 2 = 0", &[]).await;
    assert!(sealed.iter().flatten().all(|cell| *cell == Value::Null), "{sealed:?}");
    let rows = place.run("select * from consent_receipts", &[]).await;
    let all = rows.iter().flatten().fold(Vec::<u8>::new(), |mut all, cell| {
        match cell {
            Value::Bytes(bytes) => all.extend(bytes),
            Value::Text(text) => all.extend(text.as_bytes()),
            _ => {}
        }
        all
    });
    for part in [ANNA.0.as_slice(), b"CQAAAAAQ", b"Mozilla"] {
        assert!(!all.windows(part.len()).any(|window| window == part), "{part:?}");
    }
}

/// Every byte of every column of every row of both tables.
#[tokio::test]
async fn a_flipped_bit_anywhere_is_found_and_named() {
    const COLUMNS: [(&str, &str); 11] = [
        ("site", "update consent_receipts set site = $1 where site = 1 and id = $2"),
        ("number", "update consent_receipts set number = $1 where site = 1 and id = $2"),
        ("at", "update consent_receipts set at = $1 where site = 1 and id = $2"),
        ("axes", "update consent_receipts set axes = cast($1 as text) where site = 1 and id = $2"),
        ("source", "update consent_receipts set source = cast($1 as text) where site = 1 and id = $2"),
        (
            "policy_version",
            "update consent_receipts set policy_version = cast($1 as text) where site = 1 and id = $2",
        ),
        ("region", "update consent_receipts set region = cast($1 as text) where site = 1 and id = $2"),
        ("sealed", "update consent_receipts set sealed = $1 where site = 1 and id = $2"),
        ("prev_hash", "update consent_receipts set prev_hash = $1 where site = 1 and id = $2"),
        ("hash", "update consent_receipts set hash = $1 where site = 1 and id = $2"),
        ("id", "update consent_receipts set id = $1 where site = 1 and id = $2"),
    ];
    let place = Place::with_receipts().await;
    let rows = place
        .run("select site, number, at, axes, source, policy_version, region, sealed, prev_hash, hash, id from consent_receipts where site = 1 order by number", &[])
        .await;
    let mut flips = 0;
    for row in &rows {
        let (Value::Int(number), Value::Bytes(id)) = (&row[1], &row[10]) else { panic!("{row:?}") };
        for ((column, update), value) in COLUMNS.into_iter().zip(row) {
            for changed in flipped(value) {
                let update = Statement { name: "flip", sql: update };
                let id_now = if column == "id" { changed.clone() } else { Value::Bytes(id.clone()) };
                if place.store.run(&update, &[changed.clone(), Value::Bytes(id.clone())]).await.is_err() {
                    assert_eq!(column, "number", "only a number that is given already is refused");
                    continue;
                }
                let named = place.broken().await;
                let moved =
                    if let (true, Value::Int(to)) = (column == "number", &changed) { *to } else { *number };
                assert!(
                    named.contains(number) || named.contains(&moved),
                    "{column} of {number} to {changed:?}: {named:?}"
                );
                let back = if column == "site" {
                    "update consent_receipts set site = 1 where id = $2 and $1 = 1".to_owned()
                } else {
                    update.sql.to_owned()
                };
                let back = Statement { name: "back", sql: back.leak() };
                place.store.run(&back, &[value.clone(), id_now]).await.expect("back");
                flips += 1;
            }
        }
    }
    println!("{flips} single changes, each found");
    assert_eq!(place.broken().await, [0; 0]);
}

/// The value with one bit of each byte changed; of nothing, an empty text.
fn flipped(value: &Value) -> Vec<Value> {
    let bytes = |bytes: &[u8]| {
        let flip = |at: usize| {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1 << (at % 8);
            Value::Bytes(changed)
        };
        (0..bytes.len()).map(flip).collect()
    };
    match value {
        Value::Null => vec![Value::Bytes(Vec::new())],
        Value::Int(number) => (0..64).step_by(7).map(|bit| Value::Int(number ^ (1 << bit))).collect(),
        Value::Text(text) => bytes(text.as_bytes()),
        Value::Bytes(of) => bytes(of),
    }
}

#[tokio::test]
async fn a_changed_end_of_the_chain_is_found() {
    for (sql, named) in [
        ("update consent_chains set number = 7 where site = 1", 7),
        ("update consent_chains set number = 5 where site = 1", 6),
        ("update consent_chains set number = 'x' where site = 1", 6),
        ("update consent_chains set hash = x'00' where site = 1", 6),
        ("update consent_chains set site = 3 where site = 1", 6),
        ("delete from consent_chains where site = 1", 6),
        ("delete from consent_receipts where site = 1", 1),
        ("update consent_receipts set hash = 'x' where number = 6", 6),
        ("update consent_receipts set at = at + 0.5 where number = 6", 6),
        ("update consent_receipts set region = cast(x'ff' as text) where number = 5", 5),
        ("update consent_receipts set region = x'4652' where number = 2", 2),
    ] {
        let place = Place::with_receipts().await;
        place.run(sql, &[]).await;
        assert!(place.broken().await.contains(&named), "{sql}: {:?}", place.broken().await);
    }
}

#[tokio::test]
async fn a_receipt_taken_out_put_in_or_exchanged_is_found() {
    for number in 1..=6 {
        let place = Place::with_receipts().await;
        place.run("delete from consent_receipts where site = 1 and number = $1", &[Value::Int(number)]).await;
        assert_eq!(place.broken().await, [number]);
        let error = place.receipts.verify(SITE).await.expect_err("broken");
        assert!(matches!(&error, ReceiptError::Broken(broken) if broken.why == "it is missing"), "{error}");
    }
    for (sql, named) in [
        (
            "insert into consent_receipts select 1, 7, x'01', at, axes, source, policy_version, region, sealed, prev_hash, hash from consent_receipts where site = 1 and number = 6",
            7,
        ),
        (
            "insert into consent_receipts select 1, -7, x'01', at, axes, source, policy_version, region, sealed, prev_hash, hash from consent_receipts where site = 1 and number = 6",
            -7,
        ),
        ("update consent_receipts set number = -number where site = 1 and number in (3, 4)", -4),
        ("update consent_receipts set number = 7 - number + 100 where site = 1", 1),
    ] {
        let place = Place::with_receipts().await;
        place.run(sql, &[]).await;
        assert_eq!(place.broken().await, [named], "{sql}");
    }
}

/// Receipts that were taken from another chain, hashes and all, do not follow ours.
#[tokio::test]
async fn the_end_of_another_chain_does_not_fit() {
    let (ours, theirs) = (Place::with_receipts().await, Place::with_receipts().await);
    let row = theirs.run("select id, at, axes, source, sealed, prev_hash, hash from consent_receipts where site = 1 and number = 6", &[]).await;
    ours.run(
        "update consent_receipts set id = $1, at = $2, axes = $3, source = $4, sealed = $5, prev_hash = $6, hash = $7 where site = 1 and number = 6",
        &row[0],
    )
    .await;
    let error = ours.receipts.verify(SITE).await.expect_err("broken").to_string();
    assert!(error.contains("receipt 6 of site 1 (") && error.contains("does not follow"), "{error}");
}

#[tokio::test]
async fn a_forgotten_person_leaves_the_chain_whole_and_nothing_else() {
    let place = Place::with_receipts().await;
    assert!(place.vault.shred(SITE, ANNA).await.expect("shreds"));
    let all = place.receipts.list(SITE, 100, None).await.expect("lists");
    assert_eq!(all.iter().filter(|receipt| receipt.whose == Whose::Forgotten).count(), 3);
    assert_eq!(place.receipts.verify(SITE).await.expect("whole").receipts, 6);
    // She may come back: as somebody new.
    place.receipts.append(&receipt(SITE, Some(ANNA), 7)).await.expect("appends");
    let newest = place.receipts.list(SITE, 1, None).await.expect("lists");
    assert!(matches!(newest[0].whose, Whose::Known { subject: ANNA, .. }), "{newest:?}");
    assert_eq!(place.receipts.verify(SITE).await.expect("whole").receipts, 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_do_not_fork_a_chain() {
    const EACH: i64 = 25;
    let place = Place::new().await;
    let (_store, _vault, other) = open(place.folder.path()).await;
    let mut appending = tokio::task::JoinSet::new();
    for writer in 0..6_u8 {
        let receipts = if writer % 2 == 0 { Arc::clone(&place.receipts) } else { Arc::clone(&other) };
        appending.spawn(async move {
            for number in 0..EACH {
                let subject = (number % 2 == 0).then_some(Subject([writer / 2; 16]));
                receipts.append(&receipt(SITE, subject, number)).await.expect("appends");
            }
        });
    }
    // Whoever checks meanwhile sees a whole chain too.
    while !appending.is_empty() {
        place.receipts.verify(SITE).await.expect("whole at every moment");
        if let Some(done) = appending.try_join_next() {
            done.expect("no writer panics");
        }
    }
    assert_eq!(other.verify(SITE).await.expect("whole").receipts, 150);
    let all = place.receipts.list(SITE, 1000, None).await.expect("lists");
    assert!(!all.iter().any(|receipt| receipt.whose == Whose::Forgotten), "a subject has one key");
}

#[test]
fn axes_are_letters_and_back() {
    for (letters, analytics, marketing, gpc) in
        [("", None, None, false), ("aM", Some(false), Some(true), false), ("Ag", Some(true), None, true)]
    {
        let axes = AxesSaid { analytics, marketing, personalization: None, gpc };
        assert_eq!(axes.letters(), letters);
        assert_eq!(AxesSaid::parse(letters), axes);
    }
}
