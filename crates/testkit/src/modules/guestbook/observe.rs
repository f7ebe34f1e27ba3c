//! Rows of the module's own tables.

use std::collections::BTreeMap;
use ut_core::event::{Event, Frame};
use ut_core::module::RowsContext;
use ut_core::ports::{OlapBatch, TableKind};

pub(super) fn rows(frame: &Frame, context: &RowsContext<'_>, batch: &mut OlapBatch) {
    let mut sums = BTreeMap::<_, u64>::new();
    for event in frame.events() {
        let Some(mood) = mood(event) else { continue };
        let columns = &["site", "log", "lsn", "ts", "mood"];
        batch.row("guestbook_signatures", TableKind::Facts, columns, |row| {
            row.u32(event.site().0).u16(context.log).u64(event.lsn.0).time(event.draft.at).word(mood);
        });
        let Some(site) = context.sites.by_id(event.site()) else { continue };
        *sums.entry((event.site(), site.day(event.draft.at), mood)).or_default() += 1;
    }
    for ((site, day, mood), signatures) in sums {
        let columns = &["site", "day", "mood", "log", "signatures"];
        batch.row("guestbook_mood", TableKind::Rollup, columns, |row| {
            row.u32(site.0).day(day).word(mood).u16(context.log).u64(signatures);
        });
    }
}

fn mood(event: &Event) -> Option<&str> {
    event.draft.facts.iter().find(|(key, _)| key == "guestbook.mood").map(|(_, mood)| mood.as_str())
}
