//! The log's files: whatever they hold, it opens or says why not, and never gives back what was not written.

#![no_main]

#[path = "../src/log.rs"]
mod log;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| log::damage(bytes));
