//! A stretch of `received` on its way to becoming a frame.

use super::{StepError, admit};
use crate::engine::Core;
use std::sync::Arc;
use ut_core::event::{
    Again, Circumstances, Confidential, Draft, DropReason, Event, Fate, Finding, Frame, Identity, Ids,
    Parked, Received, Reentries, Settlement, Vital,
};
use ut_core::module::Context;
use ut_core::ports::{Candidate, Decision, Decisions, Entry, Outcome, Topic};
use ut_core::site::Site;
use ut_core::{Lsn, SessionKey, VisitorId};

/// Decoded events: those admitted wait for a decision, the others have their fate.
pub(super) struct Chunk {
    from: Lsn,
    slots: Vec<Result<Slot, Fate>>,
    candidates: Vec<Candidate>,
}

struct Slot {
    lsn: Lsn,
    request: Arc<Circumstances>,
    draft: Draft,
    whose: Option<(VisitorId, Identity)>,
    back: Option<Back>,
}

/// A parked event that comes back.
struct Back {
    of: Lsn,
    /// Why it is not counted any more: its site was removed meanwhile, or its person forgotten.
    gone: Option<DropReason>,
}

/// What a record of `received` holds.
enum Record {
    New(Box<Received>),
    Back(Reentries),
}

impl Record {
    /// The record, if it is one for as many events as it has numbers. Otherwise why not: it can only be given up, for
    /// what was appended so will never be understood.
    fn of(entry: &Entry) -> Result<Self, String> {
        let (record, held) = if Reentries::is(&entry.bytes) {
            let back = Reentries::decode(&entry.bytes).map_err(|error| error.to_string())?;
            let held = back.0.len();
            (Self::Back(back), held)
        } else {
            let received = Received::decode(&entry.bytes).map_err(|error| error.to_string())?;
            let held = received.drafts.len();
            (Self::New(Box::new(received)), held)
        };
        if held == entry.count as usize {
            return Ok(record);
        }
        Err(format!("it holds {held} events and has {} numbers", entry.count))
    }
}

impl Chunk {
    /// Decodes the entries, opens the sealed identities and lets every module look at every draft.
    pub(super) async fn admit(core: &Core, entries: &[Entry]) -> Result<Self, StepError> {
        let from = entries.first().map_or(Lsn::FIRST, |entry| entry.first);
        let count = entries.iter().map(|entry| entry.count as usize).sum();
        let (slots, candidates) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut chunk = Self { from, slots, candidates };
        for entry in entries {
            if entry.lost.is_some() {
                chunk.drop_all(entry.count as usize, DropReason::Damaged);
                continue;
            }
            let (drafts, received) = match Record::of(entry) {
                Ok(Record::Back(back)) => {
                    chunk.take_back(core, entry.first, back);
                    continue;
                }
                Ok(Record::New(mut received)) => (std::mem::take(&mut received.drafts), received),
                Err(why) => {
                    core.deps.log.give_up(Topic::Received, entry, &why).await?;
                    // What comes back is no new event: it was counted when it was parked.
                    let again = Reentries::is(&entry.bytes);
                    let fate = if again { Fate::Moot } else { Fate::Dropped(DropReason::Damaged) };
                    chunk.slots.extend((0..entry.count).map(|_| Err(fate.clone())));
                    continue;
                }
            };
            match core.deps.sites.by_id(received.site) {
                Some(_) if received.excluded => chunk.drop_all(drafts.len(), DropReason::Excluded),
                Some(site) => {
                    let confidential = open(core, &site, &received).await?;
                    chunk.add(core, entry.first, &site, *received, drafts, confidential);
                }
                None => chunk.drop_all(drafts.len(), DropReason::SiteGone),
            }
        }
        Ok(chunk)
    }

    fn drop_all(&mut self, events: usize, reason: DropReason) {
        self.slots.extend((0..events).map(|_| Err(Fate::Dropped(reason))));
    }

    fn add(
        &mut self,
        core: &Core,
        first: Lsn,
        site: &Site,
        received: Received,
        drafts: Vec<Draft>,
        confidential: Confidential,
    ) {
        let request = Arc::new(circumstances(core, site, &received, &confidential));
        for (n, mut draft) in drafts.into_iter().enumerate() {
            let lsn = first.plus(n as u64);
            let context = Context { site, received: &received };
            if let Err(reason) = admit::admit(core.modules, &mut draft, &context) {
                self.slots.push(Err(Fate::Dropped(reason)));
                continue;
            }
            let ids = confidential.ids.get(n).copied().flatten();
            if ids.is_some_and(|ids| core.rights.is_forgotten(site.id, ids.own().0)) {
                self.slots.push(Err(Fate::Dropped(DropReason::Erased)));
                continue;
            }
            let slot =
                Slot { lsn, request: request.clone(), draft, whose: ids.map(|ids| ids.own()), back: None };
            self.candidates.push(slot.candidate(ids, site.timeout_ms(), None));
            self.slots.push(Ok(slot));
        }
    }

    /// Parked events come back as they were admitted.
    fn take_back(&mut self, core: &Core, first: Lsn, Reentries(back): Reentries) {
        for ((again, parked), n) in back.into_iter().zip(0..) {
            let site = core.deps.sites.by_id(parked.request.site);
            let forgotten = parked
                .whose
                .is_some_and(|(visitor, _)| core.rights.is_forgotten(parked.request.site, visitor));
            let gone = if site.is_none() {
                Some(DropReason::SiteGone)
            } else {
                forgotten.then_some(DropReason::Erased)
            };
            // Of a site that is gone none opens a session any more.
            let finding = if gone.is_none() { again.finding } else { Finding::Known };
            let slot = Slot {
                lsn: first.plus(n),
                request: parked.request,
                draft: parked.draft,
                whose: parked.whose,
                back: Some(Back { of: again.of, gone }),
            };
            let ids = parked.whose.map(|(visitor, identity)| Ids::alone(visitor, identity));
            let timeout_ms = site.map_or(0, |site| site.timeout_ms());
            self.candidates.push(slot.candidate(ids, timeout_ms, Some(Again { finding, ..again })));
            self.slots.push(Ok(slot));
        }
    }

    /// What waits for a decision, in log order.
    pub(super) fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Joins the decisions with what they were made for.
    pub(super) fn into_frame(self, decisions: Decisions) -> Frame {
        let mut outcomes = decisions.outcomes.into_iter();
        let fates = self.slots.into_iter().map(|slot| match slot {
            Err(fate) => fate,
            Ok(slot) => slot.fate(outcomes.next().unwrap_or(Outcome::Duplicate)),
        });
        Frame { from: self.from, fates: fates.collect(), sessions: decisions.sessions }
    }
}

impl Slot {
    /// What the stateful rules read of it.
    fn candidate(&self, ids: Option<Ids>, timeout_ms: i64, again: Option<Again>) -> Candidate {
        let draft = &self.draft;
        Candidate {
            lsn: self.lsn,
            request: self.request.clone(),
            id: draft.id,
            at: draft.at,
            ids,
            timeout_ms,
            page: draft.page.clone().filter(|_| draft.name.is_page_view()),
            page_view: draft.page_view,
            engagement: draft.engagement,
            source: draft.source.clone(),
            staging: draft.staging,
            engages: draft.name.engages(),
            measures: Vital::of(draft).is_some(),
            again,
        }
    }

    fn fate(mut self, outcome: Outcome) -> Fate {
        let back = self.back.take();
        let of = back.as_ref().map(|back| back.of);
        let end = match outcome {
            Outcome::Moot => return Fate::Moot,
            Outcome::Parked => {
                let Self { request, draft, whose, .. } = self;
                return Fate::Parked(Box::new(Parked { request, whose, draft, of }));
            }
            Outcome::New(decision) => Settlement::Stored(Box::new(self.decided(decision))),
            Outcome::Duplicate => match back.and_then(|back| back.gone) {
                Some(reason) => Settlement::Dropped(reason),
                None => Settlement::Duplicate,
            },
        };
        match (of, end) {
            (Some(of), end) => Fate::Settled { of, end },
            (None, Settlement::Stored(event)) => Fate::Stored(event),
            (None, Settlement::Duplicate) => Fate::Duplicate,
            (None, Settlement::Dropped(reason)) => Fate::Dropped(reason),
        }
    }

    fn decided(self, decision: Option<Decision>) -> Event {
        Event {
            lsn: self.lsn,
            request: self.request,
            identity: decision.map_or(Identity::Unidentified, |decision| decision.identity),
            visitor: decision.map(|decision| decision.visitor),
            session: decision.map_or(SessionKey::default(), |decision| decision.session),
            touch: decision.is_some_and(|decision| decision.touch),
            engaged_ms: decision.map_or(0, |decision| decision.engaged_ms),
            orphan: decision.is_some_and(|decision| decision.orphan),
            draft: self.draft,
        }
    }
}

/// What the events of a request have in common, with what every module knows of it.
fn circumstances(
    core: &Core,
    site: &Site,
    received: &Received,
    confidential: &Confidential,
) -> Circumstances {
    let mut circumstances = Circumstances {
        site: received.site,
        received_at: received.received_at,
        tz: received.tz.clone(),
        lang: received.lang.clone(),
        viewport: received.viewport,
        consent: received.consent,
        device: Arc::default(),
        place: received.place.clone(),
    };
    for module in core.modules {
        module.request(&mut circumstances, confidential.client.as_ref(), site);
    }
    circumstances
}

/// What was sealed of a request; nothing when the key is destroyed: the events stay, their identity is gone.
async fn open(core: &Core, site: &Site, received: &Received) -> Result<Confidential, StepError> {
    let salts = core.identifier.salts(site, core.deps.clock.now_ms()).await?;
    Ok(salts.open(&received.confidential).unwrap_or_default())
}
