//! Sealing, forgetting and rotating, on a real store.

use super::cache::Keys;
use super::seal::DataKey;
use super::{Keyring, MIGRATIONS, Sealed, Subject, Vault, VaultError};
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use ut_core::SiteId;
use ut_core::ports::{Statement, Transactional, Value};
use ut_testkit::FakeClock;
use ut_transactional::Sqlite;

const SITE: SiteId = SiteId(1);
const ANNA: Subject = Subject([1; 16]);
const BOB: Subject = Subject([2; 16]);

async fn store(folder: &Path) -> Arc<dyn Transactional> {
    let store = Sqlite::open(&folder.join("store.sqlite")).await.expect("opens");
    store.migrate(MIGRATIONS).await.expect("migrates");
    Arc::new(store)
}

fn ring(ids: &[&str]) -> Keyring {
    // The key follows from the id, so that two rings agree.
    let key = |id: &&str| format!("{id}:{}", hex::encode(blake3::hash(id.as_bytes()).as_bytes()));
    Keyring::parse(&ids.iter().map(key).collect::<Vec<_>>().join(", ")).expect("a ring")
}

/// As a process that has just started on the store.
fn vault(store: &Arc<dyn Transactional>, ids: &[&str]) -> Arc<Vault> {
    let clock = Arc::new(FakeClock::at(1_795_000_000_000));
    Arc::new(Vault::new(Arc::clone(store), clock, ring(ids), b"pepper"))
}

async fn opened(vault: &Vault, subject: Subject, sealed: &Sealed) -> Result<String, String> {
    let opened = vault.open(SITE, subject, "email", sealed).await;
    opened.map(|bytes| String::from_utf8(bytes).expect("text")).map_err(|error| error.to_string())
}

#[tokio::test]
async fn what_is_sealed_opens_for_its_site_subject_and_field_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path()).await;
    let vault = vault(&store, &["k1"]);
    let sealed = vault.seal(SITE, ANNA, "email", b"anna@shop.example").await.expect("seals");
    vault.seal(SITE, BOB, "email", b"bob@shop.example").await.expect("seals");
    assert_eq!(opened(&vault, ANNA, &sealed).await.as_deref(), Ok("anna@shop.example"));
    let whose = vault.open_whose(SITE, "email", &sealed).await.expect("opens");
    assert_eq!(whose, (ANNA, b"anna@shop.example".to_vec()));
    assert!(opened(&self::vault(&store, &["k1"]), ANNA, &sealed).await.is_ok(), "after a restart too");

    for (site, subject, field) in [(SiteId(2), ANNA, "email"), (SITE, BOB, "email"), (SITE, ANNA, "phone")] {
        let refusal = vault.open(site, subject, field, &sealed).await.expect_err("is bound");
        assert!(matches!(refusal, VaultError::DoesNotOpen { .. }), "{refusal}");
    }
    for at in 0..sealed.as_bytes().len() {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[at] ^= 0x10;
        let refusal = vault.open(SITE, ANNA, "email", &Sealed::from_bytes(bytes)).await.expect_err("changed");
        // Another key's handle is that of a key which is gone.
        assert_eq!(matches!(refusal, VaultError::Shredded), (2..18).contains(&at), "{at}: {refusal}");
    }
    for length in 0..sealed.as_bytes().len() {
        let short = Sealed::from_bytes(sealed.as_bytes()[..length].to_vec());
        assert!(vault.open(SITE, ANNA, "email", &short).await.is_err(), "{length}");
    }
    let again = vault.seal(SITE, ANNA, "email", b"anna@shop.example").await.expect("seals");
    assert_ne!(sealed, again, "who reads the store cannot see that two are the same");
}

#[tokio::test]
async fn a_shredded_subject_is_unreadable_for_ever() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path()).await;
    let vault = vault(&store, &["k1"]);
    let of_anna = vault.seal(SITE, ANNA, "email", b"anna@shop.example").await.expect("seals");
    let of_bob = vault.seal(SITE, BOB, "email", b"bob@shop.example").await.expect("seals");
    let elsewhere = vault.seal(SiteId(2), ANNA, "email", b"anna@shop.example").await.expect("seals");

    assert!(vault.shred(SITE, ANNA).await.expect("shreds"));
    assert!(!vault.shred(SITE, ANNA).await.expect("repeating is harmless"));
    for vault in [&vault, &self::vault(&store, &["k1"])] {
        let refusal = vault.open(SITE, ANNA, "email", &of_anna).await.expect_err("is gone");
        assert!(matches!(refusal, VaultError::Shredded), "{refusal}");
        assert!(opened(vault, BOB, &of_bob).await.is_ok());
        assert!(vault.open(SiteId(2), ANNA, "email", &elsewhere).await.is_ok(), "another site's is another");
    }
    let new = vault.seal(SITE, ANNA, "email", b"new").await.expect("seals");
    assert!(opened(&vault, ANNA, &new).await.is_ok());
    assert!(opened(&vault, ANNA, &of_anna).await.is_err(), "a new key does not bring the old one back");
}

/// Neither the key nor whose it was is left in a free page of the file or in the write-ahead log, while the store is open.
#[tokio::test]
async fn a_shredded_key_is_not_in_the_file_any_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path()).await;
    let vault = vault(&store, &["k1"]);
    let whose = Subject(*b"a-visitor-by-id!");
    vault.seal(SITE, whose, "email", b"anna@shop.example").await.expect("seals");
    let read = Statement { name: "read", sql: "select wrapped from vault_keys" };
    let rows = store.run(&read, &[]).await.expect("reads");
    let Value::Bytes(wrapped) = &rows[0][0] else { panic!("{rows:?}") };
    let in_files = |part: &[u8]| {
        let files = std::fs::read_dir(folder.path()).expect("lists");
        let text = |file: std::fs::DirEntry| std::fs::read(file.path()).expect("reads");
        files
            .flat_map(|file| text(file.expect("a file")))
            .collect::<Vec<_>>()
            .windows(part.len())
            .any(|w| w == part)
    };
    assert!(in_files(wrapped) && in_files(&whose.0));
    vault.shred(SITE, whose).await.expect("shreds");
    assert!(!in_files(wrapped) && !in_files(&whose.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn subjects_are_shredded_while_others_seal() {
    let folder = tempfile::tempdir().expect("a folder");
    let stores = [store(folder.path()).await, store(folder.path()).await];
    let busy = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let mut sealing = tokio::task::JoinSet::new();
    for lane in 0..4_u8 {
        let (vault, busy) = (vault(&stores[usize::from(lane % 2)], &["k1"]), Arc::clone(&busy));
        sealing.spawn(async move {
            let mut made = 0_u32;
            while busy.load(std::sync::atomic::Ordering::Relaxed) {
                let mut subject = [lane + 100; 16];
                subject[..4].copy_from_slice(&made.to_be_bytes());
                vault.seal(SITE, Subject(subject), "email", b"x").await.expect("seals");
                made += 1;
            }
            made
        });
    }
    let vault = vault(&stores[0], &["k1"]);
    for number in 0..20 {
        let sealed = vault.seal(SITE, Subject([number; 16]), "email", b"x").await.expect("seals");
        assert!(vault.shred(SITE, Subject([number; 16])).await.expect("shreds"));
        assert!(opened(&vault, Subject([number; 16]), &sealed).await.is_err());
    }
    busy.store(false, std::sync::atomic::Ordering::Relaxed);
    println!("{} sealed meanwhile", sealing.join_all().await.iter().sum::<u32>());
}

/// The other process's shred is not known here, but from the next shred of this one on nothing of the subject is left.
#[tokio::test]
async fn a_shred_here_also_forgets_a_key_that_another_process_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path()).await;
    let (here, there) = (vault(&store, &["k1"]), vault(&store, &["k1"]));
    let first = here.seal(SITE, ANNA, "email", b"first").await.expect("seals");
    there.shred(SITE, ANNA).await.expect("shreds");
    there.seal(SITE, ANNA, "email", b"second").await.expect("seals");
    here.shred(SITE, ANNA).await.expect("shreds");
    assert!(opened(&here, ANNA, &first).await.is_err());
}

#[test]
fn a_key_read_before_a_shred_is_not_kept_after_it_and_their_number_is_bounded() {
    let keys = Keys::default();
    let key = Arc::new(DataKey::make(SITE, ANNA).expect("a key"));
    let seen = keys.shreds();
    keys.forget(SITE, ANNA);
    keys.keep(seen, &key);
    assert!(keys.of_subject(SITE, ANNA).is_none() && keys.by_handle(key.handle).is_none());
    keys.keep(keys.shreds(), &key);
    assert!(keys.of_subject(SITE, ANNA).is_some() && keys.by_handle(key.handle).is_some());

    let watched: Vec<_> = (0..20_000_u32)
        .map(|number| {
            let mut subject = [0; 16];
            subject[..4].copy_from_slice(&number.to_be_bytes());
            let key = Arc::new(DataKey::make(SITE, Subject(subject)).expect("a key"));
            keys.keep(keys.shreds(), &key);
            Arc::downgrade(&key)
        })
        .collect();
    let alive = watched.iter().filter(|key| key.strong_count() > 0).count();
    assert!((1000..=2 * 4096).contains(&alive), "{alive}");
}

#[tokio::test]
async fn a_wrapped_key_belongs_to_its_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path()).await;
    let sealed = vault(&store, &["k1"]).seal(SITE, ANNA, "email", b"anna").await.expect("seals");
    vault(&store, &["k1"]).seal(SITE, BOB, "email", b"bob").await.expect("seals");
    for sql in [
        "update vault_keys set wrapped = (select wrapped from vault_keys where subject = x'02020202020202020202020202020202')",
        "update vault_keys set site = 2 where subject = x'01010101010101010101010101010101'",
        "update vault_keys set wrapped = x'00'",
        "update vault_keys set wrapped = 7",
    ] {
        store.run(&Statement { name: "swap", sql }, &[]).await.expect(sql);
        let refusal = opened(&vault(&store, &["k1"]), ANNA, &sealed).await.expect_err("does not open");
        assert!(refusal.contains("does not open"), "{sql}: {refusal}");
    }
}

#[tokio::test]
async fn a_missing_key_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path()).await;
    let sealed = vault(&store, &["k1"]).seal(SITE, ANNA, "email", b"anna").await.expect("seals");
    let later = vault(&store, &["k2"]);
    for refusal in [
        opened(&later, ANNA, &sealed).await.expect_err("cannot be opened"),
        later.seal(SITE, ANNA, "phone", b"1").await.expect_err("cannot be sealed").to_string(),
        later.rotate().await.expect_err("cannot be rotated").to_string(),
    ] {
        assert!(refusal.contains("no key with the id \"k1\""), "{refusal}");
    }
    let same_name = Keyring::parse(&format!("k1:{}", "00".repeat(32))).expect("a ring");
    let wrong = Vault::new(Arc::clone(&store), Arc::new(FakeClock::at(1)), same_name, b"pepper");
    assert!(opened(&wrong, ANNA, &sealed).await.expect_err("another key").contains("does not open"));
    assert!(opened(&vault(&store, &["k2", "k1"]), ANNA, &sealed).await.is_ok());
}

/// Rotation in steps, by a process that stops in between, while two others seal and open.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rotation_under_load_leaves_nothing_unreadable() {
    let folder = tempfile::tempdir().expect("a folder");
    let stores = [store(folder.path()).await, store(folder.path()).await];
    let before = vault(&stores[0], &["k1"]);
    let subject = |number: u16| {
        let mut subject = [7; 16];
        subject[..2].copy_from_slice(&number.to_be_bytes());
        Subject(subject)
    };
    let mut sealed = Vec::new();
    for number in 0..700 {
        sealed.push((
            number,
            before.seal(SITE, subject(number), "email", &number.to_be_bytes()).await.expect("seals"),
        ));
    }
    let sealed = Arc::new(sealed);
    let (done, mut stopped) = tokio::sync::watch::channel(false);
    let mut busy = tokio::task::JoinSet::new();
    for (lane, store) in stores.iter().enumerate() {
        let (vault, sealed, done) = (vault(store, &["k2", "k1"]), Arc::clone(&sealed), done.subscribe());
        busy.spawn(async move {
            let (mut made, mut opens) = (Vec::new(), 0);
            while !*done.borrow() {
                let number =
                    1000 + u16::try_from(made.len()).expect("few") * 2 + u16::try_from(lane).expect("two");
                let new =
                    vault.seal(SITE, subject(number), "email", &number.to_be_bytes()).await.expect("seals");
                made.push((number, new));
                for (number, sealed) in sealed.iter().skip(opens % 97).step_by(97) {
                    let bytes = vault.open(SITE, subject(*number), "email", sealed).await.expect("opens");
                    assert_eq!(bytes, number.to_be_bytes());
                    opens += 1;
                }
            }
            (made, opens)
        });
    }
    stopped.mark_unchanged();
    let first = vault(&stores[0], &["k2", "k1"]).rotate_some().await.expect("rotates");
    assert!(first.left > 0 && first.unused.is_empty(), "{first:?}");
    // The rest is another process's.
    let rest = vault(&stores[1], &["k2", "k1"]).rotate().await.expect("rotates");
    assert_eq!((rest.left, rest.newest.as_str(), rest.unused.as_slice()), (0, "k2", &["k1".to_owned()][..]));
    assert_eq!(first.wrapped_anew + rest.wrapped_anew, 700);
    done.send(true).expect("somebody listens");
    let mut all = sealed.to_vec();
    while let Some(lane) = busy.join_next().await {
        let (made, opens) = lane.expect("nothing failed meanwhile");
        println!("{} sealed and {opens} opened during the rotation", made.len());
        all.extend(made);
    }
    let after = vault(&stores[0], &["k2"]);
    for (number, sealed) in &all {
        let bytes =
            after.open(SITE, subject(*number), "email", sealed).await.expect("opens with the new key alone");
        assert_eq!(bytes, number.to_be_bytes());
    }
    assert_eq!(after.rotate().await.expect("has nothing to do").wrapped_anew, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn at_once_first_uses_make_one_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let stores = [store(folder.path()).await, store(folder.path()).await];
    let mut sealing = tokio::task::JoinSet::new();
    for lane in 0..16 {
        let vault = vault(&stores[lane % 2], &["k1"]);
        sealing.spawn(async move { vault.seal(SITE, ANNA, "email", b"anna").await.expect("seals") });
    }
    let all = sealing.join_all().await;
    let count = Statement { name: "count", sql: "select count(*) from vault_keys" };
    assert_eq!(stores[0].run(&count, &[]).await.expect("counts"), [[Value::Int(1)]]);
    for sealed in all {
        assert!(opened(&vault(&stores[0], &["k1"]), ANNA, &sealed).await.is_ok());
    }
}

#[tokio::test]
async fn a_blind_index_finds_the_same_value_of_the_same_field_and_site() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = store(folder.path()).await;
    let before = vault(&store, &["k1"]);
    let index = before.blind_index(SITE, "email", "anna@shop.example");
    assert_eq!(
        vault(&store, &["k2"]).blind_index(SITE, "email", "anna@shop.example"),
        index,
        "a rotation keeps it"
    );
    let clock = Arc::new(FakeClock::at(1));
    let peppered = Vault::new(store, clock, ring(&["k1"]), b"other pepper");
    let others = [
        before.blind_index(SiteId(2), "email", "anna@shop.example"),
        before.blind_index(SITE, "emai", "lanna@shop.example"),
        before.blind_index(SITE, "email", "anna@shop.exampl"),
        peppered.blind_index(SITE, "email", "anna@shop.example"),
    ];
    assert!(!others.contains(&index));
}

#[test]
fn rings_are_read_in_hex_and_both_kinds_of_base64_and_never_shown() {
    let hex = "fb".repeat(32);
    let base64 = "+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/v7+/s=";
    let url = "-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_v7-_s";
    let ring = Keyring::parse(&format!("new:{hex}, b.2:{base64},old-1:{url}")).expect("a ring");
    assert_eq!(ring.ids().collect::<Vec<_>>(), ["new", "b.2", "old-1"]);
    let shown = format!("{ring:?}");
    assert!(shown.contains("old-1") && !shown.contains("fb"), "{shown}");
    for bad in [
        "",
        "k1",
        &format!(":{hex}"),
        &format!("k1:{hex},"),
        &format!("k1:{hex},k1:{hex}"),
        &format!("k 1:{hex}"),
        &format!("k1:{}", &hex[1..]),
        &format!("k1:{hex}00"),
        &format!("{}:{hex}", "k".repeat(33)),
        "k1:not a key at all, as everybody can see",
    ] {
        assert!(Keyring::parse(bad).is_none(), "{bad}");
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reading_of_a_ring(text in "\\PC{0,200}") {
        let _ = Keyring::parse(&text);
    }
}
