//! The words of a query: dimensions and metrics, checked by name.

use super::QueryError;
use super::fragments::{Expressions, FRAGMENTS, Scope};
use std::fmt::Display;

/// A dimension that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dimension {
    /// As it was asked for.
    pub(super) name: String,
    expressions: &'static Expressions,
    /// The key of a `prop:<key>`.
    pub(super) key: Option<String>,
}

/// What more than one kind of word says of itself.
const PROPERTY: &str = "prop:";
/// As the door takes them.
const MAX_KEY: usize = 64;

impl Dimension {
    pub(super) fn parse(field: &str, name: &str) -> Result<Self, QueryError> {
        let (word, key) = match name.strip_prefix(PROPERTY) {
            Some(key) => (PROPERTY, Some(key)),
            None => (name, None),
        };
        if key.is_some_and(|key| key.is_empty() || key.len() > MAX_KEY) {
            let message = format!("a property is named prop:<key>, its key has 1 to {MAX_KEY} bytes");
            return Err(QueryError::invalid(field, "invalid_key", message));
        }
        let Some(expressions) = FRAGMENTS.dimensions.get(word).filter(|_| word != PROPERTY || key.is_some())
        else {
            return Err(unknown(field, name, FRAGMENTS.dimensions.keys().copied(), OF_OTHER_MODULES));
        };
        Ok(Self { name: name.to_owned(), expressions, key: key.map(ToOwned::to_owned) })
    }

    /// Its expression where it has one.
    pub(super) fn at(&self, scope: Scope) -> Option<&'static str> {
        self.expressions.get(&scope).copied()
    }

    /// A bucket of time, with its unit.
    pub(super) fn time(&self) -> Option<&str> {
        self.name.strip_prefix("time:")
    }

    /// Known of events alone.
    pub(super) fn of_events_alone(&self) -> bool {
        self.at(Scope::Sessions).is_none()
    }

    /// Known of sessions alone.
    pub(super) fn of_sessions_alone(&self) -> bool {
        self.at(Scope::Events).is_none()
    }
}

/// A metric that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metric {
    /// Asked of history.
    Of(&'static str, &'static Expressions),
    /// Visitors who are here now.
    ActiveNow,
}

/// Metrics that are 0 where nothing happened; every other one is a ratio, and has no value there.
const COUNTS: [&str; 5] = ["visitors", "sessions", "page_views", "events", "orders"];
/// Numbers of measurements, by the beginnings of their names.
const COUNTS_OF_VITALS: [&str; 3] = ["samples_", "good_", "poor_"];
pub(super) const ACTIVE_NOW: &str = "active_now";

impl Metric {
    pub(super) fn parse(field: &str, name: &str) -> Result<Self, QueryError> {
        if name == ACTIVE_NOW {
            return Ok(Self::ActiveNow);
        }
        let known = FRAGMENTS.metrics.get_key_value(name);
        let of_history = known.map(|(name, expressions)| Self::Of(name, expressions));
        of_history.ok_or_else(|| {
            let names = FRAGMENTS.metrics.keys().copied().chain([ACTIVE_NOW]);
            unknown(field, name, names, OF_OTHER_MODULES)
        })
    }

    /// Its expression where it has one.
    pub(super) fn at(self, scope: Scope) -> Option<&'static str> {
        match self {
            Self::Of(_, expressions) => expressions.get(&scope).copied(),
            Self::ActiveNow => None,
        }
    }

    /// What it is where nothing happened.
    pub(super) fn of_nothing(name: &str) -> serde_json::Value {
        let counts = COUNTS.contains(&name) || COUNTS_OF_VITALS.iter().any(|begin| name.starts_with(begin));
        match () {
            () if counts => 0.into(),
            () if super::money::SUMS.contains(&name) => "0".into(),
            () => serde_json::Value::Null,
        }
    }
}

/// Words of the product whose modules this build does not have: single items of what is looked at and bought.
const OF_OTHER_MODULES: &[(&str, &[&str])] = &[(
    "ecommerce",
    &[
        "revenue_per_session",
        "conversion_rate",
        "cart_abandonment_rate",
        "units",
        "item_views",
        "add_to_carts",
        "checkouts",
        "item_id",
        "item_name",
        "item_brand",
        "item_category",
    ],
)];

/// The names of the dimensions that are known there.
pub(super) fn dimensions_at(scope: Scope) -> Vec<&'static str> {
    let known = FRAGMENTS.dimensions.iter().filter(|(_, expressions)| expressions.contains_key(&scope));
    known.map(|(name, _)| *name).collect()
}

fn unknown(
    field: impl Into<String>,
    name: &str,
    known: impl Iterator<Item = &'static str>,
    elsewhere: &[(&str, &[&str])],
) -> QueryError {
    if let Some((module, _)) = elsewhere.iter().find(|(_, words)| words.contains(&name)) {
        let message = format!("{name} belongs to the module {module}, which this server does not have");
        return QueryError::invalid(field, "not_available", message);
    }
    let known = known.map(|word| if word == PROPERTY { "prop:<key>" } else { word }).collect::<Vec<_>>();
    QueryError::invalid(
        field,
        "unknown_name",
        format!("{name:?} is not known; known are {}", known.join(", ")),
    )
}

/// Each name is known and stands once.
pub(super) fn all<T>(
    field: &str,
    names: &[String],
    parse: impl Fn(&str, &str) -> Result<T, QueryError>,
) -> Result<Vec<T>, QueryError> {
    let at = |n: &dyn Display| format!("{field}[{n}]");
    let mut words = Vec::with_capacity(names.len());
    for (n, name) in names.iter().enumerate() {
        words.push(parse(&at(&n), name)?);
        if names[..n].contains(name) {
            return Err(QueryError::invalid(at(&n), "repeated", format!("{name:?} is named twice")));
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(result: Result<impl std::fmt::Debug, QueryError>) -> (String, &'static str) {
        match result {
            Err(QueryError::Invalid { field, code, .. }) => (field, code),
            other => panic!("taken: {other:?}"),
        }
    }

    #[test]
    fn a_word_that_is_not_there_is_refused_by_name_and_place() {
        for (name, expected) in [
            ("colour", "unknown_name"),
            ("prop", "unknown_name"),
            ("prop:", "invalid_key"),
            ("time:second", "unknown_name"),
            ("time", "unknown_name"),
            ("item_id", "not_available"),
            ("path; DROP TABLE events", "unknown_name"),
        ] {
            assert_eq!(code(Dimension::parse("dimensions[0]", name)), ("dimensions[0]".into(), expected));
        }
        for (name, expected) in
            [("units", "not_available"), ("p75_fid", "unknown_name"), ("page", "unknown_name")]
        {
            assert_eq!(code(Metric::parse("metrics[2]", name)), ("metrics[2]".into(), expected));
        }
        let long = format!("prop:{}", "k".repeat(MAX_KEY + 1));
        assert_eq!(code(Dimension::parse("x", &long)).1, "invalid_key");
        let twice = ["page".to_owned(), "page".to_owned()];
        assert_eq!(code(all("dimensions", &twice, Dimension::parse)), ("dimensions[1]".into(), "repeated"));
    }

    #[test]
    fn a_property_may_have_any_key() {
        let property = Dimension::parse("", "prop:a'b)").unwrap();
        assert_eq!(property.key.as_deref(), Some("a'b)"));
        assert!(property.of_events_alone());
    }
}
