//! Ranges of days in site time, and what they are compared with.

use super::QueryError;
use super::buckets::{Shift, Unit};
use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::Deserialize;
use ut_core::Deps;
use ut_core::ports::ParamValue;
use ut_core::site::Site;

/// `"day"`, `"7d"`, `"30d"`, `"90d"`, `"12mo"`, `"all"` or two dates, both inclusive.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DateRange {
    /// A named range that ends today.
    Named(String),
    /// First and last day, `YYYY-MM-DD`.
    Days(String, String),
}

/// Today and the six days before.
impl Default for DateRange {
    fn default() -> Self {
        Self::Named("7d".to_owned())
    }
}

/// A range made concrete for a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// First local date, days since 1970-01-01.
    pub from_day: i32,
    /// Last local date, inclusive.
    pub to_day: i32,
    /// Start of the first date, Unix milliseconds.
    pub from_ms: i64,
    /// Start of the date after the last, Unix milliseconds.
    pub to_ms: i64,
    /// The bucket of a series when none is said.
    pub unit: Unit,
}

pub(super) const EPOCH: Date = jiff::civil::date(1970, 1, 1);
/// No shop's events are older, none are newer: a slip of the pen, and the engine's own dates end.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;

/// What a range is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// As many days before its first.
    Previous,
    /// The same dates a year before.
    Year,
}

impl DateRange {
    /// Makes the range concrete: days of the site's zone, "today" by the clock.
    pub async fn resolve(&self, deps: &Deps, site: &Site) -> Result<Range, QueryError> {
        let today = date(site.day(deps.clock.now_ms()));
        let (from, to) = match self {
            Self::Named(name) if name == "all" => (first_day(deps, site).await?.unwrap_or(today), today),
            Self::Named(name) => (named(name, today)?, today),
            Self::Days(from, to) => (parse(from, "date_range[0]")?, parse(to, "date_range[1]")?),
        };
        if from > to {
            return Err(QueryError::invalid("date_range", "reversed", format!("{from} is after {to}")));
        }
        Ok(Range::new(site, from, to))
    }
}

impl Range {
    pub(super) fn new(site: &Site, from: Date, to: Date) -> Self {
        let (from_day, to_day) = (days(from), days(to));
        let unit = match to_day - from_day {
            0 => Unit::Hour,
            1..=120 => Unit::Day,
            _ => Unit::Month,
        };
        Self { from_day, to_day, from_ms: site.day_start(from_day), to_ms: site.day_start(to_day + 1), unit }
    }

    /// What it is compared with, and how far back that is.
    pub(super) fn before(&self, site: &Site, compare: Compare) -> (Self, Shift) {
        let shift = match compare {
            Compare::Previous => Shift::Days(self.to_day - self.from_day + 1),
            Compare::Year => Shift::Year,
        };
        let back = |day: i32| shift.before(date(day));
        (Self::new(site, back(self.from_day), back(self.to_day)), shift)
    }

    /// Of today so far the day it is compared with, until the same time on the clock, and which time that is; nothing
    /// of more days and of days that are over.
    pub(super) fn so_far(&self, site: &Site, now_ms: i64, shift: Shift) -> Option<(Self, String)> {
        let today = self.from_day == self.to_day && site.day(now_ms) == self.to_day;
        let now = Timestamp::from_millisecond(now_ms).ok().filter(|_| today)?;
        let time = now.to_zoned(site.time_zone.clone()).time();
        let day = shift.before(date(self.to_day));
        // A time that the clock leaves out that day is as far into it, one that it shows twice the first of the two.
        let until = day.to_datetime(time).to_zoned(site.time_zone.clone()).ok()?;
        let mut cut = Self::new(site, day, day);
        cut.to_ms = until.timestamp().as_millisecond().clamp(cut.from_ms, cut.to_ms);
        Some((cut, format!("{day}T{:02}:{:02}", time.hour(), time.minute())))
    }

    /// First and last date, `YYYY-MM-DD`.
    #[must_use]
    pub fn dates(&self) -> (String, String) {
        (date(self.from_day).to_string(), date(self.to_day).to_string())
    }
}

fn named(name: &str, today: Date) -> Result<Date, QueryError> {
    let back: Span = match name {
        "day" => 0.days(),
        "7d" => 6.days(),
        "30d" => 29.days(),
        "90d" => 89.days(),
        "12mo" => return Ok(today.first_of_month().saturating_sub(11.months())),
        _ => {
            let message =
                format!("{name:?} is none of day, 7d, 30d, 90d, 12mo, all, nor two dates like 2026-11-01");
            return Err(QueryError::invalid("date_range", "unknown_range", message));
        }
    };
    Ok(today.saturating_sub(back))
}

fn parse(text: &str, field: &str) -> Result<Date, QueryError> {
    let date: Date = text.parse().map_err(|_| {
        QueryError::invalid(field, "not_a_date", format!("{text:?} is not a date like 2026-11-22"))
    })?;
    if !YEARS.contains(&date.year()) {
        let message = format!("a year between {} and {}", YEARS.start(), YEARS.end());
        return Err(QueryError::invalid(field, "out_of_range", message));
    }
    Ok(date)
}

pub(super) fn date(day: i32) -> Date {
    EPOCH.saturating_add(day.days())
}

fn days(date: Date) -> i32 {
    (date - EPOCH).get_days()
}

/// The local date of the site's oldest event.
pub(super) async fn first_day(deps: &Deps, site: &Site) -> Result<Option<Date>, QueryError> {
    let params = [("site", ParamValue::UInt(site.id.0.into()))];
    let answer = deps.olap.query(include_str!("sql/first_event.sql"), &params).await?;
    let number = |n: usize| answer.rows.first()?.get(n)?.as_i64();
    Ok(number(0).filter(|_| number(1).unwrap_or(0) > 0).map(|at| date(site.day(at))))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn named_ranges_end_today_and_count_inclusively() {
        let today = jiff::civil::date(2026, 11, 22);
        let cases =
            [("day", "2026-11-22"), ("7d", "2026-11-16"), ("30d", "2026-10-24"), ("12mo", "2025-12-01")];
        for (name, from) in cases {
            assert_eq!(named(name, today).unwrap().to_string(), from, "{name}");
        }
        assert!(named("8d", today).is_err());
    }

    pub(in crate::query) fn site(zone: &str) -> Site {
        Site {
            id: ut_core::SiteId(1),
            key: String::new(),
            domains: Vec::new(),
            currency: ut_core::event::Currency::parse("EUR").unwrap(),
            time_zone: jiff::tz::TimeZone::get(zone).unwrap(),
            session_timeout_min: 30,
            settings: ut_core::site::SiteSettings::default(),
        }
    }

    /// A sum is kept by the day of each event and rebuilt from all events between two midnights: the same, if every
    /// instant between them has that day. Looked at where clocks change, to the millisecond.
    #[test]
    fn the_days_of_every_zone_touch_and_do_not_overlap() {
        let start: jiff::Timestamp = "2025-01-01T00:00:00Z".parse().unwrap();
        let mut looked_at = 0;
        for zone in jiff::tz::db().available() {
            let site = site(zone.as_str());
            let until = start + jiff::SignedDuration::from_hours(24 * 365 * 6);
            for change in site.time_zone.following(start).take_while(|change| change.timestamp() < until) {
                let at = change.timestamp().as_millisecond();
                for day in site.day(at) - 1..=site.day(at) + 1 {
                    let (from, to) = (site.day_start(day), site.day_start(day + 1));
                    let instants =
                        [from, to - 1, at - 1, at, at + 1].map(|instant| (instant, site.day(instant)));
                    let within = |instant: i64| (from..to).contains(&instant);
                    assert!(
                        instants.iter().all(|(instant, of)| within(*instant) == (*of == day)),
                        "{} {}: {from}..{to}, {instants:?}",
                        zone.as_str(),
                        date(day)
                    );
                    looked_at += 1;
                }
            }
        }
        assert!(looked_at > 1_000, "{looked_at}");
    }

    #[test]
    fn a_local_day_has_23_or_25_hours_when_clocks_change() {
        let site = site("Europe/Berlin");
        for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-22", 24)] {
            let day: Date = day.parse().unwrap();
            let range = Range::new(&site, day, day);
            assert_eq!(range.to_ms - range.from_ms, hours * 3_600_000, "{day}");
            assert_eq!(range.unit, Unit::Hour);
        }
    }
}
