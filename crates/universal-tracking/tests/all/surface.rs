//! Every answer of the real program: its status, one shape of errors, and the headers that browsers and proxies need.

use serde_json::{Value, json};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, batch, page_view};

/// Method, path, who asks, and what comes back: status and code (empty for no error).
struct Row(&'static str, &'static str, Who, u16, &'static str);

#[derive(Clone, Copy, PartialEq)]
enum Who {
    Nobody,
    /// The site's admin token.
    Token,
    /// Through the shop's own host.
    Shop,
}
use Who::{Nobody, Token};

const ROWS: &[Row] = &[
    Row("GET", "/health", Nobody, 200, ""),
    Row("HEAD", "/health", Nobody, 200, ""),
    Row("GET", "/health", Who::Shop, 200, ""),
    Row("GET", "/ready", Who::Shop, 200, ""),
    Row("GET", "/health/", Nobody, 404, "not_found"),
    Row("POST", "/health", Nobody, 405, "method_not_allowed"),
    Row("TRACE", "/health", Nobody, 405, "method_not_allowed"),
    Row("GET", "/ut/e", Nobody, 405, "method_not_allowed"),
    Row("PUT", "/collect/events", Nobody, 405, "method_not_allowed"),
    Row("GET", "/ut/p", Nobody, 405, "method_not_allowed"),
    Row("GET", "/ut/j", Nobody, 405, "method_not_allowed"),
    Row("DELETE", "/collect/join", Nobody, 405, "method_not_allowed"),
    Row("POST", "/ut/j", Nobody, 400, "bad_json"),
    Row("POST", "/collect/join", Nobody, 400, "bad_json"),
    Row("POST", "/ut/e", Nobody, 400, "bad_json"),
    Row("POST", "/ut/e/", Nobody, 404, "not_found"),
    Row("POST", "/collect/events", Nobody, 400, "bad_json"),
    Row("POST", "/collect/page", Nobody, 400, "bad_json"),
    Row("POST", "/collect/ecommerce", Nobody, 400, "bad_json"),
    Row("POST", "/collect/presence", Nobody, 400, "bad_json"),
    Row("POST", "/ut/p", Nobody, 400, "bad_json"),
    Row("GET", "/collect/page", Nobody, 405, "method_not_allowed"),
    Row("PATCH", "/collect/ecommerce", Nobody, 405, "method_not_allowed"),
    Row("DELETE", "/collect/presence", Nobody, 405, "method_not_allowed"),
    Row("POST", "/collect", Nobody, 404, "not_found"),
    Row("POST", "/collect/performance", Nobody, 400, "bad_json"),
    Row("PUT", "/collect/performance", Nobody, 405, "method_not_allowed"),
    Row("POST", "/collect/identify", Nobody, 400, "bad_json"),
    Row("POST", "/ut/i", Nobody, 400, "bad_json"),
    Row("GET", "/ut/i", Nobody, 405, "method_not_allowed"),
    Row("POST", "/collect/consent", Nobody, 400, "bad_json"),
    Row("POST", "/ut/consent", Nobody, 400, "bad_json"),
    Row("POST", "/ut/opt-out", Nobody, 400, "bad_json"),
    Row("GET", "/ut/privacy", Nobody, 404, "unknown_site"),
    Row("GET", "/ut/privacy", Who::Shop, 200, ""),
    Row("GET", "/api/v1/consents?site=1", Nobody, 401, "not_signed_in"),
    Row("GET", "/api/v1/consents?site=1", Token, 200, ""),
    Row("GET", "/api/v1/consents?site=2", Token, 403, "another_site"),
    Row("GET", "/api/v1/consents?site=1&limit=0", Token, 422, "invalid_input"),
    Row("GET", "/api/v1/consents/verify?site=1", Token, 200, ""),
    Row("GET", "/api/v1/privacy/retention?site=1", Nobody, 401, "not_signed_in"),
    Row("GET", "/api/v1/privacy/retention?site=1", Token, 200, ""),
    Row("GET", "/api/v1/privacy/retention?site=2", Token, 403, "another_site"),
    Row("GET", "/api/v1/privacy/retention", Token, 422, "invalid_input"),
    Row("POST", "/api/v1/privacy/retention?site=1", Token, 405, "method_not_allowed"),
    Row("POST", "/webhooks/shopify/1", Nobody, 404, "not_connected"),
    Row("POST", "/webhooks/woocommerce/1", Who::Shop, 404, "not_connected"),
    Row("POST", "/webhooks/orders/9", Nobody, 404, "unknown_site"),
    Row("POST", "/webhooks/magento/1", Nobody, 404, "not_found"),
    Row("GET", "/webhooks/orders/1", Nobody, 405, "method_not_allowed"),
    Row("POST", "/ut/ut.js", Nobody, 405, "method_not_allowed"),
    Row("POST", "/ut/ut-vitals.js", Nobody, 405, "method_not_allowed"),
    Row("POST", "/ut/ut-choice.js", Nobody, 405, "method_not_allowed"),
    Row("POST", "/ut/ut-html.js", Nobody, 405, "method_not_allowed"),
    Row("GET", "/nowhere", Nobody, 404, "not_found"),
    Row("GET", "/", Nobody, 200, ""),
    Row("GET", "/", Who::Shop, 404, "not_found"),
    Row("DELETE", "/", Nobody, 405, "method_not_allowed"),
    Row("GET", "/assets/../../../etc/passwd", Nobody, 404, "not_found"),
    Row("GET", "/assets/..%2f..%2findex.html", Nobody, 404, "not_found"),
    Row("GET", "/demo/", Nobody, 404, "not_found"),
    Row("POST", "/login", Who::Shop, 404, "not_found"),
    Row("POST", "/login", Nobody, 415, "not_json"),
    Row("POST", "/setup", Nobody, 415, "not_json"),
    Row("PUT", "/login", Nobody, 405, "method_not_allowed"),
    Row("POST", "/logout", Nobody, 401, "not_signed_in"),
    Row("POST", "/logout", Token, 403, "owner_only"),
    Row("GET", "/api/v1/about", Nobody, 200, ""),
    Row("GET", "/api/v1/me", Token, 403, "owner_only"),
    Row("GET", "/api/v1/sites", Nobody, 401, "not_signed_in"),
    Row("GET", "/api/v1/sites", Token, 200, ""),
    Row("GET", "/api/v1/tokens", Who::Shop, 404, "not_found"),
    Row("DELETE", "/api/v1/tokens/none", Token, 404, "unknown_token"),
    Row("DELETE", "/api/v1/tokens/%FF", Token, 400, "bad_request"),
    Row("GET", "/metrics", Nobody, 401, "not_signed_in"),
    Row("GET", "/metrics", Token, 200, ""),
    Row("GET", "/api/v1/q", Token, 405, "method_not_allowed"),
    Row("GET", "/api/v1/q", Who::Shop, 404, "not_found"),
    Row("POST", "/api/v1/q", Nobody, 401, "not_signed_in"),
    Row("POST", "/api/v1/q", Token, 400, "bad_json"),
    Row("GET", "/api/v1/report/pages?site=1", Nobody, 401, "not_signed_in"),
    Row("GET", "/api/v1/report/pages", Token, 400, "invalid_query"),
    Row("GET", "/api/v1/report/pages?site=1&limi=2", Token, 400, "invalid_query"),
    Row("GET", "/api/v1/report/pages?site=1&limit=two", Token, 400, "invalid_query"),
    Row("GET", "/api/v1/report/pages?site=1&limit=10001", Token, 400, "invalid_query"),
    Row("GET", "/api/v1/report/pages?site=1&format=xml", Token, 400, "invalid_query"),
    Row("GET", "/api/v1/report/pages?site=1&date_range=soon", Token, 400, "invalid_query"),
    Row("GET", "/api/v1/report/pages?site=1&from=2026-13-01&to=2026-11-02", Token, 400, "invalid_query"),
    Row("GET", "/api/v1/report/pages?site=9", Token, 403, "another_site"),
    Row("GET", "/api/v1/report/pages?site=2", Token, 403, "another_site"),
    Row("GET", "/api/v1/report/nothing?site=1", Token, 404, "unknown_report"),
    Row("GET", "/api/v1/report/%FF?site=1", Token, 400, "bad_request"),
    Row("GET", "/api/v1/export/events?site=1&format=xls", Token, 400, "invalid_query"),
    Row("GET", "/api/v1/export/events?site=1&limit=5", Token, 400, "invalid_query"),
    Row("GET", "/api/v1/export/events?site=1&from=2026-11-01", Token, 400, "invalid_query"),
    Row("GET", "/presence/stream", Token, 400, "invalid_query"),
    Row("GET", "/presence/stream?site=1&ticket=guess", Nobody, 401, "ticket"),
    Row("POST", "/api/v1/live/ticket", Nobody, 401, "not_signed_in"),
    Row("POST", "/api/v1/live/ticket", Token, 200, ""),
];

struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

async fn ask(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, body: answer.text().await.unwrap() }
}

/// A server with one site of the token and another one, whose history answers.
async fn open() -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let other =
        ut_testkit::server::run(&super::binary(), dir.path(), &["site", "add", "--domain", "b.example"]);
    assert!(other.status.success());
    let server = shop.serve();
    let (status, _) = shop.send(&server, "x", &[page_view("/")]).await.unwrap();
    assert_eq!(status.as_u16(), 202);
    shop.settled(&server).await;
    (dir, server, shop)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_as_the_contract_says() {
    let (dir, server, shop) = open().await;
    for Row(method, path, who, status, code) in ROWS {
        let request = shop.http.request(method.parse().unwrap(), format!("{}{path}", server.base));
        let answer = ask(match who {
            Nobody => request,
            Token => request.bearer_auth(&shop.token),
            Who::Shop => request.bearer_auth(&shop.token).header("host", "shop.example"),
        })
        .await;
        let name = format!("{method} {path}");
        assert_eq!(answer.status, *status, "{name}: {}", answer.body);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
        assert!(!answer.header("cache-control").is_empty(), "{name}");
        assert_eq!(answer.headers.contains_key("allow"), *status == 405, "{name}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), *status == 401, "{name}");
        if code.is_empty() {
            continue;
        }
        assert_eq!(answer.header("content-type"), "application/problem+json", "{name}");
        assert_eq!(answer.header("cache-control"), "no-store", "{name}");
        let problem = answer.json();
        assert_eq!(problem["type"], format!("urn:universal-tracking:error:{code}"), "{name}");
        assert_eq!(problem["status"], *status, "{name}");
        assert!(problem["title"].is_string() && problem["detail"].is_string(), "{name}: {problem}");
        if *code == "invalid_query" && path.contains("/api/") {
            let error = &problem["errors"][0];
            assert!(error["field"].is_string() && error["code"].is_string(), "{name}: {problem}");
        }
    }
    let wide = shop.http.get(format!("{}/", server.base)).send().await.unwrap();
    let policy = wide.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_question_or_entry_names_its_field() {
    let (dir, server, shop) = open().await;
    let day = json!({ "metrics": ["visitors"], "date_range": "day" });
    let with = |name: &str, value: Value| {
        let mut query = day.clone();
        query[name] = value;
        json!({ "site": 1, "queries": [day, query] })
    };
    let cases = [
        ("/api/v1/q", json!({ "queries": [day] }), 400, "site", "missing"),
        ("/api/v1/q", json!({ "site": [], "queries": [day] }), 400, "site", "wrong_type"),
        ("/api/v1/q", json!({ "site": 1, "queries": [] }), 400, "queries", "out_of_range"),
        ("/api/v1/q", json!({ "site": 1, "queries": [day], "sites": 1 }), 400, "sites", "unknown_field"),
        ("/api/v1/q", with("dimension", json!(["page"])), 400, "queries[1].dimension", "unknown_field"),
        ("/api/v1/q", with("metrics", json!("visitors")), 400, "queries[1].metrics", "wrong_type"),
        ("/api/v1/q", with("metrics", json!(["visitorz"])), 400, "metrics[0]", "unknown_name"),
        ("/api/v1/tokens", json!({ "site": "1" }), 422, "scope", "missing"),
        ("/api/v1/tokens", json!({ "site": {}, "scope": "read" }), 422, "site", "wrong_type"),
        ("/api/v1/tokens", json!({ "site": 1, "scope": "all" }), 422, "scope", "unknown_scope"),
        ("/api/v1/sites", json!({ "domian": "x.example" }), 422, "domian", "unknown_field"),
        ("/login", json!({ "email": 1, "password": "x" }), 422, "email", "wrong_type"),
        ("/setup", json!({ "email": "a@b.example" }), 422, "token", "missing"),
    ];
    for (path, body, status, field, code) in cases {
        let request = shop.http.post(format!("{}{path}", server.base)).bearer_auth(&shop.token).json(&body);
        let answer = ask(request).await;
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.body);
        let problem = answer.json();
        let error = &problem["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{body}: {problem}");
        assert!(!answer.body.contains("untagged") && !answer.body.contains("struct"), "{}", answer.body);
        if field == "metrics[0]" {
            assert_eq!(error["index"], 1, "which of the queries: {problem}");
        }
    }
    let large = " ".repeat(65 * 1024);
    for path in ["/api/v1/q", "/login", "/setup", "/api/v1/sites"] {
        let request = shop.http.post(format!("{}{path}", server.base)).bearer_auth(&shop.token);
        let answer = ask(request.header("content-type", "application/json").body(large.clone())).await;
        assert_eq!((answer.status, &answer.json()["status"]), (413, &json!(413)), "{path}");
    }
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn cors_is_the_sites_own_pages_at_the_door_and_nobody_at_the_api() {
    let (dir, server, shop) = open().await;
    let preflight = async |path: &str, origin: &str| {
        let method = reqwest::Method::OPTIONS;
        let request = shop.http.request(method, format!("{}{path}", server.base)).header("origin", origin);
        ask(request.header("access-control-request-method", "POST")).await
    };
    for path in ["/ut/e", "/ut/p", "/ut/j", "/collect/events", "/collect/presence", "/collect/join"] {
        let own = preflight(path, "https://shop.example").await;
        assert_eq!(own.status, 204, "{path}");
        assert_eq!(own.header("access-control-allow-origin"), "https://shop.example");
        assert_eq!(own.header("access-control-allow-credentials"), "true");
        assert_eq!(own.header("access-control-allow-methods"), "POST");
        assert_eq!(own.header("access-control-allow-headers"), "content-type");
        assert_eq!(own.header("vary"), "Origin");
        for stranger in ["https://evil.example", "null", "https://shop.example.evil.example"] {
            let refused = preflight(path, stranger).await;
            assert!(!refused.headers.contains_key("access-control-allow-origin"), "{path} {stranger}");
            assert_eq!(refused.header("vary"), "Origin");
        }
    }
    for path in ["/api/v1/q", "/login", "/presence/stream", "/"] {
        let refused = preflight(path, "https://shop.example").await;
        let named = refused.headers.keys().any(|name| name.as_str().starts_with("access-control"));
        assert!(!named, "{path}: {:?}", refused.headers);
    }
    let body = batch(&shop.key, &[page_view("/")]).to_string();
    let answer = ask(shop.post(&server, "/ut/e", "x").body(body)).await;
    assert_eq!((answer.status, answer.header("access-control-allow-credentials")), (202, "true"));
    assert_eq!(answer.header("cache-control"), "no-store");
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_as_csv_has_its_columns_also_when_it_is_empty() {
    let (dir, server, shop) = open().await;
    let path = "/api/v1/report/pages?site=1&format=csv&from=2020-01-01&to=2020-01-02";
    let csv = shop.get(&server, path).await;
    assert_eq!(csv.lines().count(), 1, "{csv}");
    let columns = csv.trim_end().split(',').collect::<Vec<_>>();
    assert!(columns.contains(&"page") && columns.contains(&"visitors"), "{csv:?}");
    drop((dir, server));
}
