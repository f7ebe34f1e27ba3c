//! What browsers keep: choices and visitors' ids, as they send them, and as somebody has changed them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| ut_http::collect::fuzz::cookies(bytes));
