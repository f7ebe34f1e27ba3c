//! The durable log: an event is acknowledged when it is on disk here, and everything else reads it from here.
//!
//! **Layout** of its directory (`SpoolOptions::dir`; one process at a time, guarded by `lock`):
//! ```text
//! lock                              flock; holds the pid of the process that has it
//! identity                          the log's 128-bit id, written once
//! received/00000000000000000001.seg segments, named after the number of their first event
//! enriched/00000000000000000001.seg
//! cursors/<consumer>                how far a consumer has come, and its state; replaced atomically
//! losses                            what cannot be given back, one line of JSON each
//! old-<log id>/                     a log that was set aside (below)
//! ```
//! **Segment**: a header, then frames (`frame`), then zeros. The zeros are written ahead in steps, so that a sync
//! need not grow the file. A segment ends where the next one starts: whatever an older segment holds from the next
//! one's first number on was never acknowledged and is never read. That one rule cuts an abandoned segment.
//!
//! **Writing**: one thread per topic takes what is queued, waits up to the linger while more keeps arriving, writes
//! it with one write and one sync, then answers. After a failed write or sync the segment is abandoned: a new one
//! starts at the synced end.
//!
//! **Room**: `max_bytes` and `reserve_bytes` bound the topic `Received`. `Enriched` and the cursors may use the
//! reserve: only their progress lets received segments go, so bounding them too would block the log for ever.
//!
//! **Recovery** scans the last segment of each topic. A torn tail (a batch that was never acknowledged) is cut;
//! damage *before* the synced end is kept. A reader gets past it, but only after the report `losses` has it durably,
//! and only by an entry that says which events are lost. How the two are told apart: every frame says
//! where its batch began, so an intact frame of a later batch proves that what precedes it had been synced.
//!
//! **A new identity** starts when the log cannot be the one its consumers know: `received` ends before a stored
//! cursor, before `enriched` or before what others hold of it ([`KnownLog`]: the folder was put back from an older
//! copy), or its segments are gone. The old content is moved to `old-<log id>/`, and a warning says so; nothing in there
//! is read again. The new log's `losses` begin with a line about it, also when nothing was left of the old one.

mod active;
mod cursors;
mod disk;
mod files;
mod frame;
mod identity;
mod losses;
mod options;
mod queue;
mod recover;
mod scan;
mod segment;
mod space;
mod spool;
mod topic;
mod writer;

#[cfg(test)]
mod tests;

pub use options::{KnownLog, SpoolOptions};
pub use spool::Spool;
