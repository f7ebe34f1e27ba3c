//! The report `products`.

use super::facts::By;
use super::rules;
use ut_core::inquiry::{Inquiry, Parameter, Reading};
use ut_core::module::{Question, Source};
use ut_core::ports::{OlapRows, Param, ParamValue};

pub(in super::super) const PRODUCTS: Question = Question {
    name: "products",
    source: Source::Inquiry {
        parameters: &[Parameter {
            name: "by",
            about: "`products`: `item`, `brand`, `category`, `variant`, `list` or `promotion`.",
        }],
        ask: |given| Ok(Box::new(rules::by(given)?)),
    },
};

const ITEM_NAME: &str = "item_name";

impl Inquiry for By {
    fn sql(&self) -> String {
        match self.shown() {
            Some(_) => include_str!("sql/lists.sql").to_owned(),
            None => include_str!("sql/products.sql").replace("/*field*/", self.field()),
        }
    }

    fn params(&self) -> Vec<Param> {
        let Some([seen, chosen]) = self.shown() else { return Vec::new() };
        let text = |text: &str| ParamValue::Text(text.to_owned());
        vec![("property", text(self.field())), ("seen", text(seen)), ("chosen", text(chosen))]
    }

    fn has_amounts(&self) -> bool {
        self.shown().is_none()
    }

    fn groups(&self) -> u64 {
        100
    }

    fn dimensions(&self) -> Vec<String> {
        let name = (*self == Self::Item).then_some(ITEM_NAME);
        [self.field()].into_iter().chain(name).map(ToOwned::to_owned).collect()
    }

    fn read(&self, rows: OlapRows, digits: u32) -> Reading {
        rules::read(*self, rows, digits)
    }
}
