//! The sessions an event may still join.
//!
//! A state costs about 300 bytes plus the text of two pages. It is kept 26 hours after its last event: 24 hours, the
//! age from which an event is "late" and joins no normal session, plus the longest session timeout. So whatever the
//! site's timeout is, a session that is gone could not have taken anything. A session of late events is kept as long
//! after the receipt of its last one.

use super::claims::Seeded;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use ut_core::event::{Happening, Identity, Ids, LATE_MS, Opening, PageViewState, SessionState, is_late};
use ut_core::ports::Candidate;
use ut_core::{SessionKey, SiteId, VisitorId};

/// 24 hours and the longest timeout a site may set (120 minutes).
const KEEP_MS: i64 = LATE_MS + 120 * 60 * 1000;

/// Names one session, and says by which visitor it is found. That may change when consent comes; the session stays the
/// same.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionRef {
    pub(super) site: SiteId,
    pub(super) visitor: VisitorId,
    pub(super) session: SessionKey,
}

impl SessionRef {
    pub(super) const fn of(state: &SessionState) -> Self {
        Self { site: state.site, visitor: state.visitor, session: state.session }
    }
}

impl PartialEq for SessionRef {
    fn eq(&self, other: &Self) -> bool {
        (self.site, self.session) == (other.site, other.session)
    }
}

impl Eq for SessionRef {}

impl Hash for SessionRef {
    /// The key alone: it is a keyed hash of site, first visitor and time.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.session.0);
    }
}

/// A session and what is known about it besides its row.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) state: Arc<SessionState>,
    /// A late event opened it.
    pub(super) late: bool,
    /// Receipt time of its newest event.
    pub(super) seen: i64,
}

impl Open {
    /// May an event still join it, at receipt time `clock`?
    pub(super) fn kept(&self, clock: i64) -> bool {
        let last = if self.late { self.seen } else { self.state.last_at };
        last + KEEP_MS >= clock
    }
}

/// What an event or heartbeat asks the sessions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probe {
    pub(super) site: SiteId,
    pub(super) ids: Ids,
    pub(super) at: i64,
    pub(super) timeout_ms: i64,
    pub(super) late: bool,
    /// Receipt clock.
    pub(super) clock: i64,
}

/// The sessions, by visitor.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    by_visitor: HashMap<(SiteId, VisitorId), Vec<Open>, Seeded>,
    /// The newer hash of a visitor whose session began under the hash before it. Memory only: it must not outlive
    /// the session, nor reach a disk.
    aliases: HashMap<(SiteId, VisitorId), SessionRef, Seeded>,
}

impl Sessions {
    /// The session that takes the event: under the cookie, else under the hash of the moment, else under the one before
    /// the rotation.
    pub(super) fn find(&self, probe: &Probe) -> Option<SessionRef> {
        let known = probe.ids.cookie.and_then(|cookie| self.under(probe, cookie));
        known.or_else(|| self.under(probe, probe.ids.hash)).or_else(|| self.under(probe, probe.ids.previous?))
    }

    /// The earlier of the sessions that take the event, among the visitor's own and the one they are an alias of.
    fn under(&self, probe: &Probe, id: VisitorId) -> Option<SessionRef> {
        let own = self.by_visitor.get(&(probe.site, id)).into_iter().flatten();
        let aliased = self.aliases.get(&(probe.site, id)).and_then(|session| self.get(session));
        own.chain(aliased)
            .filter(|open| open.kept(probe.clock) && (open.late || !probe.late))
            .filter(|open| open.state.takes(probe.at, probe.timeout_ms))
            .min_by_key(|open| open.state.started_at)
            .map(|open| SessionRef::of(&open.state))
    }

    pub(super) fn get(&self, session: &SessionRef) -> Option<&Open> {
        let opens = self.by_visitor.get(&(session.site, session.visitor))?;
        opens.iter().find(|open| open.state.session == session.session)
    }

    /// How these sessions stand.
    pub(super) fn states(&self, of: impl Iterator<Item = SessionRef>) -> Vec<Arc<SessionState>> {
        of.filter_map(|session| self.get(&session)).map(|open| Arc::clone(&open.state)).collect()
    }

    /// Gives a session to the visitor that its consent made known, and takes it from who that was before.
    pub(super) fn upgrade(&mut self, session: SessionRef, cookie: VisitorId) -> SessionRef {
        let Some(mut open) = self.take(session) else { return session };
        Arc::make_mut(&mut open.state).upgrade(cookie);
        let upgraded = SessionRef::of(&open.state);
        self.by_visitor.entry((upgraded.site, cookie)).or_default().push(open);
        upgraded
    }

    fn take(&mut self, session: SessionRef) -> Option<Open> {
        let whose = (session.site, session.visitor);
        let opens = self.by_visitor.get_mut(&whose)?;
        let place = opens.iter().position(|open| open.state.session == session.session)?;
        let open = opens.swap_remove(place);
        if opens.is_empty() {
            self.by_visitor.remove(&whose);
        }
        Some(open)
    }

    /// Puts a session in place of its former state, which may have been another visitor's.
    pub(super) fn put(&mut self, open: Open) {
        if let Some(before) = open.state.before {
            self.take(SessionRef { visitor: before, ..SessionRef::of(&open.state) });
        }
        let opens = self.by_visitor.entry((open.state.site, open.state.visitor)).or_default();
        match opens.iter_mut().find(|known| known.state.session == open.state.session) {
            Some(known) => *known = open,
            None => opens.push(open),
        }
    }

    /// Counts `candidate`, seen at receipt time `seen`, in `session`, opening it if it is unknown; returns whether it is a touch.
    /// A session whose key is taken is joined: the same visitor, the same millisecond.
    pub(super) fn add(
        &mut self,
        session: SessionRef,
        candidate: &Candidate,
        engaged_ms: u32,
        seen: i64,
    ) -> bool {
        let received_at = candidate.request.received_at;
        let opens = self.by_visitor.entry((session.site, session.visitor)).or_default();
        let place =
            opens.iter().position(|open| open.state.session == session.session).unwrap_or_else(|| {
                opens.push(Open {
                    state: Arc::new(SessionState::open(opening(session, candidate))),
                    late: is_late(candidate.at, received_at),
                    seen,
                });
                opens.len() - 1
            });
        let open = &mut opens[place];
        open.seen = open.seen.max(seen);
        Arc::make_mut(&mut open.state).add(&Happening {
            at: candidate.at,
            page: candidate.page.as_ref(),
            source: candidate.source.as_ref(),
            engages: candidate.engages,
            engaged_ms,
        })
    }

    /// In which of a visitor's sessions a page view began, and what is known of it. Only a session that is still kept
    /// knows: whether the next sweep has come must not show.
    pub(super) fn view(
        &self,
        whose: SessionRef,
        key: u64,
        clock: i64,
    ) -> Option<(SessionRef, PageViewState)> {
        let opens = self.by_visitor.get(&(whose.site, whose.visitor))?;
        let mut kept = opens.iter().filter(|open| open.kept(clock));
        kept.find_map(|open| Some((SessionRef::of(&open.state), *open.state.view(key)?)))
    }

    /// Puts what is known of a page view into the session it began in.
    pub(super) fn put_view(&mut self, session: SessionRef, view: PageViewState) {
        let opens = self.by_visitor.get_mut(&(session.site, session.visitor)).into_iter().flatten();
        for open in opens.filter(|open| open.state.session == session.session) {
            Arc::make_mut(&mut open.state).put_view(view);
        }
    }

    /// Remembers that `hash` belongs to the visitor of `session` until that ends.
    pub(super) fn alias(&mut self, hash: VisitorId, session: SessionRef) {
        if hash != session.visitor {
            self.aliases.insert((session.site, hash), session);
        }
    }

    /// Forgets the sessions of a visitor, and who else was led to them.
    pub(super) fn forget(&mut self, site: SiteId, is: impl Fn(VisitorId) -> bool) {
        self.by_visitor.retain(|(of, visitor), _| *of != site || !is(*visitor));
        let mut aliases = std::mem::take(&mut self.aliases);
        aliases.retain(|(of, hash), session| (*of != site || !is(*hash)) && self.get(session).is_some());
        self.aliases = aliases;
    }

    /// Every session.
    pub(super) fn all(&self) -> impl Iterator<Item = &Open> {
        self.by_visitor.values().flatten()
    }

    /// Forgets the sessions that are over, except those `held` back, and their aliases.
    pub(super) fn sweep(&mut self, clock: i64, held: impl Fn(&SessionRef) -> bool) {
        self.by_visitor.retain(|_, opens| {
            opens.retain(|open| open.kept(clock) || held(&SessionRef::of(&open.state)));
            !opens.is_empty()
        });
        let mut aliases = std::mem::take(&mut self.aliases);
        aliases.retain(|_, session| self.get(session).is_some());
        self.aliases = aliases;
    }
}

/// What a session begins with: the event that opens it.
fn opening(session: SessionRef, candidate: &Candidate) -> Opening {
    let known_by_cookie = candidate.ids.is_some_and(|ids| ids.cookie == Some(session.visitor));
    Opening {
        session: session.session,
        visitor: session.visitor,
        identity: if known_by_cookie { Identity::Cookie } else { Identity::Cookieless },
        at: candidate.at,
        staging: candidate.staging,
        request: Arc::clone(&candidate.request),
    }
}
