//! Carrying out what the journal says, in every store, until each has noted that it has.
//!
//! Every step may be repeated. What is found in the stores is recognised by the journal's tags, so that an erasure goes on
//! after a crash, and begins again in stores that were put back, with nothing but the journal.

use super::journal::Tag;
use super::statements::{DESTROY_VEIL, FIND_VEIL, KEEP_VEIL, OBEY_ERASURE, RIGHTS_OBEYED};
use super::{Erasure, Rights};
use crate::complaint::Complaint;
use crate::engine::{self, Core};
use crate::history::subject;
use crate::sites::random_bytes;
use std::collections::HashMap;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::ports::{Close, LiveBatch, LiveOp, Row, Value};
use ut_core::rights::{Hands, RightsError, Subject, Veil};
use ut_core::{Lsn, SiteId, VisitorKey};
use zeroize::Zeroizing;

/// While something is to be done, it is looked at this often.
const BUSY: Duration = Duration::from_millis(500);

/// How far an erasure has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What was asked for.
    pub erasure: Erasure,
    /// How it stands.
    pub status: Status,
    /// Who it is, if that was just asked; else the stores are searched for them.
    visitors: Option<Vec<VisitorKey>>,
    /// How far this process has come with it.
    step: Step,
}

/// What this process has done of an erasure. A new one begins again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Step {
    /// What was told of them and their keys are gone.
    shredded: bool,
    /// What was in the log when it was taken is before this number.
    until: Option<Lsn>,
    /// They are taken out of history and the present; files that were replaced until then (seconds of history's clock) are
    /// still to go, and so is what the log holds.
    forgotten: Option<i64>,
}

/// How an erasure stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Nothing of the person is taken any more; stores still hold something. Why, if something keeps it from going on.
    Waiting(Option<String>),
    /// Every store has obeyed, at this time (Unix milliseconds).
    Done(i64),
}

impl Progress {
    pub(super) const fn new(erasure: Erasure, visitors: Option<Vec<VisitorKey>>) -> Self {
        Self {
            erasure,
            status: Status::Waiting(None),
            visitors,
            step: Step { shredded: false, until: None, forgotten: None },
        }
    }
}

/// Carries out erasures until `stop`.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let mut complaint = Complaint::default();
    loop {
        let left = core.rights.carry_out(&core, &mut complaint).await;
        tokio::select! {
            () = stop.cancelled() => return,
            () = core.rights.asked.notified() => {}
            () = tokio::time::sleep(BUSY), if left => {}
        }
    }
}

impl Rights {
    /// One round; is there something left to do?
    async fn carry_out(&self, core: &Core, complaint: &mut Complaint) -> bool {
        let waiting: Vec<Progress> = {
            let erasures = self.erasures.lock();
            erasures.values().filter(|known| matches!(known.status, Status::Waiting(_))).cloned().collect()
        };
        if waiting.is_empty() {
            return false;
        }
        core.hurry.store(true, SeqCst);
        let round = self.round(core, waiting).await;
        let status = match &round {
            Ok(()) => {
                complaint.settle();
                None
            }
            Err(error) => Some(error.to_string()),
        };
        if let Some(why) = &status
            && complaint.is_new(why)
        {
            tracing::warn!(why, "erasures wait: {why}");
        }
        let mut left = false;
        for known in self.erasures.lock().values_mut() {
            if let Status::Waiting(why) = &mut known.status {
                why.clone_from(&status);
                left = true;
            }
        }
        core.hurry.store(left, SeqCst);
        left
    }

    async fn round(&self, core: &Core, waiting: Vec<Progress>) -> Result<(), RightsError> {
        let fresh: Vec<&Progress> = waiting.iter().filter(|progress| !progress.step.shredded).collect();
        // Their keys go first: what is sealed is unreadable from here on, whatever keeps the rest waiting.
        self.shred(&fresh).await?;
        fresh.iter().for_each(|progress| self.step(progress, |step| step.shredded = true));
        let obeyed = self.obeyed(core).await?;
        let (closed, mut open): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|progress| {
            // A mark from before the request is another's of this number, in a journal that was lost.
            obeyed.get(&progress.erasure.number).is_some_and(|at| *at >= progress.erasure.at)
        });
        for progress in closed {
            let at = obeyed.get(&progress.erasure.number).copied().unwrap_or_default();
            self.set(progress.erasure.number, Status::Done(at));
        }
        if open.is_empty() {
            return Ok(());
        }
        let end = core.deps.log.status().received.end;
        for progress in &mut open {
            let until = *progress.step.until.get_or_insert(end);
            self.step(progress, |step| step.until = Some(until));
        }
        let passed =
            |progress: &&mut Progress| progress.step.until.is_some_and(|until| engine::passed(core, until));
        let mut due: Vec<&mut Progress> =
            open.iter_mut().filter(|progress| progress.step.forgotten.is_none()).filter(passed).collect();
        if !due.is_empty() {
            self.forget(core, &mut due).await?;
        }
        self.finish(core, &open).await?;
        engine::trim(core, Close::WhenOld).await.map_err(RightsError)
    }

    /// Notes those of whom nothing is left, in files of history and of the log.
    async fn finish(&self, core: &Core, open: &[Progress]) -> Result<(), RightsError> {
        let log = core.deps.log.status();
        let mut done = Vec::new();
        for progress in open {
            let Step { until: Some(until), forgotten: Some(at), .. } = progress.step else { continue };
            let gone = log.received.start >= until && log.enriched.start >= until;
            if gone && subject::left(&core.deps, at).await? == 0 {
                done.push(progress.erasure.number);
            }
        }
        if done.is_empty() {
            return Ok(());
        }
        if done.len() == open.len() {
            subject::end(&core.deps).await?;
        }
        for number in &done {
            self.store.run(&DESTROY_VEIL, &[number_value(*number)]).await?;
        }
        self.store.scrub().await?;
        for number in done {
            self.note(core, number).await?;
        }
        Ok(())
    }

    fn step(&self, progress: &Progress, change: impl FnOnce(&mut Step)) {
        if let Some(known) = self.erasures.lock().get_mut(&progress.erasure.number) {
            change(&mut known.step);
        }
    }

    /// Which erasures every store has obeyed, and when.
    async fn obeyed(&self, core: &Core) -> Result<HashMap<u64, i64>, RightsError> {
        let log = Value::Text(core.deps.log_number.0.to_string());
        let rows = self.store.run(&RIGHTS_OBEYED, &[log]).await?;
        let by_history: HashMap<u64, i64> = subject::all_obeyed(&core.deps).await?.into_iter().collect();
        let read = |row: &Row| match row.as_slice() {
            [Value::Int(erasure), Value::Int(at)] => Some((u64::try_from(*erasure).ok()?, *at)),
            _ => None,
        };
        let both = |(erasure, at): (u64, i64)| Some((erasure, at.min(*by_history.get(&erasure)?)));
        Ok(rows.iter().filter_map(read).filter_map(both).collect())
    }

    /// Deletes what was told of them, and their keys. A site's people are gone through once, however many are forgotten.
    async fn shred(&self, erasures: &[&Progress]) -> Result<(), RightsError> {
        for (site, tags) in by_site(erasures.iter().map(|progress| &progress.erasure)) {
            let is = |id| tags.contains_key(&self.tag(site, self.keys.visitor(site, id)));
            for id in self.ids(site, is).await? {
                self.people.forget(site, id).await?;
                self.vault.shred(site, id.into()).await?;
            }
        }
        Ok(())
    }

    /// Takes them out of history, the modules' tables and the present, and ends the log's files that hold them. What was
    /// acknowledged of them has arrived.
    async fn forget(&self, core: &Core, due: &mut [&mut Progress]) -> Result<(), RightsError> {
        // Once more: a request that was being answered when they were forgotten may have kept something since.
        self.shred(&due.iter().map(|progress| &**progress).collect::<Vec<_>>()).await?;
        let unknown = due.iter().filter(|progress| progress.visitors.is_none());
        let mut found: HashMap<u64, Vec<VisitorKey>> = HashMap::new();
        for (site, tags) in by_site(unknown.map(|progress| &progress.erasure)) {
            let is = |visitor| tags.contains_key(&self.tag(site, visitor));
            for visitor in subject::visitors(site, &core.deps, is).await? {
                let of = tags.get(&self.tag(site, visitor)).copied().unwrap_or_default();
                found.entry(of).or_default().push(visitor);
            }
        }
        for progress in due.iter() {
            let number = progress.erasure.number;
            let visitors = progress.visitors.clone().or_else(|| found.remove(&number)).unwrap_or_default();
            if !visitors.is_empty() {
                self.forget_visitors(core, &progress.erasure, visitors).await?;
            }
        }
        engine::trim(core, Close::Now).await.map_err(RightsError)?;
        let at = subject::now(&core.deps).await?;
        for progress in due.iter_mut() {
            progress.step.forgotten = Some(at);
            self.step(progress, |step| step.forgotten = Some(at));
        }
        Ok(())
    }

    async fn forget_visitors(
        &self,
        core: &Core,
        erasure: &Erasure,
        visitors: Vec<VisitorKey>,
    ) -> Result<(), RightsError> {
        // Nobody writes rows meanwhile that were made before.
        let _writing = core.writing.lock().await;
        subject::begin(&core.deps).await?;
        let veil = self.veil(erasure.number).await?;
        let subject = Subject { site: erasure.site, visitors, ids: Vec::new() };
        let hands = Hands { deps: &core.deps, seals: self.vault.as_ref() };
        for module in core.modules {
            module.forget(&subject, veil, &hands).await?;
        }
        subject::forget(&subject, veil, &core.deps).await?;
        let ops = subject
            .visitors
            .iter()
            .map(|visitor| LiveOp::Forgotten { site: erasure.site, visitor: *visitor });
        core.deps.realtime.live(&LiveBatch { until: Lsn(0), ops: ops.collect() }).await?;
        Ok(())
    }

    /// The veil of an erasure that is under way, made at the first call.
    async fn veil(&self, erasure: u64) -> Result<Veil, RightsError> {
        let number = number_value(erasure);
        let made: Zeroizing<[u8; 16]> =
            Zeroizing::new(random_bytes().map_err(|error| RightsError(error.to_string()))?);
        self.store.run(&KEEP_VEIL, &[number.clone(), Value::Bytes(made.to_vec())]).await?;
        let rows = self.store.run(&FIND_VEIL, &[number]).await?;
        let Some([Value::Bytes(veil)]) = rows.first().map(Vec::as_slice) else {
            return Err(RightsError(format!("the veil of erasure {erasure} is gone")));
        };
        let half =
            |at: usize| veil.get(at..at + 8).and_then(|half| Some(u64::from_le_bytes(half.try_into().ok()?)));
        match (half(0), half(8)) {
            (Some(first), Some(second)) => Ok(Veil([first, second])),
            _ => Err(RightsError(format!("the veil of erasure {erasure} is damaged"))),
        }
    }

    /// Notes in each store that it has obeyed.
    async fn note(&self, core: &Core, erasure: u64) -> Result<(), RightsError> {
        let at = self.clock.now_ms();
        subject::obeyed(erasure, at, &core.deps).await?;
        let log = Value::Text(core.deps.log_number.0.to_string());
        self.store.run(&OBEY_ERASURE, &[number_value(erasure), log, Value::Int(at)]).await?;
        self.set(erasure, Status::Done(at));
        tracing::info!(erasure, "erasure {erasure} is carried out in every store");
        Ok(())
    }

    fn set(&self, erasure: u64, status: Status) {
        if let Some(known) = self.erasures.lock().get_mut(&erasure) {
            known.visitors = None;
            known.status = status;
        }
    }
}

fn number_value(erasure: u64) -> Value {
    Value::Int(i64::try_from(erasure).unwrap_or(i64::MAX))
}

/// Who is forgotten, site by site, and by which erasure.
fn by_site<'a>(erasures: impl Iterator<Item = &'a Erasure>) -> HashMap<SiteId, HashMap<Tag, u64>> {
    let mut sites: HashMap<SiteId, HashMap<Tag, u64>> = HashMap::new();
    for erasure in erasures {
        let tags = erasure.visitors.iter().map(|tag| (*tag, erasure.number));
        sites.entry(erasure.site).or_default().extend(tags);
    }
    sites
}
