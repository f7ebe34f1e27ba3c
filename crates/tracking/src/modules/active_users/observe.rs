//! Stored events → the live picture.

use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use ut_core::SiteId;
use ut_core::event::{Event, Frame, Vital};
use ut_core::ports::{ACTIVITY_LINES, Activity, LiveBatch, LiveOp, LiveView};
use ut_core::rights::{Hands, Part, RightsError, Subject};

/// Adds what a frame says about the moment: who was seen, and what they did.
pub(super) fn live(frame: &Frame, batch: &mut LiveBatch) {
    let events: Vec<&Event> = frame.events().filter(|event| counts(event)).collect();
    batch.ops.extend(frame.sessions.iter().filter_map(|session| {
        let (site, to) = (session.site, session.visitor);
        Some(LiveOp::Renamed { site, from: session.before?, to })
    }));
    batch.ops.extend(events.chunk_by(|a, b| together(a, b)).filter_map(seen));
    batch.ops.extend(newest(&events).into_iter().map(|event| LiveOp::Activity(event.site(), line(event))));
}

/// What the live picture shows of a person.
pub(super) async fn export(subject: &Subject, hands: &Hands<'_>) -> Result<Part, RightsError> {
    let mut part = Part::new("live", &["visitor", "here_now", "minutes_ago", "page", "country"]);
    let deps = hands.deps;
    for visitor in &subject.visitors {
        let view = deps.realtime.view(subject.site, Some(*visitor), deps.clock.now_ms()).await?;
        if view.last_30_min == 0 {
            continue;
        }
        let LiveView { now, per_minute, pages, countries, .. } = view;
        let minutes = per_minute.iter().rev().zip(0..).filter(|(seen, _)| **seen > 0);
        part.rows.push(vec![
            json!(format!("{:016x}", visitor.0)),
            json!(now > 0),
            json!(minutes.map(|(_, ago)| ago).collect::<Vec<u32>>()),
            json!(pages.first().map(|page| &page.page)),
            json!(countries.first().map(|country| &country.country)),
        ]);
    }
    Ok(part)
}

/// Machines and try-outs are not who is here.
fn counts(event: &Event) -> bool {
    event.request.device.bot.is_empty() && !event.draft.staging
}

/// Were both sent at once, by the same visitor? Then they are seen once.
fn together(a: &Event, b: &Event) -> bool {
    Arc::ptr_eq(&a.request, &b.request) && a.visitor == b.visitor
}

/// Who sent these, on the last page they name.
fn seen(events: &[&Event]) -> Option<LiveOp> {
    let first = events.first()?;
    let page = events.iter().rev().find_map(|event| page(event));
    let (site, at) = (first.site(), first.request.received_at);
    let country = first.request.place.country.clone();
    Some(LiveOp::Seen { site, visitor: first.visitor?, at, page, country })
}

/// The events that the feed of their site may show: more than it has lines would push each other out.
fn newest<'a>(events: &[&'a Event]) -> Vec<&'a Event> {
    let mut lines: HashMap<SiteId, usize> = HashMap::new();
    let mut newest = Vec::new();
    for event in events.iter().rev().filter(|event| tells(event)) {
        let known = lines.entry(event.site()).or_default();
        if *known < ACTIVITY_LINES {
            *known += 1;
            newest.push(*event);
        }
    }
    newest.reverse();
    newest
}

/// Does it say what somebody did? Engaged time and web vitals come by themselves.
fn tells(event: &Event) -> bool {
    event.draft.name.as_str() != "engagement" && Vital::of(&event.draft).is_none()
}

fn line(event: &Event) -> Activity {
    Activity {
        id: event.draft.id,
        name: event.draft.name.as_str().to_owned(),
        page: page(event),
        at: event.request.received_at,
    }
}

fn page(event: &Event) -> Option<String> {
    event.draft.page.as_ref().map(|page| page.path.clone())
}
