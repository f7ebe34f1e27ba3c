//! The filter for personal data at the door, over every text a sender may fill in. What it takes out is replaced by
//! `[removed]` before anything is logged, and counted by field.
//!
//! * **Names** ([`keys`]): what stands under `email`, `phone`, `name`, … goes, whatever it looks like.
//! * **Values**: what looks like an e-mail address ([`email`]), a phone number ([`phone`]), a payment card ([`card`]) or
//!   a bank account ([`iban`]) goes, wherever it stands in a text and however it is encoded ([`view`]).
//! * **Addresses** ([`address`]): what is kept of a page's URL and of a referrer.
//!
//! Most texts hold none of it, and are found clean in one pass over their bytes ([`glance`]).

mod address;
mod card;
mod count;
mod email;
mod glance;
mod iban;
mod keys;
mod label;
mod nested;
mod normal;
mod number;
mod phone;
#[cfg(test)]
mod shortcuts;
#[cfg(test)]
mod tests;
mod view;
mod words;

pub(super) use count::Field;
pub(crate) use count::Removed;

use glance::Glance;
use std::borrow::Cow;
use std::mem::take;
use std::ops::Range;
use ut_core::event::Item;
use view::View;

/// What stands in the place of what was taken out.
const REMOVED: &str = "[removed]";

/// The filter of one request: what the site keeps, and where removals are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Filter<'a> {
    url_params: &'a [String],
    removed: &'a Removed,
}

impl<'a> Filter<'a> {
    /// A filter that keeps the parameters an owner allows.
    pub(super) fn new(url_params: &'a [String], removed: &'a Removed) -> Self {
        Self { url_params, removed }
    }

    /// A text.
    pub(super) fn text(self, field: Field, text: String) -> String {
        let hint = if field == Field::ItemId { Hint::Product } else { Hint::None };
        self.cleaned(field, hint, text)
    }

    /// Everything said of an event beside its own fields, sorted by name.
    pub(super) fn props(
        self,
        field: Field,
        props: impl IntoIterator<Item = (String, String)>,
    ) -> Vec<(String, String)> {
        let kept = |(key, value): (String, String)| Some((self.prop(field, &key, value)?, key));
        props.into_iter().filter_map(kept).map(|(value, key)| (key, value)).collect()
    }

    /// The items of an event.
    pub(super) fn items(self, mut items: Vec<Item>) -> Vec<Item> {
        for item in &mut items {
            item.item_id = self.text(Field::ItemId, take(&mut item.item_id));
            for text in
                [&mut item.item_name, &mut item.item_brand, &mut item.item_category, &mut item.item_variant]
            {
                *text = self.text(Field::Item, take(text));
            }
            item.props = self.props(Field::ItemProps, take(&mut item.props));
        }
        items
    }

    /// A parameter that has no field of its own; `None` if its very name is personal data.
    fn prop(self, field: Field, key: &str, value: String) -> Option<String> {
        if matches!(clean(key, Hint::None), Cow::Owned(_)) {
            self.removed.add(field, 1);
            return None;
        }
        let field = if key == "search_term" { Field::SearchTerm } else { field };
        let hint = match keys::kind(key) {
            keys::Kind::Personal => {
                self.removed.add(field, 1);
                return Some(REMOVED.to_owned());
            }
            keys::Kind::Phone => Hint::Phone,
            keys::Kind::Product => Hint::Product,
            keys::Kind::Order if is_name(&value) => return Some(value),
            keys::Kind::Order | keys::Kind::Plain => Hint::None,
        };
        Some(self.cleaned(field, hint, value))
    }

    /// A page's URL; `None` if it is none.
    pub(super) fn page_url(self, text: &str) -> Option<String> {
        let kept = address::page(text, self.url_params)?;
        self.removed.add(Field::Url, kept.removed);
        Some(kept.text)
    }

    /// A referrer: its host and path; empty if it is no address.
    pub(super) fn referrer(self, text: &str) -> String {
        let Some(kept) = address::referrer(text) else { return String::new() };
        self.removed.add(Field::Referrer, kept.removed);
        kept.text
    }

    fn cleaned(self, field: Field, hint: Hint, text: String) -> String {
        let glance = Glance::at(&text);
        if glance.may_be_structured()
            && let Some(inside) = inside(&text)
        {
            self.removed.add(field, 1);
            return clean(&inside, hint).into_owned();
        }
        if !glance.may_be_personal(&text) {
            return text;
        }
        match search(&text, hint) {
            Cow::Borrowed(_) => text,
            Cow::Owned(clean) => {
                self.removed.add(field, 1);
                clean
            }
        }
    }
}

/// An address or a structure without what is personal by its name in there; `None` if there is nothing.
fn inside(text: &str) -> Option<String> {
    if text.contains("://") { address::inner(text) } else { nested::clean(text) }
}

/// Can it be a name that a shop system gives to an order?
fn is_name(text: &str) -> bool {
    let taken = |byte: &u8| byte.is_ascii_alphanumeric() || b"#-_.:/".contains(byte);
    text.len() <= 64 && text.bytes().all(|byte| taken(&byte))
}

/// What the field's name says of the numbers in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hint {
    Phone,
    Product,
    None,
}

/// The text without what is personal in it; borrowed if there is nothing.
fn clean(text: &str, hint: Hint) -> Cow<'_, str> {
    if Glance::at(text).may_be_personal(text) { search(text, hint) } else { Cow::Borrowed(text) }
}

/// The same, without the glance.
fn search(text: &str, hint: Hint) -> Cow<'_, str> {
    taken_out(text, &View::new(text), hint)
}

/// The text without what is personal in its view.
fn taken_out<'a>(text: &'a str, view: &View<'_>, hint: Hint) -> Cow<'a, str> {
    let mut found = Vec::new();
    email::find(view.bytes(), &mut found);
    iban::find(view.bytes(), &mut found);
    number::find(view.bytes(), hint, &mut found);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let place = |range: Range<usize>| {
        let (start, end) = view.place(range.start, range.end);
        start..end
    };
    let mut places: Vec<Range<usize>> = found.into_iter().map(place).collect();
    places.sort_unstable_by_key(|range| range.start);
    Cow::Owned(without(text, &places))
}

/// The text with `[removed]` in these places, in order, which may overlap.
fn without(text: &str, places: &[Range<usize>]) -> String {
    let (mut clean, mut kept_to) = (String::with_capacity(text.len()), 0);
    for place in places {
        if place.start >= kept_to {
            clean.push_str(&text[kept_to..place.start]);
            clean.push_str(REMOVED);
        }
        kept_to = kept_to.max(place.end);
    }
    clean.push_str(&text[kept_to..]);
    clean
}
