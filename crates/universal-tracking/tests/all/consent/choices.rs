//! What follows from a choice, in every mode and in every language that choices are made in.

use super::browser::{Browser, batch, open, receipts, seen};
use crate::binary;
use crate::signed::answer;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use ut_testkit::server::{now_ms, page_view, run};

/// Every mode with every choice: what is collected and which axes are granted.
#[tokio::test(flavor = "multi_thread")]
async fn every_mode_does_what_the_table_says() {
    let (dir, server, shop) = open(&[]);
    let choices: [(&str, Option<Value>, bool); 6] = [
        ("none", None, false),
        ("grant", Some(json!({ "analytics": true, "marketing": true, "personalization": true })), false),
        ("deny", Some(json!({ "analytics": false, "marketing": false, "personalization": false })), false),
        ("gpc", None, true),
        ("grant + gpc", Some(json!({ "analytics": true, "marketing": true, "personalization": true })), true),
        ("only marketing", Some(json!({ "marketing": true })), false),
    ];
    // Per mode and choice: consent bits of the stored row (1 analytics, 2 marketing, 4 personalization) and how the visitor
    // is known when they come back; `-` where nothing is stored.
    let table = [
        ("strict", ["-", "7 cookie", "-", "-", "1 cookie", "-"]),
        (
            "cookieless",
            ["0 cookieless", "7 cookie", "0 cookieless", "0 cookieless", "1 cookie", "2 cookieless"],
        ),
        ("cnil", ["1 cookie", "1 cookie", "-", "1 cookie", "1 cookie", "1 cookie"]),
        ("analytics", ["1 cookie", "7 cookie", "0 cookieless", "1 cookie", "1 cookie", "3 cookie"]),
        ("full", ["7 cookie", "7 cookie", "0 cookieless", "1 cookie", "1 cookie", "7 cookie"]),
    ];
    for (mode, _) in &table {
        let output = run(&binary(), dir.path(), &["site", "set", "1", "--consent-mode", mode]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for (n, (_, choice, gpc)) in choices.iter().enumerate() {
            let mut cookies = String::new();
            let signal = if *gpc { "1" } else { "0" };
            let mut go = async |path: &str, body: Value| {
                let request =
                    shop.post(&server, path, "ann").header("cookie", &cookies).header("sec-gpc", signal);
                let told = answer_with_cookies(request.body(body.to_string())).await;
                cookies = told.iter().fold(cookies.clone(), |kept, cookie| format!("{kept}; {cookie}"));
            };
            if let Some(consent) = choice {
                go("/ut/consent", json!({ "site": shop.key, "consent": consent })).await;
            }
            go("/ut/e", batch(&shop.key, &[page_view(&format!("/{mode}/{n}/first"))])).await;
            go("/ut/e", batch(&shop.key, &[page_view(&format!("/{mode}/{n}"))])).await;
        }
    }
    let seen = seen(&shop, &server).await;
    for (mode, expected) in table {
        for (n, ((name, ..), expected)) in choices.iter().zip(expected).enumerate() {
            let row = seen
                .get(&format!("/{mode}/{n}"))
                .map(|[_, _, identity, consent]| format!("{consent} {identity}"));
            assert_eq!(row.as_deref().unwrap_or("-"), expected, "{mode}, {name}");
        }
    }
    drop((dir, server));
}

/// The cookies an answer sets, as a browser sends them back.
async fn answer_with_cookies(request: RequestBuilder) -> Vec<String> {
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    let lines = answer.headers().get_all("set-cookie").iter();
    lines.map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned()).collect()
}

/// The visitor's page says what holds, and its form is the way out, without a script.
#[tokio::test(flavor = "multi_thread")]
async fn the_privacy_page_tells_the_truth_and_lets_people_out() {
    let (dir, server, shop) = open(&[]);
    let mut ann = Browser::new(&shop, "ann");
    let read = async |ann: &Browser<'_>, gpc: &str| {
        let cookies: Vec<_> = ann.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            shop.http.get(format!("{}/ut/privacy", server.base)).header("cookie", cookies.join("; "));
        request.header("sec-gpc", gpc).send().await.unwrap().text().await.unwrap()
    };
    let page = read(&ann, "0").await;
    assert!(page.contains("counted without a cookie") && page.contains("You have made none."), "{page}");
    assert!(read(&ann, "1").await.contains("it is honoured"), "the law of California wants it shown");
    let body = json!({ "site": shop.key, "consent": { "analytics": true, "marketing": false } });
    assert_eq!(ann.send(&server, "/ut/consent", &body).await.0, 200);
    let newest = &receipts(&shop, &server).await["receipts"][0];
    assert_eq!(newest["whose"], "known", "of the id that the browser was given");
    let page = read(&ann, "0").await;
    assert!(page.contains("analytics: agreed · marketing: refused") && page.contains("_ut_id"), "{page}");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = |site: &str, out: &str| {
        let post = client.post(format!("{}/ut/privacy", server.base)).header("sec-fetch-site", site);
        let post = post.header("content-type", "application/x-www-form-urlencoded");
        post.header("origin", "https://shop.example").body(format!("opted_out={out}"))
    };
    assert_eq!(form("cross-site", "1").send().await.unwrap().status().as_u16(), 403, "another site's form");
    let told = form("same-origin", "1").send().await.unwrap();
    assert_eq!((told.status().as_u16(), &told.headers()["location"]), (303, &"privacy".parse().unwrap()));
    let cookie = told.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let (name, value) = cookie.split_once('=').unwrap();
    ann.cookies.insert(name.to_owned(), value.to_owned());
    assert!(read(&ann, "0").await.contains("You have opted out"));
    assert_eq!(ann.look(&server, "/out").await.1["accepted"], 0);
    drop((dir, server));
}

/// What a consent platform or a tag manager said is understood by the server.
#[tokio::test(flavor = "multi_thread")]
async fn texts_of_standards_are_choices() {
    let (dir, server, shop) = open(&[]);
    let mut ann = Browser::new(&shop, "ann");
    let update = json!({ "ad_storage": "denied", "ad_user_data": "granted", "analytics_storage": "granted" });
    let said = ann.choose(&server, json!({ "source": "gcm", "gcm": update, "at": now_ms() })).await;
    assert_eq!((&said["consent"]["analytics"], &said["consent"]["marketing"]), (&json!(true), &json!(false)));
    let us = json!({ "source": "gpp", "gpp": "DBABTA~1YYN", "analytics": false, "at": now_ms() });
    let said = ann.choose(&server, us).await;
    assert_eq!(said["consent"], json!({ "analytics": false, "marketing": false, "personalization": false }));
    assert_eq!(said["collect"], "cookieless");
    // What a platform repeats on every page is no new choice.
    let recorded = receipts(&shop, &server).await["receipts"].as_array().unwrap().len();
    let again =
        ann.choose(&server, json!({ "source": "gcm", "gcm": { "analytics_storage": "granted" } })).await;
    assert_eq!((&again["receipt"], &again["collect"]), (&json!(null), &json!("cookieless")), "an old grant");
    assert_eq!(receipts(&shop, &server).await["receipts"].as_array().unwrap().len(), recorded);
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_choice_that_is_none_is_refused_by_name() {
    let (dir, server, shop) = open(&[]);
    let cases = [
        (json!({ "site": shop.key }), "consent", "missing"),
        (json!({ "site": shop.key, "consent": {} }), "consent", "missing"),
        (
            json!({ "site": shop.key, "consent": { "analytics": true, "source": "rumour" } }),
            "consent.source",
            "unknown_source",
        ),
        (json!({ "site": shop.key, "consent": { "tcf": "no string" } }), "consent.tcf", "not_understood"),
        (
            json!({ "site": shop.key, "consent": { "gcm": { "ad_storage": 1 } } }),
            "consent.gcm",
            "not_understood",
        ),
        (json!({ "site": shop.key, "consent": { "analytics": "yes" } }), "consent", "wrong_type"),
        (
            json!({ "site": shop.key, "consent": { "analytics": true, "at": "now" } }),
            "consent.at",
            "wrong_type",
        ),
        (
            json!({ "site": shop.key, "consent": { "analytics": true }, "ids": { "seed": 7 } }),
            "ids.seed",
            "wrong_type",
        ),
        (
            json!({ "site": shop.key, "consent": { "analytics": true, "policy_version": "x".repeat(65) } }),
            "consent.policy_version",
            "too_long",
        ),
    ];
    for (body, field, code) in cases {
        let (status, said) = answer(shop.post(&server, "/ut/consent", "ann").body(body.to_string())).await;
        assert_eq!(
            (status, &said["errors"][0]["field"], &said["errors"][0]["code"]),
            (400, &json!(field), &json!(code)),
            "{body}: {said}"
        );
    }
    let foreign =
        shop.http.post(format!("{}/ut/consent", server.base)).header("origin", "https://evil.example");
    let body = json!({ "site": shop.key, "consent": { "analytics": true } }).to_string();
    assert_eq!(answer(foreign.body(body)).await.0, 403);
    drop((dir, server));
}
