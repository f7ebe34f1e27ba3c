//! The reports on sessions.

use ut_core::module::Question;

pub(super) const QUESTIONS: &[Question] = &[Question {
    name: "overview",
    dimensions: &["time"],
    sql: include_str!("sql/overview.sql"),
    totals: include_str!("sql/overview_totals.sql"),
}];
