//! The transactional store: sites, users, tokens; later orders and receipts.

/// A value bound to a statement or read from a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// `BIGINT` / `INTEGER`.
    Int(i64),
    /// `TEXT`.
    Text(String),
    /// `BYTEA` / `BLOB`.
    Bytes(Vec<u8>),
}

/// One row, in the order of the statement's columns.
pub type Row = Vec<Value>;

/// A statement from a `.sql` file: one text for SQLite and PostgreSQL, placeholders `$1`, `$2`, ….
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// The file's name without ending, for errors and logs.
    pub name: &'static str,
    /// The text.
    pub sql: &'static str,
}

/// Why the store refused.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TransactionalError {
    /// A unique key exists already.
    #[error("{statement}: already there")]
    Conflict {
        /// Name of the statement.
        statement: &'static str,
    },
    /// The store cannot be reached or failed; retry later.
    #[error("{statement}: {message}")]
    Unavailable {
        /// Name of the statement.
        statement: &'static str,
        /// The driver's words.
        message: String,
    },
}

/// A transaction. Dropped without [`Transaction::commit`], it never was.
#[async_trait::async_trait]
pub trait Transaction: Send + std::fmt::Debug {
    /// Runs one statement and returns its rows (also those of `RETURNING`).
    async fn run(&mut self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, TransactionalError>;

    /// Makes all of it last; durable when it returns.
    async fn commit(self: Box<Self>) -> Result<(), TransactionalError>;
}

/// The transactional store.
#[async_trait::async_trait]
pub trait Transactional: Send + Sync + std::fmt::Debug {
    /// Runs one statement and returns its rows (also those of `RETURNING`).
    async fn run(&self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, TransactionalError>;

    /// Runs several statements in one transaction: all or none.
    async fn run_all(&self, work: &[(&Statement, Vec<Value>)]) -> Result<(), TransactionalError>;

    /// Begins a transaction that reads what it decides by: nobody else writes what it has read before it is committed.
    async fn begin(&self) -> Result<Box<dyn Transaction>, TransactionalError>;

    /// Applies the numbered migrations `(number, name, sql)` that are not applied yet, in order, each in its own
    /// transaction, under a lock; returns how many were. A migration file may hold several statements.
    async fn migrate(&self, migrations: &[crate::module::Migration]) -> Result<usize, TransactionalError>;

    /// What was deleted before this call is in none of the store's own files when it returns, as far as nobody reads an
    /// older state of the store meanwhile; then it fails, and may be called again.
    async fn scrub(&self) -> Result<(), TransactionalError>;

    /// Does it answer?
    async fn ping(&self) -> Result<(), TransactionalError>;

    /// Closes every connection.
    async fn close(&self);
}
