//! A stretch of `received` on its way to becoming a frame.

use super::{StepError, admit};
use crate::engine::Core;
use std::sync::Arc;
use ut_core::event::{
    Circumstances, Confidential, Draft, DropReason, Event, Fate, Frame, Identity, Received,
};
use ut_core::module::Context;
use ut_core::ports::{Candidate, Decision, Decisions, Entry, Outcome};
use ut_core::site::Site;
use ut_core::{Lsn, SessionKey};

/// Decoded events: those admitted wait for a decision, the others have their fate.
pub(super) struct Chunk {
    from: Lsn,
    slots: Vec<Result<Slot, DropReason>>,
    candidates: Vec<Candidate>,
}

struct Slot {
    lsn: Lsn,
    request: Arc<Circumstances>,
    draft: Draft,
}

impl Chunk {
    /// Decodes the entries, opens the sealed identities and lets every module look at every draft.
    pub(super) async fn admit(core: &Core, entries: &[Entry]) -> Result<Self, StepError> {
        let from = entries.first().map_or(Lsn::FIRST, |entry| entry.first);
        let mut chunk = Self { from, slots: Vec::new(), candidates: Vec::new() };
        for entry in entries {
            if entry.lost.is_some() {
                chunk.slots.extend((0..entry.count).map(|_| Err(DropReason::Damaged)));
                continue;
            }
            let mut received = Received::decode(&entry.bytes)?;
            let drafts = std::mem::take(&mut received.drafts);
            match core.deps.sites.by_id(received.site) {
                Some(_) if received.excluded => chunk.drop_all(&drafts, DropReason::Excluded),
                Some(site) => {
                    let confidential = open(core, &site, &received).await?;
                    chunk.add(core, entry.first, &site, received, drafts, confidential);
                }
                None => chunk.drop_all(&drafts, DropReason::SiteGone),
            }
        }
        Ok(chunk)
    }

    fn drop_all(&mut self, drafts: &[Draft], reason: DropReason) {
        self.slots.extend(drafts.iter().map(|_| Err(reason)));
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
                self.slots.push(Err(reason));
                continue;
            }
            self.candidates.push(Candidate {
                lsn,
                request: request.clone(),
                id: draft.id,
                at: draft.at,
                ids: confidential.ids.get(n).copied().flatten(),
                timeout_ms: site.timeout_ms(),
                page: draft.page.clone().filter(|_| draft.name.is_page_view()),
                page_view: draft.page_view,
                engagement: draft.engagement,
                source: draft.source.clone(),
                staging: draft.staging,
                engages: draft.name.engages(),
            });
            self.slots.push(Ok(Slot { lsn, request: request.clone(), draft }));
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
            Err(reason) => Fate::Dropped(reason),
            Ok(slot) => match outcomes.next() {
                Some(Outcome::New(decision)) => Fate::Stored(Box::new(slot.decided(decision))),
                Some(Outcome::Duplicate) | None => Fate::Duplicate,
            },
        });
        Frame { from: self.from, fates: fates.collect(), sessions: decisions.sessions }
    }
}

impl Slot {
    fn decided(self, decision: Option<Decision>) -> Event {
        let identity = if decision.is_some() { Identity::Cookieless } else { Identity::Unidentified };
        Event {
            lsn: self.lsn,
            request: self.request,
            identity,
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
