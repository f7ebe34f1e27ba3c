//! The items of an e-commerce event, by GA4's names.

use super::event::{MAX_PROPS, amount, fields};
use super::field::{Refusal, loose, plain, read, text};
use serde_json::value::RawValue;
use ut_core::event::Item;

pub(super) const MAX_ITEMS: usize = 200;
pub(super) const MAX_TEXT: usize = 1024;

/// Parses the array `items`.
pub(super) fn list(raw: &RawValue) -> Result<Vec<Item>, Refusal> {
    let raw: Vec<&RawValue> = read("items", raw, "an array of items")?;
    if raw.len() > MAX_ITEMS {
        return Err(Refusal::new("items", "too_many_items", format!("at most {MAX_ITEMS} are taken")));
    }
    raw.into_iter().enumerate().map(|(n, raw)| item(&format!("items[{n}]"), raw)).collect()
}

fn item(place: &str, raw: &RawValue) -> Result<Item, Refusal> {
    let Some(fields) = fields(raw) else {
        return Err(Refusal::new(place, "wrong_type", "an item must be an object"));
    };
    let mut item = Item { quantity: 1, ..Item::default() };
    for (key, raw) in fields.iter().filter(|(_, raw)| raw.get() != "null") {
        let field = format!("{place}.{key}");
        match &**key {
            // Shops number their products: a number is taken as its text.
            "item_id" => item.item_id = loose(&field, raw, MAX_TEXT)?.unwrap_or_default(),
            "item_name" => item.item_name = text(&field, raw, MAX_TEXT)?,
            "item_brand" => item.item_brand = text(&field, raw, MAX_TEXT)?,
            "item_category" => item.item_category = text(&field, raw, MAX_TEXT)?,
            "item_variant" => item.item_variant = text(&field, raw, MAX_TEXT)?,
            "price" => item.price = Some(amount(&field, raw)?),
            "quantity" => item.quantity = read(&field, raw, "an integer from 0 to 4,294,967,295")?,
            _ => {
                plain(&field, key, 64).map_err(|refusal| Refusal { code: "invalid_key", ..refusal })?;
                if let Some(value) = loose(&field, raw, MAX_TEXT)? {
                    item.props.push((key.clone().into_owned(), value));
                }
            }
        }
    }
    if item.item_id.is_empty() && item.item_name.is_empty() {
        return Err(Refusal::new(place, "missing", "must have an item_id or an item_name"));
    }
    if item.props.len() > MAX_PROPS {
        return Err(Refusal::new(
            place,
            "too_many_props",
            format!("at most {MAX_PROPS} further fields are taken"),
        ));
    }
    item.props.sort();
    if item.props.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(Refusal::new(place, "repeated", "names a field twice"));
    }
    Ok(item)
}
