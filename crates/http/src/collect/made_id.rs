//! Ids for events of a shop's own server that have none: the same event always gets the same one, so that a call that
//! is sent again is known again. Pure.

use super::field::string;
use super::members::Members;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use ut_core::{EventId, SiteId};

/// Makes the ids of one request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Maker<'a> {
    pub(super) site: SiteId,
    /// Whom the request is about: two customers may do the same at the same moment.
    pub(super) context: Option<&'a RawValue>,
}

impl Maker<'_> {
    /// The `UUIDv8` of the SHA-256 of site, name, time, address, the whole event and the context, each with its length
    /// before it.
    pub(super) fn id(self, name: &str, ts: i64, event: &Members<'_>) -> EventId {
        let url =
            event.iter().find(|(key, _)| *key == "url").map_or(String::new(), |(_, value)| canonical(value));
        let context = self.context.map(canonical).unwrap_or_default();
        let mut text = String::new();
        object(event, &mut text);
        let event = text;
        let parts: [&[u8]; 6] = [
            &self.site.0.to_le_bytes(),
            name.as_bytes(),
            &ts.to_le_bytes(),
            url.as_bytes(),
            event.as_bytes(),
            context.as_bytes(),
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// JSON without what a program may write differently each time: blanks, the order of members, escapes. Numbers stay
/// as they are written. The text has been parsed and is nowhere deep.
fn canonical(raw: &RawValue) -> String {
    let mut text = String::with_capacity(raw.get().len());
    write(raw, &mut text);
    text
}

fn write(raw: &RawValue, text: &mut String) {
    let json = raw.get();
    match json.as_bytes().first() {
        Some(b'{') => {
            if let Some(members) = Members::of(raw) {
                object(&members, text);
            }
        }
        Some(b'[') => {
            text.push('[');
            for item in serde_json::from_str::<Vec<&RawValue>>(json).unwrap_or_default() {
                write(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Some(b'"') => quoted(&string(raw).unwrap_or_default(), text),
        _ => text.push_str(json),
    }
}

fn object(members: &Members<'_>, text: &mut String) {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by(|a, b| a.0.cmp(b.0));
    text.push('{');
    for (key, value) in members {
        quoted(key, text);
        text.push(':');
        write(value, text);
        text.push(',');
    }
    text.push('}');
}

fn quoted(value: &str, text: &mut String) {
    // A text is always JSON.
    text.push_str(&serde_json::to_string(value).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn how_an_event_is_written_changes_nothing_and_what_it_says_does() {
        let id = |site, event: &str, context: Option<&str>| {
            let context = context.map(raw);
            Maker { site: SiteId(site), context: context.as_deref() }.id(
                "purchase",
                1,
                &Members::of(&raw(event)).unwrap(),
            )
        };
        let event = r#"{"name":"purchase","ts":1,"items":[{"item_id":"ä","price":"1.50"}]}"#;
        let first = id(1, event, None);
        assert_eq!((first.get_version_num(), first.get_variant()), (8, uuid::Variant::RFC4122));
        let same = r#" { "items" : [ {"price":"1.50", "item_id":"\u00e4"} ], "ts": 1, "name":"purchase" } "#;
        assert_eq!(id(1, same.trim(), None), first);
        for other in [
            event.replace("1.50", "1.5"),
            event.replace("ä", "a"),
            event.replace("\"ts\":1", "\"ts\":1,\"x\":1"),
        ] {
            assert_ne!(id(1, &other, None), first, "{other}");
        }
        assert_ne!(id(2, event, None), first);
        let of_visitor = |ip: &str| id(1, event, Some(&format!("{{\"ip\":\"{ip}\"}}")));
        assert_ne!(of_visitor("203.0.113.9"), first);
        assert_ne!(of_visitor("203.0.113.9"), of_visitor("203.0.113.8"));
    }

    #[test]
    fn an_id_stays_the_same_between_versions_of_this_program() {
        let event = raw(r#"{"name":"login","ts":1763800000100,"url":"https://shop.example/"}"#);
        let id = Maker { site: SiteId(7), context: None }.id(
            "login",
            1_763_800_000_100,
            &Members::of(&event).unwrap(),
        );
        assert_eq!(id.to_string(), "ac90b3e9-30f9-8cfe-94eb-41c2835bc8ae");
    }
}
