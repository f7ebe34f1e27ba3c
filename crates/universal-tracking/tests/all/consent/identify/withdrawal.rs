//! Who takes consent back is forgotten as far as it reached, in the files too. The receipts stay.

use super::super::browser::receipts;
use super::{BOTH, SITE, World, found, visitor, world};
use serde_json::{Value, json};
use ut_core::VisitorId;
use ut_core::ports::{Statement, Transactional, Value as Cell};
use ut_testkit::server::Server;
use ut_transactional::Sqlite;

const SEALED: Statement =
    Statement { name: "sealed", sql: "SELECT sealed FROM people_fields WHERE visitor = $1 ORDER BY field" };

/// The sealed fields of a visitor, as they stand in the store.
async fn sealed(world: &World, visitor: VisitorId) -> Vec<Vec<u8>> {
    let store = Sqlite::open(&Server::data_dir(world.dir.path()).join("main.sqlite")).await.unwrap();
    let rows = store.run(&SEALED, &[Cell::Bytes(visitor.0.to_vec())]).await.unwrap();
    store.close().await;
    rows.into_iter()
        .map(|row| if let [Cell::Bytes(bytes)] = &row[..] { bytes.clone() } else { panic!() })
        .collect()
}

/// How many of these are in the store's files, free pages and write-ahead log included.
fn in_files(world: &World, sealed: &[Vec<u8>]) -> usize {
    let folder = Server::data_dir(world.dir.path());
    sealed.iter().filter(|bytes| !found(&folder, &[bytes]).is_empty()).count()
}

fn person(world: &World) -> Value {
    json!({ "email": "ann@shop.example", "phone": "030 1", "external_id": "4711", "proof": world.proof("4711") })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_kept_goes_with_the_consent_it_was_kept_by() {
    let world = world().await;
    let mut bob = world.agreed("bob", BOTH).await;
    world.tell(&mut bob, json!({ "email": "bob@shop.example", "external_id": "12" })).await;
    let mut ann = world.agreed("ann", BOTH).await;
    assert_eq!(world.tell(&mut ann, person(&world)).await.0, 200);
    let whose = visitor(&ann);
    let [email, id, phone] = &sealed(&world, whose).await[..] else { panic!("three fields") };
    let contact = [email.clone(), phone.clone()];
    assert_eq!(in_files(&world, &contact), 2, "the files are looked at");

    ann.choose(&world.server, json!({ "marketing": false })).await;
    assert_eq!(world.known(whose).await, ["external_id=4711"]);
    assert_eq!(world.by_customer("4711").await, [whose], "who she is needs analytics consent, which stands");
    assert_eq!((in_files(&world, &contact), in_files(&world, std::slice::from_ref(id))), (0, 1));
    ann.choose(&world.server, json!({ "marketing": false })).await;

    ann.choose(&world.server, json!({ "analytics": false })).await;
    assert!(world.known(whose).await.is_empty() && world.by_customer("4711").await.is_empty());
    assert_eq!(in_files(&world, std::slice::from_ref(id)), 0);
    assert_eq!(world.known(visitor(&bob)).await.len(), 2, "nobody else is forgotten");
    let kept = receipts(&world.shop, &world.server).await;
    let hers: Vec<_> = kept["receipts"].as_array().unwrap().iter().map(|one| one["whose"].as_str()).collect();
    assert!(hers.len() >= 4 && hers.iter().all(|whose| *whose == Some("known")), "{kept}");
    let verdict = world.shop.get(&world.server, "/api/v1/consents/verify?site=1").await;
    assert!(verdict.contains("\"ok\":true"), "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opts_out_is_forgotten() {
    let world = world().await;
    let mut ann = world.agreed("ann", BOTH).await;
    world.tell(&mut ann, person(&world)).await;
    let (whose, known) = (visitor(&ann), ann.cookies.clone());
    let all = sealed(&world, whose).await;
    assert_eq!((all.len(), in_files(&world, &all)), (3, 3));
    let out = json!({ "site": world.shop.key });
    assert_eq!(ann.send(&world.server, "/ut/opt-out", &out).await.0, 200);
    assert!(world.people.blinds_of(SITE, whose).await.unwrap().is_empty());
    assert_eq!(in_files(&world, &all), 0);
    // The same again, from a tab that had not heard of it.
    ann.cookies = known;
    assert_eq!(ann.send(&world.server, "/ut/opt-out", &out).await.0, 200, "repeating is harmless");
    // By the page that works without a script.
    let mut bob = world.agreed("bob", BOTH).await;
    world.tell(&mut bob, json!({ "email": "bob@shop.example" })).await;
    let bobs = visitor(&bob);
    let form = bob.post(&world.server, "/ut/privacy").header("sec-fetch-site", "same-origin");
    let form = form.header("host", "shop.example").body("opted_out=1");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    assert!(!form.send().await.unwrap().status().is_server_error());
    assert!(world.known(bobs).await.is_empty());
}
