//! How long a site keeps what, and since when that is, today.

use super::Site;
use jiff::{Span, ToSpan, civil};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How long a site keeps what. Checked when it is set; readers trust it.
///
/// Sums are kept at least as long as the events they are made of: sums that had to be made anew could not be otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Retention {
    /// Months for which events, sessions and web vitals are kept: 1 to 120.
    #[schemars(range(min = 1, max = 120))]
    pub events: u16,
    /// Months for which sums by day are kept: 1 to 120, and no fewer than `events`.
    #[schemars(range(min = 1, max = 120))]
    pub sums: u16,
    /// Months for which sealed personal data is kept after it was told last: 1 to 120.
    #[schemars(range(min = 1, max = 120))]
    pub personal: u16,
    /// Years for which receipts of consent are kept: 1 to 10.
    #[schemars(range(min = 1, max = 10))]
    pub receipts: u16,
}

impl Default for Retention {
    fn default() -> Self {
        Self { events: 13, sums: 25, personal: 13, receipts: 5 }
    }
}

impl Retention {
    /// What may be said of months.
    pub const MONTHS: std::ops::RangeInclusive<u16> = 1..=120;
    /// What may be said of years.
    pub const YEARS: std::ops::RangeInclusive<u16> = 1..=10;

    /// How long data of a class is kept.
    #[must_use]
    pub const fn limit(&self, class: Class) -> Limit {
        match class {
            Class::Events => Limit { count: self.events, unit: LimitUnit::Months },
            Class::Sums => Limit { count: self.sums, unit: LimitUnit::Months },
            Class::Personal => Limit { count: self.personal, unit: LimitUnit::Months },
            Class::Receipts => Limit { count: self.receipts, unit: LimitUnit::Years },
        }
    }
}

/// A kind of data that is kept for a time of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Rows of single visits: events, sessions, web vitals.
    Events,
    /// Sums by day, which hold nobody's id.
    Sums,
    /// Personal data, sealed.
    Personal,
    /// Receipts of consent.
    Receipts,
}

impl Class {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Events, Self::Sums, Self::Personal, Self::Receipts];

    /// The word in settings, answers and stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Sums => "sums",
            Self::Personal => "personal",
            Self::Receipts => "receipts",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A length of time on the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Limit {
    /// How many.
    pub count: u16,
    /// Of what.
    pub unit: LimitUnit,
}

/// What a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LimitUnit {
    /// Months of the calendar.
    Months,
    /// Years of the calendar.
    Years,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            LimitUnit::Months => "month",
            LimitUnit::Years => "year",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

impl Limit {
    fn span(self) -> Span {
        match self.unit {
            LimitUnit::Months => i64::from(self.count).months(),
            LimitUnit::Years => i64::from(self.count).years(),
        }
    }
}

impl Site {
    /// The first local day whose data of a class is kept at `now_ms`, as days since 1970-01-01. What is older may go.
    #[must_use]
    pub fn kept_from_day(&self, class: Class, now_ms: i64) -> i32 {
        let epoch = civil::date(1970, 1, 1);
        let today = epoch.saturating_add(i64::from(self.day(now_ms)).days());
        let first = today.saturating_sub(self.settings.retention.limit(class).span());
        (first - epoch).get_days()
    }

    /// The instant at which that day begins, Unix milliseconds.
    #[must_use]
    pub fn kept_from(&self, class: Class, now_ms: i64) -> i64 {
        self.day_start(self.kept_from_day(class, now_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::site_in;
    use super::*;

    fn first_kept(zone: &str, now: &str, class: Class, retention: Retention) -> String {
        let mut site = site_in(zone);
        site.settings.retention = retention;
        let now = now.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        jiff::Timestamp::from_millisecond(site.kept_from(class, now)).unwrap().to_string()
    }

    #[test]
    fn whole_days_of_the_site_are_kept_by_the_calendar() {
        let usual = Retention::default();
        let cases = [
            ("Europe/Berlin", "2026-11-23T12:00:00Z", Class::Events, "2025-10-22T22:00:00Z"),
            // 00:30 in Berlin: a day further than in London.
            ("Europe/Berlin", "2026-11-22T23:30:00Z", Class::Events, "2025-10-22T22:00:00Z"),
            ("Europe/London", "2026-11-22T23:30:00Z", Class::Events, "2025-10-21T23:00:00Z"),
            ("Europe/Berlin", "2026-11-23T12:00:00Z", Class::Sums, "2024-10-22T22:00:00Z"),
            ("UTC", "2026-11-23T12:00:00Z", Class::Receipts, "2021-11-23T00:00:00Z"),
            // There is no 29 February a year earlier: a day more is kept.
            ("UTC", "2028-02-29T12:00:00Z", Class::Receipts, "2023-02-28T00:00:00Z"),
        ];
        for (zone, now, class, first) in cases {
            assert_eq!(first_kept(zone, now, class, usual), first, "{zone} {now} {class}");
        }
        let short = Retention { events: 1, ..usual };
        assert_eq!(
            first_kept("UTC", "2026-03-31T00:00:00Z", Class::Events, short),
            "2026-02-28T00:00:00Z",
            "a month before the 31st of March is the end of February"
        );
    }

    #[test]
    fn what_a_row_does_not_say_is_the_default() {
        let read = |text| serde_json::from_str::<Retention>(text).unwrap();
        assert_eq!(read("{}"), Retention::default());
        assert_eq!(read("{\"events\":6}"), Retention { events: 6, ..Retention::default() });
        assert_eq!(Retention::default().limit(Class::Receipts).to_string(), "5 years");
        assert_eq!(Retention { events: 1, ..read("{}") }.limit(Class::Events).to_string(), "1 month");
    }
}
