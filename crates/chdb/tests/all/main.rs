//! The binding against the real library. One engine per process: every test takes a connection of the same one.
#![expect(clippy::unwrap_used, reason = "a test helper fails its test")]

mod crash_note;
mod installing;
mod statements;

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};
use ut_chdb::{Connection, Engine, Library, engine};

/// The installed engine; fetched on the first run on a machine.
#[expect(clippy::disallowed_methods, reason = "tests share the per-user cache")]
fn cache_root() -> PathBuf {
    let var = |name| std::env::var_os(name).map(PathBuf::from);
    engine::default_cache_dir(var("HOME").as_deref(), var("XDG_CACHE_HOME").as_deref()).unwrap()
}

fn connection() -> Connection {
    static ENGINE: OnceLock<Mutex<(Engine, Connection, tempfile::TempDir)>> = OnceLock::new();
    let shared = ENGINE.get_or_init(|| {
        let library = Library::open(&engine::install(&cache_root(), |_| {}).unwrap()).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let (engine, first) = Engine::open(library, dir.path(), &[]).unwrap();
        Mutex::new((engine, first, dir))
    });
    shared.lock().unwrap().0.connect().unwrap()
}
