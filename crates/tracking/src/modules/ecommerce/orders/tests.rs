//! Tellings of orders, in every order of arrival, on a real store.

use super::TRANSACTIONAL;
use super::facts::{Flag, Order, Tellings};
use super::ledger::{Book, ORDERS_TO_MIRROR, entry};
use super::rules::{Terms, order};
use proptest::prelude::*;
use ut_core::SiteId;
use ut_core::event::{Amount, Currency};
use ut_core::order::{
    Alias, Claim, OrderBody, OrderItem, OrderReport, OrderSource, OrderStatus, Refund, SalesChannel, Told,
    Visit,
};
use ut_core::ports::{Transactional, Value};
use ut_core::site::CountedFrom;
use ut_transactional::Sqlite;

const SITE: SiteId = SiteId(1);
const DAY: i64 = 86_400_000;
const PLACED: i64 = 1_795_000_000_000;

fn euros(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn names(strong: &[&str], weak: &[&str]) -> Vec<Alias> {
    let alias = |name: &&str, weak| Alias::new(name, weak).unwrap();
    strong.iter().map(|name| alias(name, false)).chain(weak.iter().map(|name| alias(name, true))).collect()
}

fn claim(names: Vec<Alias>, at: i64, value: &str) -> OrderReport {
    let claim = Claim {
        at,
        currency: Some(currency("EUR")),
        value: Some(euros(value)),
        tax: Some(euros("19")),
        shipping: Some(euros("5")),
        discount: None,
        items: Vec::new(),
        coupon: String::new(),
        payment_type: String::new(),
        shipping_tier: String::new(),
        customer_type: String::new(),
        visit: Visit { country: "DE".to_owned(), ..Visit::default() },
    };
    let told = Told::Claim(Box::new(claim));
    OrderReport { site: SITE, source: OrderSource::Page, received_at: at, aliases: names, told }
}

fn body(status: OrderStatus, updated: i64, total: &str) -> OrderBody {
    OrderBody {
        status,
        captured: !matches!(status, OrderStatus::Pending | OrderStatus::Placed | OrderStatus::Cancelled),
        placed_at: PLACED,
        updated_at: PLACED + updated,
        number: "1001".to_owned(),
        sales_channel: SalesChannel::Web,
        test: false,
        currency: currency("EUR"),
        total: euros(total),
        tax: euros("19"),
        shipping: euros("5"),
        discount: euros("0"),
        items: vec![OrderItem {
            item_id: "a".to_owned(),
            quantity: 2,
            price: Some(euros("50")),
            ..OrderItem::default()
        }],
        coupon: String::new(),
        payment_type: String::new(),
        shipping_tier: String::new(),
        customer_type: String::new(),
        refunds: Vec::new(),
    }
}

fn shop(names: Vec<Alias>, body: OrderBody) -> OrderReport {
    let received_at = body.updated_at + 1_000;
    let told = Told::Order(Box::new(body));
    OrderReport { site: SITE, source: OrderSource::Shopify, received_at, aliases: names, told }
}

fn given_back(names: Vec<Alias>, id: &str, amount: &str) -> OrderReport {
    let refund = Refund { id: id.to_owned(), at: PLACED + DAY, amount: euros(amount), tax: None };
    let told = Told::Refund(refund);
    OrderReport { site: SITE, source: OrderSource::Shopify, received_at: PLACED + DAY, aliases: names, told }
}

/// A ledger in a file of its own.
struct Ledger {
    store: Sqlite,
    _folder: tempfile::TempDir,
}

impl Ledger {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("store.sqlite")).await.unwrap();
        store.migrate(TRANSACTIONAL).await.unwrap();
        Self { store, _folder: folder }
    }

    /// Enters tellings in one transaction.
    async fn tell(&self, reports: &[OrderReport]) {
        let mut transaction = self.store.begin().await.unwrap();
        let mut book = Book::new(transaction.as_mut());
        for report in reports {
            book.enter(report.clone()).await.unwrap();
        }
        book.write().await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// What it holds: orders, by their numbers.
    async fn orders(&self, terms: Terms) -> Vec<Order> {
        let rows = self.store.run(&ORDERS_TO_MIRROR, &[Value::Int(1_000)]).await.unwrap();
        let tellings = rows.iter().filter_map(|row| entry(0, row).unwrap().tellings);
        let mut orders: Vec<Order> = tellings.filter_map(|tellings| order(&tellings, terms)).collect();
        orders.sort_by(|a, b| a.number.cmp(&b.number));
        orders
    }

    /// The same, of tellings that come one by one.
    async fn after(reports: &[OrderReport]) -> Vec<Order> {
        let ledger = Self::open().await;
        for report in reports {
            ledger.tell(std::slice::from_ref(report)).await;
        }
        ledger.orders(Terms::default()).await
    }
}

fn only(orders: Vec<Order>) -> Order {
    let [order] =
        <[Order; 1]>::try_from(orders).unwrap_or_else(|orders| panic!("{} orders: {orders:?}", orders.len()));
    order
}

#[tokio::test]
async fn a_claim_counts_once_however_often_it_is_made() {
    let first = claim(names(&["1001"], &[]), PLACED, "100");
    let again = [
        claim(names(&["#1001"], &[]), PLACED + 60_000, "100"),
        claim(names(&["1001"], &[]), PLACED + DAY, "999"),
    ];
    let order = only(Ledger::after(&[first, again[0].clone(), again[1].clone()]).await);
    assert_eq!((order.counted, order.claims, order.by_shop), (true, 3, false));
    assert_eq!((order.money.total, order.money.product_revenue), (euros("124"), euros("100")));
    assert_eq!(order.visit.unwrap().country, "DE");
}

#[tokio::test]
async fn each_pair_of_names_in_both_orders_of_arrival_is_one_order() {
    let webhook = shop(names(&["5718", "tok", "chk"], &["1001", "#1001"]), body(OrderStatus::Paid, 0, "124"));
    for name in ["5718", "tok", "chk", "1001", "#1001"] {
        let page = claim(names(&[name], &[]), PLACED + 2_000, "1");
        for reports in [[page.clone(), webhook.clone()], [webhook.clone(), page]] {
            let order = only(Ledger::after(&reports).await);
            assert_eq!((order.money.total, order.by_shop, order.claims), (euros("124"), true, 1), "{name}");
            assert_eq!(order.number, "1001");
        }
    }
}

#[tokio::test]
async fn a_number_is_used_again_and_an_id_never_is() {
    let old = shop(names(&["1"], &["1001"]), body(OrderStatus::Paid, 0, "124"));
    let far = claim(names(&["1001"], &[]), PLACED + 8 * DAY, "50");
    assert_eq!(Ledger::after(&[old.clone(), far]).await.len(), 2, "eight days later it is another order's");
    let mut other = claim(names(&["1001"], &[]), PLACED, "50");
    let Told::Claim(told) = &mut other.told else { panic!("a claim") };
    told.currency = Some(currency("USD"));
    assert_eq!(Ledger::after(&[old.clone(), other]).await.len(), 2, "another currency's too");
    let late = claim(names(&["1"], &[]), PLACED + 300 * DAY, "50");
    assert_eq!(Ledger::after(&[old, late]).await.len(), 1);
}

#[tokio::test]
async fn a_telling_that_has_the_names_of_two_makes_them_one() {
    let page = claim(names(&["1001"], &[]), PLACED, "100");
    let created = shop(names(&["5718"], &[]), body(OrderStatus::Placed, 0, "124"));
    let both = shop(names(&["5718"], &["1001"]), body(OrderStatus::Paid, 1_000, "124"));
    let order = only(Ledger::after(&[page.clone(), created.clone(), both.clone()]).await);
    assert_eq!((order.status, order.claims), (OrderStatus::Paid, 1));
    let ledger = Ledger::open().await;
    ledger.tell(&[both, created, page]).await;
    assert_eq!(only(ledger.orders(Terms::default()).await), order, "at once and the other way round");
}

#[tokio::test]
async fn pages_cannot_make_two_orders_one_nor_change_what_the_shop_says() {
    let real = [("1", "A"), ("2", "B")].map(|(id, token)| {
        let mut body = body(OrderStatus::Paid, 0, "124");
        body.number = id.to_owned();
        shop(names(&[id, token], &[]), body)
    });
    let forged =
        [claim(names(&["1", "B"], &[]), PLACED - 1, "1"), claim(names(&["A", "2"], &[]), PLACED + 1, "9999")];
    for reports in [[&forged[..], &real[..]].concat(), [&real[..], &forged[..]].concat()] {
        let orders = Ledger::after(&reports).await;
        let totals: Vec<_> = orders.iter().map(|order| (order.money.total, order.counted)).collect();
        assert_eq!(totals, [(euros("124"), true); 2], "{orders:?}");
    }
}

#[tokio::test]
async fn while_the_shops_orders_are_connected_a_claim_waits_for_the_shop() {
    let ledger = Ledger::open().await;
    let connected = Terms { connected_since: Some(PLACED), ..Terms::default() };
    ledger
        .tell(&[claim(names(&["1"], &[]), PLACED - 1, "10"), claim(names(&["2"], &[]), PLACED, "10")])
        .await;
    let orders = ledger.orders(connected).await;
    assert_eq!(orders.iter().map(|order| order.counted).collect::<Vec<_>>(), [true, false], "since then");
    assert_eq!(orders[1].flags, [Flag::Unconfirmed]);
    ledger.tell(&[shop(names(&["2"], &[]), body(OrderStatus::Placed, 0, "124"))]).await;
    let orders = ledger.orders(connected).await;
    assert!(orders.iter().all(|order| order.counted), "{orders:?}");
}

#[tokio::test]
async fn five_deliveries_are_one_telling() {
    let ledger = Ledger::open().await;
    let report = shop(names(&["1"], &[]), body(OrderStatus::Paid, 0, "124"));
    for late in 0..5 {
        ledger.tell(&[OrderReport { received_at: report.received_at + late * DAY, ..report.clone() }]).await;
    }
    let rows = ledger.store.run(&ORDERS_TO_MIRROR, &[Value::Int(10)]).await.unwrap();
    let [row] = &rows[..] else { panic!("{} rows", rows.len()) };
    let entry = entry(0, row).unwrap();
    assert_eq!((entry.version, entry.tellings.unwrap().shop.len()), (1, 1));
}

#[test]
fn what_counts_and_what_does_not() {
    let told = |bodies: Vec<OrderBody>| {
        let mut tellings = Tellings::default();
        bodies.into_iter().for_each(|body| _ = tellings.add(shop(names(&["1"], &[]), body)));
        tellings
    };
    let counted = |bodies, from| {
        order(&told(bodies), Terms { counted_from: from, ..Terms::default() }).unwrap().counted
    };
    use CountedFrom::{Paid, Placed};
    let at = |status, updated| body(status, updated, "124");
    assert!(!counted(vec![at(OrderStatus::Pending, 0)], Placed));
    assert!(counted(vec![at(OrderStatus::Placed, 0)], Placed));
    assert!(!counted(vec![at(OrderStatus::Placed, 0)], Paid));
    assert!(counted(vec![at(OrderStatus::Paid, 0)], Paid));
    assert!(
        !counted(vec![at(OrderStatus::Placed, 0), at(OrderStatus::Cancelled, 1)], Placed),
        "never captured"
    );
    assert!(counted(vec![at(OrderStatus::Paid, 0), at(OrderStatus::Cancelled, 1)], Placed), "captured");
    assert!(!counted(vec![OrderBody { test: true, ..at(OrderStatus::Paid, 0) }], Placed));
    let all_back = order(&told(vec![at(OrderStatus::ChargedBack, 0)]), Terms::default()).unwrap();
    assert_eq!((all_back.counted, all_back.money.refunded), (true, euros("124")));
    let unknown = order(&told(vec![at(OrderStatus::PartiallyRefunded, 0)]), Terms::default()).unwrap();
    assert_eq!((unknown.money.refunded, unknown.flags), (euros("0"), vec![Flag::RefundUnknown]));
}

/// Refunds in cents: how the shop gave an order back, piece by piece.
fn refunds() -> impl Strategy<Value = (i64, Vec<i64>)> {
    (1_i64..5_000_000, prop::collection::vec(1_i64..1_000, 0..6)).prop_map(|(total, weights)| {
        let whole: i64 = weights.iter().sum::<i64>().max(1);
        (total, weights.iter().map(|weight| total * weight / whole).collect())
    })
}

fn amount(minor: i64, code: &str) -> Amount {
    Amount::of_units(minor * crate::sites::minor_unit(currency(code)))
}

proptest! {
    #[test]
    fn net_is_gross_less_refunds_at_any_prefix_and_in_any_order(
        (total, parts) in refunds(),
        code in prop::sample::select(vec!["EUR", "JPY", "KWD"]),
        seed in any::<prop::sample::Index>(),
    ) {
        let mut placed = body(OrderStatus::Paid, 0, "0");
        placed.currency = currency(code);
        (placed.total, placed.tax, placed.shipping) = (amount(total, code), amount(total / 6, code), amount(0, code));
        let mut reports = vec![shop(names(&["1"], &[]), placed.clone())];
        for (n, part) in parts.iter().enumerate() {
            let mut refund = given_back(names(&["1"], &[]), &n.to_string(), "0");
            let Told::Refund(told) = &mut refund.told else { panic!("a refund") };
            told.amount = amount(*part, code);
            reports.push(refund);
        }
        for end in 1..=reports.len() {
            let mut tellings = Tellings::default();
            reports[..end].iter().for_each(|report| _ = tellings.add(report.clone()));
            let order = order(&tellings, Terms::default()).unwrap();
            let back: i64 = parts[..end - 1].iter().sum();
            prop_assert_eq!(order.money.refunded, amount(back, code));
            prop_assert_eq!(order.money.total, amount(total, code));
            prop_assert_eq!(order.money.product_revenue.units(), placed.total.units() - placed.tax.units());
            let step = crate::sites::minor_unit(currency(code));
            prop_assert_eq!(order.money.refunded_tax.units() % step, 0);
        }
        let whole = |reports: &[OrderReport]| {
            let mut tellings = Tellings::default();
            reports.iter().for_each(|report| _ = tellings.add(report.clone()));
            order(&tellings, Terms::default()).unwrap()
        };
        let expected = whole(&reports);
        let middle = seed.index(reports.len());
        reports.rotate_left(middle);
        prop_assert_eq!(whole(&reports), expected.clone());
        reports.reverse();
        prop_assert_eq!(whole(&reports), expected);
    }

    #[test]
    fn a_full_refund_leaves_nothing_in_every_currency(
        total in 1_i64..5_000_000,
        code in prop::sample::select(vec!["EUR", "USD", "JPY", "KWD", "CLP", "BHD"]),
    ) {
        let mut refunded = body(OrderStatus::Refunded, 0, "0");
        refunded.currency = currency(code);
        (refunded.total, refunded.tax) = (amount(total, code), amount(total / 5, code));
        let mut tellings = Tellings::default();
        tellings.add(shop(names(&["1"], &[]), refunded.clone()));
        let by_status = order(&tellings, Terms::default()).unwrap().money;
        prop_assert_eq!((by_status.refunded, by_status.refunded_tax), (by_status.total, by_status.tax));
        let mut back = given_back(names(&["1"], &[]), "r", "0");
        let Told::Refund(told) = &mut back.told else { panic!("a refund") };
        told.amount = refunded.total;
        tellings.add(back);
        let by_refund = order(&tellings, Terms::default()).unwrap().money;
        prop_assert_eq!((by_refund.refunded, by_refund.refunded_tax), (by_refund.total, by_refund.tax));
    }
}

/// Tellings of three orders, each with its own names, in any order: the same ledger.
#[tokio::test]
async fn the_order_of_arrival_makes_no_difference_to_the_ledger() {
    let mut reports = Vec::new();
    for (n, id) in ["1", "2", "3"].iter().enumerate() {
        let number = format!("100{n}");
        let full = || names(&[id, &format!("tok{n}")], &[&number]);
        let mut placed = body(OrderStatus::Placed, 0, "124");
        placed.number.clone_from(&number);
        let mut paid = placed.clone();
        (paid.status, paid.updated_at, paid.captured) = (OrderStatus::Paid, PLACED + 5_000, true);
        reports.push(claim(names(&[&number], &[]), PLACED + 100, "100"));
        reports.push(claim(names(&[&number], &[]), PLACED + 900, "100"));
        reports.push(shop(full(), placed));
        reports.push(shop(full(), paid));
        reports.push(given_back(names(&[id], &[]), &format!("r{n}"), "24"));
    }
    let expected = Ledger::after(&reports).await;
    assert_eq!(expected.len(), 3);
    assert!(
        expected.iter().all(|order| (order.claims, order.money.refunded) == (2, euros("24"))),
        "{expected:?}"
    );
    for step in [2, 4, 7, 8, 11, 13, 14] {
        let shuffled: Vec<_> =
            (0..reports.len()).map(|n| reports[n * step % reports.len()].clone()).collect();
        assert_eq!(Ledger::after(&shuffled).await, expected, "step {step}");
        let ledger = Ledger::open().await;
        ledger.tell(&shuffled).await;
        assert_eq!(ledger.orders(Terms::default()).await, expected, "in one transaction, step {step}");
    }
}
