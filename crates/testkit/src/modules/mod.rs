//! Modules that only tests register: the proof that a module is one folder and one line.

mod guestbook;

use ut_core::module::Module;

/// The test-only modules; a test adds them behind the product's own.
pub const TEST_MODULES: &[&dyn Module] = &[&guestbook::Guestbook];
