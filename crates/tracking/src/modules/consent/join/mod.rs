//! Join tokens: a page's visitor, sealed, for the shop's own server to show later.
//!
//! `version ‖ salt day ‖ nonce ‖ sealed(likeness ‖ excluded ‖ cookie)` in URL-safe base64, always 126 characters. The key is the one
//! that seals identities in the log, so a token is unreadable, for everybody, when the salts of its day are destroyed. It
//! holds the visitor's likeness and not their hash: an event of the day after then gets the hash of its own day, and
//! meets a session that is open over the rotation as the browser's own events do. No two days are linked by it.

mod facts;
#[cfg(test)]
mod tests;

pub use facts::{JoinError, Joiner};
