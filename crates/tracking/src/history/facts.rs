//! What rows of events and rows of sessions say alike.

use ut_core::event::{Circumstances, Source};
use ut_core::ports::RowWriter;

/// `country, region, city, country_source, device_type, browser, browser_version, os, os_version, brand, model, bot`.
pub(super) fn request(row: &mut RowWriter, request: &Circumstances) {
    let (place, device) = (&request.place, &request.device);
    row.text(&place.country).text(&place.region).text(&place.city).text(place.source.as_str());
    row.text(device.device_type.as_str()).text(&device.browser).text(&device.browser_version);
    row.text(&device.os).text(&device.os_version).text(&device.brand).text(&device.model).text(&device.bot);
}

/// `source, medium, campaign, term, content, click_id, referrer_host`; all empty without a source.
pub(super) fn source(row: &mut RowWriter, source: Option<&Source>) {
    let Some(source) = source else {
        for _ in 0..7 {
            row.text("");
        }
        return;
    };
    row.text(&source.source).text(&source.medium).text(&source.campaign).text(&source.term);
    row.text(&source.content).text(&source.click_id).text(&source.referrer);
}
