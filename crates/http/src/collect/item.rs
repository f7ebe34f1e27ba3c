//! The items of an e-commerce event, by GA4's names.

use super::event::{MAX_PROPS, amount, small};
use super::field::{Refusal, loose, plain, read, text};
use super::members::{Element, Members};
use serde_json::value::RawValue;
use std::borrow::Cow;
use ut_core::event::Item;

pub(super) const MAX_ITEMS: usize = 200;
pub(super) const MAX_TEXT: usize = 1024;

/// Parses the array `items`.
pub(super) fn list(raw: &RawValue) -> Result<Vec<Item>, Refusal> {
    let items: Vec<Element<'_>> = read("items", raw, "an array of items")?;
    if items.len() > MAX_ITEMS {
        return Err(Refusal::new("items", "too_many_items", format!("at most {MAX_ITEMS} are taken")));
    }
    items.iter().enumerate().map(|(n, element)| item(n, element.0.as_ref())).collect()
}

fn item(n: usize, members: Option<&Members<'_>>) -> Result<Item, Refusal> {
    let place = format_args!("items[{n}]");
    let Some(members) = members else {
        return Err(Refusal::new(place, "wrong_type", "an item must be an object"));
    };
    let mut item = Item { quantity: 1, ..Item::default() };
    for (key, raw) in members.iter().filter(|(_, raw)| raw.get() != "null") {
        let field = format_args!("{place}.{key}");
        let named = || text(field, raw, MAX_TEXT).map(Cow::into_owned);
        match key {
            // Shops number their products: a number is taken as its text.
            "item_id" => item.item_id = loose(field, raw, MAX_TEXT)?.unwrap_or_default().into_owned(),
            "item_name" => item.item_name = named()?,
            "item_brand" => item.item_brand = named()?,
            "item_category" => item.item_category = named()?,
            "item_variant" => item.item_variant = named()?,
            "price" => item.price = Some(amount(field, raw)?),
            "quantity" => item.quantity = small(field, raw)?,
            _ => {
                plain(field, key, 64).map_err(|refusal| Refusal { code: "invalid_key", ..refusal })?;
                if let Some(value) = loose(field, raw, MAX_TEXT)? {
                    item.props.push((key.to_owned(), value.into_owned()));
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
