//! What tests share. The default features are light (clock and conformance suites, `ut-core` alone); the feature
//! `server` adds real servers (the program itself, started, killed and asked over HTTP), `world` whole systems in the
//! test's own process.

mod browser;
pub mod builders;
mod clock;
pub mod conformance;
pub mod corpus;
pub mod modules;
#[cfg(target_os = "linux")]
pub mod moved;
#[cfg(feature = "world")]
pub mod oracle;
#[cfg(feature = "server")]
pub mod server;
#[cfg(target_os = "linux")]
pub mod shim;
#[cfg(feature = "world")]
pub mod world;

pub use browser::browser;
pub use clock::FakeClock;
