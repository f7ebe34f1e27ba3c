//! A stretch of `received` on its way to becoming a frame.

use super::{StepError, admit};
use crate::engine::Core;
use std::sync::Arc;
use ut_core::event::{Draft, DropReason, Event, Fate, Frame, Identity, Ids, Received};
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
    request: Arc<Received>,
    draft: Draft,
}

impl Chunk {
    /// Decodes the entries, opens the sealed identities and lets every module look at every draft.
    pub(super) async fn admit(core: &Core, entries: &[Entry]) -> Result<Self, StepError> {
        let from = entries.first().map_or(Lsn::FIRST, |entry| entry.first);
        let mut chunk = Self { from, slots: Vec::new(), candidates: Vec::new() };
        for entry in entries {
            let mut received: Received = postcard::from_bytes(&entry.bytes)?;
            let drafts = std::mem::take(&mut received.drafts);
            match core.deps.sites.by_id(received.site) {
                Some(site) => {
                    let ids = open(core, &site, &received, drafts.len()).await?;
                    chunk.add(core, entry.first, &site, received, drafts, &ids);
                }
                None => chunk.slots.extend(drafts.iter().map(|_| Err(DropReason::SiteGone))),
            }
        }
        Ok(chunk)
    }

    fn add(
        &mut self,
        core: &Core,
        first: Lsn,
        site: &Site,
        received: Received,
        drafts: Vec<Draft>,
        ids: &[Option<Ids>],
    ) {
        let request = Arc::new(received);
        for (n, mut draft) in drafts.into_iter().enumerate() {
            let lsn = first.plus(n as u64);
            let context = Context { site, received: &request };
            if let Err(reason) = admit::admit(core.modules, &mut draft, &context) {
                self.slots.push(Err(reason));
                continue;
            }
            self.candidates.push(Candidate {
                lsn,
                site: site.id,
                id: draft.id,
                at: draft.at,
                received_at: request.received_at,
                ids: ids.get(n).copied().flatten(),
                timeout_ms: site.timeout_ms(),
                page_view: draft.page.clone().filter(|_| draft.name.is_page_view()),
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
        let request = &self.request;
        let identity = if decision.is_some() { Identity::Cookieless } else { Identity::Unidentified };
        Event {
            lsn: self.lsn,
            site: request.site,
            received_at: request.received_at,
            tz: request.tz.clone(),
            lang: request.lang.clone(),
            viewport: request.viewport,
            consent: request.consent,
            identity,
            visitor: decision.map(|decision| decision.visitor),
            session: decision.map_or(SessionKey::default(), |decision| decision.session),
            draft: self.draft,
        }
    }
}

/// The sealed ids of a request; none when the key is destroyed: the events stay, their identity is gone.
async fn open(
    core: &Core,
    site: &Site,
    received: &Received,
    count: usize,
) -> Result<Vec<Option<Ids>>, StepError> {
    let salts = core.identifier.salts(site, core.deps.clock.now_ms()).await?;
    Ok(salts.open(&received.ids).unwrap_or_else(|| vec![None; count]))
}
