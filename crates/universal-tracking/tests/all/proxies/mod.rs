//! What `init` prints, run by the program it is for: the tracker passes, with the visitor's own address, and nothing else.

mod front;
mod javascript;
mod programs;

use front::Front;
use serde_json::{Value, json};
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, batch, event, page_view, run};

/// A visitor whose address the site does not count.
const STAFF: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// And one whose address it does.
const CUSTOMER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 3);
/// Where the dashboard is looked at.
const DASHBOARD: &str = "analytics.shop.example";

/// What `init` prints.
fn printed(dir: &Path, arguments: &[&str]) -> String {
    let output = run(&super::binary(), dir, &[&["init"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A shop on a server that believes a proxy at 127.0.0.1, and nobody else.
fn behind_a_proxy(dir: &Path) -> (Shop, Server) {
    let shop = Shop::open(&super::binary(), dir);
    let excluded = ["site", "set", "shop.example", "--exclude-network", "127.0.0.2/32"];
    assert!(run(&super::binary(), dir, &excluded).status.success());
    let public = format!("https://{DASHBOARD}");
    let port = front::free_port().to_string();
    let settings = [("TRUSTED_PROXIES", "127.0.0.1"), ("PUBLIC_URL", &public), ("PORT", &port)];
    let mut server = shop.serve_with(&settings);
    // It says where browsers find it; here it is asked directly, too.
    server.base = format!("http://127.0.0.1:{port}");
    (shop, server)
}

/// Everything a shop's pages need passes below `prefix`, with the address of whoever sends it, whatever they say.
async fn passes(front: &Front, prefix: &str, shop: &Shop, server: &Server) {
    let script = front.get(CUSTOMER, &format!("{prefix}ut.js")).send().await.unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    let direct = shop.http.get(format!("{}/ut/ut.js", server.base)).send().await.unwrap();
    assert_eq!(script.text().await.unwrap(), direct.text().await.unwrap());

    let lies: [&[(&str, &str)]; 5] = [
        &[],
        &[("x-forwarded-for", "127.0.0.2")],
        &[("x-forwarded-for", "203.0.113.9"), ("x-real-ip", "127.0.0.2")],
        &[("forwarded", "for=127.0.0.2"), ("cf-connecting-ip", "127.0.0.2")],
        &[("forwarded", "for=203.0.113.9"), ("x-vercel-ip-country", "FR"), ("cf-ipcountry", "FR")],
    ];
    for (number, lies) in lies.iter().enumerate() {
        for (visitor, page) in [(STAFF, "staff"), (CUSTOMER, "customer")] {
            let events = [page_view(&format!("/{page}/{number}?utm_source=x"))];
            let sent = front.post(visitor, &format!("{prefix}e"), &batch(&shop.key, &events));
            let sent = lies.iter().fold(sent, |sent, (name, value)| sent.header(*name, *value));
            let answer = sent.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 202, "{page} {lies:?}");
            assert_eq!(answer.headers()["access-control-allow-origin"], "https://shop.example");
        }
    }
    let mut large = event("page_view", "https://shop.example/customer/large");
    large["props"] =
        (0..60).map(|n| (n.to_string(), json!("x".repeat(1000)))).collect::<serde_json::Map<_, _>>().into();
    let answer =
        front.post(CUSTOMER, &format!("{prefix}e"), &batch(&shop.key, &[large])).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 202, "a body of 60 KB");
    let beat = json!({ "site": shop.key, "url": "https://shop.example/customer/0", "consent": {} });
    let beat = front.post(CUSTOMER, &format!("{prefix}p"), &beat).send().await.unwrap();
    assert_eq!(beat.status().as_u16(), 204);

    shop.settled(server).await;
    let rows = shop.export(server).await;
    let mut pages: Vec<_> = rows.iter().map(|row| row["page"].as_str().unwrap()).collect();
    pages.sort_unstable();
    let customers: Vec<_> = (0..lies.len()).map(|n| format!("/customer/{n}")).collect();
    assert_eq!(pages[..lies.len()], customers, "the staff's own are not counted, whoever they say they are");
    assert_eq!(pages.len(), lies.len() + 1);
    assert!(rows.iter().all(|row| row["country"] != "FR"), "{rows:?}");
}

/// Nothing of the owner's is to be had on the shop's host.
async fn hides_the_dashboard(front: &Front, prefix: &str) {
    for target in [
        "/",
        "/login",
        "/api/v1/about",
        &format!("{prefix}../api/v1/about"),
        &format!("{prefix}%2e%2e/api/v1/about"),
        &format!("{prefix}..%2fapi/v1/about"),
        &format!("/{prefix}../api/v1/about"),
        &format!("{prefix}api/v1/about"),
        prefix,
        &format!("{prefix}/api/v1/about"),
    ] {
        let answer = front.raw(target).await;
        assert!(!answer.contains("owner_exists") && !answer.contains("/assets/"), "{target}: {answer}");
    }
}

/// The live view arrives line by line through the dashboard's host.
async fn streams(front: &Front, shop: &Shop) {
    let about = front.dashboard("/api/v1/about").send().await.unwrap();
    assert_eq!(about.json::<Value>().await.unwrap()["owner_exists"], false);
    let stream = front.dashboard(&format!("/presence/stream?site={}", shop.id)).bearer_auth(&shop.token);
    let mut stream = stream.send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut pictures = 0;
    while pictures < 3 {
        let piece = tokio::time::timeout(Duration::from_secs(10), stream.chunk()).await;
        let piece = piece.unwrap().unwrap().unwrap();
        pictures += String::from_utf8_lossy(&piece).matches("event: presence").count();
    }
}

#[test]
fn a_setting_that_would_break_a_configuration_is_refused() {
    let dir = TempDir::new().unwrap();
    for bad in
        [["--prefix", "/"], ["--prefix", "/ut; }/"], ["--domain", "a b"], ["--upstream", "127.0.0.1:3000"]]
    {
        let output = run(&super::binary(), dir.path(), &[&["init", "nginx"], &bad[..]].concat());
        assert_eq!(output.status.code(), Some(2), "{bad:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("expected"), "{bad:?}");
    }
}
