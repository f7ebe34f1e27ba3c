//! Values as shop systems write them, and JSON whose mistakes name their field.

use crate::sites::Refusal;
use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Error as _, IgnoredAny, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use ut_core::event::{Amount, Currency};
use ut_core::order::Alias;

/// Longer texts of an order are cut: for the sake of a name no order is lost.
const MAX_TEXT: usize = 500;

/// No order was placed before 1970, and none will be after 2099.
const INSTANTS: std::ops::Range<i64> = 0..4_102_444_800_000;

/// Reads a JSON object.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    // A struct can be read from an array too, member by member: nobody means that.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Refusal::new("", "wrong_type", "must be an object"));
    }
    let mut text = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut text);
    let read = read.map_err(|error| mistake(&error.path().to_string(), error.inner()))?;
    text.end().map_err(|error| mistake("", &error)).map(|()| read)
}

fn mistake(path: &str, error: &serde_json::Error) -> Refusal {
    let text = error.to_string();
    if !error.is_data() {
        return Refusal::new("", "bad_json", format!("the body is not JSON: {text}"));
    }
    // Where in the text it stands is said by the field.
    let text = text.split(" at line ").next().unwrap_or_default();
    let path = if path == "." { "" } else { path };
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match missing {
        Some(name) if path.is_empty() => Refusal::new(name, "missing", text),
        Some(name) => Refusal::new(format!("{path}.{name}"), "missing", text),
        None if text.starts_with("unknown field") => Refusal::new(path, "unknown_field", text),
        None if text.starts_with("duplicate field") => Refusal::new(path, "repeated", text),
        None => Refusal::new(path, "wrong_type", text),
    }
}

/// A decimal number in a string or by itself, exactly: it is never a float.
#[derive(Debug, Clone, Copy, Default, JsonSchema)]
#[schemars(with = "String", extend("type" = ["string", "number"]))]
pub(super) struct Money(pub(super) Amount);

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text: Cow<'_, str> = if raw.get().starts_with('"') {
            serde_json::from_str::<String>(raw.get()).map_err(D::Error::custom)?.into()
        } else {
            raw.get().into()
        };
        Amount::parse(text.trim()).map(Self).map_err(D::Error::custom)
    }
}

/// A text, or a whole number where systems write an id either way.
#[derive(Debug, Clone, Default, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String", extend("type" = ["string", "integer"]))]
pub(super) struct Text(pub(super) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Text;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string or a whole number")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text, E> {
                let plain = text.replace('\0', "");
                Ok(Text(plain[..plain.floor_char_boundary(MAX_TEXT)].to_owned()))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Text, E> {
                Ok(Text(number.to_string()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Three letters.
#[derive(Debug, Clone, Copy, JsonSchema)]
#[schemars(with = "String")]
pub(super) struct Code(pub(super) Currency);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let currency = Currency::parse(&text).map_err(D::Error::custom)?;
        // An order in what nobody knows could never be added up.
        let known = crate::sites::is_currency(currency);
        known
            .then_some(Self(currency))
            .ok_or_else(|| D::Error::custom(format!("{text} is no currency of ISO 4217")))
    }
}

/// An instant with its offset from UTC (`2026-11-20T11:00:00+01:00`), or in Unix milliseconds.
#[derive(Debug, Clone, Copy, JsonSchema)]
#[schemars(with = "String", extend("type" = ["string", "integer"]))]
pub(super) struct Instant(pub(super) i64);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = i64;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an instant of this century with its offset, e.g. 2026-11-20T11:00:00+01:00")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<i64, E> {
                let instant: Result<jiff::Timestamp, _> = text.parse();
                instant
                    .map(jiff::Timestamp::as_millisecond)
                    .map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<i64, E> {
                i64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
            }
        }
        let at = deserializer.deserialize_any(Either)?;
        INSTANTS
            .contains(&at)
            .then_some(Self(at))
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Signed(at), &Either))
    }
}

/// An instant in UTC, written without saying so (`2026-11-20T10:00:00`).
#[derive(Debug, Clone, Copy)]
pub(super) struct Gmt(pub(super) i64);

impl<'de> Deserialize<'de> for Gmt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom("must be an instant in UTC, e.g. 2026-11-20T10:00:00");
        let civil: jiff::civil::DateTime = text.trim_end_matches('Z').parse().map_err(|_| wrong())?;
        let at = civil.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?.timestamp().as_millisecond();
        INSTANTS.contains(&at).then_some(Self(at)).ok_or_else(wrong)
    }
}

/// A list; null is an empty one.
pub(super) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

/// Is the member there, whatever it holds?
pub(super) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// The text, or nothing.
pub(super) fn text(text: Option<Text>) -> String {
    text.unwrap_or_default().0
}

/// The amount, or none.
pub(super) fn money(money: Option<Money>) -> Amount {
    money.unwrap_or_default().0
}

/// The names there are, each once; of a name that is strong too, the strong one.
pub(super) fn aliases<const N: usize>(names: [(&str, bool); N]) -> Vec<Alias> {
    let mut aliases: Vec<Alias> = Vec::new();
    for alias in names.into_iter().filter_map(|(name, weak)| Alias::new(name, weak)) {
        if !aliases.iter().any(|known| known.name == alias.name) {
            aliases.push(alias);
        }
    }
    aliases
}

pub(super) const STRONG: bool = false;
pub(super) const WEAK: bool = true;

/// Σ.
pub(super) fn sum(amounts: impl IntoIterator<Item = Amount>) -> Amount {
    Amount::of_units(amounts.into_iter().map(Amount::units).fold(0, i64::saturating_add))
}

/// a − b.
pub(super) fn minus(a: Amount, b: Amount) -> Amount {
    Amount::of_units(a.units().saturating_sub(b.units()))
}

/// The price of one and what is taken off all of them, so that price × quantity − discount is `revenue` to the last
/// digit, also where `before` cannot be divided by the quantity.
pub(super) fn priced(before: Amount, revenue: Amount, quantity: u32) -> (Amount, Option<Amount>) {
    let count = i128::from(quantity.max(1));
    let price = -(-i128::from(before.units())).div_euclid(count);
    let price = Amount::of_units(i64::try_from(price).unwrap_or(i64::MAX));
    let discount = minus(price.times(quantity.max(1)), revenue);
    (price, (discount.units() != 0).then_some(discount))
}
