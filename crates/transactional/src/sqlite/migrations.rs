//! Numbered, forward-only changes of the schema, each in its own transaction.

use super::{BEGIN, unavailable};
use sqlx::sqlite::SqlitePool;
use ut_core::module::Migration;
use ut_core::ports::TransactionalError;

const CREATE: &str = include_str!("sql/create_migrations.sql");
const FIND: &str = include_str!("sql/find_migration.sql");
const RECORD: &str = include_str!("sql/record_migration.sql");

/// Applies what is not applied yet, by rising number; returns how many were.
pub(super) async fn apply(pool: &SqlitePool, migrations: &[Migration]) -> Result<usize, TransactionalError> {
    let mut ordered = migrations.to_vec();
    ordered.sort_unstable();
    if let Some(pair) = ordered.windows(2).find(|pair| pair[0].number == pair[1].number && pair[0] != pair[1])
    {
        return Err(clash(pair[1].name, pair[1].number, pair[0].name));
    }
    ordered.dedup();
    sqlx::raw_sql(CREATE).execute(pool).await.map_err(|e| unavailable("create_migrations", &e))?;
    let mut applied = 0;
    for migration in &ordered {
        applied += usize::from(apply_one(pool, migration).await?);
    }
    Ok(applied)
}

/// The write lock taken by `BEGIN` is the lock between processes: whoever comes second finds the number recorded.
async fn apply_one(pool: &SqlitePool, migration: &Migration) -> Result<bool, TransactionalError> {
    let failed = |error: sqlx::Error| unavailable(migration.name, &error);
    let mut transaction = pool.begin_with(BEGIN).await.map_err(failed)?;
    let known: Option<String> = sqlx::query_scalar(FIND)
        .bind(i64::from(migration.number))
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed)?;
    match known {
        Some(name) if name == migration.name => return Ok(false),
        Some(name) => return Err(clash(migration.name, migration.number, &name)),
        None => {}
    }
    sqlx::raw_sql(migration.sql).execute(&mut *transaction).await.map_err(failed)?;
    sqlx::query(RECORD)
        .bind(i64::from(migration.number))
        .bind(migration.name)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    transaction.commit().await.map_err(failed)?;
    Ok(true)
}

fn clash(statement: &'static str, number: u32, other: &str) -> TransactionalError {
    let message = format!("migration {number} is `{other}` already: numbers are never used twice");
    TransactionalError::Unavailable { statement, message }
}
