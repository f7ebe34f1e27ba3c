//! What the collect routes say of themselves. Bodies are read by hand, so their shape is written by hand (`schema`).

use super::accept::Acknowledgement;
use super::{kind, schema};
use crate::openapi::{Access, Answer, Content, Operation, Parameter, Place, Tag};
use serde_json::{Value, json};

/// The routes a page of another origin may ask about first, and what these questions are called.
pub(super) const ASKED_BEFORE: [(&str, &str); 7] = [
    ("preflight_send_events", "/ut/e"),
    ("preflight_collect_events", "/collect/events"),
    ("preflight_collect_page", "/collect/page"),
    ("preflight_collect_ecommerce", "/collect/ecommerce"),
    ("preflight_collect_performance", "/collect/performance"),
    ("preflight_send_presence", "/ut/p"),
    ("preflight_collect_presence", "/collect/presence"),
];

/// What any body may be refused for.
const BODY: [&str; 7] = [
    "bad_json",
    "invalid_utf8",
    "too_deep",
    "invalid_envelope",
    "media_type",
    "unknown_site",
    "rate_limited",
];

fn origin() -> Parameter {
    let about = "The page's origin, from its browser. It is one of the site's domains.";
    Parameter::new(Place::Header, "Origin", about, json!({ "type": "string" }))
        .example("https://shop.example")
}

/// The same JSON under both media types: `text/plain` needs no CORS preflight.
fn bodies(schema: &Value, example: &Value) -> [Content; 2] {
    ["application/json", "text/plain"]
        .map(|media_type| Content::shaped(media_type, schema.clone()).example(example.clone()))
}

fn taken(operation: Operation) -> Operation {
    let acknowledged = Answer::json::<Acknowledgement>(
        202,
        "What is accepted is on disk. A rejected event says which field and why, and spoils no other.",
    );
    operation
        .parameters([origin()])
        .answers(
            acknowledged
                .header("RateLimit", "How the sender stands, where there is a limit.")
                .header("RateLimit-Policy", "What the sender may, where there is a limit."),
        )
        .refuses(&BODY)
        .refuses(&["unsigned_context", "unavailable"])
}

pub(super) fn batch(id: &'static str) -> Operation {
    let operation = Operation::new(Tag::Collect, Access::Shop, id, "A batch of events").about(
        "At most 100 events of any kind. Of the shop's own server (`site_secret` or `signature`), `consent` is required, \
         `context` is taken, and an event without `id` gets one.",
    );
    taken(operation).takes(bodies(&schema::batch(), &schema::example())).refuses(&["too_many_events"])
}

/// A route that takes one event of its kind.
fn single(id: &'static str, summary: &'static str, kind: kind::Kind, example: Value) -> Operation {
    let operation = Operation::new(Tag::Collect, Access::Shop, id, summary)
        .about("One event, as `event` or as the only one of `events`.");
    let mut envelope = schema::example();
    envelope["events"] = json!([example]);
    taken(operation).takes(bodies(&schema::single(kind), &envelope)).refuses(&["too_many_events"])
}

pub(super) fn page() -> Operation {
    let example = schema::example()["events"][0].clone();
    single("collect_page", "One event of a page", kind::Kind::Page, example)
}

pub(super) fn commerce() -> Operation {
    let example = schema::example()["events"][1].clone();
    single("collect_ecommerce", "One e-commerce event", kind::Kind::Commerce, example)
}

pub(super) fn performance() -> Operation {
    single("collect_performance", "One web vital", kind::Kind::Performance, schema::vital_example())
}

pub(super) fn heartbeat(id: &'static str) -> Operation {
    Operation::new(Tag::Collect, Access::Shop, id, "A visible tab is here")
        .about("Every 15 seconds. Nothing of it is logged or stored; at most 1 KiB.")
        .parameters([origin()])
        .takes(bodies(&schema::heartbeat(), &schema::heartbeat_example()))
        .answers(Answer::empty(204, "Seen."))
        .refuses(&BODY)
        .refuses(&["unsigned_context", "unavailable", "too_many_visitors"])
}

pub(super) fn preflight(id: &'static str) -> Operation {
    Operation::new(Tag::Collect, Access::Public, id, "May a page of this origin send?")
        .about("A browser's own question (CORS), answered with headers for the site's domains and without for others.")
        .parameters([origin()])
        .answers(Answer::empty(204, "The headers say it."))
}

pub(super) fn ignore_page() -> Operation {
    Operation::new(Tag::Collect, Access::Public, "ignore_page", "\"Do not count me\"")
        .about("A page for the people of the shop, who take their browser out of the numbers.")
        .answers(Answer::of(200, "The page.", vec![Content::text("text/html")]))
}

pub(super) fn ignore() -> Operation {
    let form = json!({
        "type": "object",
        "required": ["ignore"],
        "properties": { "ignore": { "type": "string", "enum": ["0", "1"] } },
    });
    Operation::new(Tag::Collect, Access::Public, "ignore", "Count this browser, or not")
        .about("The form of that page.")
        .takes([Content::shaped("application/x-www-form-urlencoded", form)])
        .answers(
            Answer::empty(303, "Back to the page.")
                .header("Location", "The page.")
                .header("Set-Cookie", "`ut_ignore`, which names nobody."),
        )
        .refuses(&["wrong_origin", "bad_request"])
}
