//! How fast pages are, as their visitors' browsers measure it.

mod observe;
mod report;
mod rules;
#[cfg(test)]
mod tests;

pub use rules::{Suggestion, regular_expression, suggestions};

use ut_core::event::Frame;
use ut_core::module::{Aged, AgedBy, Migration, Module, Question, RowsContext, Schema};
use ut_core::ports::OlapBatch;
use ut_core::site::Class;

/// The module.
#[derive(Debug)]
pub struct Performance;

impl Module for Performance {
    fn name(&self) -> &'static str {
        "performance"
    }

    fn schema(&self) -> Schema {
        Schema {
            olap: &[Migration {
                number: 2_026_112_301,
                name: "performance_vitals",
                sql: include_str!("sql/2026112301_performance_vitals.olap.sql"),
            }],
            aged: &[Aged { table: "performance_vitals", class: Class::Events, by: AgedBy::Time("ts") }],
            ..Schema::default()
        }
    }

    fn rows(&self, frame: &Frame, context: &RowsContext<'_>, batch: &mut OlapBatch) {
        observe::rows(frame, context, batch);
    }

    fn questions(&self) -> &'static [Question] {
        report::QUESTIONS
    }
}
