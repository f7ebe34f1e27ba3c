//! The shape of what the door reads, as JSON Schema (2020-12): in the OpenAPI document, and as
//! `contract/event.schema.json`.
//!
//! The door reads by hand, for speed and for errors that name one field of one event; `contract/golden` keeps the two
//! together. What a schema cannot say (lengths in bytes, NUL, how old a time may be) the door says itself.

use super::context::MAX_JOIN_TOKEN;
use super::event::{MAX_PROPS, MAX_TITLE, MAX_URL};
use super::item::{MAX_ITEMS, MAX_TEXT};
use super::kind::{IDENTIFY, Kind};
use super::vital::{MAX_ID, MAX_NAVIGATION_TYPE, RATINGS};
use super::{MAX_EVENTS, envelope, person};
use serde_json::{Map, Value, json};
use ut_core::event::{Vital, VitalMetric};
use ut_tracking::people::FieldName;

/// Where named parts are found in the OpenAPI document.
const COMPONENTS: &str = "#/components/schemas/";

/// The body of a batch.
pub(crate) fn batch() -> Value {
    json!({ "$ref": format!("{COMPONENTS}Batch") })
}

/// The body of a route that takes one event of its kind.
pub(super) fn single(kind: Kind) -> Value {
    let event = json!({
        "$ref": format!("{COMPONENTS}Event"),
        "properties": { "name": { "enum": kind.names() } },
    });
    json!({
        "$ref": format!("{COMPONENTS}Envelope"),
        "oneOf": [
            { "required": ["event"], "properties": { "event": event, "events": false } },
            { "required": ["events"], "properties": {
                "event": false,
                "events": { "type": "array", "items": event, "minItems": 1, "maxItems": 1 },
            } },
        ],
    })
}

/// The body of a heartbeat.
pub(super) fn heartbeat() -> Value {
    json!({
        "$ref": format!("{COMPONENTS}Envelope"),
        "properties": {
            "url": { "type": ["string", "null"], "maxLength": 1024, "description": "The page's address." },
            "page_view": { "type": ["string", "null"], "format": "uuid" },
        },
    })
}

/// What is told of a visitor.
pub(super) fn person() -> Value {
    let user = json!({ "$ref": format!("{COMPONENTS}User") });
    let event = json!({
        "type": "object",
        "required": ["name", "user"],
        "properties": { "name": { "const": IDENTIFY }, "user": user },
    });
    json!({
        "$ref": format!("{COMPONENTS}Envelope"),
        "oneOf": [
            { "required": ["user"], "properties": { "user": user, "event": false, "events": false } },
            { "required": ["event"], "properties": { "user": false, "event": event, "events": false } },
            { "required": ["events"], "properties": {
                "user": false,
                "event": false,
                "events": { "type": "array", "items": event, "minItems": 1, "maxItems": 1 },
            } },
        ],
    })
}

/// An envelope around nothing.
pub(super) fn bare() -> Value {
    json!({ "$ref": format!("{COMPONENTS}Envelope") })
}

/// A batch as a document of its own.
#[cfg(test)]
pub(crate) fn standalone() -> Value {
    let mut parts = definitions("#/$defs/");
    // No event: see `/collect/identify`.
    parts.remove("User");
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A batch of events",
        "$ref": "#/$defs/Batch",
        "$defs": parts,
    })
}

/// The named parts, for a document that keeps them under `base`.
pub(crate) fn definitions(base: &str) -> Map<String, Value> {
    let of = |name: &str| json!({ "$ref": format!("{base}{name}") });
    let batch = json!({
        "description": "Events and what they share.",
        "$ref": format!("{base}Envelope"),
        "required": ["events"],
        "properties": { "events": { "type": "array", "items": of("Event"), "maxItems": MAX_EVENTS } },
    });
    [
        ("Batch", batch),
        ("Envelope", envelope(&of)),
        ("Consent", consent()),
        ("Context", context()),
        ("Event", event(&of)),
        ("User", user()),
        ("Item", item(&of)),
        ("Amount", amount()),
    ]
    .map(|(name, schema)| (name.to_owned(), schema))
    .into_iter()
    .collect()
}

fn envelope(of: &dyn Fn(&str) -> Value) -> Value {
    let word = |about: &str| json!({ "type": ["string", "null"], "maxLength": envelope::MAX_WORD, "description": about });
    let side = || json!({ "type": "integer", "minimum": 0, "maximum": u16::MAX });
    json!({
        "type": "object",
        "description": "What the events of one request share. Unknown members are left alone.",
        "required": ["site"],
        "properties": {
            "site": { "type": "string", "maxLength": envelope::MAX_WORD, "description": "The site's key, `pk_…`." },
            "sent_at": { "type": ["integer", "null"], "minimum": i64::MIN, "maximum": i64::MAX,
                "description": "The sender's clock at this attempt, Unix milliseconds: how wrong it is, is corrected." },
            "tz": word("Time zone, IANA name."),
            "lang": word("The browser's language."),
            "viewport": { "type": ["array", "null"], "prefixItems": [side(), side()], "minItems": 2, "maxItems": 2,
                "description": "Width and height in CSS pixels." },
            "consent": { "anyOf": [of("Consent"), { "type": "null" }] },
            "ids": { "type": ["object", "null"], "description": "Ids of the browser.",
                "properties": { "seed": { "type": ["string", "null"], "format": "uuid", "description": "Drawn by the browser: requests that it sends at once, before it has a cookie, end with one id." } } },
            "webdriver": { "type": ["boolean", "null"], "description": "A program drives the browser." },
            "touch_points": { "type": ["integer", "null"], "minimum": 0, "maximum": u8::MAX,
                "description": "`navigator.maxTouchPoints`." },
            "context": { "anyOf": [of("Context"), { "type": "null" }] },
        },
    })
}

fn consent() -> Value {
    let axis = || json!({ "type": ["boolean", "null"] });
    json!({
        "type": "object",
        "description": "What the visitor agreed to. Required of the shop's own server, which speaks for somebody else.",
        "properties": {
            "analytics": axis(),
            "marketing": axis(),
            "personalization": axis(),
            "source": { "type": ["string", "null"], "description": "Who asked: `api`, `banner`, `cmp`, `gcm`, `tcf`, `gpp`; `gpc` for the browser itself." },
            "at": { "type": ["integer", "null"], "description": "When, Unix milliseconds. Without it a grant counts as older than any choice." },
            "policy_version": { "type": ["string", "null"], "maxLength": 64, "description": "Of a choice: the policy that was shown." },
        },
    })
}

fn context() -> Value {
    json!({
        "type": "object",
        "description": "Whom a signed call of the shop's own server is about. Refused of pages.",
        "properties": {
            "ip": { "type": ["string", "null"], "anyOf": [{ "format": "ipv4" }, { "format": "ipv6" }, { "type": "null" }] },
            "user_agent": { "type": ["string", "null"], "maxLength": 1024 },
            "join_token": { "type": ["string", "null"], "maxLength": MAX_JOIN_TOKEN,
                "description": "What `joinToken()` gave to the visitor's browser: the events are theirs." },
            "visitor_id": { "type": ["string", "null"], "format": "uuid" },
            "session_id": { "type": ["string", "null"], "pattern": "^[0-9a-fA-F]{16}$" },
        },
    })
}

fn event(of: &dyn Fn(&str) -> Value) -> Value {
    let text = |max: usize, about: &str| json!({ "type": ["string", "null"], "maxLength": max, "description": about });
    let named = |name: &str, needs: &str| {
        json!({
            "if": { "properties": { "name": { "const": name } } },
            "then": { "required": [needs], "properties": { needs: { "type": "string" } } },
        })
    };
    json!({
        "type": "object",
        "description": "GA4's names and parameters. Parameters without a meaning here are kept as text, like those in `props`.",
        "required": ["id", "name", "ts"],
        "properties": {
            "id": { "type": "string", "format": "uuid",
                "description": "Made by the sender: the same id again is the same event. Only a signed call may leave it out." },
            "name": { "type": "string", "pattern": "^[a-z][a-z0-9_]{0,63}$", "not": { "const": IDENTIFY } },
            "ts": { "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX,
                "description": "When it happened, Unix milliseconds: at most 7 days back and 10 minutes ahead." },
            "page_view": { "type": ["string", "null"], "format": "uuid", "description": "The page view it belongs to." },
            "seq": { "type": ["integer", "null"], "minimum": 0, "maximum": u32::MAX, "description": "Its place in its page view." },
            "url": { "type": ["string", "null"], "maxLength": MAX_URL, "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?:",
                "description": "The page. Of its parameters only `utm_*` and the site's own list are kept." },
            "referrer": text(MAX_URL, "The page before."),
            "title": text(MAX_TITLE, "The page's title."),
            "value": { "description": "Money; of `web_vital` the metric's value so far, a number." },
            "currency": { "type": ["string", "null"], "pattern": "^[A-Za-z]{3}$", "description": "ISO 4217." },
            "items": { "type": ["array", "null"], "items": of("Item"), "maxItems": MAX_ITEMS },
            "props": { "type": ["object", "null"], "maxProperties": MAX_PROPS,
                "propertyNames": { "minLength": 0, "maxLength": 64 },
                "description": "Further parameters, each at most 1 KiB." },
            "engagement_ms": { "description": "Of `engagement`: time with the page so far." },
            "scroll_pct": { "description": "Of `engagement`: how far the page was seen, 0 to 100." },
        },
        "allOf": [named("page_view", "url"), named("engagement", "page_view"), vital(of)],
    })
}

fn user() -> Value {
    let proof = json!({ "type": ["string", "null"], "pattern": "^[0-9a-fA-F]{64}$",
        "description": "In hex, HMAC-SHA256 under the site's secret of `external_id`: made by the shop's server for whom it has logged in." });
    let field = |name: FieldName| {
        let mut schema = json!({ "type": ["string", "null"], "maxLength": person::most(name) });
        let (keyword, value) = match name {
            FieldName::Email => ("pattern", "^\\s*(\\S+@[^\\s@]+\\s*)?$"),
            FieldName::Country => ("pattern", "^\\s*([A-Za-z]{2}\\s*)?$"),
            FieldName::BirthDate => ("pattern", "^\\s*([0-9]{4}-[0-9]{2}-[0-9]{2}\\s*)?$"),
            FieldName::ExternalId => {
                ("description", "The shop's own name for the customer. Compared without space around it.")
            }
            _ => return (name.as_str().to_owned(), schema),
        };
        schema[keyword] = value.into();
        (name.as_str().to_owned(), schema)
    };
    let fields: Map<String, Value> =
        FieldName::ALL.into_iter().map(field).chain([("proof".to_owned(), proof)]).collect();
    json!({
        "type": "object",
        "description": "Who a visitor is. What is null or empty was not told.",
        "additionalProperties": false,
        "properties": fields,
        "if": { "required": ["proof"], "properties": { "proof": { "type": "string" } } },
        "then": { "required": ["external_id"], "properties": { "external_id": { "type": "string", "pattern": "\\S" } } },
    })
}

/// What makes a `web_vital`; of any other event, `value` is money.
fn vital(of: &dyn Fn(&str) -> Value) -> Value {
    let metric = |metrics: &[VitalMetric], most: f64| {
        json!({
            "if": { "properties": { "metric": { "enum": metrics.iter().map(|one| one.as_str()).collect::<Vec<_>>() } } },
            "then": { "properties": {
                "value": { "type": "number", "minimum": 0, "maximum": most },
                "delta": { "type": ["number", "null"], "minimum": -most, "maximum": most },
            } },
        })
    };
    let (shift, times): (Vec<_>, Vec<_>) =
        VitalMetric::ALL.into_iter().partition(|one| *one == VitalMetric::Cls);
    json!({
        "if": { "properties": { "name": { "const": Vital::EVENT } } },
        "then": {
            "required": ["metric", "value", "metric_id"],
            "properties": {
                "metric": { "enum": VitalMetric::ALL.map(VitalMetric::as_str) },
                "metric_id": { "type": "string", "minLength": 1, "maxLength": MAX_ID,
                    "description": "Names this instance of the metric: of its reports the greatest value counts." },
                "rating": { "enum": [RATINGS[0], RATINGS[1], RATINGS[2], null] },
                "navigation_type": { "type": ["string", "null"], "pattern": "^[a-z-]*$", "maxLength": MAX_NAVIGATION_TYPE },
                "attribution": { "type": ["object", "null"], "description": "Where the value comes from; kept like `props`." },
            },
            "allOf": [metric(&times, VitalMetric::Lcp.most()), metric(&shift, VitalMetric::Cls.most())],
        },
        "else": { "properties": { "value": { "anyOf": [of("Amount"), { "type": "null" }] } } },
    })
}

fn item(of: &dyn Fn(&str) -> Value) -> Value {
    let text = || json!({ "type": ["string", "null"], "maxLength": MAX_TEXT });
    let present = |name: &str, kinds: Value| json!({ "required": [name], "properties": { name: kinds } });
    json!({
        "type": "object",
        "description": "What is looked at, put into the cart, bought. Further fields are kept as text.",
        "properties": {
            "item_id": { "type": ["string", "number", "boolean", "null"], "maxLength": MAX_TEXT },
            "item_name": text(),
            "item_brand": text(),
            "item_category": text(),
            "item_variant": text(),
            "price": { "anyOf": [of("Amount"), { "type": "null" }] },
            "quantity": { "type": ["integer", "null"], "minimum": 0, "maximum": u32::MAX, "default": 1 },
        },
        "anyOf": [
            present("item_id", json!({ "type": ["string", "number", "boolean"], "minLength": 1 })),
            present("item_name", json!({ "type": "string", "minLength": 1 })),
        ],
    })
}

fn amount() -> Value {
    json!({
        "description": "An exact decimal: at most 4 decimals, within ± 900,000,000,000,000.",
        "anyOf": [
            { "type": "string", "pattern": "^-?[0-9]{1,15}(\\.[0-9]{1,4})?$" },
            { "type": "number", "minimum": -900_000_000_000_000_i64, "maximum": 900_000_000_000_000_i64 },
        ],
    })
}

/// A batch as a shop sends it.
pub(super) fn example() -> Value {
    json!({
        "site": "pk_0000000000000000", "sent_at": 1_763_800_000_123_i64, "tz": "Europe/Berlin", "lang": "de-DE",
        "viewport": [390, 844],
        "consent": { "analytics": true, "marketing": false, "source": "banner" },
        "events": [
            { "id": "0193f2f4-9c1e-7a53-b2d1-5f0d6a3c9e01", "name": "page_view", "ts": 1_763_800_000_000_i64,
              "page_view": "0193f2f4-9c1e-7a53-b2d1-5f0d6a3c9e00", "seq": 1,
              "url": "https://shop.example/p/42?utm_source=x", "referrer": "https://www.google.com/", "title": "Chair" },
            { "id": "0193f2f4-9c1e-7a53-b2d1-5f0d6a3c9e02", "name": "view_item", "ts": 1_763_800_000_100_i64,
              "page_view": "0193f2f4-9c1e-7a53-b2d1-5f0d6a3c9e00", "seq": 2,
              "url": "https://shop.example/p/42", "value": "59.90", "currency": "EUR",
              "items": [{ "item_id": "42", "item_name": "Chair", "price": "59.90", "quantity": 1 }],
              "props": { "list": "search" } },
        ],
    })
}

/// A person as a shop's page tells of them.
pub(super) fn person_example() -> Value {
    json!({
        "site": "pk_0000000000000000",
        "consent": { "analytics": true, "marketing": true, "source": "banner" },
        "user": { "email": "ann@shop.example", "first_name": "Ann", "country": "DE", "external_id": "4711" },
    })
}

/// A web vital as the tracker sends it.
pub(super) fn vital_example() -> Value {
    json!({
        "id": "0193f2f4-9c1e-7a53-b2d1-5f0d6a3c9e03", "name": "web_vital", "ts": 1_763_800_000_200_i64,
        "page_view": "0193f2f4-9c1e-7a53-b2d1-5f0d6a3c9e00", "url": "https://shop.example/p/42",
        "metric": "LCP", "value": 1834.5, "delta": 1834.5, "rating": "good",
        "metric_id": "v5-1763800000000-1234567890123", "navigation_type": "navigate",
        "attribution": { "target": "#hero>img" },
    })
}

/// A heartbeat as the tracker sends it.
pub(super) fn heartbeat_example() -> Value {
    json!({
        "site": "pk_0000000000000000", "page_view": "0193f2f4-9c1e-7a53-b2d1-5f0d6a3c9e00",
        "url": "https://shop.example/p/42", "consent": { "analytics": false, "marketing": false },
    })
}
