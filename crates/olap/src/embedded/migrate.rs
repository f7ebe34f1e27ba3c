//! Applies numbered changes of the schema.

use super::refused;
use crate::params::bind;
use crate::rows;
use std::collections::BTreeSet;
use ut_chdb::Connection;
use ut_core::module::Migration;
use ut_core::ports::{OlapError, Param, ParamValue};

/// ClickHouse's UNKNOWN_TABLE and NOT_ENOUGH_SPACE.
const UNKNOWN_TABLE: i32 = 60;
const NO_SPACE: i32 = 243;

/// Nothing about tables is changed with less of the disk free. The engine does not notice when the definition of a table
/// does not fit: it renames an empty file into its place, and then no start can read it (seen with 26.7.3 on a full
/// disk: `write` of `events.sql.tmp` answers ENOSPC, `rename` to `events.sql` follows).
const ROOM: u64 = 32 << 20;

/// Applies what is not applied yet, in rising order; returns how many. The caller runs it on the one connection that
/// writes, which is the lock: nobody else can migrate this directory meanwhile.
///
/// A migration is noted after its last statement. One that fails half-way is applied again from its start, so each of
/// its statements must bear that (`IF NOT EXISTS`).
pub(super) fn migrate(
    connection: &mut Connection,
    migrations: &[Migration],
    now_ms: i64,
) -> Result<usize, OlapError> {
    let known = match applied(connection) {
        Err(OlapError::Refused { code: UNKNOWN_TABLE, .. }) => {
            change(connection, include_str!("../sql/migrations_table.sql"))?;
            BTreeSet::new()
        }
        known => known?,
    };
    let mut due: Vec<_> = migrations.iter().filter(|migration| !known.contains(&migration.number)).collect();
    due.sort_unstable();
    for migration in &due {
        for statement in statements(migration.sql) {
            change(connection, &statement).map_err(|error| named(migration, error))?;
        }
        let done: [Param; 3] = [
            ("number", ParamValue::UInt(migration.number.into())),
            ("name", ParamValue::Text(migration.name.to_owned())),
            ("at", ParamValue::Int(now_ms)),
        ];
        run(connection, include_str!("../sql/migration_done.sql"), &done)?;
        tracing::info!(number = migration.number, name = migration.name, "applied a migration of history");
    }
    Ok(due.len())
}

/// Changes a table, if there is room for it.
fn change(connection: &mut Connection, sql: &str) -> Result<(), OlapError> {
    let answer =
        connection.query(include_str!("../sql/free_space.sql"), rows::FORMAT, &[]).map_err(refused)?;
    let free = rows::parse(answer.bytes())?.rows.first().and_then(|row| row.first()?.as_u64());
    match free {
        Some(free) if free < ROOM => {
            let message = format!("the disk has {free} bytes left; changing a table takes {ROOM}");
            Err(OlapError::Refused { code: NO_SPACE, message })
        }
        _ => run(connection, sql, &[]).and_then(|()| readable(connection)),
    }
}

/// The disk may have filled up since it was looked at. A table whose definition did not reach it is there until the next
/// start, and nothing more can be done with it: it goes, and is made again when there is room.
fn readable(connection: &mut Connection) -> Result<(), OlapError> {
    let sql = include_str!("../sql/unreadable_tables.sql");
    let answer = connection.query(sql, rows::FORMAT, &[]).map_err(refused)?;
    let tables = rows::parse(answer.bytes())?.rows;
    let names = tables.iter().filter_map(|row| row.first()?.as_str());
    let mut lost = None;
    for name in names {
        let table: [Param; 1] = [("table", ParamValue::Text(name.to_owned()))];
        run(connection, include_str!("../sql/drop_table.sql"), &table)?;
        lost = Some(format!("the definition of {name} did not reach the disk: it is made again"));
    }
    lost.map_or(Ok(()), |message| Err(OlapError::Refused { code: NO_SPACE, message }))
}

fn run(connection: &mut Connection, sql: &str, params: &[Param]) -> Result<(), OlapError> {
    connection.query(sql, "Null", &bind(params)).map(drop).map_err(refused)
}

fn applied(connection: &mut Connection) -> Result<BTreeSet<u32>, OlapError> {
    let sql = include_str!("../sql/migrations_applied.sql");
    let answer = connection.query(sql, rows::FORMAT, &[]).map_err(refused)?;
    let numbers = rows::parse(answer.bytes())?.rows;
    let number =
        |row: &Vec<serde_json::Value>| row.first()?.as_u64().and_then(|number| u32::try_from(number).ok());
    Ok(numbers.iter().filter_map(number).collect())
}

/// The error, with the migration's name in front.
fn named(migration: &Migration, error: OlapError) -> OlapError {
    match error {
        OlapError::Refused { code, message } => OlapError::Refused {
            code,
            message: format!("migration {} {}: {message}", migration.number, migration.name),
        },
        unavailable @ OlapError::Unavailable(_) => unavailable,
    }
}

/// Cuts a file where a line ends in `;`; comment lines end nothing, and a piece of comments alone is no statement.
fn statements(sql: &str) -> Vec<String> {
    let mut statements = Vec::new();
    let mut current = String::new();
    let mut has_words = false;
    for line in sql.lines() {
        let trimmed = line.trim();
        let comment = trimmed.is_empty() || trimmed.starts_with("--");
        has_words |= !comment;
        let end = !comment && trimmed.ends_with(';');
        current.push_str(if end { trimmed.trim_end_matches(';') } else { line });
        current.push('\n');
        if end {
            statements.push(std::mem::take(&mut current));
            has_words = false;
        }
    }
    if has_words {
        statements.push(current);
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::statements;

    #[test]
    fn a_file_is_cut_where_a_line_ends_in_a_semicolon() {
        let sql = "-- first;\nA 'x;y'\n  B;\n\n-- second\nC;  \nD\n-- the end;\n";
        assert_eq!(statements(sql), ["-- first;\nA 'x;y'\nB\n", "\n-- second\nC\n", "D\n-- the end;\n"]);
        assert!(statements("-- nothing\n\n").is_empty());
    }
}
