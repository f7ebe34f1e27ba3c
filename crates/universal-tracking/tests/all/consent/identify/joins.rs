//! Who is one customer: by proof, and by nothing else.

use super::super::browser::{Browser, receipts, seen};
use super::{BOTH, World, proof, visitor, world};
use crate::binary;
use crate::signed::code;
use serde_json::{Value, json};
use ut_core::VisitorId;
use ut_testkit::server::run;

fn claim(customer: &str) -> Value {
    json!({ "email": "ann@shop.example", "external_id": customer })
}

fn proved(customer: &str, proof: &str) -> Value {
    json!({ "external_id": customer, "proof": proof })
}

/// Two browsers say that they are the same customer with the same address. One has a proof. Nothing of the one is joined
/// to the other, or told to it.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_proof_nobody_reaches_anybody_else() {
    let world = world().await;
    let mut ann = world.agreed("ann", BOTH).await;
    let mut mallory = world.agreed("mallory", BOTH).await;
    let alone = world.tell(&mut mallory, claim("4711")).await;
    assert_eq!(alone, (200, json!({ "stored": ["email", "external_id"], "left_out": [], "joined": false })));
    let mut user = claim("4711");
    user["proof"] = world.proof("4711").into();
    user["first_name"] = json!("Ann");
    let (_, said) = world.tell(&mut ann, user).await;
    assert_eq!(said["joined"], true, "{said}");
    assert_eq!(world.tell(&mut mallory, claim("4711")).await, alone, "they are not told that she is there");
    assert_eq!(world.by_customer("4711").await, [visitor(&ann)]);
    assert_ne!(visitor(&ann), visitor(&mallory));
    assert_eq!(world.known(visitor(&mallory)).await, ["email=ann@shop.example", "external_id=4711"]);
    assert_eq!(world.known(visitor(&ann)).await.len(), 3, "and nothing of hers is changed");
    // Her other browser, with a proof, is her too.
    let mut phone = world.agreed("ann's phone", BOTH).await;
    assert_eq!(world.tell(&mut phone, proved(" 4711 ", &world.proof("4711"))).await.1["joined"], true);
    let mut hers = [visitor(&ann), visitor(&phone)];
    hers.sort_unstable();
    let mut joined = world.by_customer("4711").await;
    joined.sort_unstable();
    assert_eq!(joined, hers);
    assert_eq!(
        world.known(visitor(&phone)).await,
        ["external_id=4711"],
        "each visitor keeps their own fields"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_proof_is_an_error_and_keeps_nothing() {
    let world = world().await;
    let mut ann = world.agreed("ann", BOTH).await;
    let wrong = [
        world.proof("4712"),
        proof("sk_another", "4711"),
        proof(&world.shop.key, "4711"),
        proof("", "4711"),
        "0".repeat(64),
    ];
    for wrong in &wrong {
        let mut user = claim("4711");
        user["proof"] = json!(wrong);
        let answer = world.tell(&mut ann, user).await;
        assert_eq!(code(&answer), (401, "bad_proof"), "{}", answer.1);
        assert_eq!(answer.1["errors"][0]["field"], "user.proof");
        assert!(!answer.1.to_string().contains(wrong.as_str()), "{}", answer.1);
    }
    assert!(world.known(visitor(&ann)).await.is_empty() && world.by_customer("4711").await.is_empty());
    assert_eq!(world.shop.metric(&world.server, "ut_rejected_total").await, wrong.len() as u64);
    // While a secret is rotated, the shop's servers take the new one one after the other.
    let old = world.proof("4711");
    let rotated = run(&binary(), world.dir.path(), &["site", "rotate-secret", "1", "--json"]);
    let rotated: Value = serde_json::from_slice(&rotated.stdout).unwrap();
    let new = proof(rotated["secret"].as_str().unwrap(), "4711");
    assert_ne!(old, new);
    for proof in [old, new] {
        assert_eq!(world.tell(&mut ann, proved("4711", &proof)).await.1["joined"], true);
    }
}

/// Ann logs out, and Bob logs in on the same computer.
#[tokio::test(flavor = "multi_thread")]
async fn two_people_who_share_a_browser_stay_two() {
    let world = world().await;
    let mut browser = Browser::new(&world.shop, "ann");
    browser.look(&world.server, "/before").await;
    browser.choose(&world.server, json!({ "analytics": true, "marketing": true })).await;
    browser.look(&world.server, "/ann").await;
    let mut user = proved("ann", &world.proof("ann"));
    user["email"] = json!("ann@shop.example");
    world.tell(&mut browser, user).await;
    browser.look(&world.server, "/ann/2").await;
    let ann = visitor(&browser);
    let mut asleep = Browser::new(&world.shop, "ann");
    asleep.cookies = browser.cookies.clone();

    let mut user = proved("bob", &world.proof("bob"));
    user["email"] = json!("bob@shop.example");
    let answer = browser.post(&world.server, "/ut/i").body(world.body(user.clone()).to_string());
    let answer = answer.send().await.unwrap();
    let cookies = answer.headers().get_all("set-cookie").iter().count();
    assert_eq!(
        (&answer.headers()["x-ut-id"], cookies),
        (&"set".parse().unwrap(), 1),
        "the seed is forgotten"
    );
    let (status, said) = world.tell(&mut browser, user).await;
    assert_eq!(
        (status, &said["joined"], &said["stored"]),
        (200, &json!(true), &json!(["email", "external_id"]))
    );
    let bob = visitor(&browser);
    assert_ne!(ann, bob, "he has an id of his own");
    assert_eq!(world.known(ann).await, ["email=ann@shop.example", "external_id=ann"], "hers is hers");
    assert_eq!(world.known(bob).await, ["email=bob@shop.example", "external_id=bob"]);
    assert_eq!(world.by_customer("ann").await, [ann]);
    assert!(world.by_customer("bob").await.contains(&bob));
    // The same again is he.
    world.tell(&mut browser, proved("bob", &world.proof("bob"))).await;
    assert_eq!(visitor(&browser), bob);
    browser.look(&world.server, "/bob").await;
    browser.look(&world.server, "/bob/2").await;
    // A tab that was asleep still shows her cookie.
    asleep.look(&world.server, "/ann/3").await;
    let seen = seen(&world.shop, &world.server).await;
    let of = |path: &str| (&seen[path][0], &seen[path][1]);
    assert_eq!(of("/before").1, of("/ann").1, "one visit, in which she agreed");
    assert_eq!((of("/ann"), of("/ann/2")), (of("/ann/3"), of("/ann/3")), "{seen:?}");
    assert_eq!(of("/bob"), of("/bob/2"));
    assert_ne!(of("/bob").0, of("/ann").0);
    assert_ne!(of("/bob").1, of("/ann").1, "his session is not hers");
    assert_eq!(receipts(&world.shop, &world.server).await["receipts"].as_array().map(Vec::len), Some(1));
    a_server_cannot_give_a_browser_an_id(&world, ann).await;
}

async fn a_server_cannot_give_a_browser_an_id(world: &World, ann: VisitorId) {
    let call = |customer: &str| {
        let id = uuid::Uuid::from_bytes(ann.0);
        let body = json!({ "site": world.shop.key, "consent": { "analytics": true, "marketing": true },
            "context": { "visitor_id": id }, "user": { "external_id": customer, "city": "Elsewhere" } });
        let post = world.shop.http.post(format!("{}/collect/identify", world.server.base));
        post.bearer_auth(&world.shop.secret).body(body.to_string())
    };
    let answer = crate::signed::answer(call("bob")).await;
    assert_eq!(code(&answer), (409, "other_customer"), "{}", answer.1);
    assert_eq!(world.known(ann).await, ["email=ann@shop.example", "external_id=ann"], "nothing was kept");
    let (status, said) = crate::signed::answer(call("ann")).await;
    assert_eq!((status, &said["joined"]), (200, &json!(true)), "it needs no proof");
    assert_eq!(world.known(ann).await, ["city=Elsewhere", "email=ann@shop.example", "external_id=ann"]);
}
