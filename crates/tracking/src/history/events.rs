//! Rows of `events`.

use super::facts;
use std::sync::Arc;
use ut_core::event::{Amount, Draft, Event, Frame, Item, Source};
use ut_core::module::RowsContext;
use ut_core::ports::{Column, OlapBatch, RowWriter, TableKind};
use ut_core::{EventId, PageViewKey, SessionKey, SiteId, VisitorId, VisitorKey};

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
    "url_end",
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

pub(super) fn rows(frame: &Frame, context: &RowsContext<'_>, known: &mut Known, batch: &mut OlapBatch) {
    let mut before = None;
    for event in frame.happenings() {
        batch.row("events", TableKind::Facts, COLUMNS, |row| {
            place(row, event, context, known);
            page(row, event, before);
            circumstances(row, event, before);
            touch(row, event, before);
            engagement(row, event);
            commerce(row, event, before);
        });
        before = Some(event);
    }
}

/// The keys that were made last: a visitor's events follow one another, and so do those of a page.
#[derive(Debug, Default)]
pub(super) struct Known {
    visitor: Option<((SiteId, VisitorId), VisitorKey)>,
    page_view: Option<((SiteId, SessionKey, EventId), PageViewKey)>,
}

/// What was made of `input`, or is now.
fn made<K: PartialEq + Copy, V: Copy>(known: &mut Option<(K, V)>, input: K, make: impl FnOnce() -> V) -> V {
    match known {
        Some((last, value)) if *last == input => *value,
        _ => known.insert((input, make())).1,
    }
}

fn place(row: &mut RowWriter, event: &Event, context: &RowsContext<'_>, known: &mut Known) {
    let (keys, site, draft) = (context.keys, event.site(), &event.draft);
    let visitor = event.visitor.map(|id| made(&mut known.visitor, (site, id), || keys.visitor(site, id)));
    let page_view = draft.page_view.map(|id| {
        let input = (site, event.session, id);
        half(made(&mut known.page_view, input, || keys.page_view(site, event.session, id)))
    });
    let visitor = visitor.unwrap_or_default();
    row.u32(site.0).u16(context.log).u64(event.lsn.0);
    id(row, draft.id, draft.at);
    row.word(draft.name.as_str()).time(draft.at).i64(event.request.received_at - draft.at);
    row.word(event.identity.as_str());
    row.u64(visitor.0).u64(event.session.0).u32(page_view.unwrap_or_default()).u32(draft.seq);
}

/// An id in three columns: its random rest, what stands between rest and time, and by how much its time is ahead of the
/// event's. Of an id that sorts with time next to nothing but the rest needs space; any other one comes back as well.
fn id(row: &mut RowWriter, id: EventId, at: i64) {
    let (high, low) = id.as_u64_pair();
    let time = i64::try_from(high >> 16).unwrap_or_default();
    row.u64(low).u16((high & 0xffff) as u16).i64(time - at);
}

/// Page views are told apart within a session. 0 means none.
fn half(page_view: PageViewKey) -> u32 {
    ((page_view.0 & u64::from(u32::MAX)) as u32).max(1)
}

/// Events of one page follow one another: what was said just before is at hand, what is in the column is not.
fn page(row: &mut RowWriter, event: &Event, before: Option<&Event>) {
    let (draft, before) = (&event.draft, before.map(|before| &before.draft));
    let (hostname, path) = draft.page.as_ref().map_or(("", ""), |page| (&page.hostname, &page.path));
    if before.is_some_and(|before| before.page == draft.page) {
        row.leave_out(2);
    } else {
        row.word(hostname).word(path);
    }
    match url_end(&draft.url, hostname, path) {
        Some(end) => row.word(end),
        None => row.word(&format!(" {}", draft.url)),
    };
    let texts: [fn(&Draft) -> &str; 2] = [|draft| &draft.referrer, |draft| &draft.title];
    for of in texts {
        if before.is_some_and(|before| of(before) == of(draft)) {
            row.leave_out(1);
        } else {
            row.word(of(draft));
        }
    }
}

/// What follows host and path in a URL, which are columns already; none where it does not begin with them. The column
/// `url` puts it together again.
fn url_end<'a>(url: &'a str, hostname: &str, path: &str) -> Option<&'a str> {
    if hostname.is_empty() {
        return url.is_empty().then_some("");
    }
    let end = url.strip_prefix("https://")?.strip_prefix(hostname)?.strip_prefix(path)?;
    (end.is_empty() || end.starts_with(['?', '#'])).then_some(end)
}

/// What a request says is looked up once for all of its events, which follow one another.
fn circumstances(row: &mut RowWriter, event: &Event, before: Option<&Event>) {
    let request = &event.request;
    let same = before.is_some_and(|before| Arc::ptr_eq(&before.request, request));
    if same {
        row.leave_out(2);
    } else {
        row.word(&request.tz).word(&request.lang);
    }
    row.u16(request.viewport.0).u16(request.viewport.1);
    row.u8(request.consent.bits()).u8(event.draft.staging.into());
    if same {
        row.leave_out(facts::REQUEST_WORDS);
    } else {
        facts::request(row, request);
    }
}

fn touch(row: &mut RowWriter, event: &Event, before: Option<&Event>) {
    let source = source(event);
    row.u8(event.touch.into());
    // Most events are none.
    if source.is_none() && before.is_some_and(|before| self::source(before).is_none()) {
        row.leave_out(facts::SOURCE_WORDS);
    } else {
        facts::source(row, source);
    }
}

fn source(event: &Event) -> Option<&Source> {
    event.draft.source.as_deref().filter(|_| event.touch)
}

fn engagement(row: &mut RowWriter, event: &Event) {
    let scroll_pct = event.draft.engagement.map_or(0, |engagement| engagement.scroll_pct);
    row.u32(event.engaged_ms).u8(scroll_pct);
}

fn commerce(row: &mut RowWriter, event: &Event, before: Option<&Event>) {
    let draft = &event.draft;
    let items = &draft.items;
    row.nullable_decimal(draft.value.map(Amount::units));
    row.word(draft.currency.as_ref().map_or("", |currency| currency.as_str()));
    // Most events are about no item, and say nothing else.
    if before.is_some() && items.is_empty() {
        row.leave_out(ITEM_LISTS);
    } else {
        self::items(row, items);
    }
    for pairs in [&draft.props, &draft.facts] {
        if before.is_some() && pairs.is_empty() {
            row.leave_out(1);
        } else {
            row.map(pairs);
        }
    }
}

/// How many lists [`items`] writes.
const ITEM_LISTS: usize = 8;

/// `items.item_id, item_name, item_brand, item_category, item_variant, price, quantity, props`.
fn items(row: &mut RowWriter, items: &[Item]) {
    let words = |of: fn(&Item) -> &str| items.iter().map(of);
    row.words(words(|item| &item.item_id)).words(words(|item| &item.item_name));
    row.words(words(|item| &item.item_brand)).words(words(|item| &item.item_category));
    row.words(words(|item| &item.item_variant));
    row.nullable_decimals(items.iter().map(|item| item.price.map(Amount::units)));
    row.u32s(items.iter().map(|item| item.quantity));
    row.maps(items.iter().map(|item| &*item.props));
}
