//! History: ClickHouse behind the port [`ut_core::ports::Olap`].
//!
//! [`Embedded`] runs it inside this process. Tables that hold what must survive a power cut are created by their
//! migrations with `SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`; then an insert that has returned is on
//! disk.

mod embedded;
mod params;
mod rows;

pub use embedded::{Embedded, EmbeddedOptions, Locate};
