//! Rows of `page_day`: a batch's events, page views and the time spent on pages, summed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use ut_core::SiteId;
use ut_core::event::{Event, Frame};
use ut_core::module::RowsContext;
use ut_core::ports::{Column, OlapBatch, TableKind};

const COLUMNS: &[Column] =
    &["site", "day", "hostname", "path", "bot", "staging", "log", "views", "engaged_ms", "events"];

/// A site, a local day, a page and a kind of traffic; texts by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    site: SiteId,
    day: i32,
    hostname: u32,
    path: u32,
    bot: u32,
    staging: bool,
}

#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    views: u64,
    engaged_ms: u64,
    events: u64,
}

/// Of one request, at one moment, on one page: these count alike, and follow one another.
fn alike(a: &Event, b: &Event) -> bool {
    let (one, other) = (&a.draft, &b.draft);
    Arc::ptr_eq(&a.request, &b.request)
        && one.at.div_euclid(MINUTE_MS) == other.at.div_euclid(MINUTE_MS)
        && one.staging == other.staging
        && one.page == other.page
}

/// No day of any time zone begins within a minute: since 1972 all are whole minutes from UTC.
const MINUTE_MS: i64 = 60_000;

/// The sums of a batch so far.
#[derive(Debug, Default)]
pub(super) struct Sums {
    sums: HashMap<Key, Sum>,
    days: Days,
    texts: Texts,
    hostname: Latest,
    path: Latest,
    bot: Latest,
}

impl Sums {
    pub(super) fn add(&mut self, frame: &Frame, context: &RowsContext<'_>) {
        let (mut before, mut sum) = (None, Sum::default());
        for event in frame.happenings() {
            let key = match before {
                Some((other, key)) if alike(other, event) => key,
                _ => self.key(event, context),
            };
            if let Some((_, known)) = before.filter(|(_, known)| *known != key) {
                self.put(known, std::mem::take(&mut sum));
            }
            sum.views += u64::from(event.draft.name.is_page_view());
            sum.engaged_ms += u64::from(event.engaged_ms);
            sum.events += 1;
            before = Some((event, key));
        }
        if let Some((_, key)) = before {
            self.put(key, sum);
        }
    }

    fn put(&mut self, key: Option<Key>, more: Sum) {
        if let Some(key) = key {
            let sum = self.sums.entry(key).or_default();
            sum.views += more.views;
            sum.engaged_ms += more.engaged_ms;
            sum.events += more.events;
        }
    }

    /// Where an event counts; `None` on a site that is gone.
    fn key(&mut self, event: &Event, context: &RowsContext<'_>) -> Option<Key> {
        let site = event.site();
        let day = self.days.of(site, event.draft.at, context)?;
        let (hostname, path) =
            event.draft.page.as_ref().map_or(("", ""), |page| (&*page.hostname, &*page.path));
        Some(Key {
            site,
            day,
            hostname: self.hostname.number(&mut self.texts, hostname),
            path: self.path.number(&mut self.texts, path),
            bot: self.bot.number(&mut self.texts, &event.request.device.bot),
            staging: event.draft.staging,
        })
    }

    pub(super) fn write(&self, context: &RowsContext<'_>, batch: &mut OlapBatch) {
        let texts = self.texts.in_order();
        let text = |number: u32| texts.get(number as usize).copied().unwrap_or_default();
        // In one order whatever the hashes: the same frames give the same block.
        for (key, sum) in self.sums.iter().collect::<BTreeMap<_, _>>() {
            batch.row("page_day", TableKind::Rollup, COLUMNS, |row| {
                row.u32(key.site.0).day(key.day).word(text(key.hostname)).text(text(key.path));
                row.word(text(key.bot)).u8(key.staging.into()).u16(context.log);
                row.u64(sum.views).u64(sum.engaged_ms).u64(sum.events);
            });
        }
    }
}

/// The local day that was met last on each site, and from when to when it lasts.
#[derive(Debug, Default)]
struct Days(HashMap<SiteId, (i32, std::ops::Range<i64>)>);

impl Days {
    /// `None` for a site that is gone.
    fn of(&mut self, id: SiteId, at: i64, context: &RowsContext<'_>) -> Option<i32> {
        if let Some((day, _)) = self.0.get(&id).filter(|(_, times)| times.contains(&at)) {
            return Some(*day);
        }
        let site = context.sites.by_id(id)?;
        let day = site.day(at);
        self.0.insert(id, (day, site.day_start(day)..site.day_start(day + 1)));
        Some(day)
    }
}

/// Different texts, each with a number.
#[derive(Debug, Default)]
struct Texts(HashMap<Box<str>, u32>);

impl Texts {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.0.get(text) {
            return *number;
        }
        // A batch has fewer than 500,000 rows.
        let number = self.0.len() as u32;
        self.0.insert(text.into(), number);
        number
    }

    fn in_order(&self) -> Vec<&str> {
        let mut texts = vec![""; self.0.len()];
        for (text, number) in &self.0 {
            texts[*number as usize] = text;
        }
        texts
    }
}

/// A field's text in the event before, and its number: events of one page follow one another.
#[derive(Debug, Default)]
struct Latest(Option<(String, u32)>);

impl Latest {
    fn number(&mut self, texts: &mut Texts, text: &str) -> u32 {
        match &self.0 {
            Some((latest, number)) if latest == text => *number,
            _ => {
                let number = texts.number(text);
                let (latest, of_latest) = self.0.get_or_insert_default();
                latest.clear();
                latest.push_str(text);
                *of_latest = number;
                number
            }
        }
    }
}
