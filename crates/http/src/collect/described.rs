//! What the collect routes say of themselves. Bodies are read by hand, so their shape is written by hand (`schema`).

use super::accept::Acknowledgement;
use super::consent::Effective;
use super::identify::Identified;
use super::join::JoinToken;
use super::{kind, schema};
use crate::openapi::{Access, Answer, Content, Operation, Parameter, Place, Tag};
use serde_json::{Value, json};

/// The routes a page of another origin may ask about first, and what these questions are called.
pub(super) const ASKED_BEFORE: [(&str, &str); 14] = [
    ("preflight_send_events", "/ut/e"),
    ("preflight_collect_events", "/collect/events"),
    ("preflight_collect_page", "/collect/page"),
    ("preflight_collect_ecommerce", "/collect/ecommerce"),
    ("preflight_collect_performance", "/collect/performance"),
    ("preflight_send_presence", "/ut/p"),
    ("preflight_collect_presence", "/collect/presence"),
    ("preflight_join_token", "/ut/j"),
    ("preflight_collect_join_token", "/collect/join"),
    ("preflight_identify", "/ut/i"),
    ("preflight_collect_identify", "/collect/identify"),
    ("preflight_choose_consent", "/ut/consent"),
    ("preflight_collect_consent", "/collect/consent"),
    ("preflight_opt_out", "/ut/opt-out"),
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

pub(super) fn join_token(id: &'static str) -> Operation {
    let answer =
        "What the shop's own server sends as `context.join_token`: its events are then this visitor's.";
    Operation::new(Tag::Collect, Access::Shop, id, "A token that stands for this page's visitor")
        .about("Nothing of it is logged or stored; at most 1 KiB.")
        .parameters([origin()])
        .takes(bodies(&schema::bare(), &json!({ "site": "pk_0000000000000000" })))
        .answers(Answer::json::<JoinToken>(200, answer))
        .refuses(&BODY)
        .refuses(&["unsigned_context", "unavailable"])
}

/// What the browser is told to keep of a choice.
fn keeps(answer: &'static str) -> Answer {
    Answer::json::<Effective>(200, answer)
        .header("Set-Cookie", "`_ut_c`, the choice without an identifier; `_ut_id`, set with analytics consent and deleted without.")
}

pub(super) fn consent(id: &'static str) -> Operation {
    let body = json!({
        "site": "pk_0000000000000000",
        "consent": { "analytics": true, "marketing": false, "source": "banner", "at": 1_793_188_800_000_i64 },
        "ids": { "seed": "5f0e9a5e-1111-4222-8333-944455566677" },
    });
    Operation::new(Tag::Collect, Access::Shop, id, "What a visitor agrees to, or takes back")
        .about(
            "Axes that are not named stay as they were chosen before. Per axis the later choice counts (`at`), at equal time \
             the denial. Global Privacy Control denies marketing and personalization whatever is chosen.",
        )
        .parameters([origin()])
        .takes(bodies(&schema::bare(), &body))
        .answers(keeps("What holds from now on."))
        .refuses(&BODY)
        .refuses(&["unsigned_context", "unavailable"])
}

pub(super) fn identify(id: &'static str) -> Operation {
    let answer =
        Answer::json::<Identified>(200, "What is kept is on disk, sealed with a key of this visitor's own.")
            .header("Set-Cookie", "`_ut_id`, of a browser that was another customer's: a new one.")
            .header("RateLimit", "How the sender stands, where there is a limit.")
            .header("RateLimit-Policy", "What the sender may, where there is a limit.");
    Operation::new(Tag::Collect, Access::Shop, id, "Who a visitor is")
        .about(
            "`user`, or that of the only event, whose `name` is `identify`. `external_id` needs analytics consent, everything \
             else marketing consent. It fills in this visitor alone; only with `proof`, or from the shop's own server, are \
             they joined to the customer.",
        )
        .parameters([origin()])
        .takes(bodies(&schema::person(), &schema::person_example()))
        .answers(answer)
        .refuses(&BODY)
        .refuses(&["bad_proof", "other_customer", "too_many_events", "unsigned_context", "unavailable"])
        .refuses(&["store_unavailable"])
}

pub(super) fn opt_out() -> Operation {
    let body = json!({ "site": "pk_0000000000000000", "opted_out": true });
    Operation::new(Tag::Collect, Access::Shop, "opt_out", "Nothing more is collected of this browser")
        .about("In every mode, until `opted_out` is sent as `false`.")
        .parameters([origin()])
        .takes(bodies(&schema::bare(), &body))
        .answers(keeps("What holds from now on."))
        .refuses(&BODY)
        .refuses(&["unavailable"])
}

pub(super) fn preflight(id: &'static str) -> Operation {
    Operation::new(Tag::Collect, Access::Public, id, "May a page of this origin send?")
        .about("A browser's own question (CORS), answered with headers for the site's domains and without for others.")
        .parameters([origin()])
        .answers(Answer::empty(204, "The headers say it."))
}

pub(super) fn privacy_page() -> Operation {
    Operation::new(Tag::Collect, Access::Public, "privacy_page", "What is measured here")
        .about("A page for the visitors of the shop: what is collected of them now, whether their browser's signal is honoured, and the opt-out.")
        .answers(Answer::of(200, "The page.", vec![Content::text("text/html")]))
        .refuses(&["unknown_site"])
}

pub(super) fn privacy() -> Operation {
    let form = json!({
        "type": "object",
        "required": ["opted_out"],
        "properties": { "opted_out": { "type": "string", "enum": ["0", "1"] } },
    });
    Operation::new(Tag::Collect, Access::Public, "privacy", "Opt out, or in again")
        .about("The form of that page.")
        .takes([Content::shaped("application/x-www-form-urlencoded", form)])
        .answers(
            Answer::empty(303, "Back to the page.")
                .header("Location", "The page.")
                .header("Set-Cookie", "`_ut_c`, which names nobody."),
        )
        .refuses(&["wrong_origin", "bad_request", "unknown_site"])
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
