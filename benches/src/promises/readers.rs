//! Who looks at the shop meanwhile: every named report, asked in ever new ways, and the dashboard.

use super::beat::every;
use crate::report::{Bound, Report, number, quantile};
use crate::server::Ours;
use crate::{Outcome, http};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Days of a report.
const DAYS: i64 = 30;
/// Ranges end on one of so many days: today, yesterday, …
const ENDS: u32 = 28;
/// The dashboard is loaded once in so long.
const LOAD: Duration = Duration::from_secs(1);
/// Filters of those who look closer; `""` is none.
const FILTERS: [&str; 6] = [
    "",
    r#"["is","country",["DE"]]"#,
    r#"["is","device_type",["mobile"]]"#,
    r#"["is","source",["google"]]"#,
    r#"["contains","entry_page",["thing-1"]]"#,
    r#"["is_not","browser",["Chrome"]]"#,
];

/// Every report the server's own description names.
pub(super) fn names(ours: &Ours) -> Outcome<Vec<String>> {
    let contract = http::get(ours.server.port, "/api/openapi.json", Some(&ours.token))?.json()?;
    let parameters = contract["paths"]["/api/v1/report/{name}"]["get"]["parameters"].as_array();
    let name = parameters.into_iter().flatten().find(|parameter| parameter["name"] == "name");
    let names = name.and_then(|name| name["schema"]["enum"].as_array()).into_iter().flatten();
    let names: Vec<_> = names.filter_map(|name| name.as_str().map(str::to_owned)).collect();
    if names.is_empty() { Err("/api/openapi.json names no reports".to_owned()) } else { Ok(names) }
}

/// Asks everything once: what cannot be answered is said at once, and not after minutes of load.
pub(super) fn first_round(ours: &Ours, names: &[String]) -> Outcome<()> {
    let reports =
        names.iter().map(|name| format!("/api/v1/report/{name}?site=shop.example&date_range={DAYS}d"));
    for path in reports.chain(["/".to_owned()]) {
        let answer = http::get(ours.server.port, &path, Some(&ours.token))?;
        if answer.status != 200 {
            return Err(format!("{path} answered {}: {}", answer.status, answer.body));
        }
    }
    Ok(())
}

/// Seconds of each answer of each report, until `over`. Ranges end at `to` at the latest.
pub(super) fn reports(
    ours: &Ours,
    names: &[String],
    to: i64,
    over: &AtomicBool,
) -> Outcome<BTreeMap<String, Vec<f64>>> {
    let last = Timestamp::from_millisecond(to).map_err(|error| format!("the data set's end: {error}"))?;
    let last = last.to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut plain = BTreeMap::<&str, bool>::new();
    let mut times = BTreeMap::<String, Vec<f64>>::new();
    for number in 0.. {
        for name in names {
            if over.load(Ordering::Relaxed) {
                return Ok(times);
            }
            let ask = |filtered: bool| {
                let query = variation(number, last, filtered)?;
                http::timed(ours.server.port, &format!("/api/v1/report/{name}?{query}"), Some(&ours.token))
            };
            let filtered = !plain.get(name.as_str()).copied().unwrap_or_default();
            let mut timed = ask(filtered)?;
            if filtered && timed.answer.body.contains("not_for_report") {
                plain.insert(name, true);
                timed = ask(false)?;
            }
            timed.answer.json().map_err(|error| format!("the report {name}: {error}"))?;
            times.entry(name.clone()).or_default().push(timed.whole.as_secs_f64());
        }
    }
    Ok(times)
}

/// The n-th way to ask for 30 days; no two are the same, so that no answer can be a kept one.
fn variation(number: u32, last: Date, filtered: bool) -> Outcome<String> {
    // 11 shares no divisor with 28: all ends come before one comes again.
    let back = i64::from(number * 11 % ENDS).days();
    let days = |date: Date, span: jiff::Span| {
        date.checked_sub(span).map_err(|error| format!("the days of a report: {error}"))
    };
    let to = days(last, back)?;
    let from = days(to, (DAYS - 1).days())?;
    let mut query = format!("site=shop.example&from={from}&to={to}&limit={}", 10 + number % 9_000);
    let filter = FILTERS[number as usize % FILTERS.len()];
    if filtered && !filter.is_empty() {
        let escaped = filter.replace('"', "%22").replace('[', "%5B").replace(']', "%5D");
        query.push_str(&format!("&filters={escaped}"));
    }
    Ok(query)
}

/// Seconds until the first byte.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    page: Vec<f64>,
    first_call: Vec<f64>,
}

/// Loads the dashboard until `over`: its page, then what its first screen asks first.
pub(super) fn dashboard(ours: &Ours, over: &AtomicBool) -> Outcome<Loaded> {
    let mut loaded = Loaded::default();
    every(LOAD, over, |_, _| {
        let overview = format!("/api/v1/report/overview?site=shop.example&date_range={DAYS}d");
        for (path, token, times) in
            [("/", None, &mut loaded.page), (&*overview, Some(&*ours.token), &mut loaded.first_call)]
        {
            let timed = http::timed(ours.server.port, path, token)?;
            if timed.answer.status != 200 {
                return Err(format!("{path} answered {}: {}", timed.answer.status, timed.answer.body));
            }
            times.push(timed.first_byte.as_secs_f64());
        }
        Ok(())
    })?;
    Ok(loaded)
}

/// A line for each report, and two for the dashboard.
pub(super) fn print(
    reports: &BTreeMap<String, Vec<f64>>,
    loaded: &Loaded,
    report: &mut Report,
) -> Outcome<()> {
    for (name, times) in reports {
        line(report, &format!("report {name}, p95"), times, 2.0, "over 30 days")?;
    }
    line(report, "dashboard, page, first byte p95", &loaded.page, 1.5, "")?;
    line(report, "dashboard, first call, first byte p95", &loaded.first_call, 1.5, "overview")
}

fn line(report: &mut Report, name: &str, times: &[f64], bound: f64, what: &str) -> Outcome<()> {
    let detail = format!("p50 {} s, {} asked {what}", number(quantile(times, 0.5)), times.len());
    report.bound(name, quantile(times, 0.95), " s", Bound::AtMost(bound), detail.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_question_is_another_and_about_thirty_days() {
        let last = Date::constant(2026, 3, 31);
        let all = |filtered| (0..5_000).map(move |number| variation(number, last, filtered).unwrap());
        for filtered in [false, true] {
            assert_eq!(all(filtered).collect::<BTreeSet<_>>().len(), 5_000);
        }
        let days = |name: &str, query: &str| -> Date {
            query.split('&').find_map(|part| part.strip_prefix(name)).unwrap().parse().unwrap()
        };
        let mut ends = BTreeSet::new();
        for query in all(true).take(28) {
            let (from, to) = (days("from=", &query), days("to=", &query));
            assert_eq!((to - from).get_days(), 29, "{query}");
            ends.insert(to);
        }
        assert_eq!((ends.len(), ends.last()), (28, Some(&last)));
        assert!(all(true).take(6).any(|query| query.contains("&filters=%5B%22is%22,%22country%22")));
        assert!(!all(false).take(6).any(|query| query.contains("filters")));
    }
}
