//! Consent through the real door: what is kept in the browser, and whose its events are.

mod browser;
mod choices;
pub(crate) mod erasure;
mod identify;
mod stories;
#[cfg(target_os = "linux")]
mod unlinkable;
