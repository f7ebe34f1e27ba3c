//! Tables whose definition did not reach the disk.

use crate::{shared, value};
use std::path::{Path, PathBuf};
use ut_core::module::Migration;
use ut_core::ports::{Olap, OlapError};

const SQL: &str = "CREATE TABLE IF NOT EXISTS ghost (a UInt8) ENGINE = MergeTree ORDER BY a;\n\
                   ALTER TABLE ghost ADD COLUMN IF NOT EXISTS b UInt8;\n";

/// The engine puts an empty file in the place of a definition that does not fit, and goes on as if it were there.
#[tokio::test]
async fn a_table_whose_definition_did_not_reach_the_disk_is_made_again() {
    let olap = shared().await;
    olap.execute("CREATE TABLE ghost (a UInt8) ENGINE = MergeTree ORDER BY a", &[]).await.unwrap();
    let root = value(olap.as_ref(), "SELECT path FROM system.disks WHERE name = 'default'").await;
    let file = find(Path::new(root.as_str().unwrap()), "ghost.sql").unwrap();
    assert!(std::fs::read_to_string(&file).unwrap().contains("MergeTree"));
    std::fs::write(&file, "").unwrap();
    let migration = [Migration { number: 2_026_112_399, name: "ghost", sql: SQL }];
    match olap.migrate(&migration).await {
        Err(OlapError::Refused { code: 243, message }) => assert!(message.contains("ghost"), "{message}"),
        other => panic!("it is noticed, not {other:?}"),
    }
    assert_eq!(olap.migrate(&migration).await.unwrap(), 1);
    olap.execute("INSERT INTO ghost (a, b) VALUES (1, 2)", &[]).await.unwrap();
    assert_eq!(value(olap.as_ref(), "SELECT b FROM ghost").await, 2);
}

/// A file somewhere below a folder.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find_map(|path| if path.is_dir() { find(&path, name) } else { path.ends_with(name).then_some(path) })
}
