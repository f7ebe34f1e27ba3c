//! What rows of events and rows of sessions say alike.

use ut_core::event::{Circumstances, Source};
use ut_core::ports::RowWriter;

/// How many words [`request`] writes.
pub(super) const REQUEST_WORDS: usize = 12;
/// How many words [`source`] writes.
pub(super) const SOURCE_WORDS: usize = 7;

/// `country, region, city, country_source, device_type, browser, browser_version, os, os_version, brand, model, bot`.
pub(super) fn request(row: &mut RowWriter, request: &Circumstances) {
    let (place, device) = (&request.place, &request.device);
    row.word(&place.country).word(&place.region).word(&place.city).word(place.source.as_str());
    row.word(device.device_type.as_str()).word(&device.browser).word(&device.browser_version);
    row.word(&device.os).word(&device.os_version).word(&device.brand).word(&device.model).word(&device.bot);
}

/// `source, medium, campaign, term, content, click_id, referrer_host`; all empty without a source.
pub(super) fn source(row: &mut RowWriter, source: Option<&Source>) {
    let Some(source) = source else {
        for _ in 0..SOURCE_WORDS {
            row.word("");
        }
        return;
    };
    row.word(&source.source).word(&source.medium).word(&source.campaign).word(&source.term);
    row.word(&source.content).word(&source.click_id).word(&source.referrer);
}
