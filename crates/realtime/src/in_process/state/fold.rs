//! The fold: what the synced frames make of claims and sessions, and what of it a snapshot holds.

use super::super::claims::{ClaimKey, HOUR_MS, KEEP_HOURS, Seeded};
use super::super::seen::Stored;
use super::super::sessions::{Open, SessionRef};
use super::{Captured, State};
use std::collections::HashMap;
use std::sync::Arc;
use ut_core::Lsn;
use ut_core::event::{Fate, Frame, SessionState, Vital, is_late};
use ut_core::ports::RealtimeError;

impl State {
    /// Folds a synced frame in: on recovery, and when the frame of pending answers has become durable. A frame that
    /// was folded before changes nothing; a gap between frames is an error.
    pub(in super::super) fn fold(&mut self, frame: &Frame) -> Result<(), RealtimeError> {
        let end = frame.end();
        if end <= self.folded {
            return Ok(());
        }
        if frame.from != self.folded {
            let (from, folded) = (frame.from.0, self.folded.0);
            return Err(RealtimeError(format!("a frame from event {from} does not follow event {folded}")));
        }
        let before = self.clock;
        let newcomers = self.fold_events(frame);
        for state in &frame.sessions {
            let session = SessionRef::of(state);
            let newcomer = newcomers.get(&session).copied().unwrap_or_default();
            let open = self.synced_open(&session, state, newcomer);
            if let Some(open) = self.pending.commit(session, open, end) {
                self.sessions.put(open);
            }
        }
        self.pending.forget(end);
        self.folded = end;
        if self.pending.is_empty() {
            self.ahead = self.clock;
        }
        if self.clock.hour() != before.hour() {
            self.claims.expire(self.clock.hour());
        }
        let passed = self.clock.now.div_euclid(HOUR_MS) - before.now.div_euclid(HOUR_MS);
        // A leap over all that is kept may be a clock that is wrong for a moment. Only the next hour believes it.
        if passed != 0 && passed.abs() <= KEEP_HOURS {
            let pending = &self.pending;
            self.sessions.sweep(self.clock.now, |session| pending.synced(session).is_some());
        }
        Ok(())
    }

    /// Claims a frame's events and returns, per session, whether its first event here was late and the newest
    /// receipt time.
    fn fold_events(&mut self, frame: &Frame) -> HashMap<SessionRef, (bool, i64), Seeded> {
        let mut sessions = HashMap::with_capacity_and_hasher(frame.sessions.len(), Seeded::default());
        for (fate, n) in frame.fates.iter().zip(0..) {
            self.fold_parked(frame.from.plus(n), fate);
            let Some(event) = fate.event() else { continue };
            let (site, received_at) = (event.request.site, event.request.received_at);
            let settled = matches!(fate, Fate::Settled { .. });
            if !settled {
                self.clock.advance(received_at);
            }
            self.claims.insert(ClaimKey::new(site, event.draft.id), self.clock.hour());
            let Some(visitor) = event.visitor.filter(|_| Vital::of(&event.draft).is_none()) else { continue };
            let session = SessionRef { site, visitor, session: event.session };
            let late = is_late(event.draft.at, received_at);
            let at = self.clock.seen(received_at, settled);
            let (_, seen) = sessions.entry(session).or_insert((late, at));
            *seen = at.max(*seen);
        }
        sessions
    }

    /// Keeps in mind which events wait for history's word.
    fn fold_parked(&mut self, lsn: Lsn, fate: &Fate) {
        match fate {
            Fate::Parked(parked) => {
                if let Some(of) = parked.of {
                    self.parked.remove(&of);
                } else {
                    self.clock.advance(parked.request.received_at);
                }
                self.parked.insert(lsn, self.clock.hour());
            }
            Fate::Settled { of, .. } => {
                self.parked.remove(of);
            }
            Fate::Stored(_) | Fate::Duplicate | Fate::Dropped(_) | Fate::Moot => {}
        }
    }

    /// A session as the frame knows it. Who opened it, a late event or not, was decided with its first event.
    fn synced_open(
        &self,
        session: &SessionRef,
        state: &Arc<SessionState>,
        (late, seen): (bool, i64),
    ) -> Open {
        let ahead = self.sessions.get(session);
        let known = self.pending.synced(session).unwrap_or(ahead);
        // What was decided last is what the frame holds, unless more was decided since: then one copy is enough.
        let same = ahead.filter(|ahead| ahead.state == *state);
        Open {
            state: Arc::clone(same.map_or(state, |same| &same.state)),
            late: known.map_or(late, |known| known.late),
            seen: known.map_or(seen, |known| known.seen.max(seen)),
        }
    }

    /// What the synced frames made, without the pending answers.
    pub(in super::super) fn capture(&self, stored: Stored) -> Captured {
        let mut sessions: Vec<Open> = Vec::new();
        for open in self.sessions.all() {
            match self.pending.synced(&SessionRef::of(&open.state)) {
                None => sessions.push(open.clone()),
                Some(synced) => sessions.extend(synced.cloned()),
            }
        }
        sessions.retain(|open| open.kept(self.clock.now));
        let parked = self.parked.iter().map(|(lsn, since)| (*lsn, *since)).collect();
        Captured {
            folded: self.folded,
            clock: self.clock,
            claims: self.claims.share(),
            sessions,
            parked,
            stored,
        }
    }
}
