//! Filters as conditions of a statement.

use super::bind::Bound;
use super::filter::{Condition, Filter, Operator, Sense};
use super::fragments::{FRAGMENTS, Scope};
use super::words::Dimension;
use ut_core::ports::ParamValue;

/// An expression with the dimension's own key in it, if it has one.
pub(super) fn keyed(bound: &mut Bound, dimension: &Dimension, expression: &str) -> String {
    match &dimension.key {
        Some(key) => bound.fill(expression, ParamValue::Text(key.clone())),
        None => expression.to_owned(),
    }
}

/// A filter as a condition on the rows of a scope.
pub(super) fn filtered(bound: &mut Bound, filter: &Filter, scope: Scope, sessions: Scope) -> String {
    let of_sessions =
        scope == Scope::Events && filter.conditions().iter().all(|one| one.dimension.of_sessions_alone());
    if of_sessions {
        let inner = filtered(bound, filter, Scope::Sessions, sessions);
        return include_str!("sql/of_sessions.sql").replace("/*where*/", &inner);
    }
    let mut joined = |filters: &[Filter], word: &str| {
        let parts: Vec<_> = filters.iter().map(|part| filtered(bound, part, scope, sessions)).collect();
        format!("({})", parts.join(word))
    };
    match filter {
        Filter::All(filters) => joined(filters, " AND "),
        Filter::Any(filters) => joined(filters, " OR "),
        Filter::One(condition) => compared(bound, condition, at(&condition.dimension, scope, sessions)),
    }
}

/// A dimension's expression; of sessions the one that minds gateways, where that is needed.
pub(super) fn at(dimension: &Dimension, scope: Scope, sessions: Scope) -> Option<&'static str> {
    let minded = (scope == Scope::Sessions).then(|| dimension.at(sessions)).flatten();
    minded.or_else(|| dimension.at(scope))
}

fn compared(bound: &mut Bound, condition: &Condition, expression: Option<&'static str>) -> String {
    let dimension = keyed(bound, &condition.dimension, expression.unwrap_or("''"));
    let template = FRAGMENTS.operators.get(condition.operator.name()).copied().unwrap_or("0");
    let template = template.replace("/*dimension*/", &format!("({dimension})"));
    let found = match condition.operator {
        Operator::Is | Operator::Contains => {
            bound.fill(&template, ParamValue::Texts(condition.values.clone()))
        }
        Operator::Matches => {
            let each = condition.values.iter();
            let each: Vec<_> =
                each.map(|value| bound.fill(&template, ParamValue::Text(value.clone()))).collect();
            each.join(" OR ")
        }
    };
    match condition.sense {
        Sense::Taken => format!("({found})"),
        Sense::LeftOut => format!("(NOT ({found}))"),
    }
}
