//! Sessions: how many visits, by how many visitors, and what became of them.

mod report;
#[cfg(test)]
mod tests;

use ut_core::module::{Module, Question};
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};

/// The module.
#[derive(Debug)]
pub struct Sessions;

#[async_trait::async_trait]
impl Module for Sessions {
    fn name(&self) -> &'static str {
        "sessions"
    }

    fn questions(&self) -> &'static [Question] {
        report::QUESTIONS
    }

    /// What it knows are columns of events and sessions, which history shows.
    async fn export(&self, _: &Subject, _: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        Ok(Vec::new())
    }

    /// And history takes out.
    async fn forget(&self, _: &Subject, _: Veil, _: &Hands<'_>) -> Result<(), RightsError> {
        Ok(())
    }
}
