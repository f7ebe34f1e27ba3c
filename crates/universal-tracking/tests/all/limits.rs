//! Limits are exact, also when everybody comes at once, and say how their sender stands; proxies are believed as far as
//! they were named.

use reqwest::{Response, header::HeaderMap};
use serde_json::{Value, json};
use std::collections::HashSet;
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, batch, now_ms, page_view};

const DAY: i64 = 24 * 3_600_000;

fn open(settings: &[(&str, &str)]) -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = Server::start(&super::binary(), dir.path(), settings);
    (dir, server, shop)
}

fn events(number: usize, ts: i64) -> Vec<Value> {
    let late = |_| {
        let mut event = page_view("/");
        event["ts"] = json!(ts);
        event
    };
    (0..number).map(late).collect()
}

async fn send(shop: &Shop, server: &Server, from: &str, events: &[Value]) -> Response {
    let body = batch(&shop.key, events).to_string();
    shop.post(server, "/ut/e", "x").header("x-forwarded-for", from).body(body).send().await.unwrap()
}

/// Everybody at once: how many were taken, how many were told to wait.
async fn rush(
    shop: &Shop,
    server: &Server,
    requests: usize,
    events_each: usize,
    path: &str,
) -> (usize, usize) {
    let all = (0..requests).map(|_| {
        let body = match path {
            "/ut/p" => json!({ "site": shop.key, "url": "https://shop.example/" }),
            _ => batch(&shop.key, &events(events_each, now_ms())),
        };
        shop.post(server, path, "x").header("x-forwarded-for", "203.0.113.1").body(body.to_string()).send()
    });
    let answers = futures_util::future::join_all(all).await;
    let status =
        |wanted: u16| answers.iter().filter(|answer| answer.as_ref().unwrap().status() == wanted).count();
    (status(202) + status(204), status(429))
}

/// At 20 a minute nothing flows in for the first three seconds: longer than a rush takes.
#[tokio::test(flavor = "multi_thread")]
async fn exactly_a_minutes_worth_passes_when_everybody_comes_at_once() {
    let by_address: &[_] = &[("RATE_LIMIT_IP", "20"), ("TRUSTED_PROXIES", "loopback")];
    let by_site: &[_] = &[("RATE_LIMIT_SITE", "20"), ("TRUSTED_PROXIES", "loopback")];
    for (settings, path, requests, each, taken) in [
        (by_address, "/ut/e", 300, 1, 20),
        (by_address, "/ut/e", 60, 3, 6),
        (by_address, "/ut/p", 300, 1, 20),
        (by_site, "/collect/events", 300, 1, 20),
        (by_site, "/ut/p", 300, 1, 20),
        // More than a bucket holds passes once, when it is full.
        (by_address, "/ut/e", 20, 50, 1),
    ] {
        let (dir, server, shop) = open(settings);
        let began = std::time::Instant::now();
        let outcome = rush(&shop, &server, requests, each, path).await;
        let took = began.elapsed();
        println!("{settings:?} {path}: {outcome:?} of {requests} requests of {each} in {took:?}");
        assert!(took.as_millis() < 3000, "the machine is too slow to tell: {took:?}");
        assert_eq!(outcome, (taken, requests - taken), "{settings:?} {path} {each}");
        drop((server, dir));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_counts_one_sender_and_says_how_they_stand() {
    let (dir, server, shop) =
        open(&[("RATE_LIMIT_IP", "20"), ("RATE_LIMIT_SITE", "50"), ("TRUSTED_PROXIES", "loopback")]);
    let line =
        |headers: &HeaderMap, name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let stands = |answer: &Response| (answer.status().as_u16(), line(answer.headers(), "ratelimit"));
    let said = |text: &str| Some(text.to_owned());

    let first = send(&shop, &server, "203.0.113.1", &events(15, now_ms())).await;
    assert_eq!(line(first.headers(), "ratelimit-policy"), said("\"address\";q=20;w=60"));
    assert_eq!(stands(&first), (202, said("\"address\";r=5;t=45")));
    let refused = send(&shop, &server, "203.0.113.1", &events(10, now_ms())).await;
    let wait: u64 = line(refused.headers(), "retry-after").unwrap().parse().unwrap();
    assert!((13..=15).contains(&wait), "5 more flow in within 15 s, not {wait}");
    assert_eq!(stands(&refused), (429, Some(format!("\"address\";r=0;t={wait}"))));
    let problem: Value = refused.json().await.unwrap();
    assert!(problem["type"].as_str().unwrap().ends_with(":rate_limited"), "{problem}");
    // A refusal has taken nothing, of neither bucket.
    assert_eq!(send(&shop, &server, "203.0.113.1", &events(5, now_ms())).await.status(), 202);
    assert_eq!(send(&shop, &server, "203.0.113.2", &events(20, now_ms())).await.status(), 202);
    assert_eq!(send(&shop, &server, "203.0.113.3", &events(10, now_ms())).await.status(), 202);
    // The site's own limit is reached: for everybody, and for heartbeats it is another one.
    let site = send(&shop, &server, "203.0.113.4", &events(1, now_ms())).await;
    assert_eq!(
        (site.status().as_u16(), line(site.headers(), "ratelimit-policy")),
        (429, said("\"site\";q=50;w=60"))
    );
    let heartbeat = json!({ "site": shop.key, "url": "https://shop.example/" }).to_string();
    let heartbeat = shop.post(&server, "/ut/p", "x").body(heartbeat).send().await.unwrap();
    assert_eq!(heartbeat.status().as_u16(), 204);
    // What is refused for another reason costs nothing.
    for _ in 0..30 {
        let wrong =
            shop.post(&server, "/ut/e", "x").header("x-forwarded-for", "203.0.113.5").body("{").send().await;
        assert_eq!(wrong.unwrap().status().as_u16(), 400);
    }
    drop((server, dir));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shops_own_server_counts_for_its_site_alone() {
    let (dir, server, shop) = open(&[("RATE_LIMIT_IP", "5"), ("RATE_LIMIT_SITE", "40")]);
    let signed = || {
        let body = json!({ "site": shop.key, "consent": {}, "events": events(10, now_ms()) }).to_string();
        shop.http.post(format!("{}/collect/events", server.base)).bearer_auth(&shop.secret).body(body).send()
    };
    let mut left = Vec::new();
    for _ in 0..4 {
        let answer = signed().await.unwrap();
        assert_eq!(answer.status().as_u16(), 202, "more than one address may send");
        left.push(answer.headers()["ratelimit"].to_str().unwrap().split(';').nth(1).unwrap().to_owned());
    }
    assert_eq!(left, ["r=30", "r=20", "r=10", "r=0"]);
    assert_eq!(signed().await.unwrap().status().as_u16(), 429);
    drop((server, dir));
}

#[tokio::test(flavor = "multi_thread")]
async fn late_events_have_a_smaller_limit_of_their_own() {
    let (dir, server, shop) = open(&[("RATE_LIMIT_IP", "200"), ("TRUSTED_PROXIES", "loopback")]);
    let late = now_ms() - DAY - 60_000;
    assert_eq!(send(&shop, &server, "203.0.113.1", &events(20, late)).await.status(), 202);
    let refused = send(&shop, &server, "203.0.113.1", &events(1, late)).await;
    assert_eq!(refused.status(), 429);
    let problem: Value = refused.json().await.unwrap();
    assert!(problem["detail"].as_str().unwrap().contains("older than 24 hours"), "{problem}");
    let young = events(50, now_ms() - DAY + 60_000);
    assert_eq!(send(&shop, &server, "203.0.113.1", &young).await.status(), 202, "others are not held up");
    assert_eq!(send(&shop, &server, "203.0.113.2", &events(20, late)).await.status(), 202, "another address");
    drop((server, dir));
}

/// Who is trusted, two requests' headers, and whether they come from one sender: told apart by a limit of one event.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_believed_from_named_proxies_only() {
    type Headers = &'static [(&'static str, &'static str)];
    const XFF: &str = "x-forwarded-for";
    let table: &[(&str, Headers, Headers, bool)] = &[
        ("", &[(XFF, "203.0.113.1")], &[(XFF, "203.0.113.2")], true),
        ("10.0.0.0/8", &[(XFF, "203.0.113.1")], &[(XFF, "203.0.113.2")], true),
        ("cloudflare", &[("cf-connecting-ip", "203.0.113.1")], &[("cf-connecting-ip", "203.0.113.2")], true),
        ("loopback", &[(XFF, "203.0.113.1")], &[(XFF, "203.0.113.2")], false),
        ("127.0.0.1", &[(XFF, "203.0.113.1")], &[(XFF, "203.0.113.1")], true),
        ("loopback", &[(XFF, "1.1.1.1, 203.0.113.1")], &[(XFF, "2.2.2.2, 203.0.113.1")], true),
        ("loopback", &[(XFF, "203.0.113.1")], &[("forwarded", "for=203.0.113.1")], true),
        ("loopback", &[(XFF, "2001:db8::1")], &[(XFF, "2001:db8::2")], true),
        ("loopback", &[(XFF, "2001:db8::1")], &[(XFF, "2001:db8:0:1::1")], false),
        ("loopback, private", &[(XFF, "203.0.113.1, 10.0.0.1")], &[(XFF, "203.0.113.1, 192.168.0.1")], true),
        ("loopback", &[(XFF, "203.0.113.1, 10.0.0.1")], &[(XFF, "203.0.113.2, 10.0.0.1")], true),
        (
            "loopback,cloudflare",
            &[(XFF, "172.64.0.1"), ("cf-connecting-ip", "203.0.113.1")],
            &[(XFF, "172.64.0.2"), ("cf-connecting-ip", "203.0.113.1")],
            true,
        ),
        (
            "loopback,cloudflare",
            &[(XFF, "203.0.113.1"), ("cf-connecting-ip", "203.0.113.9")],
            &[(XFF, "203.0.113.2"), ("cf-connecting-ip", "203.0.113.9")],
            false,
        ),
    ];
    let trusted: HashSet<_> = table.iter().map(|row| row.0).collect();
    for trusted in trusted {
        for (_, first, second, same) in table.iter().filter(|row| row.0 == trusted) {
            let (dir, server, shop) = open(&[("RATE_LIMIT_IP", "1"), ("TRUSTED_PROXIES", trusted)]);
            let mut statuses = Vec::new();
            for headers in [first, second] {
                let body = batch(&shop.key, &[page_view("/")]).to_string();
                let request = shop.post(&server, "/ut/e", "x").body(body);
                let request =
                    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
                statuses.push(request.send().await.unwrap().status().as_u16());
            }
            assert_eq!(statuses, [202, if *same { 429 } else { 202 }], "{trusted:?} {first:?} {second:?}");
            drop((server, dir));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_country_is_believed_from_a_trusted_proxy_only() {
    for (trusted, header, country, by) in [
        ("", "x-vercel-ip-country", "US", "embedded"),
        ("loopback", "x-vercel-ip-country", "JP", "header"),
        ("loopback", "cf-ipcountry", "US", "embedded"),
        ("loopback,cloudflare", "cf-ipcountry", "JP", "header"),
    ] {
        // Without trust the sender is this machine, which is in no country: the browser's time zone says one.
        let (country, by) = if trusted.is_empty() { ("DE", "time_zone") } else { (country, by) };
        let (dir, server, shop) = open(&[("TRUSTED_PROXIES", trusted)]);
        let path = if trusted.ends_with("cloudflare") { "8.8.8.8, 172.64.0.1" } else { "8.8.8.8" };
        let body = batch(&shop.key, &[page_view("/")]).to_string();
        let request = shop.post(&server, "/ut/e", "x").header("x-forwarded-for", path).header(header, "JP");
        assert_eq!(request.body(body).send().await.unwrap().status().as_u16(), 202);
        shop.settled(&server).await;
        let rows = shop.export(&server).await;
        assert_eq!(
            (&rows[0]["country"], &rows[0]["country_source"]),
            (&json!(country), &json!(by)),
            "{trusted} {header}"
        );
        drop((server, dir));
    }
}
