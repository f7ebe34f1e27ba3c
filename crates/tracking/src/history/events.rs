//! Rows of `events`.

use super::facts;
use ut_core::EventId;
use ut_core::event::{Event, Frame, Item};
use ut_core::module::RowsContext;
use ut_core::ports::{Column, OlapBatch, RowWriter, TableKind};

const COLUMNS: &[Column] = &[
    "site",
    "log",
    "lsn",
    "id_low",
    "id_high",
    "id_ahead_ms",
    "name",
    "ts",
    "delay_ms",
    "identity",
    "visitor",
    "session",
    "page_view",
    "seq",
    "hostname",
    "path",
    "url",
    "referrer",
    "title",
    "tz",
    "lang",
    "viewport_width",
    "viewport_height",
    "consent",
    "staging",
    "country",
    "region",
    "city",
    "country_source",
    "device_type",
    "browser",
    "browser_version",
    "os",
    "os_version",
    "brand",
    "model",
    "bot",
    "touch",
    "source",
    "medium",
    "campaign",
    "term",
    "content",
    "click_id",
    "referrer_host",
    "engaged_ms",
    "scroll_pct",
    "value",
    "currency",
    "items.item_id",
    "items.item_name",
    "items.item_brand",
    "items.item_category",
    "items.item_variant",
    "items.price",
    "items.quantity",
    "items.props",
    "props",
    "facts",
];

pub(super) fn rows(frame: &Frame, context: &RowsContext<'_>, batch: &mut OlapBatch) {
    for event in frame.events() {
        batch.row("events", TableKind::Facts, COLUMNS, |row| {
            place(row, event, context);
            page(row, event);
            circumstances(row, event);
            facts::request(row, &event.request);
            row.u8(event.touch.into());
            facts::source(row, event.draft.source.as_deref().filter(|_| event.touch));
            engagement(row, event);
            commerce(row, event);
        });
    }
}

fn place(row: &mut RowWriter, event: &Event, context: &RowsContext<'_>) {
    let keys = context.keys;
    let draft = &event.draft;
    let visitor = event.visitor.map(|visitor| keys.visitor(event.site(), visitor)).unwrap_or_default();
    let page_view =
        draft.page_view.map(|id| keys.page_view(event.site(), event.session, id)).unwrap_or_default();
    row.u32(event.site().0).u16(context.log).u64(event.lsn.0);
    id(row, draft.id, draft.at);
    row.text(draft.name.as_str()).i64(draft.at).i64(event.request.received_at - draft.at);
    row.text(event.identity.as_str());
    row.u64(visitor.0).u64(event.session.0).u64(page_view.0).u32(draft.seq);
}

/// An id in three columns: its random rest, what stands between rest and time, and by how much its time is ahead of the
/// event's. Of an id that sorts with time next to nothing but the rest needs space; any other one comes back as well.
fn id(row: &mut RowWriter, id: EventId, at: i64) {
    let (high, low) = id.as_u64_pair();
    let time = i64::try_from(high >> 16).unwrap_or_default();
    row.u64(low).u16((high & 0xffff) as u16).i64(time - at);
}

fn page(row: &mut RowWriter, event: &Event) {
    let (hostname, path) = event.draft.page.as_ref().map_or(("", ""), |page| (&page.hostname, &page.path));
    row.text(hostname).text(path).text(&event.draft.url).text(&event.draft.referrer).text(&event.draft.title);
}

fn circumstances(row: &mut RowWriter, event: &Event) {
    let request = &event.request;
    row.text(&request.tz)
        .text(&request.lang)
        .u16(request.viewport.0)
        .u16(request.viewport.1)
        .u8(request.consent.bits())
        .u8(event.draft.staging.into());
}

fn engagement(row: &mut RowWriter, event: &Event) {
    let scroll_pct = event.draft.engagement.map_or(0, |engagement| engagement.scroll_pct);
    row.u32(event.engaged_ms).u8(scroll_pct);
}

fn commerce(row: &mut RowWriter, event: &Event) {
    let draft = &event.draft;
    row.nullable(draft.value, |row, value| {
        row.i64(value.units());
    });
    row.text(draft.currency.as_ref().map_or("", |currency| currency.as_str()));
    let items = &draft.items;
    for text in [
        |item: &Item| &item.item_id,
        |item| &item.item_name,
        |item| &item.item_brand,
        |item| &item.item_category,
        |item| &item.item_variant,
    ] as [fn(&Item) -> &String; 5]
    {
        row.len(items.len());
        items.iter().for_each(|item| {
            row.text(text(item));
        });
    }
    row.len(items.len());
    for item in items {
        row.nullable(item.price, |row, price| {
            row.i64(price.units());
        });
    }
    row.len(items.len());
    items.iter().for_each(|item| {
        row.u32(item.quantity);
    });
    row.len(items.len());
    items.iter().for_each(|item| map(row, &item.props));
    map(row, &draft.props);
    map(row, &draft.facts);
}

fn map(row: &mut RowWriter, pairs: &[(String, String)]) {
    row.len(pairs.len());
    for (key, value) in pairs {
        row.text(key).text(value);
    }
}
