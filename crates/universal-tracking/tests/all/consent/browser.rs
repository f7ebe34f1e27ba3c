//! A person's browser, and what the server says of it afterwards.

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, page_view, run};

pub(super) const SEED: &str = "5f0e9a5e-1111-4222-8333-944455566677";

/// Events of a page that says nothing of consent: the browser's cookie does.
pub(super) fn batch(key: &str, events: &[Value]) -> Value {
    let mut batch = ut_testkit::server::batch(key, events);
    batch.as_object_mut().unwrap().remove("consent");
    batch
}

/// A person's browser: it keeps what answers tell it to.
pub(super) struct Browser<'a> {
    shop: &'a Shop,
    pub(super) person: &'static str,
    pub(super) cookies: BTreeMap<String, String>,
    /// What the shop's proxy says of where it is.
    address: Option<&'static str>,
}

impl<'a> Browser<'a> {
    pub(super) fn new(shop: &'a Shop, person: &'static str) -> Self {
        Self { shop, person, cookies: BTreeMap::new(), address: None }
    }

    pub(super) fn at(self, address: &'static str) -> Self {
        Self { address: Some(address), ..self }
    }

    pub(super) fn post(&self, server: &Server, path: &str) -> RequestBuilder {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.shop.post(server, path, self.person).header("cookie", cookies.join("; "));
        match self.address {
            Some(address) => request.header("x-forwarded-for", address),
            None => request,
        }
    }

    pub(super) async fn send(&mut self, server: &Server, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.post(server, path).body(body.to_string()).send().await.unwrap();
        for line in answer.headers().get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            assert!(attributes.contains("Path=/; SameSite=Lax") && attributes.contains("; Secure"), "{line}");
            assert_eq!(attributes.contains("HttpOnly"), name == "_ut_id", "{line}");
            match attributes.contains("Max-Age=0") {
                true => drop(self.cookies.remove(name)),
                false => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    pub(super) async fn look(&mut self, server: &Server, path: &str) -> (u16, Value) {
        let body = batch(&self.shop.key, &[page_view(path)]);
        self.send(server, "/ut/e", &body).await
    }

    pub(super) async fn choose(&mut self, server: &Server, consent: Value) -> Value {
        let body = json!({ "site": self.shop.key, "consent": consent, "ids": { "seed": SEED } });
        let (status, said) = self.send(server, "/ut/consent", &body).await;
        assert_eq!(status, 200, "{said}");
        said
    }
}

pub(super) fn open(mode: &[&str]) -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&crate::binary(), dir.path());
    let server = shop.serve();
    if !mode.is_empty() {
        let output = run(&crate::binary(), dir.path(), &[&["site", "set", "1"], mode].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    (dir, server, shop)
}

/// How each page was seen: by whom, in which session, known how, and with which consent.
pub(super) async fn seen(shop: &Shop, server: &Server) -> BTreeMap<String, [String; 4]> {
    shop.settled(server).await;
    let rows = shop.export(server).await;
    let of = |row: &Value| {
        let word = |name: &str| row[name].as_str().map_or_else(|| row[name].to_string(), str::to_owned);
        let path = word("url").trim_start_matches("https://shop.example").to_owned();
        let axes = ["consent_analytics", "consent_marketing", "consent_personalization"];
        let bits: u64 = axes.iter().zip([1, 2, 4]).map(|(axis, bit)| row[axis].as_u64().unwrap() * bit).sum();
        let [visitor, session, identity] = ["visitor", "session", "identity"].map(word);
        (path, [visitor, session, identity, bits.to_string()])
    };
    rows.iter().map(of).collect()
}

/// What was recorded, newest first.
pub(super) async fn receipts(shop: &Shop, server: &Server) -> Value {
    serde_json::from_str(&shop.get(server, "/api/v1/consents?site=1").await).unwrap()
}
