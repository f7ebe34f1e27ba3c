//! Records of the log: what stands in `received` and in `enriched`.

#![no_main]

#[path = "../src/frames.rs"]
mod frames;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| frames::decode(bytes));
