//! A module for tests: custom events counted by mood.

mod observe;
mod report;
mod rules;

use ut_core::event::{Draft, Frame};
use ut_core::module::{
    Aged, AgedBy, Context, Migration, Module, Question, Rollup, RowsContext, Schema, Verdict,
};
use ut_core::ports::OlapBatch;
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};
use ut_core::site::Class;

/// The module.
#[derive(Debug)]
pub struct Guestbook;

#[async_trait::async_trait]
impl Module for Guestbook {
    fn name(&self) -> &'static str {
        "guestbook"
    }

    fn schema(&self) -> Schema {
        Schema {
            olap: &[Migration {
                number: 2_026_112_290,
                name: "guestbook_signatures",
                sql: include_str!("sql/schema.olap.sql"),
            }],
            transactional: &[],
            rollups: &[Rollup {
                table: "guestbook_mood",
                delete: include_str!("sql/mood_delete.sql"),
                rebuild: include_str!("sql/mood_rebuild.sql"),
            }],
            aged: &[
                Aged { table: "guestbook_signatures", class: Class::Events, by: AgedBy::Time("ts") },
                Aged { table: "guestbook_mood", class: Class::Sums, by: AgedBy::Day("day") },
            ],
        }
    }

    fn admit(&self, draft: &mut Draft, _context: &Context<'_>) -> Verdict {
        if let Some(mood) = rules::mood(draft) {
            draft.facts.push(("guestbook.mood".to_owned(), mood));
        }
        Verdict::Keep
    }

    fn rows(&self, frame: &Frame, context: &RowsContext<'_>, batch: &mut OlapBatch) {
        observe::rows(frame, context, batch);
    }

    fn questions(&self) -> &'static [Question] {
        report::QUESTIONS
    }

    /// Its signatures say when somebody was in which mood, and not who.
    async fn export(&self, _: &Subject, _: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        Ok(Vec::new())
    }

    async fn forget(&self, _: &Subject, _: Veil, _: &Hands<'_>) -> Result<(), RightsError> {
        Ok(())
    }
}
