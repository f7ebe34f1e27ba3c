//! What can go wrong with what is known of people.

use crate::vault::VaultError;
use ut_core::ports::TransactionalError;

/// Why something of a person could not be written, read or forgotten.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PeopleError {
    /// The store; a repetition is harmless.
    #[error(transparent)]
    Store(#[from] TransactionalError),
    /// What seals and opens.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A row that no version of this program writes, or a later one alone.
    #[error("a row of {table} is not what is written there: {why}")]
    Damaged {
        /// The table.
        table: &'static str,
        /// What is wrong with the row.
        why: &'static str,
    },
    /// Others wrote about the same visitor again and again meanwhile; a repetition is harmless.
    #[error("others write about the same visitor at the same time")]
    Busy,
}
