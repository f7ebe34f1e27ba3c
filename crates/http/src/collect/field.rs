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
