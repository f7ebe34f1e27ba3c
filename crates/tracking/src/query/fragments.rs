//! The metrics and dimensions that exist, read from `sql/fragments.sql`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The table a query is computed from; in the order of preference: the smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    PageDay,
    Sessions,
    Events,
}

impl Scope {
    pub(super) const ALL: [Self; 3] = [Self::PageDay, Self::Sessions, Self::Events];

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "page_day" => Self::PageDay,
            "sessions" => Self::Sessions,
            "events" => Self::Events,
            _ => return None,
        })
    }

    /// The statement with places for columns, group and order.
    pub(super) const fn frame(self) -> &'static str {
        match self {
            Self::PageDay => include_str!("sql/from_page_day.sql"),
            Self::Sessions => include_str!("sql/from_sessions.sql"),
            Self::Events => include_str!("sql/from_events.sql"),
        }
    }
}

/// Expressions by name and scope.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    pub(super) metrics: BTreeMap<&'static str, BTreeMap<Scope, &'static str>>,
    pub(super) dimensions: BTreeMap<&'static str, BTreeMap<Scope, &'static str>>,
}

/// All of them.
pub(super) static FRAGMENTS: LazyLock<Fragments> = LazyLock::new(|| read(include_str!("sql/fragments.sql")));

fn read(text: &'static str) -> Fragments {
    let mut fragments = Fragments::default();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        let ["--", kind, name, "@", scope] = words[..] else { continue };
        let (Some(scope), Some(expression)) = (Scope::parse(scope), lines.next()) else { continue };
        match kind {
            "metric" => fragments.metrics.entry(name).or_default().insert(scope, expression),
            "dimension" => fragments.dimensions.entry(name).or_default().insert(scope, expression),
            _ => None,
        };
    }
    fragments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_of_the_file_is_read() {
        let text = include_str!("sql/fragments.sql");
        let headers =
            text.lines().filter(|line| line.starts_with("-- metric ") || line.starts_with("-- dimension "));
        let read =
            FRAGMENTS.metrics.values().chain(FRAGMENTS.dimensions.values()).map(BTreeMap::len).sum::<usize>();
        assert_eq!(headers.count(), read);
        assert!(read > 30);
    }
}
