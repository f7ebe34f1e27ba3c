//! How fast pages are, as their visitors' browsers measure it.

mod observe;
mod report;
mod rules;
#[cfg(test)]
mod tests;

pub use rules::{Suggestion, regular_expression, suggestions};

use crate::history::subject;
use ut_core::event::Frame;
use ut_core::module::{Aged, AgedBy, Migration, Module, Question, RowsContext, Schema};
use ut_core::ports::OlapBatch;
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};
use ut_core::site::Class;

/// The module.
#[derive(Debug)]
pub struct Performance;

#[async_trait::async_trait]
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

    async fn export(&self, subject: &Subject, hands: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        let sql = include_str!("sql/subject_vitals.sql");
        Ok(vec![subject::part(hands.deps, "web_vitals", sql, subject).await?])
    }

    /// How fast pages were goes on to count.
    async fn forget(&self, subject: &Subject, veil: Veil, hands: &Hands<'_>) -> Result<(), RightsError> {
        let params = subject::params(subject, veil);
        Ok(hands.deps.olap.execute(include_str!("sql/veil_vitals.sql"), &params).await?)
    }
}
