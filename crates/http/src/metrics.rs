//! What the door counts itself; everything else in `/metrics` is read from the log and the balance.

use crate::collect::pii::Removed;
use crate::unnamed::UnnamedProxies;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Counters since the process started.
#[derive(Debug, Default)]
pub struct Metrics {
    log_fails: AtomicBool,
    refused: Mutex<BTreeMap<&'static str, u64>>,
    webhooks: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
    /// Personal data taken out of events.
    pub(crate) removed: Removed,
    /// Proxies that are not trusted.
    pub(crate) proxies: UnnamedProxies,
}

impl Metrics {
    /// Notes how an append to the log went; true when a row of failures begins. A broken disk under load must not
    /// fill the rest of it with one line per request.
    pub fn log_begins_to_fail(&self, fails: bool) -> bool {
        // Read first: all is well nearly always, and a write would be shared by every core.
        self.log_fails.load(Ordering::Relaxed) != fails
            && !self.log_fails.swap(fails, Ordering::Relaxed)
            && fails
    }

    /// Counts events or requests that were refused with `code`.
    pub fn refused(&self, code: &'static str, count: u64) {
        *self.refused.lock().entry(code).or_default() += count;
    }

    /// Counts a webhook of a provider by what became of it.
    pub(crate) fn webhook(&self, provider: &'static str, outcome: &'static str) {
        *self.webhooks.lock().entry((provider, outcome)).or_default() += 1;
    }

    /// Webhooks by provider and outcome.
    pub(crate) fn webhooks(&self) -> BTreeMap<(&'static str, &'static str), u64> {
        self.webhooks.lock().clone()
    }

    /// Refusals by code.
    #[must_use]
    pub fn refusals(&self) -> BTreeMap<&'static str, u64> {
        self.refused.lock().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::Metrics;

    #[test]
    fn a_row_of_failures_begins_once() {
        let metrics = Metrics::default();
        let said: Vec<bool> = [false, true, true, true, false, false, true]
            .map(|fails| metrics.log_begins_to_fail(fails))
            .into();
        assert_eq!(said, [false, true, false, false, false, false, true]);
    }
}
