//! What a request tells of a visitor: every field of its type and shape, nothing truncated, nothing unknown. What is
//! refused is named by its field; no message repeats a value.

use super::field::{Refusal, string, text};
use super::kind::IDENTIFY;
use super::members::{Element, Members};
use serde_json::value::RawValue;
use ut_tracking::people::{FieldName, Told};

/// RFC 5321 §4.5.3.1.3: a path of 256 bytes, its two brackets among them.
pub(super) const MAX_EMAIL: usize = 254;
pub(super) const MAX_EXTERNAL_ID: usize = 256;
/// Names of people and places are shorter.
pub(super) const MAX_TEXT: usize = 128;
/// So many fields are named that are wrong.
const MAX_REFUSALS: usize = 20;

/// A checked person. Fields that are null, or empty as a form leaves them, were not told.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// What was told, without space around it.
    pub(super) told: Vec<Told>,
    /// That they are the customer of `external_id`.
    pub(super) proof: Option<[u8; 32]>,
}

impl Person {
    /// The shop's own name for them.
    pub(super) fn external_id(&self) -> Option<&str> {
        let told = self.told.iter().find(|told| told.name == FieldName::ExternalId);
        told.map(|told| told.value.as_str())
    }
}

/// The `user` of an event that is an `identify`.
pub(super) fn of_event<'a>(event: &Element<'a>) -> Result<&'a RawValue, Refusal> {
    let Some(members) = &event.0 else {
        return Err(Refusal::new("event", "wrong_type", "must be an object"));
    };
    let of = |wanted: &str| {
        let mut found = members.iter().filter(|(name, _)| *name == wanted).map(|(_, raw)| raw);
        match (found.next(), found.next()) {
            (Some(raw), None) => Ok(raw),
            (None, _) => Err(Refusal::new(wanted, "missing", "must be there")),
            (Some(_), Some(_)) => Err(Refusal::new(wanted, "repeated", "is given twice")),
        }
    };
    match string(of("name")?) {
        Some(name) if name == IDENTIFY => of("user"),
        Some(_) => Err(Refusal::new(
            "name",
            "wrong_route",
            "is not taken here, but by /collect/events; here: identify",
        )),
        None => Err(Refusal::new("name", "wrong_type", "must be a string")),
    }
}

/// Parses `user`; the error is all that is wrong with it.
pub(super) fn parse(raw: &RawValue) -> Result<Person, Vec<Refusal>> {
    let Some(members) = Members::of(raw) else {
        return Err(vec![Refusal::new("user", "wrong_type", "must be an object")]);
    };
    let mut person = Person { told: Vec::new(), proof: None };
    let mut seen = Vec::new();
    let mut refusals = Vec::new();
    for (name, raw) in members.iter() {
        let taken = if seen.contains(&name) {
            Err(Refusal::new(format_args!("user.{name}"), "repeated", "is given twice"))
        } else {
            take(&mut person, name, raw)
        };
        seen.push(name);
        refusals.extend(taken.err());
        if refusals.len() == MAX_REFUSALS {
            break;
        }
    }
    if refusals.is_empty() && person.proof.is_some() && person.external_id().is_none() {
        refusals.push(Refusal::new(
            "user.external_id",
            "missing",
            "must be there: it is what `proof` proves",
        ));
    }
    if refusals.is_empty() { Ok(person) } else { Err(refusals) }
}

fn take(person: &mut Person, name: &str, raw: &RawValue) -> Result<(), Refusal> {
    let field = format_args!("user.{name}");
    if name != "proof" && FieldName::parse(name).is_none() {
        return Err(Refusal::new(field, "unknown_field", "is no field of a user"));
    }
    if raw.get() == "null" {
        return Ok(());
    }
    let Some(name) = FieldName::parse(name) else {
        let mut proof = [0; 32];
        let read = string(raw).and_then(|text| hex::decode_to_slice(&*text, &mut proof).ok());
        read.ok_or_else(|| Refusal::new(field, "wrong_type", "must be 64 hex digits"))?;
        person.proof = Some(proof);
        return Ok(());
    };
    let value = text(field, raw, most(name))?;
    let value = value.trim();
    if value.is_empty() {
        return Ok(());
    }
    shaped(name, value).map_err(|(code, message)| Refusal::new(field, code, message))?;
    person.told.push(Told { name, value: value.to_owned() });
    Ok(())
}

/// How many bytes a field may have.
pub(super) const fn most(name: FieldName) -> usize {
    match name {
        FieldName::Email => MAX_EMAIL,
        FieldName::ExternalId => MAX_EXTERNAL_ID,
        _ => MAX_TEXT,
    }
}

/// Is it written as such a field is? Whether there is such an address or place, nobody can know here.
fn shaped(name: FieldName, value: &str) -> Result<(), (&'static str, &'static str)> {
    let spaced = |text: &str| text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    match name {
        FieldName::Email => match value.rsplit_once('@') {
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() && !spaced(value) => Ok(()),
            _ => Err(("not_an_email", "must be an e-mail address")),
        },
        FieldName::Country
            if value.len() != 2 || !value.bytes().all(|letter| letter.is_ascii_alphabetic()) =>
        {
            Err(("not_a_country", "must be two letters of ISO 3166-1, such as DE"))
        }
        FieldName::BirthDate if value.len() != 10 || value.parse::<jiff::civil::Date>().is_err() => {
            Err(("not_a_date", "must be a date such as 1990-11-23"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn read(user: &Value) -> Result<Person, Vec<(String, &'static str)>> {
        let raw = RawValue::from_string(user.to_string()).unwrap();
        let codes = |refusals: Vec<Refusal>| refusals.into_iter().map(|one| (one.field, one.code)).collect();
        parse(&raw).map_err(codes)
    }

    #[test]
    fn a_whole_person_is_taken() {
        let fields = [
            ("email", "ann@shop.example"),
            ("phone", "+49 30 1"),
            ("first_name", "Ann"),
            ("last_name", "O’Neil"),
            ("city", "Köln"),
            ("state", "NRW"),
            ("zip", "50667"),
            ("country", "de"),
            ("birth_date", "1992-02-29"),
            ("gender", "f"),
            ("external_id", "4711"),
        ];
        let mut user: Value = fields.iter().map(|(name, value)| (*name, format!(" {value}\t"))).collect();
        user["birth_date"] = json!("1992-02-29");
        user["country"] = json!("de");
        user["proof"] = json!("0A".repeat(32));
        let person = read(&user).unwrap();
        assert_eq!(person.proof, Some([10; 32]));
        let mut told: Vec<_> =
            person.told.iter().map(|told| (told.name.as_str(), told.value.as_str())).collect();
        let mut fields = fields;
        told.sort_unstable();
        fields.sort_unstable();
        assert_eq!(told, fields);
        assert_eq!(person.external_id(), Some("4711"));
        assert!(!format!("{person:?}").contains("4711"), "no value is printed");
        for nothing in [json!({}), json!({ "email": null, "proof": null, "city": "", "phone": "  " })] {
            assert_eq!(read(&nothing), Ok(Person { told: Vec::new(), proof: None }), "{nothing}");
        }
    }

    #[test]
    fn each_wrong_field_is_named() {
        let email = |local: usize| json!({ "email": format!("{}@x.example", "a".repeat(local)) });
        assert!(read(&email(244)).is_ok());
        for (user, field, code) in [
            (json!([]), "user", "wrong_type"),
            (json!("ann"), "user", "wrong_type"),
            (json!({ "shoe_size": 42 }), "user.shoe_size", "unknown_field"),
            (json!({ "Email": "a@b" }), "user.Email", "unknown_field"),
            (json!({ "shoe_size": null }), "user.shoe_size", "unknown_field"),
            (json!({ "email": 1 }), "user.email", "wrong_type"),
            (json!({ "external_id": 4711 }), "user.external_id", "wrong_type"),
            (json!({ "zip": ["1"] }), "user.zip", "wrong_type"),
            (json!({ "email": "ann.shop.example" }), "user.email", "not_an_email"),
            (json!({ "email": "@shop.example" }), "user.email", "not_an_email"),
            (json!({ "email": "ann@" }), "user.email", "not_an_email"),
            (json!({ "email": "an n@shop.example" }), "user.email", "not_an_email"),
            (json!({ "email": "ann@shop.example\nBcc: x" }), "user.email", "not_an_email"),
            (email(245), "user.email", "too_long"),
            (json!({ "city": "x".repeat(129) }), "user.city", "too_long"),
            (json!({ "external_id": "x".repeat(257) }), "user.external_id", "too_long"),
            (json!({ "first_name": "a\u{0}" }), "user.first_name", "nul"),
            (json!({ "country": "Germany" }), "user.country", "not_a_country"),
            (json!({ "country": "ß" }), "user.country", "not_a_country"),
            (json!({ "country": "1A" }), "user.country", "not_a_country"),
            (json!({ "birth_date": "23.11.1990" }), "user.birth_date", "not_a_date"),
            (json!({ "birth_date": "1990-02-30" }), "user.birth_date", "not_a_date"),
            (json!({ "birth_date": "19900223" }), "user.birth_date", "not_a_date"),
            (json!({ "external_id": "1", "proof": "0a" }), "user.proof", "wrong_type"),
            (json!({ "external_id": "1", "proof": "x".repeat(64) }), "user.proof", "wrong_type"),
            (json!({ "external_id": "1", "proof": 7 }), "user.proof", "wrong_type"),
            (json!({ "proof": "0a".repeat(32) }), "user.external_id", "missing"),
        ] {
            assert_eq!(read(&user), Err(vec![(field.to_owned(), code)]), "{user}");
        }
        let twice = RawValue::from_string(r#"{"zip":"1","zip":"2"}"#.to_owned()).unwrap();
        assert_eq!(parse(&twice).unwrap_err()[0].code, "repeated");
        let two = json!({ "country": "x", "email": "y", "zip": "1" });
        assert_eq!(read(&two).unwrap_err().len(), 2, "all are named at once");
        let many: Value = (0..100).map(|n| (format!("x{n}"), n)).collect();
        assert_eq!(read(&many).unwrap_err().len(), MAX_REFUSALS);
    }

    #[test]
    fn an_event_is_taken_if_it_is_an_identify() {
        let read = |event: &str| {
            let element: Element<'_> = serde_json::from_str(event).unwrap();
            of_event(&element).map(|raw| raw.get().to_owned()).map_err(|one| (one.field, one.code))
        };
        assert_eq!(read(r#"{"id":"x","name":"identify","user":{"a":1}}"#), Ok(r#"{"a":1}"#.to_owned()));
        for (event, field, code) in [
            ("7", "event", "wrong_type"),
            (r#"{"user":{}}"#, "name", "missing"),
            (r#"{"name":"identify"}"#, "user", "missing"),
            (r#"{"name":"login","user":{}}"#, "name", "wrong_route"),
            (r#"{"name":1,"user":{}}"#, "name", "wrong_type"),
            (r#"{"name":"identify","user":{},"user":{}}"#, "user", "repeated"),
            (r#"{"name":"identify","name":"login","user":{}}"#, "name", "repeated"),
        ] {
            assert_eq!(read(event), Err((field.to_owned(), code)), "{event}");
        }
    }

    proptest! {
        /// Nothing that was told comes back in what is said about it.
        #[test]
        fn no_message_repeats_a_value(name in "email|country|birth_date|proof|phone", value in "[a-z0-9 ]{9,300}") {
            let raw = RawValue::from_string(json!({ name: value }).to_string()).unwrap();
            for refusal in parse(&raw).err().into_iter().flatten() {
                prop_assert!(!refusal.message.contains(value.trim()), "{refusal:?}");
            }
        }
    }
}
