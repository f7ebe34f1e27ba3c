//! The ingest balance: received = stored + deduplicated + dropped(reason) + in flight, and + forgotten where the cursor
//! that counted was lost.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ut_core::Lsn;
use ut_core::event::{DropReason, Event, Fate, Frame, Settlement};

/// What became of this log's events up to the history's place in it. Kept in that consumer's cursor, so that it is
/// as durable and as exact as the place itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Balance {
    /// In history.
    pub stored: u64,
    /// Their id was claimed before.
    pub deduplicated: u64,
    /// Not counted, by reason.
    pub dropped: BTreeMap<DropReason, u64>,
    /// Of the stored ones: engagements of a page view that nobody knows, so that their time counts nowhere.
    pub orphans: u64,
    /// Settled, but the cursor that counted them is lost: nobody knows any more how many were stored.
    pub forgotten: u64,
    /// In flight: late events whose ids history is asked about.
    pub parked: u64,
    /// Numbers that parked events took when they came back: these are no new events.
    pub reentered: u64,
}

impl Balance {
    /// As it stands in the cursor of a consumer that has come to `next`.
    pub(crate) fn read(state: &[u8], next: Lsn) -> Self {
        let forgotten = next.0.saturating_sub(1);
        postcard::from_bytes(state).unwrap_or_else(|_| Self { forgotten, ..Self::default() })
    }

    pub(super) fn add(&mut self, frame: &Frame) {
        frame.fates.iter().for_each(|fate| self.count(fate));
    }

    fn count(&mut self, fate: &Fate) {
        match fate {
            Fate::Stored(event) => self.store(event),
            Fate::Duplicate => self.deduplicated += 1,
            Fate::Dropped(reason) => *self.dropped.entry(*reason).or_default() += 1,
            Fate::Parked(parked) if parked.of.is_some_and(|of| !self.forgot(of)) => self.reentered += 1,
            Fate::Parked(_) => self.parked += 1,
            Fate::Settled { of, end } => {
                // What comes back of a forgotten number counts as an event of its own.
                if !self.forgot(*of) {
                    self.parked = self.parked.saturating_sub(1);
                    self.reentered += 1;
                }
                match end {
                    Settlement::Stored(event) => self.store(event),
                    Settlement::Duplicate => self.deduplicated += 1,
                    Settlement::Dropped(reason) => *self.dropped.entry(*reason).or_default() += 1,
                }
            }
            Fate::Moot => self.reentered += 1,
        }
    }

    fn store(&mut self, event: &Event) {
        self.stored += 1;
        self.orphans += u64::from(event.orphan);
    }

    const fn forgot(&self, lsn: Lsn) -> bool {
        lsn.0 <= self.forgotten
    }

    /// The events accounted for.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.stored + self.deduplicated + self.dropped.values().sum::<u64>() + self.forgotten
    }
}
