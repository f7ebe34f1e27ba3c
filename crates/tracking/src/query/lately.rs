//! The last minutes, and what is usual at that time of the week.

use super::answer::{Answer, Meta};
use super::inquiry::{Inquiring, lines, twin};
use super::range::{Range, first_day};
use super::{DateRange, QueryError};
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};
use ut_core::inquiry::{Lately, Line, Reading};

impl Inquiring<'_> {
    /// What happened lately; beside it the median of as many minutes at the same time on the clock in the weeks before,
    /// as far as there were events.
    pub(super) async fn lately(&self, lately: Lately) -> Result<Answer, QueryError> {
        let now = self.deps.clock.now_ms();
        let today = DateRange::Named("day".to_owned()).resolve(self.deps, self.site).await?;
        let until = |to_ms: i64| {
            let from_ms = to_ms - i64::from(lately.minutes) * 60_000;
            Range { from_ms, to_ms, ..today }
        };
        let reading = self.reading(&until(now), super::MAX_LIMIT).await?;
        let mut before = Vec::new();
        for to_ms in self.weeks_before(now, lately.weeks).await? {
            before.push(self.reading(&until(to_ms), super::MAX_LIMIT).await?);
        }
        let mut meta = Meta::of(self.site, &today, now);
        meta.warnings.extend(reading.warnings);
        let mut totals = reading.totals;
        let weeks: Vec<_> = before.iter().map(|week| &week.totals).collect();
        let compare = medians(&totals, &weeks);
        totals.insert("compare".to_owned(), compare.into());
        let dimensions = self.inquiry.dimensions();
        let rows = reading.groups.into_iter().flat_map(|group| {
            let usual = usual(&before, &group);
            lines(&dimensions, group, Some(&usual), true)
        });
        Ok(Answer { rows: rows.collect(), totals, meta, dimensions: dimensions.clone() })
    }

    /// The same time on the clock, weeks ago, nearest first; not before the day after the first event.
    async fn weeks_before(&self, now: i64, weeks: u8) -> Result<Vec<i64>, QueryError> {
        let Some(first) = first_day(self.deps, self.site).await? else { return Ok(Vec::new()) };
        let Ok(now) = Timestamp::from_millisecond(now) else { return Ok(Vec::new()) };
        let now = now.to_zoned(self.site.time_zone.clone());
        let ago = (1..=weeks).map(|weeks| now.saturating_sub(i64::from(weeks).weeks()));
        let known = ago.filter(|time| time.date() > first);
        Ok(known.map(|time| time.timestamp().as_millisecond()).collect())
    }
}

/// The usual numbers of a group.
fn usual(before: &[Reading], group: &[Line]) -> Vec<Line> {
    let line = |(n, line): (usize, &Line)| {
        let weeks = before.iter().filter_map(|week| Some(&twin(&week.groups, group)?.get(n)?.metrics));
        let weeks: Vec<_> = weeks.collect();
        Line { dimensions: line.dimensions.clone(), metrics: medians(&line.metrics, &weeks) }
    };
    group.iter().enumerate().map(line).collect()
}

/// Of each metric the median of those weeks that have a value; null if none has.
fn medians(names: &Map<String, Value>, weeks: &[&Map<String, Value>]) -> Map<String, Value> {
    let median = |name: &String| {
        let mut values: Vec<_> = weeks.iter().filter_map(|week| week.get(name)?.as_f64()).collect();
        values.sort_by(f64::total_cmp);
        let n = values.len();
        if n == 0 { Value::Null } else { json!(f64::midpoint(values[(n - 1) / 2], values[n / 2])) }
    };
    names.keys().map(|name| (name.clone(), median(name))).collect()
}
