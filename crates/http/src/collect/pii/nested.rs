//! Objects inside a text: a parameter may be a whole structure, as compact JSON.

use super::{Hint, REMOVED, keys};
use serde_json::Value;
use std::borrow::Cow;

/// The structure without what stands under personal names and without personal values; `None` if the text is no
/// structure, or has nothing of that kind.
pub(super) fn clean(text: &str) -> Option<String> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let mut value: Value = serde_json::from_str(text).ok()?;
    walk(&mut value).then(|| value.to_string())
}

/// True if something was removed.
fn walk(value: &mut Value) -> bool {
    match value {
        Value::Array(values) => values.iter_mut().fold(false, |removed, value| walk(value) | removed),
        Value::Object(fields) => {
            let before = fields.len();
            fields.retain(|key, _| matches!(super::clean(key, Hint::None), Cow::Borrowed(_)));
            let mut removed = fields.len() < before;
            for (key, value) in fields.iter_mut() {
                if keys::kind(key) == keys::Kind::Personal {
                    removed |= *value != REMOVED;
                    *value = REMOVED.into();
                } else {
                    removed |= walk(value);
                }
            }
            removed
        }
        Value::String(text) => match super::clean(text, Hint::None) {
            Cow::Owned(clean) => {
                *text = clean;
                true
            }
            Cow::Borrowed(_) => false,
        },
        // A number is what its digits are.
        Value::Number(number) => {
            let text = number.to_string();
            let personal = matches!(super::clean(&text, Hint::None), Cow::Owned(_));
            if personal {
                *value = REMOVED.into();
            }
            personal
        }
        Value::Bool(_) | Value::Null => false,
    }
}
