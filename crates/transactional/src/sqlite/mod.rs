//! SQLite in a file of this process.

mod migrations;
mod values;

use self::values::{bind, read};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::Path;
use std::time::Duration;
use ut_core::module::Migration;
use ut_core::ports::{Row, Statement, Transaction, Transactional, TransactionalError, Value};

/// A transaction that will write takes the write lock at once. One that only asked for it at its first write could
/// find its snapshot outdated, and SQLite would refuse it without waiting.
const BEGIN: &str = include_str!("sql/begin.sql");
/// Moves the write-ahead log into the file and empties it: until then, pages from before a deletion stand in it.
const SCRUB: Statement = Statement { name: "scrub", sql: include_str!("sql/scrub.sql") };
const PING: Statement = Statement { name: "ping", sql: include_str!("sql/ping.sql") };

/// How long a statement waits for another writer, of this process or of a command beside it.
const BUSY: Duration = Duration::from_secs(10);
/// SQLite has one writer; a few more connections let readers pass it.
const CONNECTIONS: u32 = 4;

/// The transactional store in one SQLite file. A commit is on disk when it returns (WAL, `synchronous=FULL`);
/// foreign keys hold; other processes may use the same file meanwhile.
#[derive(Debug, Clone)]
pub struct Sqlite {
    pool: SqlitePool,
}

impl Sqlite {
    /// Opens the file, creating it (readable by its owner alone) when it is not there. Its folder must exist.
    pub async fn open(path: &Path) -> Result<Self, TransactionalError> {
        make_private(path).map_err(|error| TransactionalError::Unavailable {
            statement: "open",
            message: format!("{}: {error}", path.display()),
        })?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            // A row that is deleted is overwritten with zeros: who forgets a person must not leave them in a free page.
            .pragma("secure_delete", "on")
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(BUSY)
            .connect_with(options)
            .await
            .map_err(|error| unavailable("open", &error))?;
        Ok(Self { pool })
    }
}

/// Makes an empty file with mode 0600: SQLite gives its `-wal` and `-shm` files the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[async_trait::async_trait]
impl Transactional for Sqlite {
    async fn run(&self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, TransactionalError> {
        let rows =
            bind(statement, values).fetch_all(&self.pool).await.map_err(|e| refused(statement.name, &e))?;
        rows.iter().map(|row| read(statement, row)).collect()
    }

    async fn run_all(&self, work: &[(&Statement, Vec<Value>)]) -> Result<(), TransactionalError> {
        let mut transaction = self.pool.begin_with(BEGIN).await.map_err(|e| unavailable("begin", &e))?;
        for (statement, values) in work {
            bind(statement, values)
                .execute(&mut *transaction)
                .await
                .map_err(|error| refused(statement.name, &error))?;
        }
        transaction.commit().await.map_err(|error| unavailable("commit", &error))
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, TransactionalError> {
        let begun = self.pool.begin_with(BEGIN).await.map_err(|error| unavailable("begin", &error))?;
        Ok(Box::new(Begun(begun)))
    }

    async fn migrate(&self, migrations: &[Migration]) -> Result<usize, TransactionalError> {
        migrations::apply(&self.pool, migrations).await
    }

    async fn scrub(&self) -> Result<(), TransactionalError> {
        // It answers whether it was kept from it, not by an error.
        match self.run(&SCRUB, &[]).await?.first().map(Vec::as_slice) {
            Some([Value::Int(0), ..]) => Ok(()),
            other => Err(TransactionalError::Unavailable {
                statement: SCRUB.name,
                message: format!("somebody reads an older state: {other:?}"),
            }),
        }
    }

    async fn ping(&self) -> Result<(), TransactionalError> {
        self.run(&PING, &[]).await.map(drop)
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

/// A transaction; the driver rolls it back when it is dropped.
#[derive(Debug)]
struct Begun(sqlx::Transaction<'static, sqlx::Sqlite>);

#[async_trait::async_trait]
impl Transaction for Begun {
    async fn run(&mut self, statement: &Statement, values: &[Value]) -> Result<Vec<Row>, TransactionalError> {
        let rows = bind(statement, values).fetch_all(&mut *self.0).await;
        rows.map_err(|error| refused(statement.name, &error))?
            .iter()
            .map(|row| read(statement, row))
            .collect()
    }

    async fn commit(self: Box<Self>) -> Result<(), TransactionalError> {
        self.0.commit().await.map_err(|error| unavailable("commit", &error))
    }
}

/// A driver's error of a statement, as the port names it.
fn refused(statement: &'static str, error: &sqlx::Error) -> TransactionalError {
    if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) {
        return TransactionalError::Conflict { statement };
    }
    unavailable(statement, error)
}

fn unavailable(statement: &'static str, error: &sqlx::Error) -> TransactionalError {
    TransactionalError::Unavailable { statement, message: error.to_string() }
}
