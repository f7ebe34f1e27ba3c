//! Sessions: how many visits, by how many visitors, and what became of them.

mod report;
#[cfg(test)]
mod tests;

use ut_core::module::{Module, Question};

/// The module.
#[derive(Debug)]
pub struct Sessions;

impl Module for Sessions {
    fn name(&self) -> &'static str {
        "sessions"
    }

    fn questions(&self) -> &'static [Question] {
        report::QUESTIONS
    }
}
