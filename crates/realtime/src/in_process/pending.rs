//! Decisions that no synced frame holds yet: what was answered, and what the sessions were before.

use super::claims::{ClaimKey, Seeded, oldest_kept};
use super::sessions::{Open, SessionRef, Sessions};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use ut_core::Lsn;
use ut_core::event::SessionState;
use ut_core::ports::{Candidate, Outcome};

/// An answer, to be given again unchanged.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    /// The sessions that its request has changed, as they stood after this event: a repeated chunk may end here. `None`
    /// when more of its request was asked together with it: chunks end between requests.
    pub(super) sessions: Option<Vec<Arc<SessionState>>>,
    /// What it claimed.
    pub(super) claim: Option<ClaimKey>,
    /// The parked event that comes back by it.
    pub(super) settles: Option<Lsn>,
}

impl Answer {
    /// An answer that changes no session and claims nothing.
    pub(super) const fn plain(outcome: Outcome) -> Self {
        Self { outcome, sessions: Some(Vec::new()), claim: None, settles: None }
    }
}

/// A session with unsynced changes.
#[derive(Debug)]
struct Changed {
    /// As the synced frames know it: what a snapshot may hold.
    synced: Option<Open>,
    /// The last number that changed it.
    last: Lsn,
}

/// Answers that are not durable yet. Bounded by what the pipeline has in flight.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// By rising numbers, as they are asked for.
    answers: VecDeque<(Lsn, Answer)>,
    /// Who claimed it, and in which hour.
    claims: HashMap<ClaimKey, (Lsn, i64), Seeded>,
    changed: HashMap<SessionRef, Changed, Seeded>,
    /// Numbers that are parked or no longer parked: by which answer, and since which hour.
    parked: HashMap<Lsn, (Lsn, Option<i64>)>,
}

impl Pending {
    pub(super) fn answer(&self, lsn: Lsn) -> Option<&Answer> {
        if self.answers.back().is_none_or(|(last, _)| *last < lsn) {
            return None;
        }
        let place = self.answers.binary_search_by_key(&lsn, |(known, _)| *known).ok()?;
        self.answers.get(place).map(|(_, answer)| answer)
    }

    /// Is `key` claimed, when it is `hour`?
    pub(super) fn claims(&self, key: &ClaimKey, hour: i64) -> bool {
        self.claims.get(key).is_some_and(|(_, claimed)| *claimed >= oldest_kept(hour))
    }

    /// Whether the answers park `lsn`, and since which hour, or settle it; `None` when they say nothing of it.
    pub(super) fn parked(&self, lsn: Lsn) -> Option<Option<i64>> {
        self.parked.get(&lsn).map(|(_, since)| *since)
    }

    /// Is the next of `rest` of the same request, and to be answered next? Then nobody will ask how its sessions stood
    /// in between, and they need not be copied for each event.
    pub(super) fn goes_on(&self, candidate: &Candidate, rest: &[Candidate]) -> bool {
        rest.first().is_some_and(|next| {
            Arc::ptr_eq(&candidate.request, &next.request)
                && candidate.again.is_none()
                && next.again.is_none()
                && self.answer(next.lsn).is_none()
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Keeps an answer that was given in `hour`.
    pub(super) fn keep(&mut self, lsn: Lsn, answer: Answer, hour: i64) {
        if let Some(claim) = answer.claim {
            self.claims.insert(claim, (lsn, hour));
        }
        if let Some(of) = answer.settles {
            self.parked.insert(of, (lsn, None));
        }
        if answer.outcome == Outcome::Parked {
            self.parked.insert(lsn, (lsn, Some(hour)));
        }
        let place = self.answers.partition_point(|(known, _)| *known < lsn);
        self.answers.insert(place, (lsn, answer));
    }

    /// Notes that `lsn` is about to change `session`, as it is in `sessions` so far.
    pub(super) fn change(&mut self, session: SessionRef, lsn: Lsn, sessions: &Sessions) {
        let before = || Changed { synced: sessions.get(&session).cloned(), last: lsn };
        let changed = self.changed.entry(session).or_insert_with(before);
        changed.last = changed.last.max(lsn);
    }

    /// The session as the synced frames know it, if it has changed since; `Some(None)` when they do not know it.
    pub(super) fn synced(&self, session: &SessionRef) -> Option<Option<&Open>> {
        self.changed.get(session).map(|changed| changed.synced.as_ref())
    }

    /// A frame that ends at `end` holds `open`. Gives it back unless later answers have changed it further.
    pub(super) fn commit(&mut self, session: SessionRef, open: Open, end: Lsn) -> Option<Open> {
        match self.changed.get_mut(&session) {
            Some(changed) if changed.last >= end => {
                changed.synced = Some(open);
                None
            }
            _ => {
                self.changed.remove(&session);
                Some(open)
            }
        }
    }

    /// Forgets the answers before `end`.
    pub(super) fn forget(&mut self, end: Lsn) {
        while let Some((lsn, answer)) = self.answers.pop_front_if(|(lsn, _)| *lsn < end) {
            if let Some(claim) = answer.claim
                && self.claims.get(&claim).is_some_and(|(holder, _)| *holder == lsn)
            {
                self.claims.remove(&claim);
            }
        }
        self.parked.retain(|_, (by, _)| *by >= end);
    }
}

/// The sessions that some answers changed, once each, as the last of them left them.
#[derive(Debug, Default)]
pub(super) struct Latest {
    states: Vec<Arc<SessionState>>,
    places: HashMap<SessionRef, usize, Seeded>,
}

impl Latest {
    pub(super) fn note(&mut self, state: &Arc<SessionState>) {
        let place = *self.places.entry(SessionRef::of(state)).or_insert(self.states.len());
        match self.states.get_mut(place) {
            Some(earlier) => *earlier = Arc::clone(state),
            None => self.states.push(Arc::clone(state)),
        }
    }

    pub(super) fn into_states(self) -> Vec<Arc<SessionState>> {
        self.states
    }
}
