//! What can go wrong with sealed things.

use crate::sites::RandomError;
use ut_core::ports::TransactionalError;

/// Why something could not be sealed, opened or wrapped anew.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VaultError {
    /// The store.
    #[error(transparent)]
    Store(#[from] TransactionalError),
    /// The machine has no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// A key that wraps others was taken out of `ENCRYPTION_KEYS` too early.
    #[error("ENCRYPTION_KEYS holds no key with the id {kek:?}: put it back behind the others")]
    MissingKek {
        /// The id that is missing.
        kek: String,
    },
    /// The subject was forgotten: its key does not exist any more.
    #[error("the key of this subject was destroyed: what was sealed with it is unreadable")]
    Shredded,
    /// The bytes, or the row of the key, are not what was written, or they were sealed for another site, subject or field.
    #[error("{what} does not open: it was changed, or it was sealed for another site, subject or field")]
    DoesNotOpen {
        /// The field, or the key by its handle.
        what: String,
    },
}
