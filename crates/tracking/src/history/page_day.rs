//! Rows of `page_day`: the frame's page views and the time spent on pages, summed.

use std::collections::BTreeMap;
use ut_core::event::Frame;
use ut_core::module::RowsContext;
use ut_core::ports::{Column, OlapBatch, TableKind};

const COLUMNS: &[Column] =
    &["site", "day", "hostname", "path", "bot", "staging", "log", "views", "engaged_ms"];

/// Sums of one site, local day, page and kind of traffic.
#[derive(Default)]
struct Sums {
    views: u64,
    engaged_ms: u64,
}

pub(super) fn rows(frame: &Frame, context: &RowsContext<'_>, batch: &mut OlapBatch) {
    let mut sums = BTreeMap::<_, Sums>::new();
    for event in frame.events() {
        let views = u64::from(event.draft.name.is_page_view());
        if views == 0 && event.engaged_ms == 0 {
            continue;
        }
        let Some(site) = context.sites.by_id(event.site()) else { continue };
        let (hostname, path) =
            event.draft.page.as_ref().map_or(("", ""), |page| (&*page.hostname, &*page.path));
        let traffic = (&event.request.device.bot, event.draft.staging);
        let key = (event.site(), site.day(event.draft.at), hostname, path, traffic);
        let of_page = sums.entry(key).or_default();
        of_page.views += views;
        of_page.engaged_ms += u64::from(event.engaged_ms);
    }
    for ((site, day, hostname, path, (bot, staging)), sums) in sums {
        batch.row("page_day", TableKind::Rollup, COLUMNS, |row| {
            row.u32(site.0).day(day).word(hostname).text(path).word(bot).u8(staging.into());
            row.u16(context.log).u64(sums.views).u64(sums.engaged_ms);
        });
    }
}
