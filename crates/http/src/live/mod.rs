//! The presence stream.
