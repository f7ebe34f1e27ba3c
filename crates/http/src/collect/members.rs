//! JSON objects as their members: names, and values still as sent. A body is cut up in one pass, in which every value
//! has been found sound; what a value means is read from its own bytes afterwards.

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Visits scalars of every type as one value.
macro_rules! anything_else {
    ($value:expr) => {
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($value)
        }
    };
}
pub(super) use anything_else;

/// An object's members in their order, repeated names included.
#[derive(Debug)]
pub(super) struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The members of an object; `None` of anything else.
    pub(super) fn of(raw: &'a RawValue) -> Option<Self> {
        match serde_json::from_str(raw.get()) {
            Ok(Element(members)) => members,
            Err(_) => None,
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (&**name, *value))
    }
}

/// An element of a list of objects; `None` if it is something else, which spoils no other.
#[derive(Debug)]
pub(super) struct Element<'a>(pub(super) Option<Members<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Element<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Found;
        impl<'de> Visitor<'de> for Found {
            type Value = Element<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(12);
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Element(Some(Members(members))))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Element(None))
            }
            anything_else!(Element(None));
        }
        deserializer.deserialize_any(Found)
    }
}

/// An object of which nothing is kept. Unlike what is ignored altogether, all in it must be right: its texts, which may
/// have been escaped wrongly, and its numbers, which may be too large.
pub(super) struct AnyObject;

/// Any value, likewise.
struct AnyValue;

/// Reads all of it.
struct Through;

impl<'de> Visitor<'de> for Through {
    type Value = AnyValue;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AnyValue, A::Error> {
        while let Some((Name(_), AnyValue)) = map.next_entry()? {}
        Ok(AnyValue)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<AnyValue, A::Error> {
        while let Some(AnyValue) = seq.next_element()? {}
        Ok(AnyValue)
    }
    anything_else!(AnyValue);
}

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Through)
    }
}

impl<'de> Deserialize<'de> for AnyObject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What is no object is no map to the reader of JSON either.
        deserializer.deserialize_map(Through).map(|AnyValue| Self)
    }
}

/// A name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
pub(super) struct Name<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(json: &str) -> bool {
        let kept = serde_json::from_str::<Option<serde_json::Map<String, serde_json::Value>>>(json).is_ok();
        serde_json::from_str::<Option<AnyObject>>(json).is_ok() == kept
    }

    #[test]
    fn an_object_is_right_or_wrong_whether_it_is_kept_or_not() {
        for json in [
            "{}",
            "null",
            "[]",
            "1",
            "\"x\"",
            "true",
            r#"{"a":"b"}"#,
            r#"{"a":1e999}"#,
            r#"{"a":[-1e-999,1e400]}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"\ud800":1}"#,
            r#"{"a":[{"b":"\udc00x"}]}"#,
            r#"{"a":{"b":null},"a":false}"#,
            r#"{"a":"\u00e4\n"}"#,
            r#"{"a":123456789012345678901234567890}"#,
            r#"{"a":-1,"b":18446744073709551615}"#,
            "{",
        ] {
            assert!(same(json), "{json}");
        }
        assert!(same(&format!("{{\"a\":{}1{}}}", "[".repeat(200), "]".repeat(200))));
    }

    proptest! {
        #[test]
        fn also_one_of_pieces(pieces in proptest::collection::vec(
            prop_oneof![Just("{"), Just("}"), Just("["), Just("]"), Just(","), Just(":"), Just("\"a\""),
                Just("\"\\ud83d\\ude00\""), Just("\"\\ud83d\""), Just("1"), Just("-1.5e300"), Just("1e309"), Just("null"),
                Just("true")], 0..12)) {
            let json = pieces.concat();
            prop_assert!(same(&json), "{}", json);
            let json = format!("{{\"x\":{json}}}");
            prop_assert!(same(&json), "{}", json);
        }
    }
}
