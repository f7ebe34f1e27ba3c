//! Of whom it is kept, with which consent, and in which form.

use super::super::browser::{Browser, SEED, batch};
use super::{BOTH, SITE, World, found, visitor, world, world_with};
use crate::binary;
use serde_json::{Value, json};
use ut_testkit::server::{Server, event, now_ms, page_view, run};
use ut_tracking::people::FieldName;

const PERSON: [(&str, &str); 11] = [
    ("email", "Annegret.Muster@post.example"),
    ("phone", "+49 30 98765432"),
    ("first_name", "Annegret"),
    ("last_name", "Mustermannsdorf"),
    ("city", "Musterhausen-Nord"),
    ("state", "Musterbundesland"),
    ("zip", "10999-4711"),
    ("country", "DE"),
    ("birth_date", "1971-12-24"),
    ("gender", "undisclosed-g"),
    ("external_id", "customer-0815-x"),
];

fn person() -> Value {
    PERSON.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_tells_opens_with_the_keys_alone_and_is_nowhere_in_clear() {
    let world = world().await;
    let mut ann = world.agreed("ann", BOTH).await;
    assert_eq!(ann.look(&world.server, "/Probestueck-0815").await.0, 202);
    let (status, said) = world.tell(&mut ann, person()).await;
    let all: Vec<_> = PERSON.iter().map(|(name, _)| *name).collect();
    let mut stored: Vec<_> = said["stored"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!((status, &said["left_out"], &said["joined"]), (200, &json!([]), &json!(false)), "{said}");
    stored.sort_by_key(|name| all.iter().position(|known| known == name));
    assert_eq!(stored, all);
    // What is told by the wrong door, or told wrongly, stays nowhere either.
    let mut wrong = event("identify", "https://shop.example/");
    wrong["user"] = person();
    wrong["user"]["city"] = json!("x".repeat(2000));
    let (status, said) = ann.send(&world.server, "/ut/e", &batch(&world.shop.key, &[wrong])).await;
    let refusal = &said["rejected"][0];
    assert_eq!((status, &said["accepted"]), (202, &json!(0)));
    assert_eq!((&refusal["field"], &refusal["code"]), (&json!("name"), &json!("wrong_route")));
    assert!(refusal["message"].as_str().unwrap().contains("/collect/identify"), "{refusal}");
    let mut wrong = person();
    wrong["birth_date"] = json!("Annegret, 24.12.1971");
    assert_eq!(world.tell(&mut ann, wrong).await.0, 400);

    let mut expected: Vec<_> = PERSON.iter().map(|(name, value)| format!("{name}={value}")).collect();
    expected.sort_unstable();
    assert_eq!(world.known(visitor(&ann)).await, expected);
    let email = world.people.by_email(SITE, " ANNEGRET.muster@post.example").await.unwrap();
    assert_eq!(email, [visitor(&ann)]);
    assert!(world.by_customer("customer-0815-x").await.is_empty(), "it was said, and not proved");

    let texts: Vec<_> = PERSON.iter().map(|(_, value)| *value).filter(|value| value.len() > 2).collect();
    let needles: Vec<_> = texts.iter().map(|text| text.as_bytes()).collect();
    let World { dir, shop, server, people } = world;
    shop.settled(&server).await;
    let said = format!("{}{}", server.errors(), serde_json::to_string(&shop.export(&server).await).unwrap());
    server.kill();
    // The log as a killed server leaves it; then history, written anew by the next one.
    assert_eq!(found(dir.path(), &needles), Vec::<String>::new());
    let server = shop.serve_with(super::SETTINGS);
    shop.settled(&server).await;
    let said = said + &server.errors();
    server.stop();
    assert_eq!(found(dir.path(), &needles), Vec::<String>::new());
    assert!(!texts.iter().any(|text| said.contains(text)), "in what the server prints or exports");
    assert!(!found(dir.path(), &[b"probestueck-0815"]).is_empty(), "the files were looked at");
    drop(people);
}

/// The customer's id needs analytics consent, everything else marketing consent; who has no id has nothing.
#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_visitor_lets_be_kept_is_kept() {
    let world = world().await;
    let user = || json!({ "email": "ann@shop.example", "external_id": "4711" });
    let out = |email: &str, id: &str| {
        let left = [("email", email), ("external_id", id)].into_iter().filter(|(_, why)| !why.is_empty());
        left.map(|(field, why)| json!({ "field": field, "why": why })).collect::<Vec<_>>()
    };
    let table: [(&str, &[&str], &str, Vec<Value>); 7] = [
        ("cookieless", &[], "0", out("no_consent", "no_consent")),
        ("cookieless", &["analytics"], "0", out("no_consent", "")),
        ("cookieless", &["marketing"], "0", out("no_visitor", "no_consent")),
        ("cookieless", BOTH, "0", out("", "")),
        ("cookieless", BOTH, "1", out("no_consent", "")),
        ("strict", &[], "0", out("no_consent", "no_consent")),
        ("cnil", BOTH, "0", out("no_consent", "no_consent")),
    ];
    for (mode, axes, gpc, left_out) in table {
        let output = run(&binary(), world.dir.path(), &["site", "set", "1", "--consent-mode", mode]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let ann = world.agreed("ann", axes).await;
        let request = ann.post(&world.server, "/ut/i").header("sec-gpc", gpc);
        let mut body = world.body(user());
        // A browser that the server has not given a cookie shows no seed here either.
        body.as_object_mut().unwrap().remove("ids");
        let answer = request.body(body.to_string()).send().await.unwrap();
        let said: Value = answer.json().await.unwrap();
        assert_eq!(said["left_out"], json!(left_out), "{mode}, {axes:?}, {gpc}: {said}");
        let kept = 2 - left_out.len();
        assert_eq!(said["stored"].as_array().map(Vec::len), Some(kept), "{said}");
        let known = ann.cookies.contains_key("_ut_id").then(|| visitor(&ann));
        if let Some(known) = known {
            assert_eq!(world.known(known).await.len(), kept, "{mode}, {axes:?}, {gpc}");
        }
    }
    let mut ann = world.agreed("ann", BOTH).await;
    ann.send(&world.server, "/ut/opt-out", &json!({ "site": world.shop.key })).await;
    let (status, said) = world.tell(&mut ann, user()).await;
    assert_eq!((status, &said["stored"]), (200, &json!([])), "{said}");
}

/// Before its first cookie a browser is known by the seed that it has drawn.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_request_is_of_the_visitor_its_seed_becomes() {
    let world = world().await;
    let mut ann = Browser::new(&world.shop, "ann");
    let consent = json!({ "analytics": true, "marketing": true, "at": now_ms(), "source": "banner" });
    let mut body = world.body(json!({ "city": "Berlin" }));
    body["consent"] = consent.clone();
    let (status, said) = ann.send(&world.server, "/collect/identify", &body).await;
    assert_eq!((status, &said["stored"]), (200, &json!(["city"])), "{said}");
    assert_eq!(world.known(visitor(&ann)).await, ["city=Berlin"]);
    let mut other = Browser::new(&world.shop, "ann");
    let mut page = batch(&world.shop.key, &[page_view("/")]);
    (page["consent"], page["ids"]) = (consent.clone(), json!({ "seed": SEED }));
    other.send(&world.server, "/ut/e", &page).await;
    assert_eq!(visitor(&other), visitor(&ann), "of the same seed");
    // Without one it is given an id, which counts when it is shown.
    let mut bob = Browser::new(&world.shop, "bob");
    body.as_object_mut().unwrap().remove("ids");
    let (_, said) = bob.send(&world.server, "/ut/i", &body).await;
    assert_eq!(said["left_out"], json!([{ "field": "city", "why": "no_visitor" }]));
    let (_, said) = bob.send(&world.server, "/ut/i", &body).await;
    assert_eq!(said["stored"], json!(["city"]), "{said}");
}

/// While the store is away nothing is said to be kept that is not.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_is_on_disk_and_a_store_that_is_away_is_said_to_be() {
    let world = world_with(&[]).await;
    let mut ann = world.agreed("ann", BOTH).await;
    let whose = visitor(&ann);
    let file = Server::data_dir(world.dir.path()).join("main.sqlite");
    let other = ut_transactional::Sqlite::open(&file).await.unwrap();
    let hold = ut_core::ports::Statement { name: "hold", sql: "BEGIN IMMEDIATE" };
    ut_core::ports::Transactional::run(&other, &hold, &[]).await.unwrap();
    let body = world.body(json!({ "email": "ann@shop.example" }));
    let answer = ann.post(&world.server, "/ut/i").body(body.to_string()).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (503, &"5".parse().unwrap()));
    assert!(answer.text().await.unwrap().contains("store_unavailable"));
    ut_core::ports::Transactional::close(&other).await;
    assert!(world.known(whose).await.is_empty());
    assert_eq!(world.tell(&mut ann, json!({ "email": "ann@shop.example" })).await.0, 200);
    let World { dir, server, people, .. } = world;
    server.kill();
    let fields = people.fields_of(SITE, whose).await.unwrap();
    assert_eq!(fields.iter().map(|field| field.name).collect::<Vec<_>>(), [FieldName::Email]);
    drop(dir);
}
