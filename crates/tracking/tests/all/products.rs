//! Products, on events and orders written by hand, with sums done by hand.

use crate::{figure, refused, site_in, written};
use serde_json::Value;
use ut_core::module::Module;
use ut_core::site::Site;
use ut_testkit::world::World;
use ut_tracking::modules::ecommerce::Ecommerce;
use ut_tracking::query::{Answer, Compare, DateRange, QueryError, ReportArgs, report};

const MODULES: &[&dyn Module] = &[&Ecommerce];
const DAYS: (&str, &str) = ("2026-11-20", "2026-11-22");
/// 2026-11-20 10:00 in Berlin.
const AT: i64 = 1_795_165_200_000;
const DAY: i64 = 86_400_000;

/// An item: id, name, brand, how many, and what they came to.
type Item<'a> = (&'a str, &'a str, &'a str, u32, &'a str);

fn array(texts: impl Iterator<Item = String>) -> String {
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

fn columns(items: &[Item<'_>]) -> String {
    let texts = |of: fn(&Item<'_>) -> String| array(items.iter().map(of));
    let quoted = [
        texts(|item| format!("'{}'", item.0)),
        texts(|item| format!("'{}'", item.1)),
        texts(|item| format!("'{}'", item.2)),
        texts(|_| "'shirts'".to_owned()),
        texts(|_| "''".to_owned()),
        texts(|item| item.3.to_string()),
    ];
    quoted.join(", ")
}

const ITEMS: &str = "items.item_id, items.item_name, items.item_brand, items.item_category, items.item_variant, items.quantity";

async fn event(world: &World, site: &Site, name: &str, at: i64, bot: &str, items: &[Item<'_>], list: &str) {
    let props = array(items.iter().map(|_| "{}".to_owned()));
    let sql = format!(
        "INSERT INTO events (site, name, ts, bot, {ITEMS}, items.price, items.props, props) VALUES ({}, '{name}', \
         fromUnixTimestamp64Milli({at}), '{bot}', {}, {}, {props}, {list})",
        site.id.0,
        columns(items),
        array(items.iter().map(|_| "NULL".to_owned())),
    );
    world.deps.olap.execute(&sql, &[]).await.unwrap();
}

/// An order: its number and version, whether it is one, its channel and currency, its total and what was given back.
#[derive(Clone, Copy)]
struct Order<'a> {
    id: u64,
    version: u64,
    gone: u8,
    counted: u8,
    channel: &'a str,
    currency: &'a str,
    total: &'a str,
    refunded: &'a str,
}

const WEB: Order<'_> = Order {
    id: 1,
    version: 1,
    gone: 0,
    counted: 1,
    channel: "web",
    currency: "EUR",
    total: "0",
    refunded: "0",
};

async fn order(world: &World, site: &Site, order: Order<'_>, at: i64, items: &[Item<'_>]) {
    let Order { id, version, gone, counted, channel, currency, total, refunded } = order;
    let sql = format!(
        "INSERT INTO ecommerce_orders (site, order_id, version, gone, counted, sales_channel, placed_at, currency, \
         total, refunded, {ITEMS}, items.revenue) VALUES ({}, {id}, {version}, {gone}, {counted}, '{channel}', \
         fromUnixTimestamp64Milli({at}), '{currency}', {total}, {refunded}, {}, {})",
        site.id.0,
        columns(items),
        array(items.iter().map(|item| item.4.to_owned())),
    );
    world.deps.olap.execute(&sql, &[]).await.unwrap();
}

async fn ask(world: &World, site: &Site, by: &str, args: ReportArgs) -> Result<Answer, QueryError> {
    let own = [("by".to_owned(), by.to_owned())].into_iter().collect();
    let date_range = DateRange::Days(DAYS.0.to_owned(), DAYS.1.to_owned());
    report(&world.deps, MODULES, site, "products", &ReportArgs { date_range, own, ..args }).await
}

/// Looked at, put into carts, ordered and given back, by item and by brand.
pub(super) async fn what_became_of_each(world: &World) {
    let site = &*site_in(world, 550, "Europe/Berlin");
    let shirt = ("s", "Shirt", "Linen", 1, "NULL");
    let scarf = ("w", "Scarf", "Linen", 1, "NULL");
    for _ in 0..4 {
        event(world, site, "view_item", AT, "", &[shirt], "{}").await;
    }
    event(world, site, "view_item", AT, "crawler", &[shirt], "{}").await;
    event(world, site, "view_item", AT - DAY, "", &[shirt], "{}").await;
    // One event, two products, one of them twice.
    event(world, site, "add_to_cart", AT, "", &[shirt, scarf, shirt], "{}").await;
    event(world, site, "add_to_cart", AT, "", &[shirt], "{}").await;
    let sold = |item: Item<'static>, quantity: u32, revenue: &'static str| -> Item<'static> {
        (item.0, if item.0 == "s" { "Shirt, new" } else { item.1 }, item.2, quantity, revenue)
    };
    // 30.00 with 10.00 of shipping: three quarters of what is given back are the items'.
    let first = Order { total: "40", refunded: "10", ..WEB };
    order(world, site, first, AT + 1, &[sold(shirt, 2, "20"), sold(scarf, 1, "10")]).await;
    // An older version of it, one under another name, one that does not count, one before the first day.
    order(world, site, Order { version: 0, total: "99", ..WEB }, AT + 1, &[sold(shirt, 9, "99")]).await;
    order(world, site, Order { id: 2, gone: 1, ..WEB }, AT, &[sold(shirt, 9, "99")]).await;
    order(world, site, Order { id: 3, counted: 0, ..WEB }, AT, &[sold(shirt, 9, "99")]).await;
    order(world, site, Order { id: 4, total: "5", ..WEB }, AT - DAY, &[sold(scarf, 1, "5")]).await;
    // Over the counter, and in another currency.
    let counter = Order { id: 5, channel: "pos", total: "7.5", ..WEB };
    order(world, site, counter, AT, &[sold(scarf, 1, "7.5")]).await;
    let foreign = Order { id: 6, currency: "USD", total: "50", refunded: "50", ..WEB };
    order(world, site, foreign, AT, &[sold(shirt, 1, "50"), sold(scarf, 1, "NULL")]).await;
    let compare = ReportArgs { compare: Some(Compare::Previous), ..ReportArgs::default() };
    let answer = ask(world, site, "item", compare).await.unwrap();
    // add_to_cart_rate add_to_carts cart_to_order_rate gross item_views net orders refunds units
    assert_eq!(
        written(&answer),
        [
            r#"s Shirt, new: 0.5 2 1 "20.00" 4 "15.00" 2 "5.00" 3"#,
            r#"w Scarf: null 1 2 "17.50" 0 "15.00" 3 "2.50" 3"#,
            r#"total: 0.5 2 1 "37.50" 4 "30.00" 3 "7.50" 6"#
        ]
    );
    assert_eq!(answer.meta.currency.as_deref(), Some("EUR"));
    let warning = "The items of 1 order in another currency are counted, and not in the amounts.";
    assert!(answer.meta.warnings.iter().any(|said| said == warning), "{:?}", answer.meta.warnings);
    let before = |n: usize, name: &str| figure(&answer.rows[n].compare.as_ref().unwrap()[name]);
    assert_eq!([before(0, "item_views"), before(1, "gross")], ["1", r#""5.00""#]);
    let by_brand = ask(world, site, "brand", ReportArgs::default()).await.unwrap();
    assert_eq!(written(&by_brand)[0], r#"Linen: 0.5 2 1 "37.50" 4 "30.00" 3 "7.50" 6"#);
    let second = ReportArgs { limit: Some(1), offset: 1, ..ReportArgs::default() };
    let second = ask(world, site, "item", second).await.unwrap();
    assert_eq!((second.rows.len(), &second.rows[0].dimensions["item_id"]), (1, &Value::from("w")));
    assert_eq!(
        refused(ask(world, site, "colour", ReportArgs::default()).await),
        ("by".into(), "unknown_name")
    );
    let filters = Some(serde_json::json!(["is", "country", ["DE"]]));
    let filtered = ask(world, site, "item", ReportArgs { filters, ..ReportArgs::default() }).await;
    assert_eq!(refused(filtered), ("filters".into(), "not_for_report"));
}

pub(super) async fn lists_and_promotions_show_them(world: &World) {
    let site = &*site_in(world, 551, "Europe/Berlin");
    let shirt = ("s", "Shirt", "Linen", 1, "NULL");
    let list = "{'item_list_name': 'Summer'}";
    event(world, site, "view_item_list", AT, "", &[shirt, shirt], list).await;
    event(world, site, "view_item_list", AT, "", &[shirt], list).await;
    event(world, site, "view_item_list", AT, "", &[shirt], "{}").await;
    event(world, site, "select_item", AT, "", &[shirt], list).await;
    event(world, site, "add_to_cart", AT, "", &[shirt], list).await;
    event(world, site, "view_promotion", AT, "", &[], "{'promotion_name': 'Sale'}").await;
    let lists = ask(world, site, "list", ReportArgs::default()).await.unwrap();
    // add_to_carts click_rate clicks views
    assert_eq!(written(&lists), ["Summer: 1 0.5 1 2", "total: 1 0.5 1 2"]);
    assert_eq!(lists.meta.currency, None);
    let promotions = ask(world, site, "promotion", ReportArgs::default()).await.unwrap();
    assert_eq!(written(&promotions), ["Sale: 0 0 0 1", "total: 0 0 0 1"]);
    let nothing =
        ask(world, &site_in(world, 552, "Europe/Berlin"), "item", ReportArgs::default()).await.unwrap();
    assert_eq!(written(&nothing), [r#"total: null 0 null "0.00" 0 "0.00" 0 "0.00" 0"#]);
}

/// Parts of a coin are never lost: what items lose is what the order gave back of them, of equal ones the first loses more.
pub(super) async fn what_was_given_back_adds_up(world: &World) {
    let site = &*site_in(world, 553, "Europe/Berlin");
    let items: Vec<Item<'_>> = ["a", "b", "c"].map(|id| (id, id, "", 1, "3.33")).to_vec();
    order(world, site, Order { total: "9.99", refunded: "5.00", ..WEB }, AT, &items).await;
    let answer = ask(world, site, "item", ReportArgs::default()).await.unwrap();
    let refunds: Vec<_> = answer.rows.iter().map(|row| figure(&row.metrics["refunds"])).collect();
    assert_eq!(refunds, [r#""1.67""#, r#""1.67""#, r#""1.66""#]);
    assert_eq!(answer.totals["refunds"], "5.00");
}
