//! Claims and sessions: the fold of the synced frames, and on top of it the answers that are not synced yet.

mod fold;

use super::claims::{ClaimKey, Claims, Run, Seeded, oldest_kept};
use super::pending::{Answer, Latest, Pending};
use super::receipt_clock::ReceiptClock;
use super::seen::{Found, Stored};
use super::sessions::{Open, Probe, SessionRef, Sessions};
use std::collections::{BTreeMap, HashMap};
use ut_core::event::{Again, Finding, Identity, Ids, PageViewState, is_late};
use ut_core::keys::Keys;
use ut_core::ports::{Candidate, Decision, Decisions, Outcome, RealtimeError};
use ut_core::{Lsn, SessionKey, SiteId, VisitorId};

/// The timeout heartbeats assume for a site whose events have not told it yet: the default of the setting.
const DEFAULT_TIMEOUT_MS: i64 = 30 * 60 * 1000;

/// See the module.
#[derive(Debug)]
pub(super) struct State {
    keys: Keys,
    /// Every event before this number is in a synced frame.
    folded: Lsn,
    /// The receipt clock of the synced frames.
    clock: ReceiptClock,
    /// The receipt clock with the pending answers.
    ahead: ReceiptClock,
    claims: Claims,
    sessions: Sessions,
    /// The events that wait for history's word, and since which hour.
    parked: BTreeMap<Lsn, i64>,
    pending: Pending,
    timeouts: HashMap<SiteId, i64, Seeded>,
    /// Of events before this corrected time nobody claims may be known all the same: the log that held their claims was
    /// replaced.
    unknown_before: i64,
}

/// The corrected time of an event may lie ten minutes ahead, and changes a little when it is sent again.
const AHEAD_MS: i64 = 11 * 60_000;

/// What a look-up in memory says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// It was held in an hour that counted then.
    Perhaps,
    /// It is not: hours only ever stop to count.
    No,
}

/// What a snapshot holds of it: shared, not copied.
#[derive(Debug)]
pub(super) struct Captured {
    pub(super) folded: Lsn,
    pub(super) clock: ReceiptClock,
    pub(super) claims: Vec<Run>,
    pub(super) sessions: Vec<Open>,
    pub(super) parked: Vec<(Lsn, i64)>,
    pub(super) stored: Stored,
}

impl State {
    pub(super) fn new(
        keys: Keys,
        folded: Lsn,
        clock: ReceiptClock,
        claims: Claims,
        opens: Vec<Open>,
    ) -> Self {
        let mut sessions = Sessions::default();
        opens.into_iter().for_each(|open| sessions.put(open));
        Self {
            keys,
            folded: folded.max(Lsn::FIRST),
            clock,
            ahead: clock,
            claims,
            sessions,
            parked: BTreeMap::new(),
            pending: Pending::default(),
            timeouts: HashMap::default(),
            unknown_before: i64::MIN,
        }
    }

    /// Of a log that took another's place then: history must be asked about events from before.
    pub(super) const fn begins_at(&mut self, at: i64) {
        self.unknown_before = at.saturating_add(AHEAD_MS);
    }

    /// With the parked events of a snapshot.
    pub(super) fn with_parked(self, parked: Vec<(Lsn, i64)>) -> Self {
        Self { parked: parked.into_iter().collect(), ..self }
    }

    pub(super) const fn folded(&self) -> Lsn {
        self.folded
    }

    /// About how many records a snapshot has to write.
    pub(super) fn size(&self) -> u64 {
        self.claims.len() as u64
    }

    /// [`Self::decide`], by what memory knows.
    #[cfg(test)]
    pub(super) fn answer(&mut self, candidates: &[Candidate]) -> Result<Decisions, RealtimeError> {
        let held = self.look_up(candidates);
        self.decide(candidates, &held)
    }

    #[cfg(test)]
    pub(super) const fn bound(&mut self, bounds: super::claims::Bounds) {
        self.claims.bound(bounds);
    }

    /// Goes on behind frames that are lost: their events are claimed by nobody.
    pub(super) fn skip(&mut self, end: Lsn) {
        self.folded = self.folded.max(end);
    }

    /// The hour that new claims are made in; `None` before the first event.
    pub(super) fn hour(&self) -> Option<i64> {
        (self.clock != ReceiptClock::default()).then(|| self.clock.hour())
    }

    /// What memory knows of the claims of `candidates`. They are looked up in one go: each is in another place of sets
    /// that no cache holds, and the processor fetches several at a time only while it has nothing else to do.
    pub(super) fn look_up(&self, candidates: &[Candidate]) -> Vec<Held> {
        let kept = self.oldest_kept();
        let held = candidates.iter().map(|candidate| {
            let key = ClaimKey::new(candidate.request.site, candidate.id);
            if self.claims.holds(&key, kept) { Held::Perhaps } else { Held::No }
        });
        held.collect()
    }

    /// The keys of `candidates` that memory does not know: the store must be asked about them.
    pub(super) fn unknown(&self, candidates: &[Candidate], held: &[Held]) -> Vec<ClaimKey> {
        let asked = candidates
            .iter()
            .zip(held)
            .filter(|(candidate, held)| **held == Held::No && self.pending.answer(candidate.lsn).is_none());
        asked.map(|(candidate, _)| ClaimKey::new(candidate.request.site, candidate.id)).collect()
    }

    /// What the store said about them; asked before every decision.
    pub(super) fn recall(&mut self, found: Found) {
        self.claims.recall(found);
    }

    /// The oldest claims, when more are in memory than shall be.
    pub(super) fn surplus(&self) -> Option<Run> {
        self.claims.surplus().cloned()
    }

    /// Lets go what the store has taken.
    pub(super) fn release(&mut self, runs: &[Run]) {
        runs.iter().for_each(|run| self.claims.release(&run.keys));
    }

    /// The first hour whose claims still count.
    pub(super) const fn oldest_kept(&self) -> i64 {
        oldest_kept(self.clock.hour())
    }

    /// For how many hours claims of `hour` would still count.
    pub(super) fn hours_kept_after(&self, hour: i64) -> Option<i64> {
        let left = hour - self.oldest_kept() + 1;
        (left > 0).then_some(left)
    }

    /// See [`ut_core::ports::Realtime::decide`]. A number that a synced frame holds is an error: answering it anew
    /// would count it twice. `held` is what [`Self::look_up`] said of each: nothing may be folded in between.
    pub(super) fn decide(
        &mut self,
        candidates: &[Candidate],
        held: &[Held],
    ) -> Result<Decisions, RealtimeError> {
        if let Some(old) = candidates.iter().find(|candidate| candidate.lsn < self.folded) {
            let (asked, folded) = (old.lsn.0, self.folded.0);
            return Err(RealtimeError(format!(
                "event {asked} is decided and synced already (up to {folded})"
            )));
        }
        let mut outcomes = Vec::with_capacity(candidates.len());
        let (mut latest, mut touched) = (Latest::default(), Vec::new());
        for (n, (candidate, held)) in candidates.iter().zip(held).enumerate() {
            if self.pending.answer(candidate.lsn).is_none() {
                let rest = candidates.get(n + 1..).unwrap_or_default();
                let answer = self.decide_one(candidate, *held, &mut touched);
                let sessions =
                    (!self.pending.goes_on(candidate, rest)).then(|| self.sessions.states(touched.drain(..)));
                self.pending.keep(candidate.lsn, Answer { sessions, ..answer }, self.ahead.hour());
            }
            let answer = self.pending.answer(candidate.lsn);
            let answer = answer.ok_or_else(|| RealtimeError("an answer is lost".to_owned()))?;
            outcomes.push(answer.outcome);
            match &answer.sessions {
                Some(states) => states.iter().for_each(|state| latest.note(state)),
                None if n + 1 < candidates.len() => {}
                None => return Err(RealtimeError("a chunk may not end within a request".to_owned())),
            }
        }
        Ok(Decisions { outcomes, sessions: latest.into_states() })
    }

    /// Decides about one, and notes the sessions that it changes among those its request has `touched`.
    fn decide_one(&mut self, candidate: &Candidate, held: Held, touched: &mut Vec<SessionRef>) -> Answer {
        let site = candidate.request.site;
        let key = ClaimKey::new(site, candidate.id);
        // Asked at the candidate's own time: the event before it may have come from a clock that was wrong.
        let mut clock = self.ahead;
        if candidate.again.is_none() {
            clock.advance(candidate.request.received_at);
        }
        if let Some(again) = candidate.again
            && let Some(outcome) = self.cut_short(again, clock.hour())
        {
            let settles = (outcome != Outcome::Moot).then_some(again.of);
            return Answer { settles, ..Answer::plain(outcome) };
        }
        let settles = candidate.again.map(|again| again.of);
        let claimed = match held {
            Held::Perhaps => self.claims.contains(&key, clock.hour()),
            Held::No => self.claims.recalls(&key, clock.hour()),
        };
        if claimed || self.pending.claims(&key, clock.hour()) {
            return Answer { settles, ..Answer::plain(Outcome::Duplicate) };
        }
        self.ahead = clock;
        let late = is_late(candidate.at, candidate.request.received_at);
        if settles.is_none() && (late || candidate.at < self.unknown_before) {
            return Answer::plain(Outcome::Parked);
        }
        self.timeouts.insert(site, candidate.timeout_ms);
        let Some(ids) = candidate.ids else {
            return Answer { claim: Some(key), settles, ..Answer::plain(Outcome::New(None)) };
        };
        let found = self.sessions.find(&self.probe(candidate, ids));
        if candidate.measures {
            let answer = Answer::plain(Outcome::New(Some(measured(found, ids))));
            return Answer { claim: Some(key), settles, ..answer };
        }
        let session = match found {
            Some(session) => self.known_now(session, candidate, ids),
            None => self.opened(candidate, ids),
        };
        let (decision, other) = self.join(session, candidate);
        for changed in other.into_iter().chain([session]) {
            // It may be found by another visitor now.
            match touched.iter_mut().find(|known| **known == changed) {
                Some(known) => *known = changed,
                None => touched.push(changed),
            }
        }
        // Who is known by a cookie is found by it. The hash may be another's, who has agreed to nothing.
        if ids.cookie.is_none() {
            self.sessions.alias(ids.hash, session);
        }
        Answer { claim: Some(key), settles, ..Answer::plain(Outcome::New(Some(decision))) }
    }

    /// What becomes of a parked event that comes back in `hour`, unless its claim decides.
    fn cut_short(&self, Again { of, finding }: Again, hour: i64) -> Option<Outcome> {
        let Some(since) = self.pending.parked(of).unwrap_or_else(|| self.parked.get(&of).copied()) else {
            return Some(Outcome::Moot);
        };
        match finding {
            Finding::Known => Some(Outcome::Duplicate),
            // History held what was decided before it was parked. What came after must still be claimed.
            Finding::Unknown if oldest_kept(hour) > since => Some(Outcome::Parked),
            Finding::Unknown => None,
        }
    }

    /// Counts a candidate in its session, and its engaged time in the page view it is of. That one may have begun in
    /// another session, which changes too.
    fn join(&mut self, session: SessionRef, candidate: &Candidate) -> (Decision, Option<SessionRef>) {
        let key = candidate.page_view.map(PageViewState::key);
        let known = key.and_then(|key| self.sessions.view(session, key, self.ahead.now));
        let claimed = candidate.engagement.map_or(0, |engagement| engagement.engaged_ms);
        let engaged_ms = known.map_or(0, |(_, view)| view.increase(claimed, candidate.at));
        self.pending.change(session, candidate.lsn, &self.sessions);
        let seen = self.ahead.seen(candidate.request.received_at, candidate.again.is_some());
        let touch = self.sessions.add(session, candidate, engaged_ms, seen);
        let mut other = None;
        // An engagement begins no page view: it may be of one that is forgotten.
        let begins = candidate.engagement.is_none();
        match (known, key) {
            (Some((home, view)), _) if engaged_ms > 0 || (begins && candidate.at < view.first_at) => {
                let first_at = if begins { view.first_at.min(candidate.at) } else { view.first_at };
                let view = PageViewState { first_at, engaged_ms: view.engaged_ms + engaged_ms, ..view };
                self.pending.change(home, candidate.lsn, &self.sessions);
                self.sessions.put_view(home, view);
                other = Some(home).filter(|home| *home != session);
            }
            (None, Some(key)) if begins => {
                let view = PageViewState { key, first_at: candidate.at, engaged_ms: 0 };
                self.sessions.put_view(session, view);
            }
            _ => {}
        }
        let orphan = candidate.engagement.is_some() && known.is_none();
        let identity = self.sessions.get(&session).map_or(Identity::Cookieless, |open| open.state.identity);
        let (visitor, session) = (session.visitor, session.session);
        (Decision { visitor, identity, session, touch, engaged_ms, orphan }, other)
    }

    /// The session of a candidate, which takes the cookie of one who was known by a hash when it began.
    fn known_now(&mut self, session: SessionRef, candidate: &Candidate, ids: Ids) -> SessionRef {
        match ids.cookie {
            Some(cookie) if session.visitor != cookie => {
                self.pending.change(session, candidate.lsn, &self.sessions);
                self.sessions.upgrade(session, cookie)
            }
            _ => session,
        }
    }

    /// Which session a candidate joins.
    fn probe(&self, candidate: &Candidate, ids: Ids) -> Probe {
        Probe {
            site: candidate.request.site,
            ids,
            at: candidate.at,
            timeout_ms: candidate.timeout_ms,
            late: is_late(candidate.at, candidate.request.received_at),
            clock: self.ahead.now,
        }
    }

    /// The session a candidate opens.
    fn opened(&self, candidate: &Candidate, ids: Ids) -> SessionRef {
        let site = candidate.request.site;
        let (visitor, _) = ids.own();
        SessionRef { site, visitor, session: self.keys.session(site, visitor, candidate.at) }
    }

    /// Forgets the sessions of a visitor of whom nothing is pending.
    pub(super) fn forget(&mut self, site: SiteId, is: impl Fn(VisitorId) -> bool) {
        self.sessions.forget(site, is);
    }

    /// See [`ut_core::ports::Realtime::whose`].
    pub(super) fn whose(&self, site: SiteId, ids: Ids, at: i64) -> VisitorId {
        let timeout_ms = self.timeouts.get(&site).copied().unwrap_or(DEFAULT_TIMEOUT_MS);
        let probe = Probe { site, ids, at, timeout_ms, late: false, clock: self.ahead.now };
        self.sessions.find(&probe).map_or(ids.own().0, |session| session.visitor)
    }
}

/// Whose a measurement is: of the session that is there, or of nobody's.
fn measured(found: Option<SessionRef>, ids: Ids) -> Decision {
    let (own, identity) = ids.own();
    let visitor = found.map_or(own, |session| session.visitor);
    let identity = if visitor == own { identity } else { Identity::Cookieless };
    let session = found.map_or(SessionKey::default(), |session| session.session);
    Decision { visitor, identity, session, touch: false, engaged_ms: 0, orphan: false }
}
