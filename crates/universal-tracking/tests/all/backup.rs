//! Backups through the real program: taken under load, put back into an empty folder and over a newer one.

use crate::binary;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use tempfile::TempDir;
use tokio::task::JoinSet;
use ut_testkit::server::{Server, Shop, page_view, run};

const SENDERS: usize = 3;

/// A shop in a folder, and a place for a backup of it.
struct Scene {
    dir: TempDir,
    copies: TempDir,
    shop: Shop,
}

impl Scene {
    fn open() -> Self {
        let (dir, copies) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let shop = Shop::open(&binary(), dir.path());
        Self { dir, copies, shop }
    }

    fn copy(&self, name: &str) -> PathBuf {
        self.copies.path().join(name)
    }

    fn data(&self) -> PathBuf {
        Server::data_dir(self.dir.path())
    }

    fn backup(&self, name: &str, more: &[&str]) -> Value {
        let to = self.copy(name);
        json_of(&run(&binary(), self.dir.path(), &[&["backup", "--json", "--to", path(&to)], more].concat()))
    }

    fn restore(&self, name: &str, into: &Path, more: &[&str]) -> Output {
        let from = self.copy(name);
        run(&binary(), into, &[&["restore", "--json", "--from", path(&from)], more].concat())
    }

    async fn send(&self, server: &Server, person: &str, count: usize) -> HashSet<String> {
        let events: Vec<Value> = (0..count).map(|n| page_view(&format!("/p/{}", n % 5))).collect();
        let (status, _) = self.shop.send(server, person, &events).await.unwrap();
        assert_eq!(status.as_u16(), 202);
        events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json_of(output: &Output) -> Value {
    assert!(output.status.success(), "{}", errors(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn manifest(copy: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(copy.join("manifest.json")).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_comes_back_as_it_was_promised() {
    let scene = Arc::new(Scene::open());
    let server = Arc::new(scene.shop.serve());
    let before = scene.send(&server, "early", 50).await;
    scene.shop.settled(&server).await;
    let over = Arc::new(AtomicBool::new(false));
    let mut senders = JoinSet::new();
    for sender in 0..SENDERS {
        let (scene, server, over) = (scene.clone(), server.clone(), over.clone());
        senders.spawn(async move {
            let mut sent = HashSet::new();
            while !over.load(SeqCst) {
                sent.extend(scene.send(&server, &format!("sender {sender}"), 5).await);
            }
            sent
        });
    }
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let asked = scene.clone();
    let said = tokio::task::spawn_blocking(move || asked.backup("first", &["--with-secrets"])).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    over.store(true, SeqCst);
    let all: HashSet<String> = senders.join_all().await.into_iter().flatten().chain(before).collect();
    let promised = said["events"].as_u64().unwrap() as usize;
    println!("{promised} of {} events are in the backup: {said}", all.len());
    assert!(promised > 50 && promised < all.len(), "taken in the middle");
    holds_what_it_may(&scene.copy("first"), promised);
    scene.shop.settled(&server).await;
    assert_eq!(scene.shop.agrees(&server).await, all, "a backup changes nothing");
    Arc::into_inner(server).unwrap().kill();

    // Into an empty folder.
    let other = TempDir::new().unwrap();
    let restored = json_of(&scene.restore("first", other.path(), &[]));
    assert_eq!((&restored["events"], &restored["moved_aside"]), (&said["events"], &Value::Null));
    let server = Server::start(&binary(), other.path(), &[]);
    goes_on(&scene, &server, promised, &all).await;
    server.stop();

    // And over the one from which it came, whose log knows more.
    let data = scene.data();
    std::fs::write(data.join("erasures.journal"), "kept").unwrap();
    let refused = scene.restore("first", scene.dir.path(), &[]);
    assert!(errors(&refused).contains("holds main.sqlite, ") && errors(&refused).contains("--replace"));
    let restored = json_of(&scene.restore("first", scene.dir.path(), &["--replace"]));
    let aside = data.join(restored["moved_aside"].as_str().unwrap());
    assert!(
        aside.join("spool").exists() && aside.join("olap").exists() && aside.join("main.sqlite").exists()
    );
    assert_eq!(std::fs::read(data.join("erasures.journal")).unwrap(), b"kept");
    let server = scene.shop.serve();
    goes_on(&scene, &server, promised, &all).await;
    server.kill();
    let server = scene.shop.serve();
    scene.shop.settled(&server).await;
    assert_eq!(scene.shop.agrees(&server).await.len(), all.len() + 20);
    server.stop();
}

/// History is what was promised; what came later can be sent again, once; and new events come in.
async fn goes_on(scene: &Scene, server: &Server, promised: usize, all: &HashSet<String>) {
    scene.shop.settled(server).await;
    let stored = scene.shop.agrees(server).await;
    assert_eq!(stored.len(), promised);
    assert!(stored.is_subset(all));
    let again: Vec<Value> = all
        .iter()
        .map(|id| {
            let mut event = page_view("/again");
            event["id"] = json!(id);
            event
        })
        .collect();
    for (n, events) in again.chunks(100).enumerate() {
        let (status, _) = scene.shop.send(server, &format!("again {n}"), events).await.unwrap();
        assert_eq!(status.as_u16(), 202);
    }
    let new = scene.send(server, "new", 20).await;
    scene.shop.settled(server).await;
    assert_eq!(scene.shop.agrees(server).await, &new | all, "nothing is doubled");
}

/// Every file is named; what must not live on in copies is not there.
fn holds_what_it_may(copy: &Path, promised: usize) {
    let manifest = manifest(copy);
    assert_eq!(manifest["sites"][0]["domain"], "shop.example");
    assert_eq!(manifest["sites"][0]["events"], promised);
    let mut names: Vec<String> =
        std::fs::read_dir(copy).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["history", "main.sqlite", "manifest.json", "secrets.toml"]);
    let files = manifest["files"].as_object().unwrap();
    assert!(files.contains_key("main.sqlite") && files.keys().any(|name| name.starts_with("history/")));
}

/// Without a server; and what is wrong is said before anything is changed.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_says_what_is_wrong_and_changes_nothing() {
    let scene = Scene::open();
    let empty = scene.backup("empty", &[]);
    assert_eq!((&empty["sites"], &empty["events"]), (&json!(1), &json!(0)), "before the first start");
    let server = scene.shop.serve();
    let sent = scene.send(&server, "ann", 30).await;
    scene.shop.settled(&server).await;
    server.stop();
    let said = scene.backup("plain", &[]);
    assert_eq!((&said["events"], &said["waiting_events"]), (&json!(30), &json!(0)), "{said}");
    assert_eq!(said["needs"], "HMAC_SECRET, ENCRYPTION_KEYS");
    assert!(!scene.copy("plain").join("secrets.toml").exists(), "nobody asked for them");
    let again = run(&binary(), scene.dir.path(), &["backup", "--to", path(&scene.copy("plain"))]);
    assert!(errors(&again).contains("is not empty"), "{}", errors(&again));

    let other = TempDir::new().unwrap();
    let refused = scene.restore("plain", other.path(), &[]);
    assert!(errors(&refused).contains("came without its secrets"), "{}", errors(&refused));
    let foreign = [("HMAC_SECRET", "another secret of thirty-two bytes or more".to_owned())];
    std::fs::create_dir_all(other.path().join("data")).unwrap();
    let toml = foreign.map(|(_, secret)| format!("hmac_secret = \"{secret}\"\n")).concat();
    let place = other.path().join("data/secrets.toml");
    std::fs::write(&place, toml).unwrap();
    std::fs::set_permissions(&place, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let refused = scene.restore("plain", other.path(), &[]);
    assert!(errors(&refused).contains("HMAC_SECRET is another one"), "{}", errors(&refused));

    let server = scene.shop.serve();
    let refused = scene.restore("plain", scene.dir.path(), &["--replace"]);
    assert!(errors(&refused).contains("another server (pid"), "{}", errors(&refused));
    scene.shop.settled(&server).await;
    assert_eq!(scene.shop.agrees(&server).await, sent);
    server.stop();

    let files = manifest(&scene.copy("plain"))["files"].clone();
    let name = files.as_object().unwrap().keys().find(|name| name.ends_with("data.bin")).unwrap().clone();
    let part = scene.copy("plain").join(&name);
    let whole = std::fs::read(&part).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    std::fs::write(&part, &changed).unwrap();
    let damaged = scene.restore("plain", scene.dir.path(), &["--replace"]);
    assert!(errors(&damaged).contains(&format!("{name} is not what was written")), "{}", errors(&damaged));
    std::fs::remove_file(&part).unwrap();
    let damaged = scene.restore("plain", scene.dir.path(), &["--replace"]);
    assert!(errors(&damaged).contains("is missing"), "{}", errors(&damaged));
    std::fs::write(&part, &whole).unwrap();
    let server = scene.shop.serve();
    scene.shop.settled(&server).await;
    assert_eq!(scene.shop.agrees(&server).await, sent, "nothing was changed by any of it");
    server.stop();
    json_of(&scene.restore("plain", scene.dir.path(), &["--replace"]));
    let server = scene.shop.serve();
    scene.shop.settled(&server).await;
    assert_eq!(scene.shop.agrees(&server).await, sent, "with the secrets that are there");
    server.stop();
}
