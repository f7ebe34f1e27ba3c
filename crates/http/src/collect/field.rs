//! Reading one JSON value as one type, with an error that names the field.

use crate::problem::FieldError;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Display;

/// What is wrong with a field; the position in the batch is added by the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) field: String,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    /// `field` is written down here only: most values are taken, and their names cost nothing.
    pub(super) fn new(field: impl Display, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.to_string(), code, message: message.into() }
    }

    pub(super) fn at(self, index: Option<usize>) -> FieldError {
        FieldError { index, field: self.field, code: self.code, message: self.message }
    }
}

/// Reads `raw` as `T`; `expected` completes the sentence "… must be …".
pub(super) fn read<'a, T: Deserialize<'a>>(
    field: impl Display,
    raw: &'a RawValue,
    expected: &str,
) -> Result<T, Refusal> {
    serde_json::from_str(raw.get())
        .map_err(|_| Refusal::new(field, "wrong_type", format!("must be {expected}")))
}

/// A UUID, in any of the ways it may be written.
pub(super) fn uuid(field: impl Display, raw: &RawValue) -> Result<uuid::Uuid, Refusal> {
    string(raw)
        .and_then(|text| uuid::Uuid::try_parse(&text).ok())
        .ok_or_else(|| Refusal::new(field, "wrong_type", "must be a UUID"))
}

/// An integer from 0 on as nearly all are written: so few digits that they fit.
pub(super) fn short_integer(raw: &RawValue) -> Option<u64> {
    let digits = raw.get().as_bytes();
    let number =
        |number: u64, digit: &u8| digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0'));
    (digits.len() <= 18).then(|| digits.iter().try_fold(0, number))?
}

/// Reads an object as `T`. A struct can be read from an array too, member by member: nobody means that, and least of all
/// by consent.
pub(super) fn object<'a, T: Deserialize<'a>>(
    field: impl Display,
    raw: &'a RawValue,
    expected: &str,
) -> Result<T, Refusal> {
    if raw.get().starts_with('[') {
        return Err(Refusal::new(field, "wrong_type", format!("must be {expected}")));
    }
    read(field, raw, expected)
}

/// A text of at most `max` bytes without NUL.
pub(super) fn text(field: impl Display, raw: &RawValue, max: usize) -> Result<Cow<'_, str>, Refusal> {
    let Some(text) = string(raw) else { return Err(Refusal::new(field, "wrong_type", "must be a string")) };
    plain(field, &text, max)?;
    Ok(text)
}

/// A string, borrowed where it has no escapes: its bytes have been found sound already.
pub(super) fn string(raw: &RawValue) -> Option<Cow<'_, str>> {
    let json = raw.get();
    let [b'"', .., b'"'] = json.as_bytes() else { return None };
    let inner = json.get(1..json.len() - 1)?;
    if inner.contains('\\') {
        serde_json::from_str(json).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// Refuses NUL and over-long text: nothing is ever truncated.
pub(super) fn plain(field: impl Display, text: &str, max: usize) -> Result<(), Refusal> {
    if text.contains('\0') {
        return Err(Refusal::new(field, "nul", "must not contain NUL"));
    }
    if text.len() > max {
        return Err(Refusal::new(
            field,
            "too_long",
            format!("is {} bytes long, at most {max} are taken", text.len()),
        ));
    }
    Ok(())
}

/// A scalar or structure as text for `props`: strings as they are, everything else as compact JSON.
pub(super) fn loose(
    field: impl Display + Copy,
    raw: &RawValue,
    max: usize,
) -> Result<Option<Cow<'_, str>>, Refusal> {
    let json = raw.get();
    match json.as_bytes().first() {
        Some(b'"') => text(field, raw, max).map(Some),
        Some(b'n') => Ok(None),
        Some(b'{' | b'[') => {
            let value: serde_json::Value = read(field, raw, "JSON")?;
            let compact = value.to_string();
            plain(field, &compact, max)?;
            // An escaped NUL inside a structure would reach the store as the escape; refuse it like any other.
            if compact.contains("\\u0000") {
                return Err(Refusal::new(field, "nul", "must not contain NUL"));
            }
            Ok(Some(Cow::Owned(compact)))
        }
        _ => {
            plain(field, json, max)?;
            Ok(Some(Cow::Borrowed(json)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn short_ways_read_what_the_long_ones_read(
            text in "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,3})?([eE][0-9]{1,2})?|\"[0-9]*\"|null|\\[1\\]|true",
        ) {
            let raw = RawValue::from_string(text).unwrap();
            if let Some(number) = short_integer(&raw) {
                prop_assert_eq!(read::<u64>("", &raw, "").ok(), Some(number));
                prop_assert_eq!(read::<i64>("", &raw, "").ok(), i64::try_from(number).ok());
                prop_assert_eq!(read::<u32>("", &raw, "").ok(), u32::try_from(number).ok());
            }
        }

        #[test]
        fn a_uuid_is_read_as_any_reader_does(
            text in "\"(\\{|urn:uuid:)?[0-9a-fA-F]{8}(-?[0-9a-f]{4}){3}-?[0-9a-fA-F]{11,13}\\}?\"|\"(\\\\u0030|[0-9a-f]){32}\"|[1-9][0-9]{0,8}|null|\"\"",
        ) {
            let raw = RawValue::from_string(text).unwrap();
            prop_assert_eq!(uuid("f", &raw), read::<uuid::Uuid>("f", &raw, "a UUID"));
        }
    }
}
