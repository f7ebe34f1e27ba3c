//! A JSON Schema in words.

use super::{escaped, list, members, prose, put, text};
use serde_json::Value;

/// What kind of value it is, in a few words.
pub(super) fn line(schema: &Value) -> String {
    let mut parts = Vec::new();
    if let Some(name) = named(schema) {
        parts.push(format!("<a href=\"#schema-{0}\">{0}</a>", escaped(name)));
    }
    parts.extend(kinds(schema));
    for word in ["anyOf", "oneOf"] {
        let ways: Vec<_> = list(&schema[word]).iter().map(line).filter(|way| !way.is_empty()).collect();
        if !ways.is_empty() {
            parts.push(ways.join(" or "));
        }
    }
    parts.extend(limits(schema));
    parts.join(", ")
}

/// Its members, one a line; nothing for what has none.
pub(super) fn table(schema: &Value) -> String {
    let required = list(&schema["required"]);
    let mut html = String::new();
    for (name, member) in members(&schema["properties"]) {
        let needed = if required.iter().any(|one| one == name) { " <small>required</small>" } else { "" };
        let about = prose(text(&member["description"]));
        put(
            &mut html,
            &format!("<dt><code>{}</code>{needed}</dt><dd>{} {about}</dd>", escaped(name), line(member)),
        );
    }
    if html.is_empty() { html } else { format!("<dl class=\"members\">{html}</dl>") }
}

fn named(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

/// Types, and of what a list or a map is made.
fn kinds(schema: &Value) -> Option<String> {
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let kinds = kinds.join(" or ");
    let of = if schema["items"].is_object() { line(&schema["items"]) } else { String::new() };
    Some(if of.is_empty() { kinds } else { format!("{kinds} of {of}") })
}

fn limits(schema: &Value) -> Vec<String> {
    const WORDS: [(&str, &str); 9] = [
        ("format", "format"),
        ("const", "always"),
        ("default", "by default"),
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minItems", "entries at least"),
        ("maxItems", "entries at most"),
        ("maxLength", "characters at most"),
        ("pattern", "like"),
    ];
    let mut said: Vec<_> = WORDS
        .iter()
        .filter(|(word, _)| !schema[word].is_null())
        .map(|(word, meaning)| {
            let value = schema[word].as_str().map_or_else(|| schema[word].to_string(), str::to_owned);
            format!("{meaning} <code>{}</code>", escaped(&value))
        })
        .collect();
    let allowed: Vec<_> = list(&schema["enum"])
        .iter()
        .map(|value| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("<code>{}</code>", escaped(&value))
        })
        .collect();
    if !allowed.is_empty() {
        said.push(format!("one of {}", allowed.join(" ")));
    }
    said
}
