//! `contract/golden`: what is taken and what is refused, sent to the real program. The tracker's tests hold the same
//! payloads against the JSON Schema.

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use ut_testkit::server::Shop;

#[derive(Deserialize)]
struct Case {
    name: String,
    route: String,
    body: Value,
    status: u16,
    accepted: Option<u64>,
    #[serde(default)]
    rejected: Vec<Value>,
    problem: Option<String>,
    field: Option<String>,
    code: Option<String>,
}

fn cases(name: &str) -> Vec<Case> {
    let path = format!("{}/../../contract/golden/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_payload_is_answered_as_the_contract_says() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = shop.serve();
    let (mut events, mut sent) = (0, 0);
    for case in cases("accepted").into_iter().chain(cases("refused")) {
        let name = &case.name;
        let body = case.body.to_string().replace("pk_0000000000000000", &shop.key);
        let answer =
            shop.post(&server, &case.route, "Mozilla/5.0 Firefox/140.0").body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let said: Value = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(status, case.status, "{name}: {text}");
        assert_eq!(said["accepted"].as_u64(), case.accepted, "{name}: {text}");
        let parts = |error: &Value| json!({ "index": error["index"], "field": error["field"], "code": error["code"] });
        let rejected: Vec<_> = said["rejected"].as_array().into_iter().flatten().map(parts).collect();
        assert_eq!(rejected, case.rejected, "{name}: {text}");
        if let Some(problem) = &case.problem {
            assert_eq!(said["type"], format!("urn:universal-tracking:error:{problem}"), "{name}");
            let error = &said["errors"][0];
            assert_eq!(
                (error["field"].as_str(), error["code"].as_str()),
                (case.field.as_deref(), case.code.as_deref()),
                "{name}"
            );
        }
        events += case.accepted.unwrap_or(0);
        sent += 1;
    }
    assert!(sent > 50, "{sent} payloads");
    assert_eq!(shop.metric(&server, "ut_received_total").await, events);
    shop.settled(&server).await;
    drop((dir, server));
}
