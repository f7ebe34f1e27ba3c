//! Pages: which are looked at, and by how many.

mod report;
mod rules;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use ut_core::event::{Draft, DropReason};
use ut_core::module::{Context, Module, Question, Verdict};
use ut_core::rights::{Hands, Part, RightsError, Subject, Veil};

/// The module.
#[derive(Debug)]
pub struct PageAnalytics;

#[async_trait::async_trait]
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

    /// What it knows are columns of events and sessions, which history shows.
    async fn export(&self, _: &Subject, _: &Hands<'_>) -> Result<Vec<Part>, RightsError> {
        Ok(Vec::new())
    }

    /// And history takes out.
    async fn forget(&self, _: &Subject, _: Veil, _: &Hands<'_>) -> Result<(), RightsError> {
        Ok(())
    }
}
