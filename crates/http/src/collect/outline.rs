//! The request's outermost members, each still as sent, and how deep everything in them is nested.

use super::members::{Element, Name, anything_else};
use crate::problem::Problem;
use axum::http::StatusCode;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Deepest nesting of arrays and objects in a body.
pub(super) const MAX_DEPTH: usize = 16;

/// The members that are known; the others are left alone, so that a newer tracker can talk to an older server.
#[derive(Debug, Default)]
pub(super) struct Raw<'a> {
    pub(super) site: Option<&'a RawValue>,
    pub(super) sent_at: Option<&'a RawValue>,
    pub(super) tz: Option<&'a RawValue>,
    pub(super) lang: Option<&'a RawValue>,
    pub(super) viewport: Option<&'a RawValue>,
    pub(super) consent: Option<&'a RawValue>,
    pub(super) ids: Option<&'a RawValue>,
    pub(super) webdriver: Option<&'a RawValue>,
    pub(super) touch_points: Option<&'a RawValue>,
    pub(super) context: Option<&'a RawValue>,
    pub(super) user: Option<&'a RawValue>,
    pub(super) url: Option<&'a RawValue>,
    pub(super) page_view: Option<&'a RawValue>,
    pub(super) event: Option<Element<'a>>,
    pub(super) events: Option<Events<'a>>,
    /// Something is nested deeper than [`MAX_DEPTH`].
    pub(super) too_deep: bool,
}

/// What stands under `events`.
#[derive(Debug)]
pub(super) enum Events<'a> {
    /// A list, each element an event or something else.
    List(Vec<Element<'a>>),
    /// No list.
    Other,
}

impl<'a> Raw<'a> {
    /// The members of a body.
    pub(super) fn of(body: &'a str) -> Result<Self, Problem> {
        // Members must have names; a list of them in the right order is an accident.
        let read = match body.trim_ascii_start().starts_with('[') {
            true => Err("it is an array".to_owned()),
            false => serde_json::from_str::<Self>(body).map_err(|error| error.to_string()),
        };
        match read {
            Ok(raw) if raw.too_deep => Err(too_deep()),
            Ok(raw) => Ok(raw),
            Err(_) if is_deeper(body, MAX_DEPTH) => Err(too_deep()),
            Err(why) => {
                let detail = format!("The body is not a JSON object as expected: {why}.");
                Err(Problem::new(StatusCode::BAD_REQUEST, "bad_json", "Not valid JSON", detail))
            }
        }
    }

    /// The place of a member by its name.
    fn place(&mut self, name: &str) -> Option<&mut Option<&'a RawValue>> {
        Some(match name {
            "site" => &mut self.site,
            "sent_at" => &mut self.sent_at,
            "tz" => &mut self.tz,
            "lang" => &mut self.lang,
            "viewport" => &mut self.viewport,
            "consent" => &mut self.consent,
            "ids" => &mut self.ids,
            "webdriver" => &mut self.webdriver,
            "touch_points" => &mut self.touch_points,
            "context" => &mut self.context,
            "user" => &mut self.user,
            "url" => &mut self.url,
            "page_view" => &mut self.page_view,
            _ => return None,
        })
    }

    fn check_depth(&mut self) {
        let deep = |element: &Element<'_>, depth| {
            let members = element.0.as_ref();
            members.is_some_and(|members| {
                members.iter().any(|(_, value)| is_deeper(value.get(), MAX_DEPTH - depth))
            })
        };
        self.too_deep |= self.event.as_ref().is_some_and(|event| deep(event, 2));
        if let Some(Events::List(events)) = &self.events {
            self.too_deep |= events.iter().any(|event| deep(event, 3));
        }
    }
}

fn too_deep() -> Problem {
    let detail = format!("Arrays and objects are nested deeper than {MAX_DEPTH}.");
    Problem::new(StatusCode::BAD_REQUEST, "too_deep", "Nested too deep", detail)
}

/// Whether brackets outside of strings nest deeper than `most`.
fn is_deeper(json: &str, most: usize) -> bool {
    // Most values are no structures, and most structures have fewer brackets than that.
    let opens = |byte: &u8| matches!(byte, b'{' | b'[');
    if !json.as_bytes().first().is_some_and(opens) || json.bytes().filter(opens).count() <= most {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > most {
                    return true;
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Raw<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<'de>, A::Error> {
                let mut raw = Raw::default();
                while let Some(Name(name)) = map.next_key()? {
                    let again = match &*name {
                        "events" => std::mem::replace(&mut raw.events, map.next_value()?).is_some(),
                        "event" => std::mem::replace(&mut raw.event, map.next_value()?).is_some(),
                        name => {
                            let value: &RawValue = map.next_value()?;
                            raw.too_deep |= is_deeper(value.get(), MAX_DEPTH - 1);
                            let given = Some(value).filter(|value| value.get() != "null");
                            raw.place(name).is_some_and(|place| std::mem::replace(place, given).is_some())
                        }
                    };
                    if again {
                        return Err(Error::custom(format_args!("{name:?} is given twice")));
                    }
                }
                raw.check_depth();
                Ok(raw)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Events<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> Visitor<'de> for Elements {
            type Value = Events<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut events = Vec::with_capacity(4);
                while let Some(event) = seq.next_element()? {
                    events.push(event);
                }
                Ok(Events::List(events))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Events::Other)
            }
            anything_else!(Events::Other);
        }
        deserializer.deserialize_any(Elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(body: &str) -> Option<&'static str> {
        Raw::of(body).err().map(|problem| problem.code)
    }

    fn nested(depth: usize) -> String {
        format!("{}{}", r#"{"[":["#.repeat(depth / 2), "]}".repeat(depth / 2))
    }

    #[test]
    fn depth_is_bounded_wherever_it_is() {
        for (before, after, own) in [
            (r#"{"events":[{"props":"#, "}]}", 3),
            (r#"{"events":[{"items":[{"x":"#, "}]}]}", 5),
            (r#"{"event":{"x":"#, "}}", 2),
            (r#"{"consent":"#, "}", 1),
            (r#"{"of_a_newer_tracker":"#, "}", 1),
        ] {
            let most = (MAX_DEPTH - own) / 2 * 2;
            let text = |depth: usize| format!("{before}{}{after}", nested(depth));
            assert_eq!(code(&text(most)), None, "{before}");
            assert_eq!(code(&text(most + 2)), Some("too_deep"), "{before}");
            let broken = format!("{before}{},{after}", nested(most + 2));
            assert_eq!(code(&broken), Some("too_deep"), "looked at before what is no JSON: {before}");
        }
        let flat = format!(r#"{{"events":[{}{{}}]}}"#, "{},".repeat(99));
        assert_eq!(code(&flat), None, "many are not deep");
        assert_eq!(code(&"[".repeat(10_000)), Some("too_deep"));
    }

    #[test]
    fn members_are_found_by_name_and_stand_once() {
        let raw = Raw::of(r#" {"events":[{"a":1},7,[{}],"x",null],"s\u0069te":"k","x":1,"x":2,"tz":null}"#)
            .unwrap();
        assert_eq!(raw.site.map(RawValue::get), Some("\"k\""));
        assert!(raw.tz.is_none() && raw.event.is_none());
        let Some(Events::List(events)) = raw.events else { panic!("{raw:?}") };
        let objects: Vec<bool> = events.iter().map(|event| event.0.is_some()).collect();
        assert_eq!(objects, [true, false, false, false, false], "what is no object spoils no other");
        for twice in
            [r#"{"site":"a","site":"b"}"#, r#"{"events":[],"events":[]}"#, r#"{"event":{},"event":{}}"#]
        {
            assert_eq!(code(twice), Some("bad_json"), "{twice}");
        }
        for other in ["1", "\"x\"", "{}", "true"] {
            let body = format!("{{\"events\":{other}}}");
            assert!(matches!(Raw::of(&body).unwrap().events, Some(Events::Other)), "{other}");
        }
    }
}
