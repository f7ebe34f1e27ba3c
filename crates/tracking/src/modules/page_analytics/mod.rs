//! Pages: which are looked at, and by how many.

mod report;
mod rules;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use ut_core::event::{Draft, DropReason};
use ut_core::module::{Context, Module, Question, Verdict};

/// The module.
#[derive(Debug)]
pub struct PageAnalytics;

impl Module for PageAnalytics {
    fn name(&self) -> &'static str {
        "page_analytics"
    }

    fn admit(&self, draft: &mut Draft, context: &Context<'_>) -> Verdict {
        draft.page = rules::address(&draft.url).map(Arc::new);
        match &draft.page {
            Some(page) if context.site.excludes_page(&page.hostname, &page.path) => {
                Verdict::Drop(DropReason::Excluded)
            }
            Some(page) => {
                draft.staging = context.site.is_staging(&page.hostname);
                Verdict::Keep
            }
            None if draft.name.is_page_view() => Verdict::Drop(DropReason::NoPage),
            None => Verdict::Keep,
        }
    }

    fn questions(&self) -> &'static [Question] {
        report::QUESTIONS
    }
}
