//! The document that the program serves: it is the one in `contract/`, it names what answers and nothing else, and its
//! page is readable under the policy it is sent with.

use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop};

fn open() -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = shop.serve();
    (dir, server, shop)
}

fn contract() -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contract/openapi.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What a request to `path` with `method` is told: status, and the code of an error.
async fn told(shop: &Shop, server: &Server, method: &Method, path: &str) -> (u16, String) {
    let path = path.replace("{name}", "overview").replace("{id}", "1").replace("{path}", "nothing");
    let request = shop.http.request(method.clone(), format!("{}{path}", server.base));
    let request = if path.starts_with("/collect") || path.starts_with("/ut") {
        request
    } else {
        request.bearer_auth(&shop.token)
    };
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    // A stream that opens has no end to wait for.
    let problem: Value = if status < 400 { Value::Null } else { answer.json().await.unwrap() };
    let code = problem["type"].as_str().and_then(|name| name.rsplit(':').next()).unwrap_or_default();
    (status, code.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_documented_answers_and_nothing_else_does() {
    let (dir, server, shop) = open();
    let document = contract();
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    let mut answered = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in &methods {
            let operation = &item[method.as_str().to_lowercase()];
            let (status, code) = told(&shop, &server, method, path).await;
            let name = format!("{method} {path}: {status} {code}");
            if operation.is_null() {
                assert_eq!((status, &*code), (405, "method_not_allowed"), "{name}");
                continue;
            }
            answered += 1;
            let is_a_file = path == "/assets/{path}";
            assert!(is_a_file || !["not_found", "method_not_allowed"].contains(&&*code), "{name}");
            assert!(operation["responses"][status.to_string()].is_object(), "{name} is not documented");
        }
    }
    assert!(answered > 40, "{answered} routes");
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_its_page_are_served_to_be_read_without_script() {
    let (dir, server, shop) = open();
    let get = async |path: &str| shop.http.get(format!("{}{path}", server.base)).send().await.unwrap();
    let served: Value = get("/api/openapi.json").await.json().await.unwrap();
    assert!(served == contract(), "`cargo xtask contract` has not been run");
    let page = get("/api/docs").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let html = page.text().await.unwrap();
    assert!(
        !html.contains("<script") && !html.contains("style=") && !html.contains("//cdn"),
        "inline or foreign"
    );
    for part in html.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(get(&format!("/{part}")).await.status().is_success(), "/{part}");
    }
    assert!(html.len() < 400_000, "{} bytes", html.len());
    let elsewhere = shop.http.get(format!("{}/api/docs", server.base)).header("host", "shop.example");
    assert_eq!(elsewhere.send().await.unwrap().status(), 404, "it is the owner's");
    drop((dir, server));
}
