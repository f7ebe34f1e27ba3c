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

/// The module.
#[derive(Debug)]
pub struct ActiveUsers;

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
}
