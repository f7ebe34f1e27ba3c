//! Stored events → the live picture.

use ut_core::event::{Event, Frame};
use ut_core::ports::{Activity, LiveBatch, LiveOp};

/// Adds what a frame says about the moment: who was seen, and what they did.
pub(super) fn live(frame: &Frame, batch: &mut LiveBatch) {
    for event in frame.events() {
        let page = event.draft.page.as_ref().map(|page| page.path.clone());
        if let Some(visitor) = event.visitor {
            let (site, at, page) = (event.site(), event.request.received_at, page.clone());
            batch.ops.push(LiveOp::Seen { site, visitor, at, page });
        }
        if event.draft.name.as_str() != "engagement" {
            batch.ops.push(LiveOp::Activity(event.site(), line(event, page)));
        }
    }
}

fn line(event: &Event, page: Option<String>) -> Activity {
    Activity {
        id: event.draft.id,
        name: event.draft.name.as_str().to_owned(),
        page,
        at: event.request.received_at,
    }
}
