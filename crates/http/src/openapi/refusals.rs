//! Errors in the document: status and meaning of a code are those of `docs/errors.md`.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const TABLE: &str = include_str!("../../../../docs/errors.md");
/// The surface checks these before any route.
const EVERYWHERE: [&str; 2] = ["uri_too_long", "headers_too_large"];

/// Status and meaning by code.
fn known() -> BTreeMap<&'static str, (u16, &'static str)> {
    let lines = TABLE.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.strip_suffix(" |")?.splitn(3, " | ");
        let code = cells.next()?.strip_suffix('`')?;
        let status = cells.next()?.parse().ok()?;
        Some((code, (status, cells.next()?)))
    });
    lines.collect()
}

/// The answers that tell of `codes`, by status.
pub(super) fn responses(codes: &[(&'static str, Option<u16>)]) -> Map<String, Value> {
    let known = known();
    let mut by_status: BTreeMap<u16, Vec<(&str, &str)>> = BTreeMap::new();
    for (code, another) in codes.iter().copied().chain(EVERYWHERE.map(|code| (code, None))) {
        let Some((status, meaning)) = known.get(code).copied() else { continue };
        let codes = by_status.entry(another.unwrap_or(status)).or_default();
        if !codes.iter().any(|(known, _)| *known == code) {
            codes.push((code, meaning));
        }
    }
    by_status.into_iter().map(|(status, codes)| (status.to_string(), response(status, &codes))).collect()
}

/// One answer: which codes it may have.
fn response(status: u16, codes: &[(&str, &str)]) -> Value {
    let lines: Vec<_> = codes.iter().map(|(code, meaning)| format!("* `{code}`: {meaning}")).collect();
    let types: Vec<_> =
        codes.iter().map(|(code, _)| format!("urn:universal-tracking:error:{code}")).collect();
    let mut response = json!({
        "description": lines.join("\n"),
        "content": { "application/problem+json": { "schema": {
            "$ref": "#/components/schemas/Problem",
            "properties": { "type": { "enum": types }, "status": { "const": status } },
        } } },
    });
    if matches!(status, 429 | 503) {
        response["headers"] = json!({ "Retry-After": {
            "description": "Seconds after which the same may be tried again.",
            "schema": { "type": "integer", "minimum": 1 },
        } });
    }
    response
}

/// Is there such a code of a whole request?
#[cfg(test)]
pub(super) fn is_known(code: &str) -> bool {
    known().contains_key(code)
}
