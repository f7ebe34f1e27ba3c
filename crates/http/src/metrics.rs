//! What the door counts itself; everything else in `/metrics` is read from the log and the balance.

use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Counters since the process started.
#[derive(Debug, Default)]
pub struct Metrics {
    refused: Mutex<BTreeMap<&'static str, u64>>,
}

impl Metrics {
    /// Counts events or requests that were refused with `code`.
    pub fn refused(&self, code: &'static str, count: u64) {
        *self.refused.lock().entry(code).or_default() += count;
    }

    /// Refusals by code.
    #[must_use]
    pub fn refusals(&self) -> BTreeMap<&'static str, u64> {
        self.refused.lock().clone()
    }
}
