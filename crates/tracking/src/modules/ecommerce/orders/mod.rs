//! The order ledger: one entry per order for life, whoever tells of it and in whatever order.
//!
//! What is told ([`ut_core::order::OrderReport`]) is kept in the transactional store (`ledger`); what an order is follows
//! from all of it (`rules`) and is mirrored to history (`mirror`). Pages tell by their events (`observe`, `consumer`),
//! shop systems by webhooks (`told`).

mod consumer;
mod facts;
mod ledger;
mod mirror;
mod observe;
mod report;
mod restate;
mod rules;
#[cfg(test)]
mod tests;
mod theirs;
mod told;

pub(crate) use consumer::{Ledger, run};
pub use ledger::LedgerError;
pub use observe::SIGNED;
pub(super) use report::ORDERS;
pub(super) use theirs::{export, forget};
pub(crate) use told::tell;

use ut_core::module::Migration;

/// The ledger's tables.
pub(super) const TRANSACTIONAL: &[Migration] = &[Migration {
    number: 2_026_112_343,
    name: "create_orders",
    sql: include_str!("ledger/sql/create_orders.transactional.sql"),
}];

/// Its image in history.
pub(super) const OLAP: &[Migration] = &[Migration {
    number: 2_026_112_344,
    name: "ecommerce_orders",
    sql: include_str!("sql/2026112344_ecommerce_orders.olap.sql"),
}];
