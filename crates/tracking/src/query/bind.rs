//! Values bound to a statement: none of them ever becomes text of it.

use std::sync::LazyLock;
use ut_core::ports::{Param, ParamValue};

/// More than one statement ever needs: every condition, pattern and key of a query.
const MOST: usize = 1024;

static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| (0..MOST).map(|n| format!("v{n}")).collect());

/// The bound values of one statement, by names made for them.
#[derive(Debug, Clone, Default)]
pub(super) struct Bound {
    params: Vec<Param>,
    made: usize,
}

impl Bound {
    /// Begins with values whose names the statement knows.
    pub(super) fn with(params: Vec<Param>) -> Self {
        Self { params, made: 0 }
    }

    /// Adds a value under the name the statement knows it by.
    pub(super) fn put(&mut self, name: &'static str, value: ParamValue) {
        self.params.push((name, value));
    }

    /// Puts a value in the place of `$` in `expression`.
    pub(super) fn fill(&mut self, expression: &str, value: ParamValue) -> String {
        // Queries are bounded far below; a name too many is refused by the engine as a missing parameter.
        let name = NAMES.get(self.made).map_or("", String::as_str);
        self.made += 1;
        self.params.push((name, value));
        expression.replace("{$:", &format!("{{{name}:"))
    }

    pub(super) fn params(&self) -> &[Param] {
        &self.params
    }
}
