//! A site's live picture as it goes over the wire: made once a second, shared by all readers.

use serde::Serialize;
use ut_core::EventId;
use ut_core::ports::{CountryCount, LiveView, PageCount};

/// What `event: presence` says.
#[derive(Serialize)]
struct Presence<'a> {
    now: u32,
    now_ema: f64,
    last_5_min: u32,
    last_30_min: u32,
    per_minute: &'a [u32],
    pages: &'a [PageCount],
    countries: &'a [CountryCount],
}

/// One moment of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// Data of `event: presence`.
    pub(super) presence: String,
    /// Id and data of `event: activity`, oldest first.
    pub(super) activity: Vec<(EventId, String)>,
}

impl Picture {
    /// `smoothed` is the count's moving average; two decimals are more than an eye sees.
    pub(super) fn new(view: &LiveView, smoothed: f64) -> Result<Self, serde_json::Error> {
        let presence = Presence {
            now: view.now,
            now_ema: (smoothed * 100.0).round() / 100.0,
            last_5_min: view.last_5_min,
            last_30_min: view.last_30_min,
            per_minute: &view.per_minute,
            pages: &view.pages,
            countries: &view.countries,
        };
        let lines = view.activity.iter().map(|line| Ok((line.id, serde_json::to_string(line)?)));
        Ok(Self { presence: serde_json::to_string(&presence)?, activity: lines.collect::<Result<_, _>>()? })
    }
}
