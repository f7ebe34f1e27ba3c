//! Demo mode's crowd: simulated visitors who walk through the demo shop and are measured through the real door.
//!
//! Who they are ([`Person`]) and what they do ([`visit::Visit`]) is drawn from a seeded generator, so that the same
//! seed gives the same crowd; only the times are those of the clock.

mod door;
mod person;
mod prepare;
mod random;
mod shop;
mod traffic;
mod visit;

pub use person::Person;
pub use prepare::prepare;
pub use traffic::{Traffic, run};
