//! Who may use the owner's surface: users and their passwords, set-up links, dashboard sessions, API tokens.

mod error;
mod owners;
mod password;
mod rules;
mod session;
mod setup;
mod statements;
#[cfg(test)]
mod tests;
mod tokens;
mod users;

pub use crate::sites::Refusal;
pub use error::{AccountError, LinkRefusal};
pub use owners::{NewOwner, User};
pub use session::{Claims, Session, SignedIn};
pub use setup::Purpose;
pub use tokens::{AddedToken, Scope, Token};
pub use users::{ListedUser, Removal};

use self::password::Hasher;
use self::session::Signer;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use ut_core::Clock;
use ut_core::module::Migration;
use ut_core::ports::Transactional;

/// The tables of users, set-up links, closed sessions and API tokens; they refer to those of
/// [`crate::sites::MIGRATIONS`].
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 2_026_112_211,
    name: "create_accounts",
    sql: include_str!("sql/create_accounts.transactional.sql"),
}];

/// Users, sessions and tokens. The store must be migrated ([`MIGRATIONS`]).
#[derive(Debug)]
pub struct Accounts {
    store: Arc<dyn Transactional>,
    clock: Arc<dyn Clock>,
    signer: Signer,
    hasher: Hasher,
    /// Once there is an owner there always is one.
    owner_seen: AtomicBool,
}

impl Accounts {
    /// `jwt_secret` is `JWT_SECRET`; the key of the sessions is derived from it.
    #[must_use]
    pub fn new(store: Arc<dyn Transactional>, clock: Arc<dyn Clock>, jwt_secret: &[u8]) -> Arc<Self> {
        Arc::new(Self {
            store,
            clock,
            signer: Signer::new(jwt_secret),
            hasher: Hasher::default(),
            owner_seen: AtomicBool::new(false),
        })
    }
}

/// What is stored of a word of 128 random bits or more, which no one can guess: a fast hash is enough.
fn hash(word: &str) -> Vec<u8> {
    blake3::hash(word.as_bytes()).as_bytes().to_vec()
}
