//! Why someone is not let in, or an entry is not taken.

use super::Refusal;
use crate::sites::{RandomError, in_one_line};
use ut_core::ports::TransactionalError;

/// Why a set-up link does not open: what is wrong and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefusal {
    /// No such token.
    #[error(
        "this link is not one of this server's: copy it whole from the server's output, or restart the server for a new one"
    )]
    Unknown,
    /// Older than 15 minutes.
    #[error("this link has expired after 15 minutes: restart the server for a new one")]
    Expired,
    /// Spent.
    #[error(
        "this link has been used: sign in with your e-mail address and password, or restart the server for a new link"
    )]
    Used,
    /// Five wrong tokens were tried while it was open.
    #[error("five wrong links were tried, so every open link is void: restart the server for a new one")]
    Void,
    /// It was to make the owner, and there is one.
    #[error("this server has an owner already: sign in with your e-mail address and password")]
    OwnerExists,
    /// It was to sign the owner in, and there is none.
    #[error("this server has no owner yet: use the link for the first start, or restart the server for one")]
    NoOwner,
}

/// Why accounts could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AccountError {
    /// The input; nothing was changed.
    #[error("{}", in_one_line(.0))]
    Refused(Vec<Refusal>),
    /// The set-up link.
    #[error(transparent)]
    Link(#[from] LinkRefusal),
    /// The store.
    #[error(transparent)]
    Store(#[from] TransactionalError),
    /// A row in the store that no version of this program writes.
    #[error("{statement}: a row of {columns} columns that this version does not understand")]
    Damaged {
        /// Name of the statement.
        statement: &'static str,
        /// How many columns it had.
        columns: usize,
    },
    /// The machine has no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The password could not be hashed (no memory for it).
    #[error("the password could not be hashed: {0}")]
    Hashing(String),
}
