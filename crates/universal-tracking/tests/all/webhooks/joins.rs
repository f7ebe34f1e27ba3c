//! A page's claim and the shop's order are one, by whichever name the page knows, in whatever order they come.

use super::{DAY_MS, SHOPIFY_SECRET, claim, connect, deliver, golden, ledger_when};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tempfile::TempDir;
use ut_testkit::server::{Server, Shop, now_ms};

/// An order of its own, told `late` days after it was placed.
fn order(provider: &str, case: usize, late: i64) -> Value {
    let placed = jiff::Timestamp::from_millisecond(now_ms() - late * DAY_MS).unwrap();
    let mut order = golden(match provider {
        "shopify" => "shopify_order",
        "woocommerce" => "woocommerce_order",
        _ => "order",
    });
    match provider {
        "shopify" => {
            order["id"] = json!(7_000_000_000_000_u64 + case as u64);
            order["token"] = json!(format!("token-{case}"));
            order["checkout_token"] = json!(format!("checkout-{case}"));
            order["order_number"] = json!(50_000 + case);
            order["name"] = json!(format!("#SH{case}"));
            for name in ["created_at", "processed_at", "updated_at"] {
                order[name] = json!(placed.to_string());
            }
        }
        "woocommerce" => {
            order["id"] = json!(60_000 + case);
            order["number"] = json!(format!("WOO-{case}"));
            order["order_key"] = json!(format!("wc_order_{case}"));
            let civil = placed.to_zoned(jiff::tz::TimeZone::UTC).datetime();
            for name in ["date_created_gmt", "date_modified_gmt", "date_paid_gmt"] {
                order[name] = json!(civil.to_string());
            }
        }
        _ => {
            order["id"] = json!(format!("A-{case}"));
            order["number"] = json!(format!("N-{case}"));
            order["aliases"] = json!([format!("basket-{case}")]);
            order["placed_at"] = json!(placed.to_string());
            order["updated_at"] = json!(placed.as_millisecond());
        }
    }
    order
}

/// What pages know of an order: system, name, and the member that holds it.
const NAMES: [(&str, &str); 11] = [
    ("shopify", "id"),
    ("shopify", "token"),
    ("shopify", "checkout_token"),
    ("shopify", "order_number"),
    ("shopify", "name"),
    ("woocommerce", "id"),
    ("woocommerce", "order_key"),
    ("woocommerce", "number"),
    ("orders", "id"),
    ("orders", "number"),
    ("orders", "aliases"),
];

struct Case {
    provider: &'static str,
    order: Value,
    name: String,
    late: i64,
    page_first: bool,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (provider, member) in NAMES {
        // Days late, too: the shop's server was down meanwhile.
        for (late, page_first) in [(0, true), (0, false), (5, true)] {
            let order = order(provider, cases.len(), late);
            let known = if member == "aliases" { &order[member][0] } else { &order[member] };
            let name = known.as_str().map_or_else(|| known.to_string(), str::to_owned);
            cases.push(Case { provider, order, name, late, page_first });
        }
    }
    cases
}

#[tokio::test(flavor = "multi_thread")]
async fn by_every_name_and_in_both_orders_of_arrival_it_is_one_order() {
    let dir = TempDir::new().unwrap();
    let data = Server::data_dir(dir.path());
    let shop = Shop::open(&crate::binary(), dir.path());
    let server = shop.serve();
    connect(&dir, "shopify", &[]);
    let secrets: BTreeMap<_, _> = [
        ("shopify", SHOPIFY_SECRET.to_owned()),
        ("woocommerce", connect(&dir, "woocommerce", &[])),
        ("orders", connect(&dir, "orders", &[])),
    ]
    .into();
    let cases = cases();
    let page = async |case: &Case| {
        let purchase = claim(&case.name, now_ms() - case.late * DAY_MS);
        let (status, answer) = shop.send(&server, "ann", &[purchase]).await.unwrap();
        assert_eq!((status.as_u16(), &answer["accepted"]), (202, &json!(1)), "{answer}");
    };
    let (first, second): (Vec<_>, Vec<_>) = cases.iter().partition(|case| case.page_first);
    for case in &first {
        page(case).await;
    }
    ledger_when(&data, |ledger| ledger.len() == first.len()).await;
    for case in &cases {
        let outcome = deliver(&shop, &server, case.provider, &secrets[case.provider], &case.order).await;
        assert_eq!(outcome, "taken", "{}", case.name);
    }
    for case in &second {
        page(case).await;
    }
    let claimed = |entry: &super::Entry| !entry.told["claim"].is_null();
    let ledger = ledger_when(&data, |ledger| {
        ledger.values().filter(|entry| claimed(entry)).count() >= cases.len() || ledger.len() > cases.len()
    })
    .await;
    assert_eq!(ledger.len(), cases.len(), "one order each");
    for entry in ledger.values() {
        let both = (entry.told["shop"].as_array().map(Vec::len), claimed(entry));
        assert_eq!(both, (Some(1), true), "{:#}", entry.told);
    }
    drop((dir, server));
}
