//! `/metrics` in Prometheus' text format; every name starts with `ut_`.

use crate::owner::Reader;
use crate::state::AppState;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use std::fmt::Write;
use ut_core::event::DropReason;
use ut_tracking::engine::IngestBalance;

/// On the admin listener: whoever can connect to it may read.
pub(super) async fn admin(State(state): State<AppState>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text(&state))
}

/// On the public listener: for a token or a signed-in owner. Coming from loopback is not authentication.
pub(super) async fn with_token(_reader: Reader, State(state): State<AppState>) -> impl IntoResponse {
    admin(State(state)).await
}

fn text(state: &AppState) -> String {
    let mut page = Page::default();
    ingest(&mut page, &state.engine.balance());
    door(&mut page, state);
    webhooks(&mut page, state);
    let status = state.deps.log.status();
    page.head("ut_log_bytes", "gauge", "Bytes of the log's segments, by topic.");
    page.value("ut_log_bytes", "{topic=\"received\"}", status.received.bytes);
    page.value("ut_log_bytes", "{topic=\"enriched\"}", status.enriched.bytes);
    page.head("ut_log_writable", "gauge", "1 while the door can acknowledge.");
    page.value("ut_log_writable", "", status.writable.into());
    page.head("ut_live_streams", "gauge", "Open streams of the live picture.");
    page.value("ut_live_streams", "", state.live.open_streams() as u64);
    page.head(
        "ut_log_replaced_events",
        "gauge",
        "Events of the log whose place this one took, because it was lost or older, that are in no log any more.",
    );
    page.value("ut_log_replaced_events", "", status.replaced.map_or(0, |replaced| replaced.events));
    page.0
}

/// The balance.
fn ingest(page: &mut Page, balance: &IngestBalance) {
    page.head("ut_received_total", "counter", "Events acknowledged by this log.");
    page.value("ut_received_total", "", balance.received);
    page.head("ut_stored_total", "counter", "Events in history.");
    page.value("ut_stored_total", "", balance.settled.stored);
    page.head(
        "ut_engagement_orphan_total",
        "counter",
        "Engagements in history whose page view nobody knows: their time counts nowhere.",
    );
    page.value("ut_engagement_orphan_total", "", balance.settled.orphans);
    page.head("ut_deduplicated_total", "counter", "Events whose id was known.");
    page.value("ut_deduplicated_total", "", balance.settled.deduplicated);
    page.head("ut_dropped_total", "counter", "Events not counted, by reason.");
    for reason in DropReason::ALL {
        let count = balance.settled.dropped.get(&reason).copied().unwrap_or(0);
        page.value("ut_dropped_total", &format!("{{reason=\"{}\"}}", reason.as_str()), count);
    }
    page.head(
        "ut_forgotten_total",
        "counter",
        "Events settled before the cursor that counted them was lost.",
    );
    page.value("ut_forgotten_total", "", balance.settled.forgotten);
    page.head("ut_parked", "gauge", "Of those in flight: late events whose ids history is asked about.");
    page.value("ut_parked", "", balance.settled.parked.len() as u64);
    page.head(
        "ut_reentered_total",
        "counter",
        "Numbers of the log that parked events took when they came back: these are no new events.",
    );
    page.value("ut_reentered_total", "", balance.settled.reentered);
    page.head(
        "ut_in_flight",
        "gauge",
        "Events acknowledged and not settled yet; received = stored + deduplicated + dropped + in flight.",
    );
    page.value("ut_in_flight", "", balance.in_flight);
}

/// What the door refused and removed.
fn door(page: &mut Page, state: &AppState) {
    page.head(
        "ut_rejected_total",
        "counter",
        "Events and requests refused at the door since the start, by code.",
    );
    for (code, count) in state.metrics.refusals() {
        page.value("ut_rejected_total", &format!("{{code=\"{code}\"}}"), count);
    }
    page.head(
        "ut_pii_removed_total",
        "counter",
        "Personal data taken out of events since the start, by field.",
    );
    for (field, count) in state.metrics.removed.by_field() {
        page.value("ut_pii_removed_total", &format!("{{field=\"{field}\"}}"), count);
    }
}

/// What shop systems sent.
fn webhooks(page: &mut Page, state: &AppState) {
    page.head(
        "ut_webhooks_total",
        "counter",
        "Webhooks since the start, by provider and outcome: taken, unchanged, ignored, ping, or the code of a refusal.",
    );
    for ((provider, outcome), count) in state.metrics.webhooks() {
        let labels = format!("{{provider=\"{provider}\",outcome=\"{outcome}\"}}");
        page.value("ut_webhooks_total", &labels, count);
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    // Writing to a String cannot fail.
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn value(&mut self, name: &str, labels: &str, value: u64) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}
