//! Filters: which events and sessions are counted.

use super::QueryError;
use super::words::Dimension;
use serde_json::Value;

/// How a value is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    /// It is one of the values.
    Is,
    /// It contains one of them.
    Contains,
    /// One of them, a regular expression of RE2, finds something in it.
    Matches,
}

impl Operator {
    /// Its name in `sql/fragments.sql`.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::Contains => "contains",
            Self::Matches => "matches",
        }
    }
}

/// Whether what an operator finds is taken or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    Taken,
    LeftOut,
}

impl Sense {
    const fn reversed(self) -> Self {
        match self {
            Self::Taken => Self::LeftOut,
            Self::LeftOut => Self::Taken,
        }
    }
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) dimension: Dimension,
    pub(super) operator: Operator,
    pub(super) sense: Sense,
    pub(super) values: Vec<String>,
    /// Where it stands in the request.
    pub(super) place: String,
}

/// Conditions; every `not` is resolved into the sense of those below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filter {
    All(Vec<Self>),
    Any(Vec<Self>),
    One(Condition),
}

const MAX_DEPTH: usize = 4;
const MAX_CONDITIONS: usize = 50;
const MAX_VALUES: usize = 200;
/// Patterns of one condition: each is bound on its own.
const MAX_PATTERNS: usize = 10;
const MAX_VALUE: usize = 1024;

impl Filter {
    /// Reads `["is", "country", ["DE"]]`, `["and", …]`, `["or", …]`, `["not", …]`.
    pub(super) fn parse(json: &Value) -> Result<Self, QueryError> {
        let filter = parse(json, "filters", Sense::Taken, 0)?;
        let conditions = filter.conditions();
        if conditions.len() > MAX_CONDITIONS {
            let message = format!("{} conditions; at most {MAX_CONDITIONS}", conditions.len());
            return Err(QueryError::invalid("filters", "too_many", message));
        }
        Ok(filter)
    }

    /// Leaves out lines without a value.
    pub(super) fn has_value(dimension: Dimension) -> Self {
        let place = format!("filters of {}", dimension.name);
        Self::One(Condition {
            dimension,
            operator: Operator::Is,
            sense: Sense::LeftOut,
            values: vec![String::new()],
            place,
        })
    }

    /// Every condition in it.
    pub(super) fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::All(filters) | Self::Any(filters) => filters.iter().flat_map(Self::conditions).collect(),
            Self::One(condition) => vec![condition],
        }
    }
}

fn invalid<T>(place: &str, code: &'static str, message: impl Into<String>) -> Result<T, QueryError> {
    Err(QueryError::invalid(place, code, message))
}

fn parse(json: &Value, place: &str, sense: Sense, depth: usize) -> Result<Filter, QueryError> {
    let Some([Value::String(word), rest @ ..]) = json.as_array().map(Vec::as_slice) else {
        let message = "a filter is [operator, dimension, [values]], [\"and\" or \"or\", filter, …] or [\"not\", filter]";
        return invalid(place, "wrong_type", message);
    };
    match word.as_str() {
        "and" | "or" | "not" if depth == MAX_DEPTH => {
            invalid(place, "too_deep", format!("filters nest at most {MAX_DEPTH} deep"))
        }
        "and" | "or" if rest.is_empty() => invalid(place, "missing", format!("{word} of nothing")),
        "not" if rest.len() != 1 => invalid(place, "out_of_range", "not takes one filter"),
        "not" => parse(&rest[0], &format!("{place}[1]"), sense.reversed(), depth + 1),
        "and" | "or" => {
            let part =
                |(n, part): (usize, &Value)| parse(part, &format!("{place}[{}]", n + 1), sense, depth + 1);
            let parts = rest.iter().enumerate().map(part).collect::<Result<Vec<_>, _>>()?;
            // De Morgan: what is not (a and b) is not a, or not b.
            Ok(if (word == "and") == (sense == Sense::Taken) {
                Filter::All(parts)
            } else {
                Filter::Any(parts)
            })
        }
        word => condition(word, rest, place, sense).map(Filter::One),
    }
}

fn condition(word: &str, rest: &[Value], place: &str, sense: Sense) -> Result<Condition, QueryError> {
    let (operator, negated) = match word {
        "is" | "in" => (Operator::Is, false),
        "is_not" | "not_in" => (Operator::Is, true),
        "contains" => (Operator::Contains, false),
        "contains_not" => (Operator::Contains, true),
        "matches" => (Operator::Matches, false),
        "matches_not" => (Operator::Matches, true),
        _ => {
            let known = "is, is_not, in, not_in, contains, contains_not, matches, matches_not, and, or, not";
            let message = format!("{word:?} is not known; known are {known}");
            return invalid(&format!("{place}[0]"), "unknown_name", message);
        }
    };
    let [Value::String(dimension), Value::Array(values)] = rest else {
        return invalid(place, "wrong_type", format!("write [{word:?}, \"a dimension\", [\"values\"]]"));
    };
    let name_place = format!("{place}[1]");
    let dimension = Dimension::parse(&name_place, dimension)?;
    if dimension.time().is_some() {
        return invalid(&name_place, "not_a_filter", "time is chosen by date_range");
    }
    let values = texts(values, operator, &format!("{place}[2]"))?;
    let sense = if negated { sense.reversed() } else { sense };
    Ok(Condition { dimension, operator, sense, values, place: place.to_owned() })
}

fn texts(values: &[Value], operator: Operator, place: &str) -> Result<Vec<String>, QueryError> {
    let most = if operator == Operator::Matches { MAX_PATTERNS } else { MAX_VALUES };
    if values.is_empty() || values.len() > most {
        return invalid(place, "out_of_range", format!("1 to {most} values"));
    }
    let text = |(n, value): (usize, &Value)| {
        let place = format!("{place}[{n}]");
        let Value::String(text) = value else { return invalid(&place, "wrong_type", "is a text") };
        if text.len() > MAX_VALUE {
            return invalid(&place, "too_long", format!("at most {MAX_VALUE} bytes"));
        }
        if text.is_empty() && operator != Operator::Is {
            return invalid(&place, "too_short", "everything contains nothing: write what to look for");
        }
        Ok(text.clone())
    };
    values.iter().enumerate().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(json: &Value) -> (String, &'static str) {
        match Filter::parse(json) {
            Err(QueryError::Invalid { field, code, .. }) => (field, code),
            other => panic!("{json}: {other:?}"),
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        let cases = [
            (json!("DE"), "filters", "wrong_type"),
            (json!([]), "filters", "wrong_type"),
            (json!({"is": "country"}), "filters", "wrong_type"),
            (json!(["like", "country", ["DE"]]), "filters[0]", "unknown_name"),
            (json!(["is", "land", ["DE"]]), "filters[1]", "unknown_name"),
            (json!(["is", "country", "DE"]), "filters", "wrong_type"),
            (json!(["is", "country", []]), "filters[2]", "out_of_range"),
            (json!(["is", "country", ["DE", 1]]), "filters[2][1]", "wrong_type"),
            (json!(["contains", "page", [""]]), "filters[2][0]", "too_short"),
            (json!(["is", "time:day", ["2026-11-22"]]), "filters[1]", "not_a_filter"),
            (json!(["is", "item_id", ["X"]]), "filters[1]", "not_available"),
            (json!(["and"]), "filters", "missing"),
            (json!(["not", ["is", "page", ["/"]], ["is", "page", ["/"]]]), "filters", "out_of_range"),
            (
                json!(["and", ["is", "page", ["/"]], ["or", ["is", "pge", ["/"]]]]),
                "filters[2][1][1]",
                "unknown_name",
            ),
            (json!(["not", ["not", ["not", ["not", ["not", 1]]]]]), "filters[1][1][1][1]", "too_deep"),
            (json!(["is", "page", ["x".repeat(1025)]]), "filters[2][0]", "too_long"),
            (json!(["matches", "page", vec!["a"; 11]]), "filters[2]", "out_of_range"),
        ];
        for (json, place, code) in cases {
            assert_eq!(refused(&json), (place.to_owned(), code), "{json}");
        }
        let leaf = json!(["is", "page", ["/"]]);
        let mut many = vec![json!("or")];
        many.extend(vec![leaf; MAX_CONDITIONS + 1]);
        assert_eq!(refused(&Value::Array(many.clone())).1, "too_many");
        many.pop();
        assert!(Filter::parse(&Value::Array(many)).is_ok());
    }

    #[test]
    fn a_not_goes_into_its_conditions() {
        let filter = json!(["not", ["and", ["is", "page", ["/"]], ["contains_not", "title", ["x"]]]]);
        let Filter::Any(parts) = Filter::parse(&filter).unwrap() else { panic!("an and became an or") };
        let senses: Vec<_> = parts.iter().flat_map(Filter::conditions).map(|one| one.sense).collect();
        assert_eq!(senses, [Sense::LeftOut, Sense::Taken]);
        let twice = Filter::parse(&json!(["not", ["not", ["is", "page", ["/"]]]])).unwrap();
        assert_eq!(twice.conditions()[0].sense, Sense::Taken);
    }
}
