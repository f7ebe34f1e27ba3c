//! The report on pages.

use ut_core::module::{Lines, Question, Source};

pub(super) const QUESTIONS: &[Question] = &[Question {
    name: "pages",
    source: Source::Query {
        dimensions: &["page"],
        metrics: &["page_views", "visitors", "engaged_time_s"],
        lines: Lines::Named,
    },
}];
