//! Values of the port to SQLite and back.

use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow, SqliteValueRef};
use sqlx::{Decode, Row as _, TypeInfo as _, ValueRef as _};
use ut_core::ports::{Row, Statement, TransactionalError, Value};

/// The statement with its values bound as `$1`, `$2`, ….
pub(super) fn bind(
    statement: &Statement,
    values: &[Value],
) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
    values.iter().fold(sqlx::query(statement.sql), |query, value| match value {
        Value::Null => query.bind(None::<i64>),
        Value::Int(number) => query.bind(*number),
        Value::Text(text) => query.bind(text.clone()),
        Value::Bytes(bytes) => query.bind(bytes.clone()),
    })
}

/// The row's values by what is stored, not by what its column was declared as: SQLite lets the two differ.
pub(super) fn read(statement: &Statement, row: &SqliteRow) -> Result<Row, TransactionalError> {
    (0..row.columns().len())
        .map(|index| row.try_get_raw(index).map_err(Into::into).and_then(value))
        .collect::<Result<Row, sqlx::error::BoxDynError>>()
        .map_err(|error| TransactionalError::Unavailable {
            statement: statement.name,
            message: error.to_string(),
        })
}

fn value(raw: SqliteValueRef<'_>) -> Result<Value, sqlx::error::BoxDynError> {
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let stored_as = raw.type_info().into_owned();
    match stored_as.name() {
        "INTEGER" => <i64 as Decode<'_, Sqlite>>::decode(raw).map(Value::Int),
        "TEXT" => <String as Decode<'_, Sqlite>>::decode(raw).map(Value::Text),
        "BLOB" => <Vec<u8> as Decode<'_, Sqlite>>::decode(raw).map(Value::Bytes),
        other => Err(format!("a column holds {other}: amounts and times are whole numbers here").into()),
    }
}
