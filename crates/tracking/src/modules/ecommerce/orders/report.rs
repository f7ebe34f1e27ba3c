//! The list of orders.

use ut_core::module::{Question, Source};

pub(in super::super) const ORDERS: Question = Question {
    name: "orders",
    source: Source::Statement {
        dimensions: &[
            "order",
            "placed_at",
            "status",
            "sales_channel",
            "source",
            "campaign",
            "country",
            "currency",
            "flags",
        ],
        sql: include_str!("sql/orders.sql"),
        totals: include_str!("sql/orders_totals.sql"),
    },
};
