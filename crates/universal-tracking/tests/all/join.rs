//! Join tokens through the real door: what the shop's server sends with one is of the visitor whose page got it.

use super::signed::{answer, call, code, signed};
use serde_json::{Value, json};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, event, page_view, run};

fn open(settings: &[(&str, &str)]) -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = shop.serve_with(settings);
    (dir, server, shop)
}

/// What a person's page is given.
async fn token(shop: &Shop, server: &Server, path: &str, person: &str) -> String {
    let got = answer(shop.post(server, path, person).body(json!({ "site": shop.key }).to_string())).await;
    assert_eq!(got.0, 200, "{}", got.1);
    got.1["token"].as_str().unwrap().to_owned()
}

fn purchase(shop: &Shop, context: Value) -> String {
    let mut purchase = event("purchase", "https://shop.example/thanks");
    purchase["value"] = json!("59.90");
    purchase["currency"] = json!("EUR");
    let mut body = call(shop, &[purchase]);
    body["context"] = context;
    body.to_string()
}

/// The server calls from another address, with a program of its own, and says nothing else of the visitor.
#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_of_the_server_is_of_the_session_of_the_page() {
    let (dir, server, shop) = open(&[("TRUSTED_PROXIES", "loopback")]);
    let tokens =
        [token(&shop, &server, "/ut/j", "ann").await, token(&shop, &server, "/collect/join", "ben").await];
    for (person, token) in ["ann", "ben"].into_iter().zip(&tokens) {
        shop.send(&server, person, &[page_view("/"), page_view(&format!("/{person}"))]).await.unwrap();
        let body = purchase(&shop, json!({ "join_token": token }));
        assert_eq!(
            answer(signed(&shop, &server, &body)).await,
            (202, json!({ "accepted": 1, "rejected": [] }))
        );
        assert_eq!(answer(signed(&shop, &server, &body)).await.0, 202, "sent again");
        // What is said of the address beside tells where, not who.
        let beside = json!({ "join_token": token, "ip": "198.51.100.7", "user_agent": ut_testkit::browser("somebody else") });
        let mut login = call(&shop, &[event("login", "https://shop.example/account")]);
        login["context"] = beside;
        assert_eq!(answer(signed(&shop, &server, &login.to_string())).await.0, 202);
    }
    shop.settled(&server).await;
    let rows = shop.export(&server).await;
    assert_eq!(rows.len(), 2 * 4, "each purchase counts once: {rows:?}");
    for person in ["ann", "ben"] {
        let own = rows.iter().find(|row| row["url"] == format!("https://shop.example/{person}")).unwrap();
        let whose = |row: &&Value| (&row["visitor"], &row["session"]) == (&own["visitor"], &own["session"]);
        let mut names: Vec<_> = rows.iter().filter(whose).map(|row| row["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["login", "page_view", "page_view", "purchase"], "{person}: {rows:?}");
    }
    let numbers = shop.query(&server, &["visitors", "sessions", "events"], &[]).await;
    let expected = json!({ "visitors": 2, "sessions": 2, "events": 8 });
    assert_eq!(numbers["totals"], expected, "{numbers}");
    assert_eq!(shop.metric(&server, "ut_deduplicated_total").await, 2);
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_not_good_is_refused_by_name() {
    let (dir, server, shop) = open(&[]);
    let other = run(&super::binary(), dir.path(), &["site", "add", "--domain", "b.example", "--json"]);
    let other: Value = serde_json::from_slice(&other.stdout).unwrap();
    let body = json!({ "site": other["key"] }).to_string();
    let asked =
        shop.http.post(format!("{}/ut/j", server.base)).header("origin", "https://b.example").body(body);
    let foreign = answer(asked).await.1["token"].as_str().unwrap().to_owned();
    let good = token(&shop, &server, "/ut/j", "ann").await;
    let swap = |place: usize| {
        let mut bytes = good.clone().into_bytes();
        bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
        json!(String::from_utf8(bytes).unwrap())
    };
    let cases = [
        (json!(foreign), "wrong_token"),
        (json!(""), "wrong_token"),
        (json!("x"), "wrong_token"),
        (json!(good[..good.len() - 1]), "wrong_token"),
        (json!(format!("{good}A")), "wrong_token"),
        (swap(0), "wrong_token"),
        (swap(10), "wrong_token"),
        (swap(50), "wrong_token"),
        (swap(good.len() - 1), "wrong_token"),
        (json!("A".repeat(257)), "too_long"),
        (json!({ "token": good }), "wrong_type"),
        (json!(7), "wrong_type"),
    ];
    for (token, expected) in &cases {
        let got = answer(signed(&shop, &server, &purchase(&shop, json!({ "join_token": token })))).await;
        assert_eq!(code(&got), (400, "invalid_envelope"), "{token}: {}", got.1);
        let error = &got.1["errors"][0];
        assert_eq!(
            (&error["field"], &error["code"]),
            (&json!("context.join_token"), &json!(expected)),
            "{token}"
        );
    }
    // A page cannot say whose its events are.
    let unsigned = shop.post(&server, "/ut/e", "ben").body(purchase(&shop, json!({ "join_token": good })));
    assert_eq!(code(&answer(unsigned).await), (401, "unsigned_context"));
    assert_eq!(shop.metric(&server, "ut_received_total").await, 0, "nothing was taken");
    let said = shop.metric(&server, "ut_rejected_total").await;
    assert_eq!(said, cases.len() as u64 + 1, "and every refusal is counted");
    let null = purchase(&shop, json!({ "join_token": null }));
    assert_eq!(answer(signed(&shop, &server, &null)).await.0, 202, "none is none");
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_gets_one_as_it_may_send_and_no_more_often() {
    let (dir, server, shop) = open(&[("RATE_LIMIT_IP", "20"), ("TRUSTED_PROXIES", "loopback")]);
    let ask = |from: &str, origin: Option<&str>, body: String| {
        let request =
            shop.http.post(format!("{}/ut/j", server.base)).header("x-forwarded-for", from).body(body);
        origin.into_iter().fold(request, |request, origin| request.header("origin", origin.to_owned()))
    };
    let (own, body) = (Some("https://shop.example"), json!({ "site": shop.key }).to_string());
    let cases = [
        (ask("203.0.113.1", None, body.clone()), 403, "no_origin"),
        (ask("203.0.113.1", Some("https://evil.example"), body.clone()), 403, "wrong_origin"),
        (ask("203.0.113.1", own, json!({ "site": "pk_none" }).to_string()), 404, "unknown_site"),
        (
            ask("203.0.113.1", own, json!({ "site": shop.key, "consent": 1 }).to_string()),
            400,
            "invalid_envelope",
        ),
        (ask("203.0.113.1", own, "{".to_owned()), 400, "bad_json"),
        (ask("203.0.113.1", own, format!("{body}{}", " ".repeat(1024))), 413, "too_large"),
        (ask("203.0.113.1", None, body.clone()).bearer_auth(&shop.secret), 403, "no_origin"),
    ];
    for (request, status, expected) in cases {
        let got = answer(request).await;
        assert_eq!(code(&got), (status, expected), "{}", got.1);
    }
    let all =
        futures_util::future::join_all((0..60).map(|_| ask("203.0.113.1", own, body.clone()).send())).await;
    let of = |wanted: u16| all.iter().filter(|answer| answer.as_ref().unwrap().status() == wanted).count();
    assert_eq!((of(200), of(429)), (20, 40), "a minute's worth of one address");
    let answer = ask("203.0.114.1", own, body).send().await.unwrap();
    assert_eq!(answer.status(), 200, "somebody else");
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("access-control-allow-origin"), "https://shop.example");
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("ratelimit").starts_with("\"address\";r=19;"), "{:?}", answer.headers());
    shop.send(&server, "ann", &[page_view("/")]).await.unwrap();
    shop.settled(&server).await;
    assert_eq!(shop.export(&server).await.len(), 1, "to ask is no event");
    drop((dir, server));
}

/// Staff who asked not to be counted also buy through the shop's server.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_counted_is_not_counted_by_the_server_either() {
    let (dir, server, shop) = open(&[]);
    let body = json!({ "site": shop.key }).to_string();
    let staff = answer(shop.post(&server, "/ut/j", "ann").header("cookie", "ut_ignore=1").body(body)).await;
    for token in [staff.1["token"].as_str().unwrap(), &token(&shop, &server, "/ut/j", "ben").await] {
        let body = purchase(&shop, json!({ "join_token": token }));
        assert_eq!(answer(signed(&shop, &server, &body)).await.0, 202);
    }
    shop.settled(&server).await;
    assert_eq!(shop.export(&server).await.len(), 1);
    assert_eq!(shop.metric(&server, "ut_dropped_total").await, 1);
    drop((dir, server));
}
