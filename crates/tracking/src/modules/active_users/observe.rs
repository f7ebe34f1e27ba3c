//! Stored events → the live picture.

use ut_core::event::{Event, Frame};
use ut_core::ports::{Activity, LiveBatch, LiveOp};

/// Adds what a frame says about the moment: who was seen, and what they did.
pub(super) fn live(frame: &Frame, batch: &mut LiveBatch) {
    for event in frame.events().filter(|event| counts(event)) {
        let page = event.draft.page.as_ref().map(|page| page.path.clone());
        if let Some(visitor) = event.visitor {
            let (site, at, page) = (event.site(), event.request.received_at, page.clone());
            let country = event.request.place.country.clone();
            batch.ops.push(LiveOp::Seen { site, visitor, at, page, country });
        }
        if event.draft.name.as_str() != "engagement" {
            batch.ops.push(LiveOp::Activity(event.site(), line(event, page)));
        }
    }
}

/// Machines and try-outs are not who is here.
fn counts(event: &Event) -> bool {
    event.request.device.bot.is_empty() && !event.draft.staging
}

fn line(event: &Event, page: Option<String>) -> Activity {
    Activity {
        id: event.draft.id,
        name: event.draft.name.as_str().to_owned(),
        page,
        at: event.request.received_at,
    }
}
