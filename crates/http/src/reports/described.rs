//! What the routes of questions say of themselves.

use super::query::{Request, Results};
use super::templates::PageTemplates;
use crate::openapi::{Access, Answer, Content, Operation, Parameter, Place, Tag};
use serde_json::{Value, json};
use ut_core::module::Source;
use ut_tracking::modules::MODULES;
use ut_tracking::query;

/// What history says when it does not answer.
const HISTORY: [&str; 5] =
    ["invalid_query", "unknown_site", "history_unavailable", "too_expensive", "query_failed"];

fn asked(name: &'static str, about: &'static str, schema: Value) -> Parameter {
    Parameter::new(Place::Query, name, about, schema)
}

fn text() -> Value {
    json!({ "type": "string" })
}

/// The site and the days.
fn what() -> [Parameter; 3] {
    let day = || json!({ "type": "string", "format": "date" });
    [
        asked("site", "Number or domain.", text()).required().example("1"),
        asked("from", "First day, in site time; with `to`.", day()),
        asked("to", "Last day, inclusive.", day()),
    ]
}

fn named_range() -> Parameter {
    let names = json!({ "type": "string", "enum": ["day", "7d", "30d", "90d", "12mo", "all"] });
    asked("date_range", "Days that end today, or `all`; instead of `from` and `to`.", names).example("7d")
}

pub(super) fn query() -> Operation {
    let example = json!({ "site": 1, "queries": [
        { "metrics": ["visitors", "page_views"], "dimensions": ["page"], "date_range": "7d", "limit": 10 },
    ] });
    Operation::new(Tag::Questions, Access::Reader, "query", "Several questions at once")
        .about(
            "A filter is `[operator, dimension, [values]]` with the operators `is`, `is_not`, `contains`, \
             `contains_not`, `matches`, `matches_not`; `[\"and\" | \"or\", filter, …]`, or `[\"not\", filter]`. \
             `day` is today so far, `7d` are seven days that end today, `12mo` this month and the eleven before, all \
             in site time.",
        )
        .takes([Content::json::<Request>().example(example)])
        .answers(Answer::json::<Results>(200, "One result per question, in their order."))
        .refuses(&["bad_json"])
        .refuses(&HISTORY)
}

pub(super) fn report() -> Operation {
    let names: Vec<_> =
        MODULES.iter().flat_map(|module| module.questions()).map(|question| question.name).collect();
    let name = Parameter::new(Place::Path, "name", "Which one.", json!({ "type": "string", "enum": names }));
    let own =
        MODULES.iter().flat_map(|module| module.questions()).flat_map(|question| match question.source {
            Source::Inquiry { parameters, .. } => parameters,
            _ => &[],
        });
    let own = own.map(|own| asked(own.name, own.about, text()));
    let number = |max: u64| json!({ "type": "integer", "minimum": 0, "maximum": max });
    Operation::new(Tag::Questions, Access::Reader, "report", "A named report")
        .about("The questions that the dashboard asks. As CSV with `format=csv` or `Accept: text/csv`.")
        .parameters([name.example("overview")])
        .parameters(what())
        .parameters([
            named_range(),
            asked("filters", "A filter as of a query, as JSON.", text())
                .example("[\"is\",\"country\",[\"DE\"]]"),
            asked("compare", "With which time.", json!({ "type": "string", "enum": ["previous", "year"] })),
            asked("include_staging", "Count hosts that are not the real shop.", json!({ "type": "boolean" })),
            asked("limit", "Lines, by default 100.", number(10_000)),
            asked("offset", "Lines to skip.", number(i64::MAX.unsigned_abs())),
            asked("format", "How it is written.", json!({ "type": "string", "enum": ["json", "csv"] })),
        ])
        .parameters(own)
        .answers(Answer::of(
            200,
            "The report.",
            vec![Content::json::<query::Answer>(), Content::text("text/csv")],
        ))
        .refuses(&["unknown_report", "bad_request"])
        .refuses(&HISTORY)
}

pub(super) fn page_templates() -> Operation {
    let site =
        Parameter::new(Place::Path, "id", "The site's number or one of its domains.", text()).example("1");
    Operation::new(Tag::Questions, Access::Reader, "page_templates", "Page templates that traffic suggests")
        .about(
            "Learnt from the pages of the last 30 days; what a pattern of the site covers is not suggested.",
        )
        .parameters([site])
        .answers(Answer::json::<PageTemplates>(200, "The patterns, those with the most views first."))
        .refuses(&["bad_request"])
        .refuses(&HISTORY)
}

pub(super) fn export() -> Operation {
    let formats = json!({ "type": "string", "enum": ["ndjson", "csv", "parquet"] });
    Operation::new(Tag::Questions, Access::Reader, "export_events", "Every event, one by one")
        .about(
            "Streamed, in the order of the log: as long as it takes, and never a part of it for the whole. Web vitals are \
             no events of a visitor and not among them.",
        )
        .parameters(what())
        .parameters([named_range(), asked("format", "By default ndjson.", formats)])
        .answers(Answer::of(
            200,
            "The events.",
            vec![
                Content::text("application/x-ndjson"),
                Content::text("text/csv"),
                Content::text("application/vnd.apache.parquet"),
            ],
        ))
        .refuses(&HISTORY)
}
