//! Who may tell, in which form, and how often.

use super::{BOTH, visitor, world, world_with};
use crate::signed::{answer, code, sign};
use serde_json::{Value, json};
use ut_testkit::server::now_ms;

#[tokio::test(flavor = "multi_thread")]
async fn one_door_has_two_names_and_two_forms() {
    let world = world().await;
    let mut ann = world.agreed("ann", BOTH).await;
    let user = |city: &str| json!({ "city": city });
    let event = |city: &str| json!({ "name": "identify", "user": user(city), "ts": 1, "id": "x" });
    for (n, (path, form)) in [
        ("/ut/i", json!({ "user": user("Berlin 0") })),
        ("/collect/identify", json!({ "user": user("Berlin 1"), "events": null })),
        ("/ut/i", json!({ "event": event("Berlin 2") })),
        ("/collect/identify", json!({ "events": [event("Berlin 3")] })),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = form;
        body["site"] = json!(world.shop.key);
        let (status, said) = ann.send(&world.server, path, &body).await;
        assert_eq!((status, &said["stored"]), (200, &json!(["city"])), "{path}: {said}");
        assert_eq!(world.known(visitor(&ann)).await, [format!("city=Berlin {n}")]);
    }
    for (form, field, expected) in [
        (json!({}), "user", "missing"),
        (json!({ "user": null }), "user", "missing"),
        (json!({ "user": [] }), "user", "wrong_type"),
        (json!({ "user": {}, "events": [event("x")] }), "user", "repeated"),
        (json!({ "events": [] }), "events", "out_of_range"),
        (json!({ "events": [event("x"), event("y")] }), "events", "out_of_range"),
        (json!({ "event": { "name": "login", "user": {} } }), "name", "wrong_route"),
        (json!({ "user": { "shoe_size": 42 } }), "user.shoe_size", "unknown_field"),
        (json!({ "user": { "email": "nobody" } }), "user.email", "not_an_email"),
        (json!({ "user": {}, "consent": 7 }), "consent", "wrong_type"),
    ] {
        let mut body = form.clone();
        body["site"] = json!(world.shop.key);
        let said = ann.send(&world.server, "/ut/i", &body).await;
        assert_eq!(code(&said), (400, "invalid_envelope"), "{form}");
        let error = &said.1["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(expected)), "{form}");
    }
    let two = json!({ "country": "x", "birth_date": "x" });
    let errors = world.tell(&mut ann, two).await.1["errors"].as_array().map(Vec::len);
    assert_eq!(errors, Some(2), "all that is wrong is said at once");
    let large = world.tell(&mut ann, json!({ "city": "x".repeat(17_000) })).await;
    assert_eq!(code(&large), (413, "too_large"));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_the_shop_and_its_own_server_may_tell() {
    let world = world().await;
    let ann = world.agreed("ann", BOTH).await;
    let body = world.body(json!({ "city": "Berlin" })).to_string();
    let stranger = world.shop.http.post(format!("{}/ut/i", world.server.base)).body(body.clone());
    assert_eq!(code(&answer(stranger.header("origin", "https://evil.example")).await), (403, "wrong_origin"));
    let page = ann.post(&world.server, "/ut/i").body(body).send().await.unwrap();
    assert_eq!(page.headers()["access-control-allow-origin"], "https://shop.example");
    assert_eq!(page.headers()["access-control-allow-credentials"], "true");
    let asked = world.shop.http.request(reqwest::Method::OPTIONS, format!("{}/ut/i", world.server.base));
    let asked = asked.header("origin", "https://shop.example").send().await.unwrap();
    assert_eq!(asked.headers()["access-control-allow-origin"], "https://shop.example");

    let id = uuid::Uuid::from_bytes(visitor(&ann).0);
    let call = |consent: Value, context: Value| {
        json!({ "site": world.shop.key, "consent": consent, "context": context,
            "user": { "email": "ann@shop.example", "external_id": "4711" } })
    };
    let both = || json!({ "analytics": true, "marketing": true });
    let post = |body: &Value| {
        let post = world.shop.http.post(format!("{}/collect/identify", world.server.base));
        post.body(body.to_string())
    };
    let signed = |body: &Value| {
        post(body).header("x-ut-signature", sign(&world.shop.secret, now_ms() / 1000, &body.to_string()))
    };
    let whole = call(both(), json!({ "visitor_id": id }));
    let unsigned = post(&whole).header("origin", "https://shop.example");
    assert_eq!(code(&answer(unsigned).await), (401, "unsigned_context"));
    let forged =
        post(&whole).header("x-ut-signature", sign("sk_another", now_ms() / 1000, &whole.to_string()));
    assert_eq!(code(&answer(forged).await), (401, "wrong_signature"));
    let mut silent = whole.clone();
    silent.as_object_mut().unwrap().remove("consent");
    assert_eq!(
        code(&answer(signed(&silent)).await),
        (400, "invalid_envelope"),
        "it speaks for somebody else"
    );

    let left = |said: &Value| {
        let of =
            |one: &Value| format!("{}: {}", one["field"].as_str().unwrap(), one["why"].as_str().unwrap());
        said["left_out"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let (status, said) = answer(signed(&call(both(), json!({})))).await;
    assert_eq!(
        (status, left(&said)),
        (200, vec!["email: no_visitor".into(), "external_id: no_visitor".into()])
    );
    let only_analytics = call(json!({ "analytics": true }), json!({ "visitor_id": id }));
    let (_, said) = answer(signed(&only_analytics)).await;
    assert_eq!((left(&said), &said["joined"]), (vec!["email: no_consent".to_owned()], &json!(true)));
    assert_eq!(world.known(visitor(&ann)).await, ["city=Berlin", "external_id=4711"]);
    for _ in 0..2 {
        let (status, said) = answer(signed(&whole)).await;
        assert_eq!((status, &said["joined"]), (200, &json!(true)), "the same call again changes nothing");
        assert_eq!(world.known(visitor(&ann)).await.len(), 3);
    }
    assert_eq!(world.by_customer("4711").await, [visitor(&ann)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_may_tell_too_often() {
    let world = world_with(&[("RATE_LIMIT_IP", "3")]).await;
    let mut ann = world.agreed("ann", BOTH).await;
    for n in 0..5 {
        let said = world.tell(&mut ann, json!({ "city": "Berlin" })).await;
        let expected = if n < 3 { (200, "") } else { (429, "rate_limited") };
        assert_eq!(code(&said), expected, "{n}: {}", said.1);
    }
}
