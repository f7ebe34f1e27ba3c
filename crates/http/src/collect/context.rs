//! Whom a server-to-server call is about.

use super::field::{Refusal, object, read, text, uuid};
use super::head::MAX_AGENT;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::net::IpAddr;
use uuid::Uuid;

/// What a shop's own server says of the visitor it speaks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Context {
    /// The visitor's address.
    pub(super) ip: Option<IpAddr>,
    /// The visitor's browser.
    pub(super) user_agent: Option<String>,
    /// What their browser was given to be known by.
    pub(super) join_token: Option<String>,
    /// Who they are by their cookie.
    pub(super) visitor_id: Option<Uuid>,
}

/// A token has 126 characters; one of a later version may have more.
pub(super) const MAX_JOIN_TOKEN: usize = 256;

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    ip: Option<&'a RawValue>,
    #[serde(borrow)]
    user_agent: Option<&'a RawValue>,
    #[serde(borrow)]
    join_token: Option<&'a RawValue>,
    #[serde(borrow)]
    visitor_id: Option<&'a RawValue>,
    #[serde(borrow)]
    session_id: Option<&'a RawValue>,
}

/// Parses `context`. `session_id` is checked; nobody is found by it.
pub(super) fn parse(raw: &RawValue) -> Result<Context, Refusal> {
    let raw: Raw<'_> = object("context", raw, "an object")?;
    let ip = raw.ip.map(|ip| read::<IpAddr>("context.ip", ip, "an IP address")).transpose()?;
    let agent = raw.user_agent.map(|agent| text("context.user_agent", agent, MAX_AGENT)).transpose()?;
    let token = raw.join_token.map(|token| text("context.join_token", token, MAX_JOIN_TOKEN)).transpose()?;
    let visitor_id = raw.visitor_id.map(|id| uuid("context.visitor_id", id)).transpose()?;
    if let Some(session) = raw.session_id {
        let session: String = read("context.session_id", session, "16 hex digits")?;
        if session.len() != 16 || !session.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Refusal::new("context.session_id", "wrong_type", "must be 16 hex digits"));
        }
    }
    Ok(Context {
        ip: ip.map(|ip| ip.to_canonical()),
        user_agent: agent.map(Cow::into_owned),
        join_token: token.map(Cow::into_owned),
        visitor_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_optional_and_checked() {
        let parse = |text: &str| parse(&RawValue::from_string(text.to_owned()).unwrap());
        let whole = parse(
            r#"{"ip":"::ffff:203.0.113.9","user_agent":"x","join_token":"t","visitor_id":"0193f2f4-0000-7000-8000-000000000000",
                "session_id":"00ab00ab00ab00ab","later":1}"#,
        );
        let ip = "203.0.113.9".parse().ok();
        let (user_agent, join_token) = (Some("x".to_owned()), Some("t".to_owned()));
        let visitor_id = "0193f2f4-0000-7000-8000-000000000000".parse().ok();
        assert_eq!(whole, Ok(Context { ip, user_agent, join_token, visitor_id }));
        assert_eq!(parse("{}"), Ok(Context::default()));
        assert_eq!(parse(r#"{"ip":null}"#), Ok(Context::default()));
        for (text, field) in [
            ("[]", "context"),
            ("1", "context"),
            (r#"{"ip":1}"#, "context.ip"),
            (r#"{"ip":"203.0.113.9:80"}"#, "context.ip"),
            (r#"{"user_agent":{}}"#, "context.user_agent"),
            (r#"{"join_token":1}"#, "context.join_token"),
            (r#"{"visitor_id":"x"}"#, "context.visitor_id"),
            (r#"{"session_id":"x"}"#, "context.session_id"),
            (r#"{"session_id":"+0ab00ab00ab00ab"}"#, "context.session_id"),
        ] {
            assert_eq!(parse(text).unwrap_err().field, field, "{text}");
        }
    }
}
