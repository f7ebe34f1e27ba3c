//! The transactional store behind [`ut_core::ports::Transactional`]: sites, users, tokens, and the modules' tables.
//!
//! **Architecture invariant:** no table is known here but `ut_migrations`; every other statement and every schema
//! is handed in by its owner.

mod sqlite;

pub use sqlite::Sqlite;
