//! Everything a browser or a program can ask over HTTP, as axum routers that the server and a shop's own app mount.
//!
//! * [`owner`]: set-up, login, users, tokens, sites: the owner's surface and who may use it.
//! * [`live`]: the presence stream.
//! * [`problem`]: the one error type (RFC 9457).
//! * [`state`]: what a request may touch.

pub mod live;
pub mod owner;
pub mod problem;
pub mod state;
