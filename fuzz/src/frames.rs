//! Bytes as records of the log. Shared by the fuzzer and the test that replays its corpus.

use ut_core::event::{Frame, Received};

/// Decodes; what can be decoded is written and read again as the same.
///
/// # Panics
/// When it is not.
pub(crate) fn decode(bytes: &[u8]) {
    if let Ok(received) = Received::decode(bytes) {
        let again = Received::decode(&received.encode().expect("what was read can be written"));
        assert_eq!(again, Ok(received));
    }
    if let Ok(frame) = Frame::decode(bytes) {
        let again = Frame::decode(&frame.encode().expect("what was read can be written"));
        assert_eq!(again, Ok(frame));
    }
}
