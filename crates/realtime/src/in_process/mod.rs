//! The real-time store in the memory of one process.
//!
//! | concern | file | lock |
//! |---|---|---|
//! | claims and sessions, the fold of the log | `state` (`claims`, `sessions`, `pending`) | one |
//! | live picture | `live` | its own: a reader never waits for a decision |
//! | rate limits | `limits` | its own |
//! | salts | `salts` | its own, and a file |
//!
//! `recover` and `snapshot` carry the first two over a restart.

mod claims;
mod limits;
mod live;
mod pending;
mod recover;
mod salts;
mod saver;
mod sessions;
mod snapshot;
mod state;

#[cfg(test)]
mod tests;

use limits::Limits;
use live::Live;
use parking_lot::Mutex;
use salts::SaltFile;
use saver::Saver;
use state::State;
use std::path::PathBuf;
use std::sync::Arc;
use ut_core::event::{Frame, Ids};
use ut_core::keys::Keys;
use ut_core::ports::{
    Candidate, Decisions, LiveBatch, LiveView, Log, RateVerdict, Realtime, RealtimeError, SaltDay, Salts,
};
use ut_core::{Clock, Lsn, SiteId, VisitorId};

pub use recover::RecoverError;

/// The real-time store of a single process. See the crate's documentation.
#[derive(Debug)]
pub struct InProcess {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    live: Mutex<Live>,
    limits: Mutex<Limits>,
    salts: Arc<SaltFile>,
    saver: Saver,
}

impl InProcess {
    /// Brings back what the log knows: the snapshot of the cursor `state`, then every later frame. The file at
    /// `salts_path` is made (mode 0600) when it is missing.
    pub async fn recover(
        log: Arc<dyn Log>,
        keys: Keys,
        salts_path: PathBuf,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RecoverError> {
        let salts = tokio::task::spawn_blocking(move || SaltFile::open(&salts_path))
            .await
            .map_err(|error| RecoverError::Salts(error.to_string()))?
            .map_err(|error| RecoverError::Salts(error.to_string()))?;
        let (state, live) = recover::recover(log.as_ref(), keys).await?;
        Ok(Self {
            saver: Saver::new(log, clock.now_ms()),
            clock,
            state: Mutex::new(state),
            live: Mutex::new(live),
            limits: Mutex::default(),
            salts: Arc::new(salts),
        })
    }

    /// Saves a snapshot now, after the one that may be under way: at shutdown, so that the next start folds nothing.
    pub async fn snapshot(&self) -> Result<(), RealtimeError> {
        let turn = self.saver.turn().await;
        let (state, live) = self.capture();
        self.saver.save(state, live, self.clock.now_ms(), turn).await
    }

    /// State and picture as they stand; the picture may be ahead or behind, it has its own number.
    fn capture(&self) -> (state::Captured, Live) {
        let state = self.state.lock().capture();
        (state, self.live.lock().clone())
    }
}

#[async_trait::async_trait]
impl Realtime for InProcess {
    async fn decide(&self, candidates: &[Candidate]) -> Result<Decisions, RealtimeError> {
        self.state.lock().decide(candidates)
    }

    async fn synced(&self, frame: &Frame) -> Result<(), RealtimeError> {
        let size = {
            let mut state = self.state.lock();
            state.fold(frame)?;
            state.size()
        };
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

    async fn live(&self, batch: &LiveBatch) -> Result<Lsn, RealtimeError> {
        Ok(self.live.lock().apply(batch, self.clock.now_ms()))
    }

    async fn view(&self, site: SiteId, now: i64) -> Result<LiveView, RealtimeError> {
        Ok(self.live.lock().view(site, now))
    }

    async fn allow(
        &self,
        key: &str,
        cost: u32,
        per_minute: u32,
        now: i64,
    ) -> Result<RateVerdict, RealtimeError> {
        Ok(self.limits.lock().allow(key, cost, per_minute, now))
    }
}
