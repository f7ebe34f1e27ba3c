//! The live picture: who was here during the last half hour, minute by minute, and the newest events.
//!
//! A visitor is one entry with a bit per minute, so that a union over minutes is a look at the bits and repeating an
//! operation sets what is set already. Memory: about 80 bytes per visitor seen in the last 31 minutes, plus the path
//! of those seen in the last 45 seconds, plus 50 activity lines per site.

use super::claims::Seeded;
use serde::{Deserialize, Serialize};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use ut_core::ports::{
    ACTIVITY_LINES, Activity, CountryCount, LiveAnswer, LiveBatch, LiveOp, LiveView, PageCount,
};
use ut_core::{Lsn, SiteId, VisitorId};

/// "Now" reaches back so far.
const NOW_MS: i64 = 45_000;
const MINUTE_MS: i64 = 60_000;
/// Minutes that are kept.
const MINUTES: i64 = 30;
/// Receipt times further ahead of the clock than this are taken as the clock's: a clock that was set back must not
/// leave visitors who stay for hours.
const AHEAD_MS: i64 = 5_000;
/// Visitors of one site at a time; beyond them nobody new is shown until some have gone. About 60 MB.
const MAX_VISITORS: usize = 500_000;
/// Lines of a list.
const LINES: usize = 10;

/// One visitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Seen {
    /// Newest receipt time.
    last: i64,
    /// Bit `i`: seen in the minute `i` before the minute of `last`.
    minutes: u32,
    /// The page of the newest operation that named one, and its time.
    page: Option<(i64, String)>,
    /// The country of the newest operation that named one; empty when none did.
    country: String,
}

impl Seen {
    fn at(&mut self, at: i64, page: Option<&str>, country: &str) {
        if !country.is_empty() && (self.country.is_empty() || at >= self.last) {
            country.clone_into(&mut self.country);
        }
        let step = at.div_euclid(MINUTE_MS) - self.last.div_euclid(MINUTE_MS);
        if step > 0 {
            self.minutes =
                u32::try_from(step).ok().and_then(|step| self.minutes.checked_shl(step)).unwrap_or(0) | 1;
        } else if step > -MINUTES {
            self.minutes |= 1 << -step;
        }
        self.last = self.last.max(at);
        if let Some(page) = page
            && self.page.as_ref().is_none_or(|(known, _)| *known <= at)
        {
            let (since, known) = self.page.get_or_insert_default();
            *since = at;
            page.clone_into(known);
        }
    }

    /// Takes on what was seen of the same person under another name.
    fn join(&mut self, other: &Self) {
        let minutes = other.minutes;
        self.at(other.last, other.page.as_ref().map(|(_, page)| page.as_str()), &other.country);
        let back = self.last.div_euclid(MINUTE_MS) - other.last.div_euclid(MINUTE_MS);
        self.minutes |= u32::try_from(back).ok().and_then(|back| minutes.checked_shl(back)).unwrap_or(0);
    }

    /// The bits as of minute `now`: bit 0 is that minute.
    fn minutes_as_of(&self, now: i64) -> u32 {
        let age = now - self.last.div_euclid(MINUTE_MS);
        let bits = match u32::try_from(age) {
            Ok(age) => self.minutes.checked_shl(age).unwrap_or(0),
            // Seen "after" now: the reader's clock is behind. The newest minute is then the current one.
            Err(_) => self.minutes,
        };
        bits & ((1 << MINUTES) - 1)
    }
}

/// One site.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct SiteLive {
    visitors: HashMap<VisitorId, Seen, Seeded>,
    activity: VecDeque<Activity>,
}

impl SiteLive {
    fn remember(&mut self, activity: &Activity) {
        if self.activity.iter().any(|known| known.id == activity.id) {
            return;
        }
        if self.activity.len() == ACTIVITY_LINES {
            self.activity.pop_front();
        }
        self.activity.push_back(activity.clone());
    }

    /// Shows a visitor; false when there is no room for one more.
    fn see(&mut self, visitor: VisitorId, at: i64, page: Option<&str>, country: &str) -> bool {
        let full = self.visitors.len() >= MAX_VISITORS;
        let seen = match self.visitors.entry(visitor) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(_) if full => return false,
            Entry::Vacant(new) => {
                new.insert(Seen { last: at, minutes: 1, page: None, country: String::new() })
            }
        };
        seen.at(at, page, country);
        true
    }

    /// Shows one visitor as another, who may be there already.
    fn rename(&mut self, from: VisitorId, to: VisitorId) {
        let Some(seen) = self.visitors.remove(&from) else { return };
        match self.visitors.entry(to) {
            Entry::Vacant(new) => drop(new.insert(seen)),
            Entry::Occupied(mut known) => known.get_mut().join(&seen),
        }
    }

    fn view(&self, now: i64) -> LiveView {
        let minute = now.div_euclid(MINUTE_MS);
        let mut view = LiveView { per_minute: vec![0; MINUTES as usize], ..LiveView::default() };
        let mut pages: HashMap<&str, u32> = HashMap::new();
        let mut countries: HashMap<&str, u32> = HashMap::new();
        for seen in self.visitors.values() {
            let bits = seen.minutes_as_of(minute);
            view.last_30_min += u32::from(bits != 0);
            view.last_5_min += u32::from(bits & 0b1_1111 != 0);
            for (back, count) in view.per_minute.iter_mut().rev().enumerate() {
                *count += bits >> back & 1;
            }
            if now - seen.last <= NOW_MS {
                view.now += 1;
                seen.page.iter().for_each(|(_, page)| *pages.entry(page).or_default() += 1);
                if !seen.country.is_empty() {
                    *countries.entry(&seen.country).or_default() += 1;
                }
            }
        }
        let page = |(page, visitors): (&str, u32)| PageCount { page: page.to_owned(), visitors };
        let country =
            |(country, visitors): (&str, u32)| CountryCount { country: country.to_owned(), visitors };
        view.pages = top(pages).into_iter().map(page).collect();
        view.countries = top(countries).into_iter().map(country).collect();
        view.activity = self.activity.iter().cloned().collect();
        view
    }
}

/// Most visitors first; by name among equals, so that the list does not flicker.
fn top(counts: HashMap<&str, u32>) -> Vec<(&str, u32)> {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    counts.truncate(LINES);
    counts
}

/// The live picture of every site. Part of the snapshot as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Live {
    /// It covers the events before this number.
    until: Lsn,
    /// The minute of the last sweep.
    swept: i64,
    sites: HashMap<SiteId, SiteLive>,
}

impl Default for Live {
    fn default() -> Self {
        Self { until: Lsn::FIRST, swept: 0, sites: HashMap::new() }
    }
}

impl Live {
    /// Applies a batch, unless the picture covers it already.
    pub(super) fn apply(&mut self, batch: &LiveBatch, now: i64) -> LiveAnswer {
        if batch.until != Lsn(0) && batch.until <= self.until {
            return LiveAnswer { until: self.until, full: false };
        }
        let mut full = false;
        for op in &batch.ops {
            match op {
                // A backlog of hours must not fill the memory with visitors of whom nothing is shown.
                LiveOp::Seen { at, .. } if now - at > MINUTES * MINUTE_MS => {}
                LiveOp::Seen { site, visitor, at, page, country } => {
                    let at = (*at).min(now + AHEAD_MS);
                    let site = self.sites.entry(*site).or_default();
                    full |= !site.see(*visitor, at, page.as_deref(), country);
                }
                LiveOp::Renamed { site, from, to } => self.sites.entry(*site).or_default().rename(*from, *to),
                // Who history knows them as, this picture does not: see `forget`.
                LiveOp::Forgotten { .. } => {}
                LiveOp::Activity(site, activity) => self.sites.entry(*site).or_default().remember(activity),
            }
        }
        self.until = self.until.max(batch.until);
        self.sweep(now);
        LiveAnswer { until: self.until, full }
    }

    pub(super) fn view(&self, site: SiteId, now: i64) -> LiveView {
        let empty = SiteLive::default();
        self.sites.get(&site).unwrap_or(&empty).view(now)
    }

    /// The picture of one visitor alone.
    pub(super) fn view_of(&self, site: SiteId, is: impl Fn(VisitorId) -> bool, now: i64) -> LiveView {
        let known = self.sites.get(&site).and_then(|site| site.visitors.iter().find(|(id, _)| is(**id)));
        let visitors = known.map(|(id, seen)| (*id, seen.clone())).into_iter().collect();
        SiteLive { visitors, activity: VecDeque::new() }.view(now)
    }

    /// Takes a visitor out of the picture.
    pub(super) fn forget(&mut self, site: SiteId, is: impl Fn(VisitorId) -> bool) {
        if let Some(site) = self.sites.get_mut(&site) {
            site.visitors.retain(|visitor, _| !is(*visitor));
        }
    }

    /// Once a minute: forgets who has not been here for 30 minutes, and where those were who are not here now.
    fn sweep(&mut self, now: i64) {
        let minute = now.div_euclid(MINUTE_MS);
        if minute == self.swept {
            return;
        }
        self.swept = minute;
        for site in self.sites.values_mut() {
            site.visitors.retain(|_, seen| seen.minutes_as_of(minute) != 0);
            let gone = site.visitors.values_mut().filter(|seen| now - seen.last > NOW_MS);
            gone.for_each(|seen| seen.page = None);
        }
        self.sites.retain(|_, site| !site.visitors.is_empty() || !site.activity.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const NOW: i64 = 1_800_000_000_000;

    fn seen(visitor: u8, at: i64) -> LiveOp {
        LiveOp::Seen {
            site: SiteId(1),
            visitor: VisitorId([visitor; 16]),
            at,
            page: Some(format!("/{visitor}")),
            country: ["DE", "FR", ""][usize::from(visitor % 3)].to_owned(),
        }
    }

    fn picture(ops: &[LiveOp], now: i64) -> LiveView {
        let mut live = Live::default();
        live.apply(&LiveBatch { until: Lsn(0), ops: ops.to_vec() }, NOW);
        live.view(SiteId(1), now)
    }

    fn history() -> impl Strategy<Value = Vec<(u8, i64)>> {
        proptest::collection::vec((0_u8..20, -2_400_000_i64..=0), 0..200)
    }

    proptest! {
        /// The bits say what sets of visitors per minute would say.
        #[test]
        fn unions_are_those_of_sets(history in history()) {
            let ops: Vec<_> = history.iter().map(|(visitor, back)| seen(*visitor, NOW + back)).collect();
            let view = picture(&ops, NOW);
            let minute = NOW.div_euclid(MINUTE_MS);
            let within = |oldest: i64, newest: i64| {
                let visitors = history.iter().filter(|(_, back)| {
                    let back = minute - (NOW + back).div_euclid(MINUTE_MS);
                    (newest..=oldest).contains(&back)
                });
                visitors.map(|(visitor, _)| *visitor).collect::<HashSet<_>>().len() as u32
            };
            prop_assert_eq!(view.last_5_min, within(4, 0));
            prop_assert_eq!(view.last_30_min, within(29, 0));
            let per_minute: Vec<_> = (0..30).rev().map(|back| within(back, back)).collect();
            prop_assert_eq!(view.per_minute, per_minute);
            let now = history.iter().filter(|(_, back)| -back <= NOW_MS).map(|(visitor, _)| visitor);
            prop_assert_eq!(view.now, now.collect::<HashSet<_>>().len() as u32);
        }

        /// Operations in another order, or twice, paint the same picture.
        #[test]
        fn order_and_repetition_change_nothing(history in history(), rotate in 0_usize..200) {
            let ops: Vec<_> = history.iter().map(|(visitor, back)| seen(*visitor, NOW + back)).collect();
            let mut other = ops.clone();
            other.rotate_left(if ops.is_empty() { 0 } else { rotate % ops.len() });
            other.extend(ops.iter().cloned());
            prop_assert_eq!(picture(&ops, NOW), picture(&other, NOW));
        }
    }

    #[test]
    fn a_backlog_leaves_nobody_behind() {
        let mut live = Live::default();
        let ops = (0..200).map(|visitor| seen(visitor, NOW - 31 * MINUTE_MS)).collect();
        live.apply(&LiveBatch { until: Lsn(201), ops }, NOW);
        assert!(live.sites.is_empty());
        assert_eq!(live.until, Lsn(201));
    }

    #[test]
    fn so_many_visitors_are_shown_and_no_more() {
        let mut live = Live::default();
        let visitor = |n: usize| LiveOp::Seen {
            site: SiteId(1),
            visitor: VisitorId((n as u128).to_le_bytes()),
            at: NOW,
            page: None,
            country: String::new(),
        };
        let apply = |live: &mut Live, ops| live.apply(&LiveBatch { until: Lsn(0), ops }, NOW).full;
        assert!(!apply(&mut live, (0..MAX_VISITORS).map(visitor).collect()));
        assert!(apply(&mut live, vec![visitor(MAX_VISITORS)]), "one too many");
        assert!(!apply(&mut live, vec![visitor(7)]), "who is shown stays");
        let other = LiveOp::Seen {
            site: SiteId(2),
            visitor: VisitorId([1; 16]),
            at: NOW,
            page: None,
            country: String::new(),
        };
        assert!(!apply(&mut live, vec![other]), "of another site");
        assert_eq!(live.view(SiteId(1), NOW).now, MAX_VISITORS as u32);
        let later = NOW + 31 * MINUTE_MS;
        live.apply(&LiveBatch::default(), later);
        assert!(!live.apply(&LiveBatch { until: Lsn(0), ops: vec![visitor(MAX_VISITORS)] }, later).full);
    }

    #[test]
    fn who_has_left_is_forgotten() {
        let mut live = Live::default();
        live.apply(&LiveBatch { until: Lsn(0), ops: vec![seen(1, NOW)] }, NOW);
        live.apply(
            &LiveBatch { until: Lsn(0), ops: vec![seen(2, NOW + 31 * MINUTE_MS)] },
            NOW + 31 * MINUTE_MS,
        );
        assert_eq!(live.sites[&SiteId(1)].visitors.len(), 1);
    }
}
