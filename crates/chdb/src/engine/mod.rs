//! Where the shared object lies, and how it gets there: a per-user cache, filled by `npm` from the pinned package.
//!
//! `CACHE/engine/VERSION/` holds the package as npm unpacked it and a marker that is written last. A download happens
//! beside it and is renamed into place when it is whole, under a lock, so that several processes may install at once.

mod install;
mod locate;
mod npm;

pub use install::{InstallError, Progress, install};
pub use locate::{NotInstalled, VERSION, default_cache_dir, locate};
