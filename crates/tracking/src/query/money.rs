//! Metrics that are money: decimal texts in the site's currency, rounded to its smallest coin at the very end.

use super::Answer;
use crate::sites::minor_unit;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value};
use ut_core::event::Currency;

/// Sums of amounts: nothing is 0.
pub(super) const SUMS: [&str; 8] = [
    "gross_revenue",
    "refunds",
    "net_revenue",
    "net_ex_tax",
    "product_revenue",
    "tax",
    "shipping",
    "discount",
];
const MEAN: &str = "aov";

/// Is a metric an amount?
pub(super) fn is_money(name: &str) -> bool {
    name == MEAN || SUMS.contains(&name)
}

/// Writes an answer's amounts as they are paid, `12.30` or `1230`, and says in which currency.
pub(super) fn write(answer: &mut Answer, currency: Currency) {
    let digits = match minor_unit(currency) {
        10_000 => 0,
        10 => 3,
        _ => 2,
    };
    let rows = answer.rows.iter_mut().flat_map(|row| [Some(&mut row.metrics), row.compare.as_mut()]);
    let mut any = false;
    rows.flatten().for_each(|metrics| any |= write_all(metrics, digits));
    any |= write_all(&mut answer.totals, digits);
    if let Some(Value::Object(compare)) = answer.totals.get_mut("compare") {
        write_all(compare, digits);
    }
    if any {
        answer.meta.currency = Some(currency.as_str().to_owned());
    }
}

fn write_all(metrics: &mut Map<String, Value>, digits: u32) -> bool {
    let mut any = false;
    for (_, value) in metrics.iter_mut().filter(|(name, _)| is_money(name)) {
        any = true;
        if let Some(amount) = value.as_str().and_then(|text| Decimal::from_str_exact(text).ok()) {
            let mut amount = amount.round_dp_with_strategy(digits, RoundingStrategy::MidpointNearestEven);
            amount.rescale(digits);
            *value = amount.to_string().into();
        }
    }
    any
}
