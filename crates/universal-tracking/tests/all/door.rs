//! The door against bad input: the documented status, the field, a code; good events of the same batch are kept.

use serde_json::{Value, json};
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, batch, event, now_ms, page_view};

/// What a bad event must be answered with.
struct Row(&'static str, Value, &'static str, &'static str);

fn with(field: &str, value: Value) -> Value {
    let mut event = page_view("/p/1");
    event[field] = value;
    event
}

fn without(field: &str) -> Value {
    let mut event = page_view("/p/1");
    event.as_object_mut().unwrap().remove(field);
    event
}

fn item(field: &str, value: Value) -> Value {
    let mut event = event("add_to_cart", "https://shop.example/p/1");
    event["items"] = json!([{ "item_id": "1" }, { "item_id": "2", field: value }]);
    event
}

fn many(count: usize) -> Value {
    (0..count).map(|n| (format!("k{n}"), json!("v"))).collect::<serde_json::Map<_, _>>().into()
}

const DAY: i64 = 24 * 3_600_000;

/// One bad event each: name, event, field, code.
#[expect(clippy::too_many_lines, reason = "a table, one row per line")]
fn bad_fields() -> Vec<Row> {
    vec![
        Row("no id", without("id"), "id", "missing"),
        Row("id is no UUID", with("id", json!("42")), "id", "wrong_type"),
        Row("id is a number", with("id", json!(42)), "id", "wrong_type"),
        Row("no name", without("name"), "name", "missing"),
        Row("name is a number", with("name", json!(1)), "name", "wrong_type"),
        Row("name is empty", with("name", json!("")), "name", "invalid_name"),
        Row("name in capitals", with("name", json!("Page_View")), "name", "invalid_name"),
        Row("name with a space", with("name", json!("page view")), "name", "invalid_name"),
        Row("name starts with a digit", with("name", json!("1page")), "name", "invalid_name"),
        Row("name of 65 characters", with("name", json!("a".repeat(65))), "name", "invalid_name"),
        Row("name with NUL", with("name", json!("a\0")), "name", "invalid_name"),
        Row("no ts", without("ts"), "ts", "missing"),
        Row("ts is a string", with("ts", json!("now")), "ts", "wrong_type"),
        Row("ts is a fraction", with("ts", json!(1.5)), "ts", "wrong_type"),
        Row("ts is huge", with("ts", json!(1e300)), "ts", "wrong_type"),
        Row("ts beyond 64 bits", with("ts", json!(u64::MAX)), "ts", "wrong_type"),
        Row("ts is negative", with("ts", json!(-1)), "ts", "too_old"),
        Row("ts is 0", with("ts", json!(0)), "ts", "too_old"),
        Row("ts in seconds", with("ts", json!(now_ms() / 1000)), "ts", "too_old"),
        Row("ts 8 days back", with("ts", json!(now_ms() - 8 * DAY)), "ts", "too_old"),
        Row("ts 11 minutes ahead", with("ts", json!(now_ms() + 11 * 60_000)), "ts", "in_future"),
        Row("ts is the largest number", with("ts", json!(i64::MAX)), "ts", "in_future"),
        Row("page_view is no UUID", with("page_view", json!("x")), "page_view", "wrong_type"),
        Row("seq is negative", with("seq", json!(-1)), "seq", "wrong_type"),
        Row("seq is huge", with("seq", json!(4_294_967_296_u64)), "seq", "wrong_type"),
        Row("page view without url", without("url"), "url", "missing"),
        Row("url is relative", with("url", json!("/p/1")), "url", "not_a_url"),
        Row("url is no URL", with("url", json!("shop")), "url", "not_a_url"),
        Row("url is a script", with("url", json!("javascript:alert(1)")), "url", "not_a_url"),
        Row("url is a file", with("url", json!("file:///etc/passwd")), "url", "not_a_url"),
        Row("url is a number", with("url", json!(1)), "url", "wrong_type"),
        Row(
            "url is too long",
            with("url", json!(format!("https://a.example/{}", "x".repeat(4096)))),
            "url",
            "too_long",
        ),
        Row("url with NUL", with("url", json!("https://a.example/\0")), "url", "nul"),
        Row("referrer is an object", with("referrer", json!({})), "referrer", "wrong_type"),
        Row("referrer is too long", with("referrer", json!("x".repeat(4097))), "referrer", "too_long"),
        Row("title with NUL", with("title", json!("a\0b")), "title", "nul"),
        Row("title is too long", with("title", json!("ä".repeat(513))), "title", "too_long"),
        Row("title is an array", with("title", json!([])), "title", "wrong_type"),
        Row("value is a word", with("value", json!("many")), "value", "invalid_amount"),
        Row("value is empty", with("value", json!("")), "value", "invalid_amount"),
        Row("value has 5 decimals", with("value", json!("1.00001")), "value", "invalid_amount"),
        Row("value is too large", with("value", json!("900000000000001")), "value", "invalid_amount"),
        Row("value is 1e300", with("value", json!(1e300)), "value", "invalid_amount"),
        Row("value is true", with("value", json!(true)), "value", "wrong_type"),
        Row("currency is a symbol", with("currency", json!("€")), "currency", "invalid_currency"),
        Row("currency is long", with("currency", json!("EURO")), "currency", "invalid_currency"),
        Row("currency is a number", with("currency", json!(978)), "currency", "wrong_type"),
        Row("items is an object", with("items", json!({})), "items", "wrong_type"),
        Row("an item is a string", with("items", json!(["x"])), "items[0]", "wrong_type"),
        Row("an item without id and name", with("items", json!([{ "price": 1 }])), "items[0]", "missing"),
        Row(
            "201 items",
            with("items", json!(vec![json!({ "item_id": "1" }); 201])),
            "items",
            "too_many_items",
        ),
        Row("price of the second item", item("price", json!("1,50")), "items[1].price", "invalid_amount"),
        Row("quantity is a fraction", item("quantity", json!(1.5)), "items[1].quantity", "wrong_type"),
        Row("quantity is negative", item("quantity", json!(-1)), "items[1].quantity", "wrong_type"),
        Row("item name with NUL", item("item_name", json!("\0")), "items[1].item_name", "nul"),
        Row(
            "item field too long",
            item("affiliation", json!("x".repeat(1025))),
            "items[1].affiliation",
            "too_long",
        ),
        Row("props is an array", with("props", json!([])), "props", "wrong_type"),
        Row("65 props", with("props", many(65)), "props", "too_many_props"),
        Row("10,000 keys", with("props", many(10_000)), "props", "too_many_props"),
        Row("a key of 65 bytes", with(&"k".repeat(65), json!("v")), &*"k".repeat(65).leak(), "invalid_key"),
        Row("a value of 1,025 bytes", with("colour", json!("v".repeat(1025))), "colour", "too_long"),
        Row(
            "a structure of 1,025 bytes",
            with("colours", json!([["v".repeat(1025)]])),
            "colours",
            "too_long",
        ),
        Row("a value with NUL", with("props", json!({ "colour": "a\0" })), "props.colour", "nul"),
        Row("NUL inside a structure", with("colours", json!({ "a": ["\0"] })), "colours", "nul"),
        Row("a field twice", with("props", json!({ "colour": "a" })), "props.colour", "repeated"),
        Row("the event is a number", json!(1), "", "wrong_type"),
        Row("the event is null", json!(null), "", "wrong_type"),
        Row("the event is an array", json!([]), "", "wrong_type"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_event_is_named_and_its_neighbours_are_kept() {
    let (dir, server, shop) = open();
    let rows = bad_fields();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    let mut kept = Vec::new();
    for Row(name, mut bad, field, code) in rows {
        if name == "a field twice" {
            bad["colour"] = json!("b");
        }
        let (first, last) = (page_view("/first"), page_view("/last"));
        let (status, answer) = shop.send(&server, name, &[first.clone(), bad, last.clone()]).await.unwrap();
        assert_eq!((status.as_u16(), &answer["accepted"]), (202, &json!(2)), "{name}: {answer}");
        let rejected = answer["rejected"].as_array().unwrap();
        assert_eq!(rejected.len(), 1, "{name}: {answer}");
        let got = &rejected[0];
        assert_eq!((&got["index"], &got["code"]), (&json!(1), &json!(code)), "{name}: {answer}");
        // A repeated key may be found at either place.
        let fields = [field, field.trim_start_matches("props.")];
        assert!(fields.contains(&got["field"].as_str().unwrap()), "{name}: {answer}");
        assert!(!got["message"].as_str().unwrap().is_empty(), "{name}");
        kept.extend([first, last].map(|event| event["id"].as_str().unwrap().to_owned()));
    }
    shop.settled(&server).await;
    let mut stored: Vec<_> =
        shop.export(&server).await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    stored.sort_unstable();
    kept.sort_unstable();
    assert_eq!(stored, kept, "exactly the good events are stored");
    server.stop();
    drop(dir);
}

/// A whole request: name, body, status, code.
fn bad_requests(key: &str) -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let good = || batch(key, &[page_view("/")]);
    let field = |name: &str, value: Value| {
        let mut body = good();
        body[name] = value;
        body.to_string().into_bytes()
    };
    let nested =
        |depth: usize| format!("{{\"site\":{}1{}}}", "[".repeat(depth), "]".repeat(depth)).into_bytes();
    let mut half = good().to_string().into_bytes();
    half.truncate(half.len() / 2);
    let mut latin = good().to_string().into_bytes();
    latin.splice(10..11, [0xe9]);
    vec![
        ("empty", Vec::new(), 400, "bad_json"),
        ("not JSON", b"hello".to_vec(), 400, "bad_json"),
        ("half a body", half, 400, "bad_json"),
        ("an array", b"[]".to_vec(), 400, "bad_json"),
        ("two bodies", [good().to_string(), good().to_string()].concat().into_bytes(), 400, "bad_json"),
        ("a comma too many", b"{\"site\":\"x\",}".to_vec(), 400, "bad_json"),
        ("invalid UTF-8", latin, 400, "invalid_utf8"),
        ("nested 17 deep", nested(16), 400, "too_deep"),
        ("nested 100,000 deep", nested(100_000), 400, "too_deep"),
        ("no site", json!({ "events": [] }).to_string().into_bytes(), 400, "invalid_envelope"),
        ("site is a number", field("site", json!(1)), 400, "invalid_envelope"),
        ("site with NUL", field("site", json!("pk_\0")), 400, "invalid_envelope"),
        ("no events", json!({ "site": key }).to_string().into_bytes(), 400, "invalid_envelope"),
        ("events is an object", field("events", json!({})), 400, "invalid_envelope"),
        ("sent_at is a string", field("sent_at", json!("now")), 400, "invalid_envelope"),
        ("sent_at is huge", field("sent_at", json!(1e30)), 400, "invalid_envelope"),
        ("viewport has one side", field("viewport", json!([1])), 400, "invalid_envelope"),
        ("viewport is negative", field("viewport", json!([-1, 5])), 400, "invalid_envelope"),
        ("consent is a string", field("consent", json!("yes")), 400, "invalid_envelope"),
        ("consent of a string", field("consent", json!({ "analytics": "yes" })), 400, "invalid_envelope"),
        ("tz is a number", field("tz", json!(1)), 400, "invalid_envelope"),
        ("lang is too long", field("lang", json!("x".repeat(65))), 400, "invalid_envelope"),
        ("ids is an array", field("ids", json!([])), 400, "invalid_envelope"),
        ("webdriver is a number", field("webdriver", json!(1)), 400, "invalid_envelope"),
        ("touch_points is huge", field("touch_points", json!(256)), 400, "invalid_envelope"),
        ("touch_points is negative", field("touch_points", json!(-1)), 400, "invalid_envelope"),
        ("context without a signature", field("context", json!({})), 401, "unsigned_context"),
        ("unknown site", field("site", json!("pk_nobody")), 404, "unknown_site"),
        ("101 events", field("events", json!(vec![page_view("/"); 101])), 413, "too_many_events"),
        ("over 512 KiB", field("tz", json!("x".repeat(512 * 1024))), 413, "too_large"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_request_is_refused_as_a_whole_and_stores_nothing() {
    let (dir, server, shop) = open();
    for (name, body, status, code) in bad_requests(&shop.key) {
        for path in ["/ut/e", "/collect/events"] {
            let answer = shop.post(&server, path, "x").body(body.clone()).send().await.unwrap();
            let got = answer.status().as_u16();
            assert_eq!(answer.headers()["content-type"], "application/problem+json", "{name}");
            assert_eq!(answer.headers()["access-control-allow-origin"], "https://shop.example", "{name}");
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(got, status, "{name}: {problem}");
            assert!(problem["type"].as_str().unwrap().ends_with(&format!(":{code}")), "{name}: {problem}");
            assert_eq!(
                (&problem["status"], problem["detail"].as_str().unwrap().is_empty()),
                (&json!(status), false)
            );
            if code == "invalid_envelope" {
                assert!(problem["errors"][0]["field"].is_string(), "{name} names the field: {problem}");
            }
        }
    }
    assert_eq!(shop.metric(&server, "ut_received_total").await, 0);
    assert!(shop.metric(&server, "ut_rejected_total").await >= 50, "every refusal is counted");
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_sites_own_pages_may_send() {
    let (dir, server, shop) = open();
    let cases = [
        ("https://shop.example", 202, true),
        ("http://shop.example:8080", 202, true),
        ("https://SHOP.example", 202, true),
        ("https://evil.example", 403, false),
        ("https://shop.example.evil.example", 403, false),
        ("https://sub.shop.example", 403, false),
        ("null", 403, false),
        ("file://", 403, false),
    ];
    let body = batch(&shop.key, &[page_view("/")]).to_string();
    for (origin, status, echoed) in cases {
        let request =
            shop.http.post(format!("{}/ut/e", server.base)).header("origin", origin).body(body.clone());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{origin}");
        let allowed =
            answer.headers().get("access-control-allow-origin").map(|value| value.to_str().unwrap());
        assert_eq!(allowed, echoed.then_some(origin), "{origin}");
        if origin == "https://evil.example" {
            let told = answer.text().await.unwrap();
            assert!(!told.contains("shop.example"), "a stranger does not learn the shop's domains: {told}");
        }
    }
    let forwarded = shop.http.post(format!("{}/ut/e", server.base)).header("x-forwarded-for", "203.0.113.1");
    assert_eq!(
        forwarded.body(body).send().await.unwrap().status().as_u16(),
        403,
        "a proxy's call without an Origin"
    );
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_heartbeat_is_small_and_checked() {
    let (dir, server, shop) = open();
    let good = json!({ "site": shop.key, "url": "https://shop.example/", "page_view": null });
    let long = json!({ "site": shop.key, "url": format!("https://shop.example/{}", "x".repeat(1024)) });
    let cases = [
        (good.to_string(), 204),
        (long.to_string(), 413),
        ("{".to_owned(), 400),
        (json!({ "site": "pk_nobody" }).to_string(), 404),
        (json!({ "site": shop.key, "url": 5 }).to_string(), 400),
        (json!({ "site": shop.key, "page_view": "x" }).to_string(), 400),
    ];
    for (body, status) in cases {
        let answer = shop.post(&server, "/ut/p", "x").body(body.clone()).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{body}");
    }
    let xml = shop.http.post(format!("{}/ut/e", server.base)).header("content-type", "text/xml").body("<a/>");
    assert_eq!(xml.send().await.unwrap().status().as_u16(), 415);
    for (encoding, status) in [("gzip", 415), ("identity, br", 415), ("identity", 204)] {
        let body =
            shop.post(&server, "/ut/p", "x").header("content-encoding", encoding).body(good.to_string());
        assert_eq!(body.send().await.unwrap().status().as_u16(), status, "{encoding}");
    }
    drop((dir, server));
}

/// Each route takes its own kind, one event at a time; whatever the field is called.
#[tokio::test(flavor = "multi_thread")]
async fn a_route_of_one_kind_takes_one_event_of_that_kind() {
    let (dir, server, shop) = open();
    let about = |name: &str| {
        let mut event = page_view("/p/1");
        event["name"] = json!(name);
        // What makes a web vital of one, and spoils no other.
        (event["metric"], event["metric_id"], event["value"]) = (json!("TTFB"), json!("v5-1"), json!(120.5));
        event
    };
    let kinds = [
        ("/collect/page", &["page_view", "engagement"][..]),
        (
            "/collect/ecommerce",
            &["view_item", "view_item_list", "select_item", "add_to_cart", "remove_from_cart", "view_cart"],
        ),
        (
            "/collect/ecommerce",
            &["begin_checkout", "add_shipping_info", "add_payment_info", "purchase", "refund"],
        ),
        ("/collect/ecommerce", &["add_to_wishlist", "view_promotion", "select_promotion"]),
        ("/collect/performance", &["web_vital"]),
    ];
    let mut taken = 0;
    for (path, names) in kinds {
        for name in ["page_view", "purchase", "sign_up", "my_own"].iter().chain(names) {
            let right = names.contains(name) || (path == "/collect/ecommerce" && *name == "purchase");
            let mut one = batch(&shop.key, &[about(name)]);
            for field in ["events", "event"] {
                if field == "event" {
                    one["event"] = about(name);
                    one.as_object_mut().unwrap().remove("events");
                }
                let answer = shop.post(&server, path, "x").body(one.to_string()).send().await.unwrap();
                assert_eq!(answer.status().as_u16(), 202, "{path} {name}");
                let answer: Value = answer.json().await.unwrap();
                assert_eq!(answer["accepted"], u8::from(right), "{path} {name}: {answer}");
                taken += u64::from(right);
                if !right {
                    let refusal = &answer["rejected"][0];
                    let told = (&refusal["index"], &refusal["field"], &refusal["code"]);
                    assert_eq!(told, (&json!(0), &json!("name"), &json!("wrong_route")), "{path} {name}");
                }
            }
        }
        let event = about(names[0]);
        let mut both = batch(&shop.key, std::slice::from_ref(&event));
        both["event"] = event.clone();
        for (body, field, code) in [
            (batch(&shop.key, &[]), "events", "out_of_range"),
            (batch(&shop.key, &[event.clone(), event.clone()]), "events", "out_of_range"),
            (json!({ "site": shop.key }), "event", "missing"),
            (both, "events", "repeated"),
        ] {
            let answer = shop.post(&server, path, "x").body(body.to_string()).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 400, "{path} {body}");
            let error = &answer.json::<Value>().await.unwrap()["errors"][0];
            assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(code)), "{path} {body}");
        }
    }
    assert_eq!(shop.metric(&server, "ut_received_total").await, taken);
    drop((dir, server));
}

fn open() -> (TempDir, Server, Shop) {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&super::binary(), dir.path());
    let server = shop.serve();
    (dir, server, shop)
}
