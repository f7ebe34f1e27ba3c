//! What is asked for, understood; and what was counted, read. Pure.

use super::facts::By;
use serde_json::{Map, Value, json};
use ut_core::inquiry::{Arguments, Line, Reading, Wrong};
use ut_core::ports::OlapRows;

/// Understands the parameter.
pub(super) fn by(given: &Arguments) -> Result<By, Wrong> {
    let Some(said) = given.get("by") else { return Ok(By::Item) };
    let known = By::ALL.into_iter().find(|by| by.as_str() == said);
    known.ok_or_else(|| {
        let words: Vec<_> = By::ALL.iter().map(|by| by.as_str()).collect();
        let message = format!("is one of {}", words.join(", "));
        Wrong { field: "by".to_owned(), code: "unknown_name", message }
    })
}

/// One row of a statement, by the names of its columns.
struct Row<'a> {
    columns: &'a [String],
    values: Vec<Value>,
    digits: u32,
}

impl Row<'_> {
    fn value(&self, name: &str) -> Value {
        let place = self.columns.iter().position(|column| column == name);
        place.and_then(|place| self.values.get(place)).cloned().unwrap_or_default()
    }

    fn count(&self, name: &str) -> u64 {
        self.value(name).as_u64().unwrap_or_default()
    }

    /// In 1/10,000.
    fn amount(&self, name: &str) -> i128 {
        self.value(name).as_str().and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    fn written(&self, amount: i128) -> Value {
        money(amount, self.digits).into()
    }

    fn metrics(&self, by: By) -> Map<String, Value> {
        let named = |metrics: Vec<(&str, Value)>| {
            metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        };
        if by.shown().is_some() {
            let (views, clicks) = (self.count("views"), self.count("clicks"));
            return named(vec![
                ("views", views.into()),
                ("clicks", clicks.into()),
                ("click_rate", share(clicks, views)),
                ("add_to_carts", self.value("add_to_carts")),
            ]);
        }
        let (views, carts) = (self.count("item_views"), self.count("add_to_carts"));
        let (gross, refunds) = (self.amount("gross"), self.amount("refunds"));
        named(vec![
            ("item_views", views.into()),
            ("add_to_carts", carts.into()),
            ("add_to_cart_rate", share(carts, views)),
            ("cart_to_order_rate", share(self.count("web_orders"), carts)),
            ("orders", self.value("orders")),
            ("units", self.value("units")),
            ("gross", self.written(gross)),
            ("refunds", self.written(refunds)),
            ("net", self.written(gross - refunds)),
        ])
    }
}

/// What was counted, as lines; the first row is the total.
pub(super) fn read(by: By, rows: OlapRows, digits: u32) -> Reading {
    let OlapRows { columns, rows } = rows;
    let row = |values| Row { columns: &columns, values, digits };
    // Without rows there is no total either: everything is nothing.
    let mut reading = Reading { totals: row(zeros(&columns)).metrics(by), ..Reading::default() };
    for row in rows.into_iter().map(row) {
        if row.count("total") == 1 {
            reading.totals = row.metrics(by);
            reading.warnings.extend(foreign(row.count("foreign_orders")));
            continue;
        }
        let name = (by == By::Item).then(|| row.value("latest"));
        let dimensions = [row.value("value")].into_iter().chain(name).collect();
        reading.groups.push(vec![Line { dimensions, metrics: row.metrics(by) }]);
    }
    reading
}

fn zeros(columns: &[String]) -> Vec<Value> {
    vec![json!(0); columns.len()]
}

fn foreign(orders: u64) -> Option<String> {
    let orders = match orders {
        0 => return None,
        1 => "1 order in another currency".to_owned(),
        _ => format!("{orders} orders in other currencies"),
    };
    Some(format!("The items of {orders} are counted, and not in the amounts."))
}

/// Of nothing there is no share.
#[expect(clippy::cast_precision_loss, reason = "nobody counts beyond 2^53")]
fn share(part: u64, whole: u64) -> Value {
    if whole == 0 { Value::Null } else { json!(part as f64 / whole as f64) }
}

/// An amount in 1/10,000 as it is paid: rounded to the smallest coin, halves to the even one.
fn money(amount: i128, digits: u32) -> String {
    let coin = 10_i128.pow(4_u32.saturating_sub(digits));
    let (coins, rest) = (amount.abs() / coin, amount.abs() % coin);
    let coins = coins + i128::from(rest * 2 > coin || (rest * 2 == coin && coins % 2 == 1));
    let sign = if amount < 0 && coins != 0 { "-" } else { "" };
    let whole = 10_i128.pow(digits);
    let digits = digits as usize;
    match digits {
        0 => format!("{sign}{coins}"),
        _ => format!("{sign}{}.{:0digits$}", coins / whole, coins % whole),
    }
}

#[cfg(test)]
mod tests {
    use super::money;

    #[test]
    fn amounts_are_written_as_they_are_paid() {
        for (amount, digits, written) in [
            (123_000, 2, "12.30"),
            (-50, 2, "0.00"),
            (-150, 2, "-0.02"),
            (250, 2, "0.02"),
            (251, 2, "0.03"),
            (12_300_000, 0, "1230"),
            (12_345_670, 3, "1234.567"),
            (0, 2, "0.00"),
        ] {
            assert_eq!(money(amount, digits), written, "{amount}");
        }
    }
}
