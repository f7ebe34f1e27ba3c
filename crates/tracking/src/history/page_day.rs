//! Rows of `page_day`: the frame's page views, summed.

use std::collections::BTreeMap;
use ut_core::event::Frame;
use ut_core::module::RowsContext;
use ut_core::ports::{Column, OlapBatch, TableKind};

const COLUMNS: &[Column] = &["site", "day", "hostname", "path", "log", "views"];

pub(super) fn rows(frame: &Frame, context: &RowsContext<'_>, batch: &mut OlapBatch) {
    let mut sums = BTreeMap::<_, u64>::new();
    for event in frame.events().filter(|event| event.draft.name.is_page_view()) {
        let Some(page) = &event.draft.page else { continue };
        let Some(site) = context.sites.by_id(event.site) else { continue };
        *sums.entry((event.site, site.day(event.draft.at), &page.hostname, &page.path)).or_default() += 1;
    }
    for ((site, day, hostname, path), views) in sums {
        batch.row("page_day", TableKind::Rollup, COLUMNS, |row| {
            row.u32(site.0).i32(day).text(hostname).text(path).u16(context.log).u64(views);
        });
    }
}
