//! The real-time store: claims, sessions, presence, salts and rate limits, behind [`ut_core::ports::Realtime`].
//!
//! [`InProcess`] keeps them in the memory of this process. What decides about events (claims and sessions) is the
//! fold of the log's topic `Enriched`: after a restart it is read back from the newest snapshot and the frames after
//! it, so that no decision is ever made twice. Salts live in a file of their own, because they must be destroyed.

mod in_process;

pub use in_process::{InProcess, RecoverError};
