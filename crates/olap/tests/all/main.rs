//! The embedded engine for real. A process has one engine, so the tests here share one, each with tables of its own;
//! what needs an engine to itself runs in a child process (`child`).
#![expect(clippy::unwrap_used, reason = "a test helper fails its test")]

mod child;
mod definitions;
mod lifecycle;
mod limits;
mod streams;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use ut_chdb::engine;
use ut_core::SystemClock;
use ut_core::ports::{Olap, OlapRows};
use ut_olap::{Embedded, EmbeddedOptions};

/// The pinned engine; fetched on the first run on a machine.
#[expect(clippy::disallowed_methods, reason = "tests share the per-user cache")]
fn library() -> PathBuf {
    let var = |name| std::env::var_os(name).map(PathBuf::from);
    let cache = engine::default_cache_dir(var("HOME").as_deref(), var("XDG_CACHE_HOME").as_deref()).unwrap();
    engine::install(&cache, |_| {}).unwrap()
}

/// Small limits, so that tests reach them.
fn options(dir: &Path) -> EmbeddedOptions {
    let locate = Box::new(|| Ok(library()));
    let usual = EmbeddedOptions::new(dir.to_path_buf(), locate, Arc::new(SystemClock));
    EmbeddedOptions { query_seconds: 2, memory_bytes: 600_000_000, ..usual }
}

/// Waits until it is open; panics with its reason when that takes too long.
async fn opened(olap: &Embedded) {
    let mut last = None;
    for _ in 0..600 {
        match olap.ping().await {
            Ok(()) => return,
            Err(error) => last = Some(error),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not open: {last:?}");
}

/// The engine that the tests of this process share. It is never closed: the end of the process must bear that.
async fn shared() -> Arc<Embedded> {
    static SHARED: OnceLock<(Arc<Embedded>, tempfile::TempDir)> = OnceLock::new();
    let (olap, _) = SHARED.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        (Embedded::start(options(dir.path())), dir)
    });
    opened(olap).await;
    Arc::clone(olap)
}

async fn query(olap: &dyn Olap, sql: &str) -> OlapRows {
    olap.query(sql, &[]).await.unwrap()
}

/// The first value of the first row.
async fn value(olap: &dyn Olap, sql: &str) -> serde_json::Value {
    query(olap, sql).await.rows[0][0].clone()
}

#[tokio::test]
async fn the_conformance_suite_holds() {
    ut_testkit::conformance::olap::suite(shared().await).await;
}
