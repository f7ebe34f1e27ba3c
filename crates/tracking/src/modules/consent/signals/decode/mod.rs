//! Texts of consent standards, read into axes.
//!
//! They come from browsers, so they are anybody's: reading one takes no longer than its length asks for, and what is
//! damaged, unknown or invalid grants nothing.

mod bits;
mod facts;
mod gcm;
mod gpp;
mod tcf;
#[cfg(test)]
mod tests;

pub use facts::{Decode, Decoded, NotUnderstood};
pub use gcm::Gcm;
pub use gpp::Gpp;
pub use tcf::Tcf;
