//! Texts of consent standards, and what follows from them.

#![no_main]

#[path = "../src/consent.rs"]
mod consent;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| consent::read(bytes));
