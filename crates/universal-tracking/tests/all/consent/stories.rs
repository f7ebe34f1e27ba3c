//! Whose events are, while a visitor agrees, refuses, leaves and lies.

use super::browser::{Browser, SEED, batch, open, receipts, seen};
use crate::binary;
use serde_json::{Value, json};
use std::collections::HashSet;
use ut_testkit::server::{now_ms, page_view, run};

/// Consent in the middle of a visit makes the visit known, and nothing before it. Taking it back makes a stranger of
/// them again. A server that dies in between changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn consent_makes_a_visit_known_and_its_end_makes_it_strange_again() {
    let (dir, server, shop) = open(&[]);
    let mut ann = Browser::new(&shop, "ann");
    assert_eq!(ann.look(&server, "/a").await.0, 202);
    assert!(ann.cookies.is_empty(), "nothing is kept without consent: {:?}", ann.cookies);
    let said = ann.choose(&server, json!({ "analytics": true, "marketing": false })).await;
    let granted = json!({ "analytics": true, "marketing": false, "personalization": false });
    assert_eq!((&said["consent"], &said["collect"]), (&granted, &json!("cookie")));
    assert_eq!(receipts(&shop, &server).await["receipts"][0]["id"], said["receipt"]);
    assert_eq!(ann.cookies.keys().collect::<Vec<_>>(), ["_ut_c", "_ut_id"]);
    ann.look(&server, "/b").await;
    server.kill();
    let server = shop.serve();
    ann.look(&server, "/c").await;
    let known = ann.cookies["_ut_id"].clone();
    let said = ann.choose(&server, json!({ "analytics": false })).await;
    assert_eq!(said["collect"], "cookieless");
    assert_eq!(ann.cookies.keys().collect::<Vec<_>>(), ["_ut_c"], "the id is deleted");
    ann.look(&server, "/d").await;
    // One that a browser kept against its orders counts for nothing.
    ann.cookies.insert("_ut_id".to_owned(), known.clone());
    ann.look(&server, "/e").await;
    assert!(!ann.cookies.contains_key("_ut_id"));

    let seen = seen(&shop, &server).await;
    let [a, b, c, d, e] = ["/a", "/b", "/c", "/d", "/e"].map(|path| &seen[path]);
    assert_eq!(
        [&a[2], &b[2], &c[2], &d[2], &e[2]],
        ["cookieless", "cookie", "cookie", "cookieless", "cookieless"]
    );
    assert_eq!([&a[3], &b[3], &c[3], &d[3]], ["0", "1", "1", "0"], "the consent each was sent with");
    assert_eq!((&a[1], &b[1]), (&b[1], &c[1]), "one session");
    assert_ne!(a[0], b[0], "what came before keeps its hash");
    assert_eq!((&b[0], d[0] == b[0], d[1] == b[1]), (&c[0], false, false), "then a stranger");
    assert_eq!(d[..2], e[..2]);
    let numbers = shop.query(&server, &["visitors", "sessions", "page_views"], &[]).await;
    assert_eq!(numbers["totals"], json!({ "visitors": 2, "sessions": 2, "page_views": 5 }), "{numbers}");
    let chosen = receipts(&shop, &server).await;
    let [denied, granted] = &chosen["receipts"].as_array().unwrap()[..] else { panic!("{chosen}") };
    assert_eq!(
        (&granted["analytics"], &granted["marketing"], &granted["personalization"]),
        (&json!(true), &json!(false), &json!(null))
    );
    assert_eq!(
        (&denied["analytics"], &denied["whose"], &granted["whose"]),
        (&json!(false), &json!("known"), &json!("known"))
    );
    let verdict: Value =
        serde_json::from_str(&shop.get(&server, "/api/v1/consents/verify?site=1").await).unwrap();
    assert_eq!(verdict, json!({ "ok": true, "from": 1, "receipts": 2, "broken": null }));
    let by = shop.query(&server, &["sessions"], &["identity"]).await;
    assert_eq!(by["rows"].as_array().map(Vec::len), Some(2), "{by}");
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_first_requests_at_once_are_one_visitor() {
    let (dir, server, shop) = open(&[]);
    let ann = Browser::new(&shop, "ann");
    let requests = (0..50).map(|n| {
        let mut body = batch(&shop.key, &[page_view(&format!("/{n}"))]);
        body["consent"] = json!({ "analytics": true, "source": "api", "at": now_ms() });
        body["ids"] = json!({ "seed": SEED });
        ann.post(&server, "/ut/e").body(body.to_string()).send()
    });
    let mut ids = HashSet::new();
    for answer in futures_util::future::join_all(requests).await {
        let answer = answer.unwrap();
        assert_eq!(answer.status().as_u16(), 202);
        ids.insert(answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert!(!ids.iter().any(|id| id.contains(SEED)), "the seed is no id");
    shop.settled(&server).await;
    let numbers = shop.query(&server, &["visitors", "sessions", "page_views"], &[]).await;
    assert_eq!(numbers["totals"], json!({ "visitors": 1, "sessions": 1, "page_views": 50 }), "{numbers}");
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_was_not_made_here_is_replaced() {
    let (dir, server, shop) = open(&[]);
    let mut ann = Browser::new(&shop, "ann");
    ann.choose(&server, json!({ "analytics": true })).await;
    let good = ann.cookies["_ut_id"].clone();
    let (id, tag) = good.split_once('.').unwrap();
    let other = run(&binary(), dir.path(), &["site", "add", "--domain", "b.example", "--json"]);
    let other: Value = serde_json::from_slice(&other.stdout).unwrap();
    let body = json!({ "site": other["key"], "consent": { "analytics": true }, "ids": { "seed": SEED } });
    let foreign = shop.http.post(format!("{}/ut/consent", server.base)).header("origin", "https://b.example");
    let foreign = foreign.body(body.to_string()).send().await.unwrap();
    let foreign = foreign.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let foreign = foreign.filter_map(|line| line.strip_prefix("_ut_id=")?.split(';').next()).next().unwrap();
    assert_ne!(foreign.split('.').next(), Some(id), "two sites give one seed two ids");
    let altered = id.replace(&id[..1], if id.starts_with('0') { "1" } else { "0" });
    let forged = [
        format!("{altered}.{tag}"),
        format!("{id}.{}", "0".repeat(32)),
        id.to_owned(),
        format!("{id}."),
        "x.y".to_owned(),
        String::new(),
        foreign.to_owned(),
    ];
    for forged in forged {
        ann.cookies.insert("_ut_id".to_owned(), forged.clone());
        let body = batch(&shop.key, &[page_view("/forged")]);
        let request = ann.post(&server, "/ut/e").body(body.to_string());
        let headers = request.send().await.unwrap().headers().clone();
        assert!(!headers.contains_key("x-ut-id"), "{forged:?} is taken for ours");
        let told = headers["set-cookie"].to_str().unwrap();
        assert!(told.starts_with("_ut_id=") && !told.contains(&format!("={forged};")), "{forged:?}: {told}");
    }
    ann.cookies.insert("_ut_id".to_owned(), good.clone());
    let body = batch(&shop.key, &[page_view("/good")]);
    let answer = ann.post(&server, "/ut/e").body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.headers()["x-ut-id"], "set");
    assert!(answer.headers()["set-cookie"].to_str().unwrap().contains(&good), "its life is counted anew");
    shop.settled(&server).await;
    let rows = shop.export(&server).await;
    let identities: HashSet<_> =
        rows.iter().map(|row| (row["url"].as_str(), row["identity"].as_str())).collect();
    let expected = [("forged", "cookieless"), ("good", "cookie")];
    let expected = expected.map(|(page, identity)| (format!("https://shop.example/{page}"), identity));
    assert_eq!(
        identities,
        expected.iter().map(|(url, identity)| (Some(url.as_str()), Some(*identity))).collect()
    );
    drop((dir, server));
}

/// Nothing is stored before consent in the strict mode, nor after an opt-out in any.
#[tokio::test(flavor = "multi_thread")]
async fn without_leave_nothing_is_taken() {
    let (dir, server, shop) = open(&["--consent-mode", "strict"]);
    let mut ann = Browser::new(&shop, "ann");
    let refused = json!([{ "index": 0, "field": "consent", "code": "no_consent",
        "message": "was not taken: its visitor has not agreed, or has opted out" }]);
    let (status, said) = ann.look(&server, "/before").await;
    assert_eq!((status, &said), (202, &json!({ "accepted": 0, "rejected": refused })));
    let heartbeat = json!({ "site": shop.key, "url": "https://shop.example/" });
    assert_eq!(ann.send(&server, "/ut/p", &heartbeat).await.0, 204);
    assert!(ann.cookies.is_empty(), "{:?}", ann.cookies);
    assert_eq!(shop.metric(&server, "ut_received_total").await, 0);
    assert_eq!(shop.metric(&server, "ut_rejected_total").await, 1, "it is counted why");
    ann.choose(&server, json!({ "analytics": true })).await;
    assert_eq!(ann.look(&server, "/agreed").await.1["accepted"], 1);
    // What was agreed to before it was denied, and comes late, counts for nothing.
    let agreed_at = now_ms() - 60_000;
    ann.choose(&server, json!({ "analytics": false })).await;
    let mut late = batch(&shop.key, &[page_view("/late")]);
    for stale in [json!({ "analytics": true, "at": agreed_at }), json!({ "analytics": true })] {
        late["consent"] = stale;
        assert_eq!(ann.send(&server, "/ut/e", &late).await.1["accepted"], 0);
    }
    ann.choose(&server, json!({ "analytics": true })).await;
    let opt_out = json!({ "site": shop.key });
    let said = ann.send(&server, "/ut/opt-out", &opt_out).await;
    assert_eq!((said.0, &said.1["collect"]), (200, &json!("nothing")));
    assert_eq!(ann.cookies.keys().collect::<Vec<_>>(), ["_ut_c"]);
    assert_eq!(ann.look(&server, "/out").await.1["accepted"], 0);
    ann.choose(&server, json!({ "analytics": true })).await;
    assert_eq!(ann.look(&server, "/still out").await.1["accepted"], 0, "an opt-out stands above any choice");
    ann.send(&server, "/ut/opt-out", &json!({ "site": shop.key, "opted_out": false })).await;
    assert_eq!(ann.look(&server, "/back").await.1["accepted"], 1);
    let seen = seen(&shop, &server).await;
    assert_eq!(seen.keys().collect::<Vec<_>>(), ["/agreed", "/back"]);
    drop((dir, server));
}
