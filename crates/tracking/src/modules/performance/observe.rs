//! Stored vitals → rows of `performance_vitals`.

use ut_core::event::{Event, Frame, Vital};
use ut_core::module::RowsContext;
use ut_core::ports::{Column, OlapBatch, RowWriter, TableKind};

const COLUMNS: &[Column] = &[
    "site",
    "ts",
    "metric",
    "metric_id",
    "bits",
    "hostname",
    "path",
    "country",
    "device_type",
    "browser",
    "os",
    "navigation_type",
    "bot",
    "staging",
    "visitor",
    "session",
    "page_view",
    "attribution",
];

/// A frame without vitals costs nothing but looking.
pub(super) fn rows(frame: &Frame, context: &RowsContext<'_>, batch: &mut OlapBatch) {
    for (event, vital) in frame.vitals() {
        batch.row("performance_vitals", TableKind::Replacing, COLUMNS, |row| {
            measured(row, event, &vital);
            circumstances(row, event, &vital);
            whose(row, event, context);
            row.map(&event.draft.props);
        });
    }
}

fn measured(row: &mut RowWriter, event: &Event, vital: &Vital) {
    let page = event.draft.page.as_ref();
    let (hostname, path) = page.map_or(("", ""), |page| (&*page.hostname, &*page.path));
    row.u32(event.site().0).time(event.draft.at).word(vital.metric.as_str());
    row.u64(vital.id).u64(vital.value.to_bits()).word(hostname).word(path);
}

fn circumstances(row: &mut RowWriter, event: &Event, vital: &Vital) {
    let (place, device) = (&event.request.place, &event.request.device);
    row.word(&place.country).word(device.device_type.as_str()).word(&device.browser).word(&device.os);
    row.word(&vital.navigation_type).word(&device.bot).u8(event.draft.staging.into());
}

fn whose(row: &mut RowWriter, event: &Event, context: &RowsContext<'_>) {
    let (keys, site) = (context.keys, event.site());
    let visitor = event.visitor.map(|id| keys.visitor(site, id)).unwrap_or_default();
    let page_view = event.draft.page_view.map(|id| keys.page_view(site, event.session, id));
    row.u64(visitor.0).u64(event.session.0).u64(page_view.unwrap_or_default().0);
}
