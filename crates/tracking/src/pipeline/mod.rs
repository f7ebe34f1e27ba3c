//! From `received` to `enriched`: every event gets its fate, once, and the frame that says so is the commit record.
//!
//! The pure part of `admit` needs no order; identity, claims and sessions are decided in log order by
//! [`ut_core::ports::Realtime::decide`]. Where the pipeline stands is the end of `enriched` itself: there is no
//! cursor that could disagree with the data.

mod admit;
mod chunk;

use crate::engine::Core;
use chunk::Chunk;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::event::Frame;
use ut_core::ports::{Entry, LogError, Topic};

/// How much of `received` one frame covers at most: about 2,000 events, so that a frame is written in milliseconds.
const CHUNK_BYTES: usize = 1 << 20;

/// How long to wait before trying again what failed.
const RETRY: Duration = Duration::from_millis(500);

/// Runs until `stop`: reads, decides, commits. A store that is down makes it wait, never lose.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    loop {
        let from = core.deps.log.status().enriched.end;
        let entries = tokio::select! {
            () = stop.cancelled() => return,
            entries = core.deps.log.read(Topic::Received, from, CHUNK_BYTES) => entries,
        };
        let outcome = match entries {
            Ok(entries) => step(&core, &entries).await,
            Err(error) => Err(StepError::Log(error)),
        };
        if let Err(error) = outcome {
            tracing::error!(%error, lsn = from.0, "pipeline waits at event {}: {error}", from.0);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RETRY) => {}
            }
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Realtime(#[from] ut_core::ports::RealtimeError),
    #[error("a record does not decode: {0}")]
    Record(#[from] postcard::Error),
}

/// Decides a stretch of `received` and commits it as one frame.
async fn step(core: &Core, entries: &[Entry]) -> Result<(), StepError> {
    let chunk = Chunk::admit(core, entries).await?;
    let decisions = core.deps.realtime.decide(chunk.candidates()).await?;
    let frame = chunk.into_frame(decisions);
    commit(core, frame).await
}

async fn commit(core: &Core, frame: Frame) -> Result<(), StepError> {
    let bytes = postcard::to_stdvec(&frame)?;
    let count = u32::try_from(frame.fates.len()).unwrap_or(u32::MAX);
    core.deps.log.append(Topic::Enriched, count, bytes).await?;
    core.deps.realtime.synced(&frame).await?;
    Ok(())
}
