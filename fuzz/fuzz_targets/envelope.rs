//! Bodies of requests: parser, personal-data filter, made ids.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| ut_http::collect::fuzz::envelope(body));
