//! The embedded ClickHouse, safe to call: libchdb is opened with `dlopen` when it is needed, so that the program builds
//! and runs without it.
//!
//! * [`Library`] is the shared object with the few functions we use; [`Engine`] is the one ClickHouse of this process;
//!   a [`Connection`] runs one statement at a time. Every call blocks its thread: never call from an async worker.
//! * [`engine`] finds the shared object and fetches the pinned one.
//!
//! **What the engine demands, and who sees to it.** Signal handlers are left alone ([`Engine::open`]). One data
//! directory per process, opened once: after [`Engine::shutdown`] nothing can be opened any more. Connections are
//! closed by their `Drop`, and results and streams cannot outlive them. A process that ends while the engine's threads
//! still live must not run the library's destructors: a hook at exit sees to that (`exit_guard`).
//!
//! **Architecture invariant:** this is the only crate of the workspace with `unsafe` code, and it knows nothing of the
//! product: no tables, no ports.

mod answer;
mod connection;
mod crash_note;
pub mod engine;
mod error;
mod exit_guard;
mod library;
mod process;
mod symbols;

pub use answer::Answer;
pub use connection::{BoundParam, Connection, QueryStream};
pub use crash_note::{note_crashes, noted_crashes};
pub use error::Error;
pub use library::Library;
pub use process::Engine;
