//! The buckets of a series: minutes, hours, days, weeks or months of the site's zone, also where clocks change.

use super::{MAX_LIMIT, QueryError, Range};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use ut_core::site::Site;

/// The length of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A minute.
    Minute,
    /// An hour of the wall clock.
    Hour,
    /// A local date.
    Day,
    /// Monday to Sunday.
    Week,
    /// A month.
    Month,
}

impl Unit {
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "minute" => Self::Minute,
            "hour" => Self::Hour,
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            _ => return None,
        })
    }

    /// The word in `time:<unit>`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    const fn minutes(self) -> Option<i64> {
        match self {
            Self::Minute => Some(1),
            Self::Hour => Some(60),
            Self::Day | Self::Week | Self::Month => None,
        }
    }
}

/// One stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bucket {
    /// Its first instant, Unix milliseconds.
    pub(super) start: i64,
    /// Its date, days since 1970-01-01.
    pub(super) day: i32,
    /// Date and time on the wall, without zone.
    wall: jiff::civil::DateTime,
    /// What it is called: `2026-11-22` or `2026-11-22T14:00`; where the clock shows a time twice, with its offset.
    pub(super) label: String,
}

/// The buckets that cover a range, in order. The first may begin before it: a week with its Monday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Buckets {
    pub(super) unit: Unit,
    pub(super) list: Vec<Bucket>,
}

impl Buckets {
    /// Those of `range`; `field` is what asked for them.
    pub(super) fn new(field: &str, unit: Unit, site: &Site, range: &Range) -> Result<Self, QueryError> {
        let most = usize::try_from(MAX_LIMIT).unwrap_or(usize::MAX);
        let list = match unit.minutes() {
            Some(minutes) => clock(site, range, minutes, most),
            None => calendar(site, range, unit, most),
        };
        if list.len() > most {
            let message = format!("more than {MAX_LIMIT} buckets: ask for fewer days or longer units");
            return Err(QueryError::invalid(field, "too_many_lines", message));
        }
        Ok(Self { unit, list })
    }

    /// The bucket that begins at `start`.
    pub(super) fn at(&self, start: i64) -> Option<usize> {
        self.list.binary_search_by_key(&start, |bucket| bucket.start).ok()
    }

    /// Of each bucket the one of `earlier` that it is compared with: the same wall-clock time `days` (or a year)
    /// before, for weeks the one at the same place.
    pub(super) fn counterparts(&self, earlier: &Self, shift: &Shift) -> Vec<Option<usize>> {
        let by_place = matches!(self.unit, Unit::Week | Unit::Month) && !matches!(shift, Shift::Year);
        let place = |n: usize| (n < earlier.list.len()).then_some(n);
        let same_time = |(n, bucket): (usize, &Bucket)| {
            if by_place || self.unit == Unit::Week {
                return place(n);
            }
            let wall = shift.before(bucket.wall.date()).to_datetime(bucket.wall.time());
            // Where the clock shows a time twice, the first one; a day that the year before did not have, none.
            let back = (shift.after(wall.date()) == bucket.wall.date()).then_some(wall)?;
            let twin = earlier.list.iter().position(|other| other.wall == back)?;
            Some(twin + usize::from(self.repeats(n) && earlier.repeats(twin + 1)))
        };
        self.list.iter().enumerate().map(same_time).collect()
    }

    /// Does the clock show this bucket's time for the second time?
    fn repeats(&self, n: usize) -> bool {
        n > 0 && self.list.get(n).is_some_and(|bucket| self.list[n - 1].wall >= bucket.wall)
    }
}

/// How far back a comparison looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    Days(i32),
    Year,
}

impl Shift {
    pub(super) fn before(self, date: Date) -> Date {
        match self {
            Self::Days(days) => date.saturating_sub(days.days()),
            Self::Year => date.saturating_sub(1.year()),
        }
    }

    fn after(self, date: Date) -> Date {
        match self {
            Self::Days(days) => date.saturating_add(days.days()),
            Self::Year => date.saturating_add(1.year()),
        }
    }
}

fn zoned(site: &Site, at: i64) -> Zoned {
    let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.to_zoned(site.time_zone.clone())
}

/// Minutes and hours, cut also where the clock jumps. At most one more than `most`.
fn clock(site: &Site, range: &Range, minutes: i64, most: usize) -> Vec<Bucket> {
    let mut list: Vec<Bucket> = Vec::new();
    let mut jumps = site.time_zone.following(timestamp(range.from_ms)).peekable();
    let mut at = range.from_ms;
    while at < range.to_ms && list.len() <= most {
        let local = zoned(site, at);
        let wall = local.datetime();
        let label = format!("{}T{:02}:{:02}", wall.date(), wall.hour(), wall.minute());
        let day = (wall.date() - super::range::EPOCH).get_days();
        list.push(Bucket { start: at, day, wall, label });
        let into = i64::from(wall.minute()) % minutes * 60 + i64::from(wall.second());
        let end = at + (minutes * 60 - into) * 1000;
        while jumps.next_if(|jump| jump.timestamp().as_millisecond() <= at).is_some() {}
        let jump = jumps.peek().map_or(i64::MAX, |jump| jump.timestamp().as_millisecond());
        at = end.min(jump);
    }
    name_repeated(site, &mut list);
    list
}

fn timestamp(at: i64) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A time that the clock shows twice says which of the two it is.
fn name_repeated(site: &Site, list: &mut [Bucket]) {
    let mut seen = std::collections::BTreeMap::<_, Vec<usize>>::new();
    for (n, bucket) in list.iter().enumerate() {
        seen.entry(bucket.wall).or_default().push(n);
    }
    for n in seen.into_values().filter(|places| places.len() > 1).flatten() {
        let seconds = zoned(site, list[n].start).offset().seconds();
        let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
        let offset = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        list[n].label.push_str(&offset);
    }
}

/// Days, weeks and months. At most one more than `most`.
fn calendar(site: &Site, range: &Range, unit: Unit, most: usize) -> Vec<Bucket> {
    let (from, to) = (super::range::date(range.from_day), super::range::date(range.to_day));
    let mut date = match unit {
        Unit::Week => from.saturating_sub(i32::from(from.weekday().to_monday_zero_offset()).days()),
        Unit::Month => from.first_of_month(),
        Unit::Day | Unit::Hour | Unit::Minute => from,
    };
    let step = match unit {
        Unit::Week => 1.week(),
        Unit::Month => 1.month(),
        Unit::Day | Unit::Hour | Unit::Minute => 1.day(),
    };
    let mut list = Vec::new();
    while date <= to && list.len() <= most {
        let day = (date - super::range::EPOCH).get_days();
        let wall = date.to_datetime(jiff::civil::Time::midnight());
        list.push(Bucket { start: site.day_start(day), day, wall, label: date.to_string() });
        date = date.saturating_add(step);
    }
    list
}

/// The last minutes before `now`, oldest first, each with the label of its start.
pub(super) fn minutes_until(site: &Site, now: i64, count: usize) -> Vec<String> {
    let back = |n: usize| SignedDuration::from_mins(i64::try_from(n).unwrap_or_default());
    let label = |n: usize| {
        let wall = timestamp(now).saturating_sub(back(n)).unwrap_or(timestamp(now));
        let wall = wall.to_zoned(site.time_zone.clone()).datetime();
        format!("{}T{:02}:{:02}", wall.date(), wall.hour(), wall.minute())
    };
    (0..count).rev().map(label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::range::tests::site;

    fn buckets(zone: &str, from: &str, to: &str, unit: Unit) -> Buckets {
        let site = site(zone);
        let range = Range::new(&site, from.parse().unwrap(), to.parse().unwrap());
        Buckets::new("dimensions[0]", unit, &site, &range).unwrap()
    }

    fn labels(buckets: &Buckets) -> Vec<&str> {
        buckets.list.iter().map(|bucket| bucket.label.as_str()).collect()
    }

    #[test]
    fn hours_follow_the_clock_on_the_wall() {
        let spring = buckets("Europe/Berlin", "2026-03-29", "2026-03-29", Unit::Hour);
        assert_eq!(spring.list.len(), 23);
        assert_eq!(
            labels(&spring)[..4],
            ["2026-03-29T00:00", "2026-03-29T01:00", "2026-03-29T03:00", "2026-03-29T04:00"]
        );
        let autumn = buckets("Europe/Berlin", "2026-10-25", "2026-10-25", Unit::Hour);
        assert_eq!(autumn.list.len(), 25);
        assert_eq!(
            labels(&autumn)[1..5],
            ["2026-10-25T01:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00"]
        );
        let west = buckets("America/New_York", "2026-11-01", "2026-11-01", Unit::Hour);
        assert_eq!(west.list.len(), 25);
        assert_eq!(labels(&west)[1..3], ["2026-11-01T01:00-04:00", "2026-11-01T01:00-05:00"]);
        assert_eq!(buckets("Europe/Berlin", "2026-03-29", "2026-03-29", Unit::Minute).list.len(), 23 * 60);
    }

    #[test]
    fn a_clock_that_jumps_by_half_an_hour_cuts_a_bucket() {
        let autumn = buckets("Australia/Lord_Howe", "2026-04-05", "2026-04-05", Unit::Hour);
        assert_eq!(
            labels(&autumn)[..4],
            ["2026-04-05T00:00", "2026-04-05T01:00", "2026-04-05T01:30", "2026-04-05T02:00"]
        );
        let starts: Vec<_> = autumn.list.iter().map(|bucket| bucket.start).collect();
        assert!(starts.is_sorted_by(|a, b| a < b));
        assert_eq!(autumn.list.len(), 25, "24.5 hours");
    }

    #[test]
    fn every_instant_of_a_range_is_in_one_bucket() {
        for zone in ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Cairo", "Asia/Beirut"] {
            for unit in [Unit::Hour, Unit::Day, Unit::Week, Unit::Month] {
                let buckets = buckets(zone, "2026-03-25", "2026-11-03", unit);
                let site = site(zone);
                let range = Range::new(&site, "2026-03-25".parse().unwrap(), "2026-11-03".parse().unwrap());
                assert!(buckets.list[0].start <= range.from_ms, "{zone} {unit:?}");
                assert!(buckets.list.is_sorted_by(|a, b| a.start < b.start), "{zone} {unit:?}");
                assert!(buckets.list.last().unwrap().start < range.to_ms);
            }
        }
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let weeks = buckets("Europe/Berlin", "2026-11-18", "2026-11-23", Unit::Week);
        assert_eq!(labels(&weeks), ["2026-11-16", "2026-11-23"]);
        let months = buckets("Europe/Berlin", "2025-12-15", "2026-02-01", Unit::Month);
        assert_eq!(labels(&months), ["2025-12-01", "2026-01-01", "2026-02-01"]);
    }

    #[test]
    fn a_bucket_is_compared_with_the_same_time_before() {
        let now = buckets("Europe/Berlin", "2026-03-29", "2026-03-29", Unit::Hour);
        let before = buckets("Europe/Berlin", "2026-03-28", "2026-03-28", Unit::Hour);
        let twins = now.counterparts(&before, &Shift::Days(1));
        assert_eq!((twins[1], twins[2]), (Some(1), Some(3)), "after 02:00 was left out");
        let autumn = buckets("Europe/Berlin", "2026-10-26", "2026-10-26", Unit::Hour);
        let repeated = buckets("Europe/Berlin", "2026-10-25", "2026-10-25", Unit::Hour);
        assert_eq!(autumn.counterparts(&repeated, &Shift::Days(1))[2..4], [Some(2), Some(4)]);
        let leap = buckets("UTC", "2028-02-28", "2028-03-01", Unit::Day);
        let year = buckets("UTC", "2027-02-28", "2027-03-01", Unit::Day);
        assert_eq!(leap.counterparts(&year, &Shift::Year), [Some(0), None, Some(1)]);
    }

    #[test]
    fn too_many_buckets_are_refused() {
        let site = site("UTC");
        let range = Range::new(&site, "2026-01-01".parse().unwrap(), "2026-01-08".parse().unwrap());
        let Err(QueryError::Invalid { field, code, .. }) =
            Buckets::new("dimensions[0]", Unit::Minute, &site, &range)
        else {
            panic!("taken");
        };
        assert_eq!((field.as_str(), code), ("dimensions[0]", "too_many_lines"));
    }
}
