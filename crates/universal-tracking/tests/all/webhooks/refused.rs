//! What is not the shop's is not read.

use super::{SHOPIFY_SECRET, base64, connect, deliver, golden, ledger, post, signed};
use crate::signed::{answer, code, sign};
use serde_json::json;
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, now_ms};

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_shop_has_signed_is_read() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&crate::binary(), dir.path());
    let server = shop.serve();
    let woo = connect(&dir, "woocommerce", &["--domain", "shop.example"]);
    let own = connect(&dir, "orders", &[]);
    connect(&dir, "shopify", &["--domain", "myshop.myshopify.com"]);
    let body = golden("shopify_order").to_string();
    let spaced = format!("{body} ");
    let (good, now) = (base64(SHOPIFY_SECRET, &body), now_ms() / 1000);
    let order = golden("order").to_string();
    let shopify = "x-shopify-hmac-sha256";
    let table = [
        ("shopify", &body, vec![], 401, "malformed_signature"),
        ("shopify", &body, vec![(shopify, String::new())], 401, "malformed_signature"),
        ("shopify", &spaced, vec![(shopify, good.clone())], 401, "wrong_signature"),
        ("shopify", &body, vec![(shopify, base64(&woo, &body))], 401, "wrong_signature"),
        ("shopify", &body, vec![(shopify, base64(&shop.secret, &body))], 401, "wrong_signature"),
        ("shopify", &body, vec![(shopify, base64("", &body))], 401, "wrong_signature"),
        ("woocommerce", &body, vec![(shopify, good.clone())], 401, "malformed_signature"),
        // Another shop, or none.
        ("shopify", &body, vec![(shopify, good.clone())], 403, "wrong_shop"),
        (
            "shopify",
            &body,
            vec![(shopify, good), ("x-shopify-shop-domain", "other.myshopify.com".to_owned())],
            403,
            "wrong_shop",
        ),
        (
            "woocommerce",
            &order,
            vec![
                ("x-wc-webhook-signature", base64(&woo, &order)),
                ("x-wc-webhook-source", "https://evil.example/".to_owned()),
            ],
            403,
            "wrong_shop",
        ),
        ("orders", &order, vec![("authorization", format!("Bearer {own}"))], 401, "malformed_signature"),
        ("orders", &order, vec![("x-ut-signature", sign(&shop.secret, now, &order))], 401, "wrong_signature"),
        ("orders", &order, vec![("x-ut-signature", sign(&own, now - 400, &order))], 401, "expired_signature"),
    ];
    for (provider, body, headers, status, expected) in table {
        let request = headers.iter().fold(post(&shop, &server, provider, body), |request, (name, value)| {
            request.header(*name, value)
        });
        let got = answer(request).await;
        assert_eq!(code(&got), (status, expected), "{provider} {headers:?}: {}", got.1);
    }
    let large = post(&shop, &server, "orders", &" ".repeat(5 * 1024 * 1024 + 1));
    assert_eq!(code(&answer(large).await), (413, "too_large"));
    assert!(ledger(&Server::data_dir(dir.path())).await.is_empty(), "nothing was stored");
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_that_is_named_is_taken_also_by_newer_headers() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&crate::binary(), dir.path());
    let server = shop.serve();
    let woo = connect(&dir, "woocommerce", &["--domain", "shop.example"]);
    connect(&dir, "shopify", &["--domain", "myshop.myshopify.com"]);
    let body = golden("shopify_order").to_string();
    // Newer deliveries spell the headers without `X-`.
    let request =
        post(&shop, &server, "shopify", &body).header("shopify-hmac-sha256", base64(SHOPIFY_SECRET, &body));
    let got = answer(request.header("shopify-shop-domain", "MyShop.myshopify.com")).await;
    assert_eq!((got.0, &got.1["outcome"]), (200, &json!("taken")), "{}", got.1);
    let got = answer(
        signed(&shop, &server, "woocommerce", &woo, &golden("woocommerce_order"))
            .header("x-wc-webhook-source", "https://shop.example/"),
    )
    .await;
    assert_eq!((got.0, &got.1["outcome"]), (200, &json!("taken")), "{}", got.1);
    drop((dir, server));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_order_is_answered_and_what_is_wrong_is_named() {
    let dir = TempDir::new().unwrap();
    let shop = Shop::open(&crate::binary(), dir.path());
    let server = shop.serve();
    let (woo, own) = (connect(&dir, "woocommerce", &[]), connect(&dir, "orders", &[]));
    connect(&dir, "shopify", &[]);
    let ping = post(&shop, &server, "woocommerce", "webhook_id=17");
    let got = answer(ping.header("content-type", "application/x-www-form-urlencoded")).await;
    assert_eq!((got.0, &got.1["outcome"]), (200, &json!("ping")));
    let product = json!({ "id": 1, "title": "a product", "variants": [] });
    assert_eq!(deliver(&shop, &server, "shopify", SHOPIFY_SECRET, &product).await, "ignored");
    assert_eq!(deliver(&shop, &server, "woocommerce", &woo, &json!({ "id": 727 })).await, "ignored");
    let mut wrong = golden("shopify_order");
    wrong["line_items"][1]["price"] = json!("1,00");
    let mut typo = golden("order");
    typo["totl"] = json!(1);
    for (provider, secret, body, field, expected) in [
        ("shopify", SHOPIFY_SECRET, wrong, "line_items[1].price", "wrong_type"),
        ("orders", &own, typo, "totl", "unknown_field"),
        ("orders", &own, json!([]), "", "wrong_type"),
    ] {
        let got = answer(signed(&shop, &server, provider, secret, &body)).await;
        assert_eq!(code(&got), (422, "invalid_input"), "{}", got.1);
        let error = &got.1["errors"][0];
        assert_eq!((&error["field"], &error["code"]), (&json!(field), &json!(expected)), "{error}");
    }
    let text = "{\"id\":1";
    let request =
        post(&shop, &server, "shopify", text).header("x-shopify-hmac-sha256", base64(SHOPIFY_SECRET, text));
    assert_eq!(code(&answer(request).await), (400, "bad_json"));
    assert!(ledger(&Server::data_dir(dir.path())).await.is_empty(), "nothing was stored");
    let metrics =
        shop.http.get(format!("{}/metrics", server.admin)).send().await.unwrap().text().await.unwrap();
    for line in [
        "ut_webhooks_total{provider=\"shopify\",outcome=\"ignored\"} 1",
        "ut_webhooks_total{provider=\"woocommerce\",outcome=\"ping\"} 1",
        "ut_webhooks_total{provider=\"orders\",outcome=\"invalid_input\"} 2",
    ] {
        assert!(metrics.contains(line), "{line} is not in {metrics}");
    }
    drop((dir, server));
}
