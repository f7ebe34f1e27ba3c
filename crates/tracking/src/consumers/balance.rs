//! The ingest balance: received = stored + deduplicated + dropped(reason) + in flight, and + forgotten where the cursor
//! that counted was lost.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
    /// In flight: the numbers of late events whose ids history is asked about.
    pub parked: BTreeSet<Lsn>,
    /// Numbers that parked events took when they came back: these are no new events.
    pub reentered: u64,
}

/// What some frames say of the balance, whatever it was before them.
#[derive(Debug, Default)]
pub(super) struct Changes {
    stored: u64,
    orphans: u64,
    deduplicated: u64,
    dropped: BTreeMap<DropReason, u64>,
    /// In their order.
    parked: Vec<Step>,
}

/// What happens to a parked event.
#[derive(Debug)]
enum Step {
    Parked(Lsn),
    Back {
        /// The number it was parked under.
        of: Lsn,
    },
    Moot,
}

impl Changes {
    /// Adds the next frame.
    pub(super) fn add(&mut self, frame: &Frame) {
        frame.fates.iter().zip(0..).for_each(|(fate, n)| self.count(frame.from.plus(n), fate));
    }

    fn count(&mut self, lsn: Lsn, fate: &Fate) {
        match fate {
            Fate::Stored(event) => self.store(event),
            Fate::Duplicate => self.deduplicated += 1,
            Fate::Dropped(reason) => self.drop(*reason),
            Fate::Parked(parked) => {
                self.parked.extend(parked.of.map(|of| Step::Back { of }));
                self.parked.push(Step::Parked(lsn));
            }
            Fate::Settled { of, end } => {
                self.parked.push(Step::Back { of: *of });
                match end {
                    Settlement::Stored(event) => self.store(event),
                    Settlement::Duplicate => self.deduplicated += 1,
                    Settlement::Dropped(reason) => self.drop(*reason),
                }
            }
            Fate::Moot => self.parked.push(Step::Moot),
        }
    }

    fn store(&mut self, event: &Event) {
        self.stored += 1;
        self.orphans += u64::from(event.orphan);
    }

    fn drop(&mut self, reason: DropReason) {
        *self.dropped.entry(reason).or_default() += 1;
    }
}

impl Balance {
    /// As it stands in the cursor of a consumer that has come to `next`.
    pub(crate) fn read(state: &[u8], next: Lsn) -> Self {
        let forgotten = next.0.saturating_sub(1);
        postcard::from_bytes(state).unwrap_or_else(|_| Self { forgotten, ..Self::default() })
    }

    pub(super) fn add(&mut self, frame: &Frame) {
        let mut changes = Changes::default();
        changes.add(frame);
        self.apply(changes);
    }

    /// Adds what frames say that follow those counted so far.
    pub(super) fn apply(&mut self, changes: Changes) {
        self.stored += changes.stored;
        self.orphans += changes.orphans;
        self.deduplicated += changes.deduplicated;
        for (reason, count) in changes.dropped {
            *self.dropped.entry(reason).or_default() += count;
        }
        for step in changes.parked {
            match step {
                Step::Parked(lsn) => _ = self.parked.insert(lsn),
                Step::Back { of } => self.come_back(of),
                Step::Moot => self.reentered += 1,
            }
        }
    }

    /// What was parked under `of` takes another number. Of a forgotten one, what comes back counts as an event of its own.
    fn come_back(&mut self, of: Lsn) {
        if self.forgot(of) {
            return;
        }
        self.reentered += 1;
        // It was given up, or the frame that parked it could not be read here: it counts as damaged, and is not.
        if !self.parked.remove(&of)
            && let Some(damaged) = self.dropped.get_mut(&DropReason::Damaged)
        {
            *damaged = damaged.saturating_sub(1);
        }
    }

    /// The events still parked under a number before `lsn`.
    pub(super) fn orphans_before(&self, lsn: Lsn) -> Vec<Lsn> {
        self.parked.range(..lsn).copied().collect()
    }

    /// Parked events that will not come back.
    pub(super) fn give_up(&mut self, orphans: &[Lsn]) {
        let given_up = orphans.iter().filter(|lsn| self.parked.remove(lsn)).count() as u64;
        *self.dropped.entry(DropReason::Damaged).or_default() += given_up;
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
