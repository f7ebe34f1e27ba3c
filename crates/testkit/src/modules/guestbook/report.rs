//! The report of the guestbook.

use ut_core::module::{Question, Source};

pub(super) const QUESTIONS: &[Question] = &[Question {
    name: "guestbook",
    source: Source::Statement {
        dimensions: &["mood"],
        sql: include_str!("sql/guestbook.sql"),
        totals: include_str!("sql/guestbook_totals.sql"),
    },
}];
