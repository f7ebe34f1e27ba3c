//! The reports on sessions.

use ut_core::module::{Lines, Question, Source};

pub(super) const QUESTIONS: &[Question] = &[
    Question {
        name: "overview",
        source: Source::Query {
            dimensions: &["time"],
            metrics: &[
                "visitors",
                "sessions",
                "page_views",
                "events",
                "views_per_session",
                "bounce_rate",
                "session_duration_s",
                "engaged_time_s",
            ],
            lines: Lines::All,
        },
    },
    of("entry_pages", &["entry_page"], Lines::Named),
    of("exit_pages", &["exit_page"], Lines::Named),
    of("sources", &["source"], Lines::All),
    of("channels", &["channel"], Lines::All),
    of("campaigns", &["campaign", "source", "medium"], Lines::Named),
    of("countries", &["country"], Lines::All),
    of("devices", &["device_type"], Lines::All),
];

/// Who came, and what became of their sessions.
const fn of(name: &'static str, dimensions: &'static [&'static str], lines: Lines) -> Question {
    let metrics = &["visitors", "sessions", "bounce_rate", "views_per_session", "engaged_time_s"];
    Question { name, source: Source::Query { dimensions, metrics, lines } }
}
