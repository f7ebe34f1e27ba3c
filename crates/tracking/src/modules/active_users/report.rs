//! The report on this moment.

use ut_core::module::{Question, Source};

pub(super) const QUESTIONS: &[Question] = &[Question { name: "live", source: Source::Live }];
