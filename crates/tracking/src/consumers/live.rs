//! `enriched` → the live picture. Its place is the store's own: what the picture covers. What the pipeline has just
//! committed is handed over in memory; the log is read for what came before.

use super::frames_of;
use crate::complaint::Complaint;
use crate::engine::Core;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::Lsn;
use ut_core::ports::{LiveBatch, LogError, Topic};

const BATCH_BYTES: usize = 1 << 20;
const RETRY: Duration = Duration::from_millis(500);

/// Runs until `stop`.
pub(crate) async fn run(core: Core, stop: CancellationToken) {
    let mut complaint = Complaint::default();
    loop {
        let error = tokio::select! {
            () = stop.cancelled() => return,
            outcome = consume(&core, &mut complaint) => outcome,
        };
        let Err(error) = error;
        if complaint.is_new(&error) {
            tracing::warn!(error, "the live picture waits: {error}");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RETRY) => {}
        }
    }
}

async fn consume(core: &Core, complaint: &mut Complaint) -> Result<std::convert::Infallible, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let mut next = core.deps.realtime.live(&LiveBatch::default()).await.map_err(|error| text(&error))?.until;
    loop {
        let from = next.max(Lsn::FIRST).max(core.deps.log.status().enriched.start);
        let batch = changes(core, from).await.map_err(|error| text(&error))?;
        next = core.deps.realtime.live(&batch).await.map_err(|error| text(&error))?.until;
        complaint.settle();
    }
}

/// What the frames from the event `from` on change, at least one of them.
async fn changes(core: &Core, from: Lsn) -> Result<LiveBatch, LogError> {
    loop {
        if let Some((until, ops)) = core.handover.take(from) {
            return Ok(LiveBatch { until, ops });
        }
        if from < core.deps.log.status().enriched.end {
            let entries = core.deps.log.read(Topic::Enriched, from, BATCH_BYTES).await?;
            let frames = frames_of(core.deps.log.as_ref(), &entries).await?;
            let mut batch =
                LiveBatch { until: frames.last().map_or(from, |frame| frame.end()), ops: Vec::new() };
            for frame in &frames {
                core.modules.iter().for_each(|module| module.live(frame, &mut batch));
            }
            return Ok(batch);
        }
        core.handover.committed().await;
    }
}
