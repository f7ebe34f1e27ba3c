//! Golden payloads in, tellings out.

use super::parse;
use crate::integrations::Provider::{self, Orders, Shopify, Woocommerce};
use serde_json::{Value, json};
use ut_core::SiteId;
use ut_core::event::Amount;
use ut_core::order::{OrderBody, OrderReport, Told};

const SHOPIFY: &str = include_str!("../../../../../../contract/golden/webhooks/shopify_order.json");
const REFUND: &str = include_str!("../../../../../../contract/golden/webhooks/shopify_refund.json");
const WOO: &str = include_str!("../../../../../../contract/golden/webhooks/woocommerce_order.json");
const GENERIC: &str = include_str!("../../../../../../contract/golden/webhooks/order.json");

fn told(provider: Provider, body: &str) -> OrderReport {
    parse(provider, SiteId(1), 5, body.as_bytes()).unwrap().unwrap()
}

fn order(provider: Provider, body: &Value) -> OrderBody {
    match told(provider, &body.to_string()).told {
        Told::Order(body) => *body,
        other => panic!("{other:?}"),
    }
}

/// The payload with other members.
fn with(golden: &str, changes: Value) -> Value {
    let mut body: Value = serde_json::from_str(golden).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn amounts(body: &OrderBody) -> [Amount; 4] {
    [body.total, body.tax, body.shipping, body.discount]
}

/// Σ price × quantity − discount.
fn revenue(body: &OrderBody) -> i64 {
    let of = |item: &ut_core::order::OrderItem| {
        item.price.unwrap().times(item.quantity).units() - item.discount.unwrap_or_default().units()
    };
    body.items.iter().map(of).sum()
}

fn names(report: &OrderReport) -> Vec<(&str, bool)> {
    report.aliases.iter().map(|alias| (alias.name.as_str(), alias.weak)).collect()
}

#[test]
fn shopifys_order_is_read_to_the_cent() {
    let report = told(Shopify, SHOPIFY);
    assert_eq!((report.site, report.source.as_str(), report.received_at), (SiteId(1), "shopify", 5));
    let expected = [
        ("6123456789012", false),
        ("8f1d2c3b4a596877665544332211ffee", false),
        ("c0ffee00112233445566778899aabbcc", false),
        ("1042", true),
    ];
    assert_eq!(names(&report), expected, "carts are used again: theirs is no name");
    let Told::Order(body) = report.told else { panic!() };
    assert_eq!(amounts(&body), ["94.81", "15.14", "4.12", "5.99"].map(amount));
    let product_revenue = amount("94.81").units() - amount("15.14").units() - amount("4.12").units();
    assert_eq!(revenue(&body), product_revenue, "items add up to what is left without tax and shipping");
    assert_eq!((body.placed_at, body.updated_at), (1_795_168_798_000, 1_795_249_800_000));
    assert_eq!(
        json!([body.status, body.captured, body.test, body.sales_channel, body.currency]),
        json!(["partially_refunded", true, false, "web", body.currency])
    );
    assert_eq!(body.currency.as_str(), "EUR", "not what the customer saw");
    let texts = [&body.number, &body.coupon, &body.payment_type, &body.shipping_tier];
    assert_eq!(texts, ["#1042", "WINTER10", "shopify_payments", "Standard"]);
    let shoe = &body.items[0];
    let texts = [&shoe.item_id, &shoe.item_name, &shoe.item_brand, &shoe.item_variant];
    assert_eq!(texts, ["4711", "Shoe", "Acme", "42"]);
    assert_eq!((shoe.price, shoe.discount), (Some(amount("51.29")), Some(amount("5.99"))));
    assert_eq!(body.items[1].quantity, 3);
    let [refund] = &body.refunds[..] else { panic!("{:?}", body.refunds) };
    let expected = ("9901", 1_795_249_799_000, amount("12.00"), Some(amount("1.92")));
    assert_eq!((&*refund.id, refund.at, refund.amount, refund.tax), expected, "a failed transaction is none");
}

#[test]
fn shopifys_refund_by_itself_belongs_to_its_order() {
    let report = told(Shopify, REFUND);
    assert_eq!(names(&report), [("6123456789012", false)]);
    let Told::Refund(refund) = report.told else { panic!() };
    assert_eq!((&*refund.id, refund.at), ("9902", 1_795_330_801_000));
    assert_eq!(refund.amount, amount("58.81"), "what went back in another currency is not added");
    assert_eq!(refund.tax, Some(amount("9.39")), "of the line, and of its shipping");
    let nothing = with(REFUND, json!({ "transactions": [] })).to_string();
    assert!(parse(Shopify, SiteId(1), 5, nothing.as_bytes()).unwrap().is_none(), "goods alone are no money");
}

#[test]
fn shopifys_states() {
    let cancelled = json!("2026-11-21T00:00:00Z");
    for (financial, cancelled, status, captured) in [
        (json!("pending"), json!(null), "placed", false),
        (json!("authorized"), json!(null), "placed", false),
        (json!(null), json!(null), "placed", false),
        (json!("paid"), json!(null), "paid", true),
        (json!("partially_paid"), json!(null), "paid", true),
        (json!("refunded"), json!(null), "refunded", true),
        (json!("voided"), json!(null), "cancelled", false),
        (json!("pending"), cancelled.clone(), "cancelled", false),
        (json!("paid"), cancelled.clone(), "cancelled", true),
        (json!("refunded"), cancelled, "refunded", true),
    ] {
        let body =
            with(SHOPIFY, json!({ "financial_status": financial, "cancelled_at": cancelled, "refunds": [] }));
        let body = order(Shopify, &body);
        assert_eq!((body.status.as_str(), body.captured), (status, captured), "{financial} {cancelled}");
    }
    for (source, channel) in [
        ("web", "web"),
        ("pos", "pos"),
        ("shopify_draft_order", "draft"),
        ("subscription_contract", "subscription"),
        ("1354745", "other"),
    ] {
        assert_eq!(
            order(Shopify, &with(SHOPIFY, json!({ "source_name": source }))).sales_channel.as_str(),
            channel
        );
    }
    assert!(order(Shopify, &with(SHOPIFY, json!({ "test": true }))).test);
}

#[test]
fn without_tax_in_its_prices_shopifys_items_are_what_is_charged() {
    let body = order(Shopify, &with(SHOPIFY, json!({ "taxes_included": false })));
    assert_eq!(body.shipping, amount("4.90"));
    assert_eq!(revenue(&body), amount("89.91").units());
    assert_eq!((body.items[1].price, body.items[1].discount), (Some(amount("12.00")), None));
}

#[test]
fn woocommerces_order_is_read_to_the_cent() {
    let report = told(Woocommerce, WOO);
    assert_eq!(names(&report), [("727", false), ("wc_order_58d2d042d1d", false)]);
    let Told::Order(body) = report.told else { panic!() };
    assert_eq!(amounts(&body), ["58.90", "9.40", "4.12", "5.04"].map(amount));
    assert_eq!(revenue(&body), amount("45.38").units(), "also where a price has no end");
    assert_eq!((body.placed_at, body.updated_at), (1_795_168_800_000, 1_795_249_800_000));
    assert_eq!((body.status.as_str(), body.captured), ("partially_refunded", true));
    let texts = [&body.number, &body.coupon, &body.payment_type, &body.shipping_tier];
    assert_eq!(texts, ["727", "winter10", "stripe", "Standard"]);
    let texts = [&body.items[0].item_id, &body.items[0].item_name, &body.items[0].item_variant];
    assert_eq!(texts, ["93", "Shoe - 42", "97"]);
    let refund = &body.refunds[0];
    assert_eq!((&*refund.id, refund.amount, refund.tax), ("802", amount("10.00"), None));
}

#[test]
fn woocommerces_states() {
    let paid = json!("2026-11-20T10:00:05");
    for (status, date_paid, method, expected, captured) in [
        ("pending", json!(null), "stripe", "pending", false),
        ("checkout-draft", json!(null), "", "pending", false),
        ("failed", json!(null), "stripe", "pending", false),
        ("on-hold", json!(null), "bacs", "placed", false),
        ("processing", json!(null), "cod", "placed", false),
        ("processing", paid.clone(), "stripe", "paid", true),
        ("completed", json!(null), "cod", "paid", true),
        ("wc-shipped", paid.clone(), "stripe", "paid", true),
        ("shipped", json!(null), "bacs", "placed", false),
        ("cancelled", json!(null), "bacs", "cancelled", false),
        ("cancelled", paid.clone(), "stripe", "cancelled", true),
        ("trash", json!(null), "bacs", "cancelled", false),
        ("refunded", paid, "stripe", "refunded", true),
    ] {
        let changes =
            json!({ "status": status, "date_paid_gmt": date_paid, "payment_method": method, "refunds": [] });
        let body = order(Woocommerce, &with(WOO, changes));
        assert_eq!((body.status.as_str(), body.captured), (expected, captured), "{status} {method}");
    }
}

#[test]
fn an_order_in_our_own_words() {
    let report = told(Orders, GENERIC);
    assert_eq!(names(&report), [("A-1042", false), ("basket-77", false), ("1042", true)]);
    let Told::Order(body) = report.told else { panic!() };
    assert_eq!(amounts(&body), ["94.81", "15.14", "4.12", "5.99"].map(amount));
    assert_eq!(revenue(&body), amount("75.55").units());
    assert_eq!((body.placed_at, body.updated_at), (1_795_168_800_000, 1_795_249_800_000));
    assert_eq!((body.captured, &*body.customer_type, body.items[1].quantity), (true, "returning", 1));
    assert_eq!((&*body.refunds[0].id, body.refunds[0].amount), ("R-1", amount("12.00")));
}

#[test]
fn nothing_personal_is_read() {
    for (provider, body) in [(Shopify, SHOPIFY), (Shopify, REFUND), (Woocommerce, WOO)] {
        assert!(body.contains("personal"), "the payload has what is to be left out");
        let read = format!("{:?}", told(provider, body)).to_lowercase();
        for needle in ["personal", "5550123", "203.0.113", "7001", "10115"] {
            assert!(!read.contains(needle), "{needle} in {read}");
        }
    }
    let mailed = with(GENERIC, json!({ "email": "ada@personal.example" })).to_string();
    let refusal = parse(Orders, SiteId(1), 5, mailed.as_bytes()).unwrap_err();
    assert_eq!((&*refusal.field, refusal.code), ("email", "unknown_field"));
}

#[test]
fn large_orders_and_exact_numbers_pass() {
    let line = json!({ "product_id": 1, "title": "x".repeat(5000), "price": "0.1", "quantity": 3 });
    let body =
        order(Shopify, &with(SHOPIFY, json!({ "line_items": vec![line; 250], "taxes_included": false })));
    assert_eq!((body.items.len(), revenue(&body)), (250, amount("75").units()));
    assert_eq!(body.items[0].item_name.len(), 500);
    // A float would make 9007199254740.9930 of it.
    let exact = GENERIC.replace("15.14", "90071992547409.9301");
    let Told::Order(body) = told(Orders, &exact).told else { panic!() };
    assert_eq!(body.tax.units(), 900_719_925_474_099_301);
}

#[test]
fn what_is_no_order_is_left_alone() {
    let checkout =
        with(SHOPIFY, json!({ "completed_at": null, "abandoned_checkout_url": "https://shop.example/c" }));
    let subscription = with(WOO, json!({ "billing_period": "month" }));
    for (provider, body) in [
        (Shopify, checkout),
        (Shopify, json!({ "id": 1, "title": "a product", "variants": [] })),
        (Shopify, json!({ "id": 1, "order_id": 2, "status": "success", "tracking_number": "1" })),
        (Shopify, json!({ "id": 6123456789012_u64 })),
        (Woocommerce, subscription),
        (Woocommerce, json!({ "id": 727 })),
        (Woocommerce, json!({ "id": 1, "name": "a product", "price": "1" })),
    ] {
        let parsed = parse(provider, SiteId(1), 5, body.to_string().as_bytes()).unwrap();
        assert!(parsed.is_none(), "{body}: {parsed:?}");
    }
}

#[test]
fn a_refusal_names_its_field() {
    let line = |changes: Value| {
        let mut line = json!({ "product_id": 1, "price": "1", "quantity": 1 });
        line.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        json!({ "line_items": [line] })
    };
    for (provider, golden, changes, field, code) in [
        (Shopify, SHOPIFY, json!({ "currency": "EURO" }), "currency", "wrong_type"),
        (Shopify, SHOPIFY, json!({ "currency": "XQQ" }), "currency", "wrong_type"),
        (Shopify, SHOPIFY, json!({ "total_price": "1,00" }), "total_price", "wrong_type"),
        (Shopify, SHOPIFY, json!({ "created_at": "yesterday" }), "created_at", "wrong_type"),
        (Shopify, SHOPIFY, json!({ "created_at": "9999-01-01T00:00:00Z" }), "created_at", "wrong_type"),
        (Shopify, SHOPIFY, line(json!({ "price": true })), "line_items[0].price", "wrong_type"),
        (Shopify, SHOPIFY, line(json!({ "quantity": -1 })), "line_items[0].quantity", "wrong_type"),
        (Woocommerce, WOO, json!({ "date_created_gmt": null }), "date_created_gmt", "wrong_type"),
        (Woocommerce, WOO, json!({ "total": "ten" }), "total", "wrong_type"),
        (Orders, GENERIC, json!({ "status": "done" }), "status", "wrong_type"),
        (Orders, GENERIC, json!({ "total": 0.12345 }), "total", "wrong_type"),
        (Orders, GENERIC, json!({ "placed_at": "2026-11-20T11:00:00" }), "placed_at", "wrong_type"),
        (Orders, GENERIC, json!({ "id": "" }), "id", "out_of_range"),
        (
            Orders,
            GENERIC,
            json!({ "refunds": [{ "id": 1, "at": 1, "amount": -1 }] }),
            "refunds[0].amount",
            "out_of_range",
        ),
        (Orders, GENERIC, json!({ "items": [{ "name": "x" }] }), "items[0].name", "unknown_field"),
    ] {
        let body = with(golden, changes.clone()).to_string();
        let refusal = parse(provider, SiteId(1), 5, body.as_bytes()).unwrap_err();
        assert_eq!((&*refusal.field, refusal.code), (field, code), "{changes}: {refusal}");
    }
    for (body, field, code) in [
        ("{}", "id", "missing"),
        ("{\"id\":1", "", "bad_json"),
        ("[]", "", "wrong_type"),
        ("", "", "bad_json"),
    ] {
        let refusal = parse(Orders, SiteId(1), 5, body.as_bytes()).unwrap_err();
        assert_eq!((&*refusal.field, refusal.code), (field, code), "{body}");
    }
}
