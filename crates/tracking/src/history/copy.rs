//! Copies of the whole history, in the engine's own form of a backup.

use std::collections::HashMap;
use std::path::Path;
use ut_core::SiteId;
use ut_core::ports::{Olap, OlapError, ParamValue};

/// Copies every table into `folder`, which must not be there yet: one moment of each, so that nothing may be written
/// between two tables.
///
/// # Errors
/// The engine's, e.g. when the disk is full.
pub async fn copy_to(olap: &dyn Olap, folder: &Path) -> Result<(), OlapError> {
    olap.execute(include_str!("sql/backup.sql"), &[path(folder)]).await
}

/// Puts the tables of such a copy into an empty history.
///
/// # Errors
/// The engine's, e.g. when a table is there already.
pub async fn put_back(olap: &dyn Olap, folder: &Path) -> Result<(), OlapError> {
    olap.execute(include_str!("sql/restore.sql"), &[path(folder)]).await
}

/// How many events of each site there are.
///
/// # Errors
/// The engine's.
pub async fn count_events(olap: &dyn Olap) -> Result<HashMap<SiteId, u64>, OlapError> {
    let rows = olap.query(include_str!("sql/count_events.sql"), &[]).await?.rows;
    let count = |row: &Vec<serde_json::Value>| {
        Some((SiteId(u32::try_from(row.first()?.as_u64()?).ok()?), row.get(1)?.as_u64()?))
    };
    Ok(rows.iter().filter_map(count).collect())
}

fn path(folder: &Path) -> ut_core::ports::Param {
    ("path", ParamValue::Text(folder.to_string_lossy().into_owned()))
}
