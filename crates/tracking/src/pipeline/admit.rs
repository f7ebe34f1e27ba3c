//! The pure stage: every module looks at a draft in turn; the first that drops it decides.

use ut_core::event::{Draft, DropReason};
use ut_core::module::{Context, Module, Verdict};

pub(super) fn admit(
    modules: &[&dyn Module],
    draft: &mut Draft,
    context: &Context<'_>,
) -> Result<(), DropReason> {
    for module in modules {
        if let Verdict::Drop(reason) = module.admit(draft, context) {
            return Err(reason);
        }
    }
    Ok(())
}
