//! The real-time store in the memory of one process.
//!
//! | concern | file | lock |
//! |---|---|---|
//! | claims and sessions, the fold of the log | `state` (`claims`, `sessions`, `pending`) | one |
//! | claims that no longer fit into memory | `seen` | its own, and a folder |
//! | live picture | `live` | its own: a reader never waits for a decision |
//! | rate limits | `limits` | its own |
//! | salts | `salts` | its own, and a file |
//!
//! `recover` and `snapshot` carry the first two over a restart.

mod claims;
mod limits;
mod live;
mod pending;
mod receipt_clock;
mod recover;
mod salts;
mod saver;
mod seen;
mod sessions;
mod snapshot;
mod state;

#[cfg(test)]
#[cfg(target_os = "linux")]
mod disk_tests;
#[cfg(test)]
mod spilling_tests;
#[cfg(test)]
mod tests;

use limits::Limits;
use live::Live;
use parking_lot::Mutex;
use salts::SaltFile;
use saver::Saver;
use seen::Seen;
use state::State;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use ut_core::event::{Frame, Ids};
use ut_core::keys::Keys;
use ut_core::ports::{
    Candidate, Decisions, LiveAnswer, LiveBatch, LiveOp, LiveView, Log, RateVerdict, Realtime, RealtimeError,
    SaltDay, Salts, Take,
};
use ut_core::{Clock, SiteId, VisitorId, VisitorKey};

pub use recover::RecoverError;

/// The real-time store of a single process. See the crate's documentation.
#[derive(Debug)]
pub struct InProcess {
    clock: Arc<dyn Clock>,
    /// Held by whoever decides: between asking the store and deciding, no claim may move.
    deciding: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    seen: Seen,
    live: Mutex<Live>,
    limits: Mutex<Limits>,
    salts: Arc<SaltFile>,
    saver: Saver,
    keys: Keys,
}

impl InProcess {
    /// Brings back what the log knows: the snapshot of the cursor `state`, then every later frame. The store's own
    /// files are in `dir`: `salts` (mode 0600) and `seen`; they are made when they are missing.
    pub async fn recover(
        log: Arc<dyn Log>,
        keys: Keys,
        dir: PathBuf,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RecoverError> {
        let salts_path = dir.join("salts");
        let salts = tokio::task::spawn_blocking(move || SaltFile::open(&salts_path))
            .await
            .map_err(|error| RecoverError::Salts(error.to_string()))?
            .map_err(|error| RecoverError::Salts(error.to_string()))?;
        let (state, live, seen) =
            recover::recover(log.as_ref(), keys.clone(), dir.join("seen"), clock.now_ms()).await?;
        Ok(Self {
            deciding: tokio::sync::Mutex::default(),
            seen,
            saver: Saver::new(log, clock.now_ms()),
            clock,
            state: Mutex::new(state),
            live: Mutex::new(live),
            limits: Mutex::default(),
            salts: Arc::new(salts),
            keys,
        })
    }

    /// Saves a snapshot now, after the one that may be under way: at shutdown, so that the next start folds nothing.
    pub async fn snapshot(&self) -> Result<(), RealtimeError> {
        let turn = self.saver.turn().await;
        self.seen.settled().await;
        let (state, live) = self.capture();
        self.saver.save(state, live, self.clock.now_ms(), turn).await
    }

    /// What is not as it should be, in words for the operator: ids of accepted events that are lost.
    #[must_use]
    pub fn doubt(&self) -> Option<String> {
        let left = self.state.lock().hours_kept_after(self.seen.stored().lost?)?;
        Some(format!(
            "the ids of some accepted events are lost: for {left} more hours, an old event that is sent again may \
             count twice"
        ))
    }

    /// State and picture as they stand; the picture may be ahead or behind, it has its own number.
    fn capture(&self) -> (state::Captured, Live) {
        let state = {
            let state = self.state.lock();
            // Asked under the lock: the store has at least what memory has let go.
            state.capture(self.seen.stored())
        };
        (state, self.live.lock().clone())
    }
}

#[async_trait::async_trait]
impl Realtime for InProcess {
    async fn decide(&self, candidates: &[Candidate]) -> Result<Decisions, RealtimeError> {
        let _turn = self.deciding.lock().await;
        let (held, unknown) = {
            let mut state = self.state.lock();
            state.release(&self.seen.taken());
            let held = state.look_up(candidates);
            let unknown = if self.seen.is_empty() { Vec::new() } else { state.unknown(candidates, &held) };
            (held, unknown)
        };
        let found = self.seen.find(unknown).await?;
        let mut state = self.state.lock();
        state.recall(found);
        state.decide(candidates, &held)
    }

    async fn synced(&self, frame: &Frame) -> Result<(), RealtimeError> {
        let (size, kept, surplus) = {
            let mut state = self.state.lock();
            state.fold(frame)?;
            (state.size(), state.oldest_kept(), state.surplus())
        };
        self.seen.expire(kept);
        if let Some(run) = surplus {
            self.seen.take(run, self.clock.now_ms());
        }
        if let Some(turn) = self.saver.due(frame.fates.len() as u64, size, self.clock.now_ms()) {
            let (state, live) = self.capture();
            self.saver.save_in_background(state, live, self.clock.now_ms(), turn);
        }
        Ok(())
    }

    async fn salts(&self, site: SiteId, today: SaltDay) -> Result<(Salts, Option<Salts>), RealtimeError> {
        if let Some(pair) = self.salts.known(site, today) {
            return Ok(pair);
        }
        let salts = Arc::clone(&self.salts);
        tokio::task::spawn_blocking(move || salts.salts(site, today))
            .await
            .map_err(|error| RealtimeError(format!("salts: {error}")))?
            .map_err(|error| RealtimeError(format!("the salt file: {error}")))
    }

    async fn whose(&self, site: SiteId, ids: &Ids, at: i64) -> Result<VisitorId, RealtimeError> {
        Ok(self.state.lock().whose(site, *ids, at))
    }

    async fn live(&self, batch: &LiveBatch) -> Result<LiveAnswer, RealtimeError> {
        let answer = self.live.lock().apply(batch, self.clock.now_ms());
        let forgotten = batch.ops.iter().filter_map(|op| match op {
            LiveOp::Forgotten { site, visitor } => Some((*site, *visitor)),
            _ => None,
        });
        let forgotten: HashSet<_> = forgotten.collect();
        for site in forgotten.iter().map(|(site, _)| *site).collect::<HashSet<_>>() {
            let is = |visitor| forgotten.contains(&(site, self.keys.visitor(site, visitor)));
            // Between two decisions: nothing that is about to be folded may bring back what goes.
            let _turn = self.deciding.lock().await;
            self.state.lock().forget(site, is);
            self.live.lock().forget(site, is);
        }
        if !forgotten.is_empty() {
            self.snapshot().await?;
        }
        Ok(answer)
    }

    async fn view(
        &self,
        site: SiteId,
        whose: Option<VisitorKey>,
        now: i64,
    ) -> Result<LiveView, RealtimeError> {
        let live = self.live.lock();
        Ok(match whose {
            None => live.view(site, now),
            Some(whose) => live.view_of(site, |visitor| self.keys.visitor(site, visitor) == whose, now),
        })
    }

    async fn allow(&self, takes: &[Take<'_>], now: i64) -> Result<RateVerdict, RealtimeError> {
        Ok(self.limits.lock().allow(takes, now))
    }
}
