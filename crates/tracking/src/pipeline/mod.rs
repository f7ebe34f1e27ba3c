//! From `received` to `enriched`: every event gets its fate, once, and the frame that says so is the commit record.
//!
//! The pure part of `admit` needs no order; identity, claims and sessions are decided in log order by
//! [`ut_core::ports::Realtime::decide`]. Where the pipeline stands is the end of `enriched` itself: there is no
//! cursor that could disagree with the data.

mod admit;
mod chunk;
mod handover;

use crate::complaint::Complaint;
use crate::consumers::context;
use crate::engine::Core;
use chunk::Chunk;
pub(crate) use handover::Handover;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::Lsn;
use ut_core::event::Frame;
use ut_core::ports::{Entry, LiveBatch, LogError, Topic};

/// How much of `received` one frame covers at most: about 2,000 events, some 15 ms of work and one sync.
const CHUNK_BYTES: usize = 512 << 10;

/// A chunk smaller than this waits a moment for company: a frame costs a sync and some hand-overs, however few its
/// events are.
const SMALL_BYTES: usize = 256 << 10;
const LINGER: Duration = Duration::from_millis(50);

/// How long to wait before trying again what failed.
const RETRY: Duration = Duration::from_millis(500);

/// Runs until `stop`: reads, decides, commits. A store that is down makes it wait, never lose.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let (mut owed, mut complaint) = (None, Complaint::default());
    loop {
        let from = core.deps.log.status().enriched.end;
        let outcome = match settle(&core, &mut owed).await {
            Ok(()) => tokio::select! {
                () = stop.cancelled() => return,
                entries = gather(&core, from) => entries.map_err(StepError::Log),
            },
            Err(error) => Err(error),
        };
        let outcome = match outcome {
            Ok(entries) => step(&core, &entries).await.map(|frame| owed = Some(frame)),
            Err(error) => Err(error),
        };
        let Err(error) = outcome else {
            complaint.settle();
            continue;
        };
        if complaint.is_new(&error.to_string()) {
            tracing::error!(%error, lsn = from.0, "pipeline waits at event {}: {error}", from.0);
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Realtime(#[from] ut_core::ports::RealtimeError),
    #[error("a frame does not encode: {0}")]
    Frame(#[from] ut_core::event::FrameError),
}

/// The next requests; waits a moment when there are few, so that what arrives meanwhile shares their frame and its
/// sync.
async fn gather(core: &Core, from: Lsn) -> Result<Vec<Entry>, LogError> {
    let log = &core.deps.log;
    let mut entries = log.read(Topic::Received, from, CHUNK_BYTES).await?;
    if entries.iter().map(|entry| entry.bytes.len()).sum::<usize>() >= SMALL_BYTES {
        return Ok(entries);
    }
    tokio::time::sleep(LINGER).await;
    let next = entries.last().map_or(from, Entry::end);
    if next < log.status().received.end {
        entries.extend(log.read(Topic::Received, next, CHUNK_BYTES).await?);
    }
    Ok(entries)
}

/// Decides a stretch of `received` and commits it as one frame, which the real-time store must be told of next.
async fn step(core: &Core, entries: &[Entry]) -> Result<Frame, StepError> {
    let chunk = Chunk::admit(core, entries).await?;
    let decisions = core.deps.realtime.decide(chunk.candidates()).await?;
    let frame = chunk.into_frame(decisions);
    let bytes = frame.encode()?;
    let count = u32::try_from(frame.fates.len()).unwrap_or(u32::MAX);
    core.deps.log.append(Topic::Enriched, count, bytes).await?;
    let mut changes = LiveBatch::default();
    core.modules.iter().for_each(|module| module.live(&frame, &mut changes));
    core.handover.push(frame.from, frame.end(), changes.ops);
    if let Some(ledger) = &core.ledger {
        ledger.hand_over(&frame, &context(core));
    }
    core.ahead.add(core, &frame);
    Ok(frame)
}

/// Tells the real-time store of the frame that is owed to it. Nothing is decided before it knows: the log is past that
/// frame, so nobody would ever tell it again.
async fn settle(core: &Core, owed: &mut Option<Frame>) -> Result<(), StepError> {
    if let Some(frame) = owed.as_ref() {
        core.deps.realtime.synced(frame).await?;
        *owed = None;
    }
    Ok(())
}
