//! The reports on pages.

use ut_core::module::Question;

pub(super) const QUESTIONS: &[Question] = &[Question {
    name: "pages",
    dimensions: &["page"],
    sql: include_str!("sql/pages.sql"),
    totals: include_str!("sql/pages_totals.sql"),
}];
