//! What an owner sets for a site holds from the next request on, whether said on the command line or over the API.

use crate::binary;
use serde_json::{Value, json};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, batch, event, page_view, run};

/// A person's: what looks like a program is left out of reports.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

fn open() -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&binary(), dir.path());
    let server = shop.serve();
    (dir, server, shop)
}

fn command(dir: &TempDir, arguments: &[&str]) -> Value {
    let output = run(&binary(), dir.path(), arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn patch(shop: &Shop, server: &Server, change: &Value) -> (u16, Value) {
    let request =
        shop.http.patch(format!("{}/api/v1/sites/{}", server.base, shop.id)).bearer_auth(&shop.token);
    let answer = request.json(change).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn dropped(shop: &Shop, server: &Server) -> u64 {
    shop.settled(server).await;
    let answer =
        shop.http.get(format!("{}/metrics", server.admin)).send().await.unwrap().text().await.unwrap();
    let line = answer.lines().find(|line| line.starts_with("ut_dropped_total{reason=\"excluded\"}")).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_excluded_is_taken_and_not_counted_from_the_next_request_on() {
    let (dir, server, shop) = open();
    let send = async |path: &str| {
        let (status, answer) = shop.send(&server, "x", &[page_view(path)]).await.unwrap();
        assert_eq!((status.as_u16(), &answer["accepted"]), (202, &json!(1)), "{path}");
    };
    send("/admin/orders").await;
    assert_eq!(dropped(&shop, &server).await, 0);
    let set = command(
        &dir,
        &["site", "set", "1", "--exclude-path", "/admin", "--exclude-path", "/*/preview", "--json"],
    );
    assert_eq!(set["excluded_paths"], json!(["/admin", "/*/preview"]));
    for path in ["/admin", "/admin/orders", "/de/preview", "/administration", "/"] {
        send(path).await;
    }
    assert_eq!(dropped(&shop, &server).await, 3);

    let (status, changed) =
        patch(&shop, &server, &json!({ "excluded_networks": ["127.0.0.0/8", "::1"] })).await;
    assert_eq!((status, &changed["excluded_networks"]), (200, &json!(["127.0.0.0/8", "::1/128"])));
    send("/").await;
    assert_eq!(dropped(&shop, &server).await, 4);
    patch(&shop, &server, &json!({ "excluded_networks": [], "excluded_hostnames": ["shop.example"] })).await;
    send("/").await;
    assert_eq!(dropped(&shop, &server).await, 5);
    patch(&shop, &server, &json!({ "excluded_hostnames": [] })).await;
    send("/").await;
    assert_eq!(dropped(&shop, &server).await, 5);
    let mut paths: Vec<_> = shop.export(&server).await.iter().map(|row| row["url"].clone()).collect();
    paths.sort_by_key(ToString::to_string);
    let expected =
        ["/", "/", "/admin/orders", "/administration"].map(|path| format!("https://shop.example{path}"));
    assert_eq!(paths, expected);
    drop(dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_asks_is_not_counted_until_it_asks_again() {
    let (dir, server, shop) = open();
    let shown = command(&dir, &["site", "show", "shop.example", "--json"]);
    assert_eq!(shown["do_not_count_me"], "https://shop.example/ut/ignore");
    let page = format!("{}/ut/ignore", server.base);
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = |value: &str| {
        let request =
            browser.post(&page).header("host", "shop.example").header("sec-fetch-site", "same-origin");
        request.header("content-type", "application/x-www-form-urlencoded").body(format!("ignore={value}"))
    };
    let read = async |cookie: &str| {
        let request = browser.get(&page).header("host", "shop.example").header("cookie", cookie.to_owned());
        let answer = request.send().await.unwrap();
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        answer.text().await.unwrap()
    };
    assert!(read("a=b").await.contains("You are counted"));
    let asked = form("1").send().await.unwrap();
    assert_eq!((asked.status().as_u16(), asked.headers()["location"].to_str().unwrap()), (303, "ignore"));
    let cookie = asked.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert_eq!(cookie, "ut_ignore=1; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
    assert!(read("a=b; ut_ignore=1").await.contains("You are not counted"));

    let body = || batch(&shop.key, &[page_view("/")]).to_string();
    let send = async |cookie: &str| {
        let request = shop.post(&server, "/ut/e", "x").header("cookie", cookie.to_owned()).body(body());
        assert_eq!(request.send().await.unwrap().status().as_u16(), 202);
    };
    send("a=b; ut_ignore=1").await;
    send("ut_ignore=0").await;
    send("xut_ignore=1").await;
    assert_eq!(dropped(&shop, &server).await, 1);

    let again = form("0").send().await.unwrap();
    assert!(again.headers()["set-cookie"].to_str().unwrap().starts_with("ut_ignore=; Path=/; HttpOnly"));
    let foreign = browser.post(&page).header("sec-fetch-site", "cross-site").body("ignore=1");
    assert_eq!(foreign.send().await.unwrap().status().as_u16(), 403, "another site cannot do it for them");
    let foreign = browser.post(&page).header("origin", "https://evil.example").body("ignore=1");
    assert_eq!(foreign.send().await.unwrap().status().as_u16(), 403);
    assert_eq!(form("maybe").body("x").send().await.unwrap().status().as_u16(), 400);
    drop(dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_staging_shop_is_kept_and_left_out_of_reports() {
    let (dir, server, shop) = open();
    command(&dir, &["site", "set", "1", "--staging-hostname", "*.staging.shop.example", "--json"]);
    let staged = event("page_view", "https://a.staging.shop.example/");
    for event in [staged, page_view("/")] {
        shop.send(&server, BROWSER, &[event]).await.unwrap();
    }
    shop.settled(&server).await;
    assert_eq!(shop.export(&server).await.len(), 2, "nothing is thrown away");
    let counted = shop.query(&server, &["page_views"], &[]).await;
    assert_eq!(counted["totals"]["page_views"], 1, "{counted}");
    drop(dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_secrets_are_believed_after_a_rotation() {
    let (dir, server, shop) = open();
    let rotated = command(&dir, &["site", "rotate-secret", "1", "--json"]);
    let new = rotated["secret"].as_str().unwrap().to_owned();
    assert!(new != shop.secret && rotated["old_secret_until"].as_i64().is_some());
    let call = async |secret: &str| {
        let body = json!({ "site": shop.key, "consent": { "analytics": false }, "events": [page_view("/")] });
        let request = shop.http.post(format!("{}/collect/events", server.base)).bearer_auth(secret);
        request.body(body.to_string()).send().await.unwrap().status().as_u16()
    };
    assert_eq!((call(&new).await, call(&shop.secret).await, call("sk_other").await), (202, 202, 401));
    let path = format!("{}/api/v1/sites/1/secret", server.base);
    let over_api = shop.http.post(path).bearer_auth(&shop.token).json(&json!({})).send().await.unwrap();
    let newest: Value = over_api.json().await.unwrap();
    let newest = newest["secret"].as_str().unwrap();
    assert_eq!(
        (call(newest).await, call(&new).await, call(&shop.secret).await),
        (202, 202, 202),
        "a second rotation takes nothing from the first one"
    );
    for _ in 0..2 {
        command(&dir, &["site", "rotate-secret", "1", "--json"]);
    }
    let refused = run(&binary(), dir.path(), &["site", "rotate-secret", "1"]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("minutes"));
    let path = format!("{}/api/v1/sites/1/secret", server.base);
    let over_api = shop.http.post(path).bearer_auth(&shop.token).json(&json!({})).send().await.unwrap();
    assert_eq!(over_api.status().as_u16(), 429);
    assert!(over_api.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 80_000);
    assert_eq!(call(&shop.secret).await, 202, "nothing was changed");
    drop(dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_setting_is_named_on_the_command_line_and_over_the_api() {
    let (dir, server, shop) = open();
    let line =
        ["site", "set", "1", "--timezone", "Mars/Base", "--exclude-network", "office", "--gateway", "a b"];
    let refused = run(&binary(), dir.path(), &line);
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1));
    for part in ["timezone", "excluded_networks[0]", "gateways[0]"] {
        assert!(errors.contains(part), "{part} is missing in {errors}");
    }
    let rule = run(&binary(), dir.path(), &["site", "set", "1", "--channel-rule", "keyword:is:x:Email"]);
    let errors = String::from_utf8_lossy(&rule.stderr);
    assert!(rule.status.code() == Some(1) && errors.contains("keyword"), "{errors}");
    let unknown = run(&binary(), dir.path(), &["site", "show", "other.example"]);
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("site list"));
    let (status, problem) =
        patch(&shop, &server, &json!({ "currency": "EUO", "excluded_paths": ["x"] })).await;
    let fields: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["field"].clone()).collect();
    assert_eq!((status, fields), (422, vec![json!("currency"), json!("excluded_paths[0]")]));

    let set = [
        "site",
        "set",
        "shop.example",
        "--channel-rule",
        "source:is:newsletter:Post",
        "--gateway",
        "pay.example",
        "--session-timeout-min",
        "10",
        "--domain",
        "shop.example",
        "--domain",
        "new.example",
        "--json",
    ];
    let set = command(&dir, &set);
    assert_eq!(set["channel_rules"][0]["channel"], "Post");
    assert_eq!((&set["session_timeout_min"], &set["domains"][1]), (&json!(10), &json!("new.example")));
    let emptied = command(&dir, &["site", "set", "1", "--gateway", "", "--json"]);
    assert_eq!(
        (&emptied["gateways"], emptied["channel_rules"].as_array().map(Vec::len)),
        (&json!([]), Some(1))
    );
    assert!(errors_of_log(&server).is_empty(), "{}", server.errors());
}

/// What the server complained about: settings are no reason to.
fn errors_of_log(server: &Server) -> Vec<String> {
    server.errors().lines().filter(|line| line.contains("ERROR")).map(str::to_owned).collect()
}
