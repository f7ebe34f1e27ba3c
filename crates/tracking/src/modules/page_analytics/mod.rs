//! Pages: which are looked at, and by how many.

mod report;
mod rules;
#[cfg(test)]
mod tests;

use ut_core::event::{Draft, DropReason};
use ut_core::module::{Context, Module, Question, Verdict};

/// The module.
#[derive(Debug)]
pub struct PageAnalytics;

impl Module for PageAnalytics {
    fn name(&self) -> &'static str {
        "page_analytics"
    }

    fn admit(&self, draft: &mut Draft, _context: &Context<'_>) -> Verdict {
        draft.page = rules::address(&draft.url).map(std::sync::Arc::new);
        if draft.name.is_page_view() && draft.page.is_none() {
            return Verdict::Drop(DropReason::NoPage);
        }
        Verdict::Keep
    }

    fn questions(&self) -> &'static [Question] {
        report::QUESTIONS
    }
}
