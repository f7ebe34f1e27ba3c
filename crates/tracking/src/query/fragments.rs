//! The metrics, dimensions and operators that exist, read from `sql/fragments.sql`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What an expression is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Scope {
    PageDay,
    Sessions,
    Events,
    Scrolls,
    Vitals,
    /// Orders that count.
    Orders,
    /// Sessions of which some came back from a gateway.
    Gateways,
    /// More sessions than are counted one by one.
    ManySessions,
    /// Events of so many sessions.
    ManyEvents,
}

impl Scope {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "page_day" => Self::PageDay,
            "sessions" => Self::Sessions,
            "events" => Self::Events,
            "scrolls" => Self::Scrolls,
            "vitals" => Self::Vitals,
            "orders" => Self::Orders,
            "gateways" => Self::Gateways,
            "many_sessions" => Self::ManySessions,
            "many_events" => Self::ManyEvents,
            _ => return None,
        })
    }
}

/// One word's expressions by scope.
pub(super) type Expressions = BTreeMap<Scope, &'static str>;

/// Expressions by name.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    pub(super) metrics: BTreeMap<&'static str, Expressions>,
    /// `prop:` stands for all that begin so.
    pub(super) dimensions: BTreeMap<&'static str, Expressions>,
    pub(super) operators: BTreeMap<&'static str, &'static str>,
}

/// All of them.
pub(super) static FRAGMENTS: LazyLock<Fragments> = LazyLock::new(|| read(include_str!("sql/fragments.sql")));

fn read(text: &'static str) -> Fragments {
    let mut fragments = Fragments::default();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        let (kind, name, scope) = match words[..] {
            ["--", kind, name, "@", scope] => (kind, name, Scope::parse(scope)),
            ["--", "operator", name] => ("operator", name, None),
            _ => continue,
        };
        let Some(expression) = lines.next() else { continue };
        match (kind, scope) {
            ("metric", Some(scope)) => {
                fragments.metrics.entry(name).or_default().insert(scope, expression);
            }
            ("dimension", Some(scope)) => {
                fragments.dimensions.entry(name).or_default().insert(scope, expression);
            }
            ("operator", None) => {
                fragments.operators.insert(name, expression);
            }
            _ => {}
        }
    }
    fragments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_of_the_file_is_read() {
        let text = include_str!("sql/fragments.sql");
        let headers = ["-- metric ", "-- dimension ", "-- operator "];
        let headers = text.lines().filter(|line| headers.iter().any(|header| line.starts_with(header)));
        let by_scope = FRAGMENTS.metrics.values().chain(FRAGMENTS.dimensions.values());
        let read = by_scope.map(BTreeMap::len).sum::<usize>() + FRAGMENTS.operators.len();
        assert_eq!(headers.count(), read);
        assert!(read > 60);
    }
}
