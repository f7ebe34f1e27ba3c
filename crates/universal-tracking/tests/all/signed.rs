//! Calls of the shop's own server: who is believed, what they may say, and what a repeated one changes.

use hmac::{Hmac, KeyInit, Mac};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sha2::Sha256;
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, event, now_ms, page_view, run};

fn open() -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = shop.serve();
    (dir, server, shop)
}

pub(super) fn sign(secret: &str, seconds: i64, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("{seconds}.{body}")).finalize().into_bytes();
    format!("t={seconds},v1={}", hex::encode(mac))
}

pub(super) fn call(shop: &Shop, events: &[Value]) -> Value {
    json!({ "site": shop.key, "consent": { "analytics": false }, "events": events })
}

/// A call from somewhere on the net: without an Origin, nobody is taken on trust.
fn post(shop: &Shop, server: &Server, body: &str) -> RequestBuilder {
    let request = shop.http.post(format!("{}/collect/events", server.base)).body(body.to_owned());
    request.header("x-forwarded-for", "203.0.113.200")
}

pub(super) fn signed(shop: &Shop, server: &Server, body: &str) -> RequestBuilder {
    let signature = sign(&shop.secret, now_ms() / 1000, body);
    post(shop, server, body).header("x-ut-signature", signature)
}

pub(super) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

pub(super) fn code(answer: &(u16, Value)) -> (u16, &str) {
    let code = answer.1["type"].as_str().and_then(|name| name.rsplit(':').next()).unwrap_or_default();
    (answer.0, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_site_has_signed_is_taken() {
    let (dir, server, shop) = open();
    let body = call(&shop, &[page_view("/")]).to_string();
    let altered = body.replace("page_view", "page_vieu");
    let now = now_ms() / 1000;
    let good = sign(&shop.secret, now, &body);
    let bearer = format!("Bearer {}", shop.secret);
    let signature = |value: &str| vec![("x-ut-signature", value.to_owned())];
    let table = [
        ("nothing", &body, Vec::new(), 403, "no_origin"),
        ("good", &body, signature(&good), 202, ""),
        ("altered body", &altered, signature(&good), 401, "wrong_signature"),
        (
            "altered t",
            &body,
            signature(&good.replace(&now.to_string(), &(now - 1).to_string())),
            401,
            "wrong_signature",
        ),
        ("expired", &body, signature(&sign(&shop.secret, now - 302, &body)), 401, "expired_signature"),
        ("future", &body, signature(&sign(&shop.secret, now + 310, &body)), 401, "expired_signature"),
        ("another secret", &body, signature(&sign("sk_another", now, &body)), 401, "wrong_signature"),
        ("the public key", &body, signature(&sign(&shop.key, now, &body)), 401, "wrong_signature"),
        ("malformed", &body, signature("v1=abc"), 401, "malformed_signature"),
        ("an empty signature", &body, signature(""), 401, "malformed_signature"),
        ("no bearer", &body, vec![("authorization", "Bearer".to_owned())], 401, "wrong_secret"),
        ("bearer", &body, vec![("authorization", bearer.clone())], 202, ""),
        ("wrong bearer", &body, vec![("authorization", "Bearer sk_another".to_owned())], 401, "wrong_secret"),
        (
            "an API token",
            &body,
            vec![("authorization", format!("Bearer {}", shop.token))],
            401,
            "wrong_secret",
        ),
        (
            "both",
            &body,
            vec![("x-ut-signature", good.clone()), ("authorization", bearer.clone())],
            401,
            "malformed_signature",
        ),
        (
            "a password of the proxy",
            &body,
            vec![("authorization", "Basic eDp5".to_owned())],
            403,
            "no_origin",
        ),
    ];
    for (name, body, headers, status, expected) in table {
        let request = headers
            .into_iter()
            .fold(post(&shop, &server, body), |request, (key, value)| request.header(key, value));
        let got = answer(request).await;
        assert_eq!(code(&got), (status, expected), "{name}: {}", got.1);
    }
    assert_eq!(shop.metric(&server, "ut_received_total").await, 2, "two of them were taken");
    drop((dir, server));
}

/// On a developer's machine a call without an Origin is taken on trust, but not one that shows something wrong.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_counts_before_where_it_comes_from() {
    let (dir, server, shop) = open();
    let body = call(&shop, &[page_view("/")]).to_string();
    let direct = || shop.http.post(format!("{}/collect/events", server.base)).body(body.clone());
    assert_eq!(answer(direct()).await.0, 202, "from this machine");
    let wrong = sign("sk_another", now_ms() / 1000, &body);
    let old = format!("t=3,v1={:064x}", 3);
    let table = [
        ("x-ut-signature", wrong.as_str(), "wrong_signature"),
        ("X-UT-SIGNATURE", &old, "expired_signature"),
        ("x-ut-signature", "", "malformed_signature"),
        ("x-ut-signature", "t=,v1=", "malformed_signature"),
        ("authorization", "Bearer sk_another", "wrong_secret"),
        ("authorization", "Bearer", "wrong_secret"),
    ];
    for (name, value, expected) in table {
        let own_page = direct().header("origin", "https://shop.example");
        for request in [direct(), own_page] {
            let got = answer(request.header(name, value)).await;
            assert_eq!(code(&got), (401, expected), "{name}: {value}");
        }
        let twice = answer(direct().header(name, value).header(name, value)).await;
        assert_eq!(code(&twice), (401, "malformed_signature"), "{name}: {value}");
    }
    assert_eq!(shop.metric(&server, "ut_received_total").await, 1);
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_call_gets_the_same_answer_and_changes_nothing() {
    let (dir, server, shop) = open();
    let mut without_id = event("login", "https://shop.example/account");
    without_id.as_object_mut().unwrap().remove("id");
    let mut later = without_id.clone();
    later["ts"] = json!(now_ms() + 1);
    let body = call(&shop, &[page_view("/"), without_id.clone()]).to_string();
    let signature = sign(&shop.secret, now_ms() / 1000, &body);
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(answer(post(&shop, &server, &body).header("x-ut-signature", &signature)).await);
    }
    assert_eq!(answers[0], (202, json!({ "accepted": 2, "rejected": [] })));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // A retry is signed anew, and may write the same event in another order: it is the same event.
    let again = body.replace("\"consent\":{\"analytics\":false},", "").replace("{\"", "{ \"");
    let again = again.replacen('{', "{\"consent\":{\"analytics\":false},", 1);
    assert_ne!(again, body);
    assert_eq!(answer(signed(&shop, &server, &again)).await, answers[0]);
    let other = call(&shop, &[later]).to_string();
    assert_eq!(answer(signed(&shop, &server, &other)).await.0, 202);
    shop.settled(&server).await;
    let rows = shop.export(&server).await;
    let logins = rows.iter().filter(|row| row["name"] == "login").count();
    assert_eq!(
        (rows.len(), logins),
        (3, 2),
        "one page view, one login, and the login a moment later: {rows:?}"
    );
    assert_eq!(shop.metric(&server, "ut_deduplicated_total").await, 3 * 2);
    let made = rows.iter().find(|row| row["name"] == "login").unwrap()["id"].as_str().unwrap();
    assert_eq!(&made[14..15], "8", "{made} is a UUID of version 8");
    // A browser must bring its own ids.
    let page = shop.post(&server, "/ut/e", "x").body(call(&shop, &[without_id]).to_string());
    let page = answer(page).await;
    assert_eq!((&page.1["accepted"], &page.1["rejected"][0]["field"]), (&json!(0), &json!("id")));
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_speaks_for_a_visitor_and_says_what_they_agreed_to() {
    let (dir, server, shop) = open();
    let with = |body: &Value, name: &str, value: Value| {
        let mut body = body.clone();
        body[name] = value;
        body
    };
    shop.send(&server, "Firefox", &[page_view("/cart")]).await.unwrap();
    let purchase = || call(&shop, &[event("purchase", "https://shop.example/thanks")]);
    let visitor = json!({ "ip": "127.0.0.1", "user_agent": ut_testkit::browser("Firefox"),
        "visitor_id": "0193f2f4-0000-7000-8000-000000000000", "session_id": "00ab00ab00ab00ab" });
    let joined = with(&purchase(), "context", visitor.clone());
    assert_eq!(answer(signed(&shop, &server, &joined.to_string())).await.0, 202);
    for nobody in [json!({}), json!({ "ip": "127.0.0.1" }), json!({ "user_agent": "Firefox" }), Value::Null] {
        let body = with(&purchase(), "context", nobody).to_string();
        assert_eq!(answer(signed(&shop, &server, &body)).await.0, 202);
    }
    // A server's `sent_at` says nothing: its `ts` is taken as it is.
    let at = now_ms() - 3_600_000;
    let mut early = event("early", "https://shop.example/");
    early["ts"] = json!(at);
    let early = with(&call(&shop, &[early]), "sent_at", json!(at));
    assert_eq!(answer(signed(&shop, &server, &early.to_string())).await.0, 202);

    let mut silent = purchase();
    silent.as_object_mut().unwrap().remove("consent");
    let refusals = [
        (silent.to_string(), "consent"),
        (with(&purchase(), "consent", Value::Null).to_string(), "consent"),
        (with(&purchase(), "context", json!([])).to_string(), "context"),
        (with(&purchase(), "context", json!({ "ip": "x" })).to_string(), "context.ip"),
        (with(&purchase(), "context", json!({ "session_id": "x" })).to_string(), "context.session_id"),
    ];
    for (body, field) in refusals {
        let got = answer(signed(&shop, &server, &body)).await;
        assert_eq!(code(&got), (400, "invalid_envelope"), "{body}");
        assert_eq!(got.1["errors"][0]["field"], field, "{}", got.1);
    }
    for path in ["/ut/e", "/ut/p", "/ut/j"] {
        let unsigned =
            shop.post(&server, path, "x").body(with(&purchase(), "context", visitor.clone()).to_string());
        let got = answer(unsigned).await;
        assert_eq!(code(&got), (401, "unsigned_context"), "{path}: {}", got.1);
    }

    shop.settled(&server).await;
    let rows = shop.export(&server).await;
    let of = |name: &str| rows.iter().filter(|row| row["name"] == name).collect::<Vec<_>>();
    let (page, purchases) = (of("page_view")[0], of("purchase"));
    assert_eq!((purchases.len(), rows.len()), (5, 7), "{rows:?}");
    let joined =
        purchases.iter().filter(|row| row["session"] == page["session"] && row["visitor"] == page["visitor"]);
    assert_eq!(joined.count(), 1, "the shop's server found the visitor's session");
    let nobodys = purchases
        .iter()
        .filter(|row| row["session"] == "0000000000000000" && row["identity"] == "unidentified");
    assert_eq!(nobodys.count(), 4, "the address of the shop's server is nobody's");
    let early = of("early")[0]["ts"].as_str().unwrap();
    let expected = jiff::Timestamp::from_millisecond(at).unwrap();
    assert_eq!(early.parse::<jiff::Timestamp>().unwrap(), expected);
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_are_taken_after_a_rotation() {
    let (dir, server, shop) = open();
    let rotated =
        run(&super::binary(), dir.path(), &["site", "rotate-secret", &shop.id.to_string(), "--json"]);
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
    let rotated: Value = serde_json::from_slice(&rotated.stdout).unwrap();
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(new, shop.secret);
    for (secret, status) in [(new, 202), (&shop.secret, 202), ("sk_none", 401)] {
        let body = call(&shop, &[page_view("/")]).to_string();
        let signature = sign(secret, now_ms() / 1000, &body);
        let by_signature = answer(post(&shop, &server, &body).header("x-ut-signature", signature)).await;
        let by_bearer = answer(post(&shop, &server, &body).bearer_auth(secret)).await;
        assert_eq!((by_signature.0, by_bearer.0), (status, status), "{}", by_signature.1);
    }
    drop((dir, server));
}
