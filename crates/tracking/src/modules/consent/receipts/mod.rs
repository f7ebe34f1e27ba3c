//! Receipts of consent: who chose what, when and by whose word; append-only and hash-chained per site.
//!
//! What points to a person (the visitor's id, the raw signal, the user agent's hash) is sealed with that person's key,
//! and the chain goes over what is sealed: a person can be forgotten and the chain still be checked. A receipt of a
//! visitor without a cookie holds nothing of this at all.

mod age;
mod facts;
mod observe;
mod report;
mod rows;
mod rules;
#[cfg(test)]
mod tests;
mod theirs;

pub(crate) use theirs::count;
pub(super) use theirs::export;

pub use facts::{AxesSaid, Broken, Receipt, ReceiptError, ReceiptSource, RecordedReceipt, Verified, Whose};

use crate::vault::Vault;
use std::sync::Arc;
use ut_core::Clock;
use ut_core::module::Migration;
use ut_core::ports::Transactional;

/// The tables of receipts.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 2_026_112_304,
        name: "create_consent_receipts",
        sql: include_str!("sql/create_consent_receipts.transactional.sql"),
    },
    Migration {
        number: 2_026_112_321,
        name: "create_consent_chain_starts",
        sql: include_str!("sql/create_consent_chain_starts.transactional.sql"),
    },
];

/// The receipts of every site. One per process: it lets one receipt be written at a time.
#[derive(Debug)]
pub struct Receipts {
    store: Arc<dyn Transactional>,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    appending: tokio::sync::Mutex<()>,
}

impl Receipts {
    /// On a store that is migrated.
    #[must_use]
    pub fn new(store: Arc<dyn Transactional>, vault: Arc<Vault>, clock: Arc<dyn Clock>) -> Self {
        Self { store, vault, clock, appending: tokio::sync::Mutex::default() }
    }
}
