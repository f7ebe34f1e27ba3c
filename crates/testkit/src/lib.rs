//! What tests share. The default features are light (clock and conformance suites, `ut-core` alone); the feature
//! `app` adds whole applications on the embedded stores.

mod clock;
pub mod conformance;

pub use clock::FakeClock;
