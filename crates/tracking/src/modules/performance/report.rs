//! The reports on how fast pages are, and what makes them slow.

use ut_core::module::{Lines, Question, Source};

pub(super) const QUESTIONS: &[Question] = &[
    Question {
        name: "performance",
        source: Source::Query {
            dimensions: &["page_template"],
            metrics: &[
                "samples_lcp",
                "p75_lcp",
                "samples_inp",
                "p75_inp",
                "samples_cls",
                "p75_cls",
                "samples_fcp",
                "p75_fcp",
                "samples_ttfb",
                "p75_ttfb",
            ],
            lines: Lines::All,
        },
    },
    // The metrics that are caused by an element.
    Question {
        name: "performance_targets",
        source: Source::Query {
            dimensions: &["target"],
            metrics: &["samples_lcp", "p75_lcp", "samples_inp", "p75_inp", "samples_cls", "p75_cls"],
            lines: Lines::Named,
        },
    },
];
