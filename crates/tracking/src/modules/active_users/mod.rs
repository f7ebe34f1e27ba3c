//! Who is here now.

mod observe;
mod report;
mod rules;
#[cfg(test)]
mod tests;

pub use rules::Ema;

use ut_core::event::Frame;
use ut_core::module::{Module, Question};
use ut_core::ports::LiveBatch;
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};

/// The module.
#[derive(Debug)]
pub struct ActiveUsers;

#[async_trait::async_trait]
impl Module for ActiveUsers {
    fn name(&self) -> &'static str {
        "active_users"
    }

    fn live(&self, frame: &Frame, batch: &mut LiveBatch) {
        observe::live(frame, batch);
    }

    fn questions(&self) -> &'static [Question] {
        report::QUESTIONS
    }

    async fn export(&self, subject: &Subject, hands: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        Ok(vec![observe::export(subject, hands).await?])
    }

    /// The live picture is forgotten with the open sessions, by the one who holds both.
    async fn forget(&self, _: &Subject, _: Veil, _: &Hands<'_>) -> Result<(), RightsError> {
        Ok(())
    }
}
