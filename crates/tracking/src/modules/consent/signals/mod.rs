//! Consent signals: what a visitor has said through the site, a banner or a standard, and what follows from it.
//!
//! Per axis the latest signal wins; without one, the site's mode decides ([`resolve`]). Global Privacy Control and an
//! opt-out are above both.

mod decode;
mod facts;
mod rules;
#[cfg(test)]
mod tests;

pub use decode::{Decode, Decoded, Gcm, Gpp, NotUnderstood, Tcf};
pub use facts::{Axis, Collect, Resolved, Said, Signal, SignalSource, UnknownSource, Why};
pub use rules::resolve;
