//! `queries`: what the first screen costs on 20 million events, next to the same questions asked of the events alone
//! (**Q**), and what an event takes on disk.

use crate::dataset::{Dataset, child};
use crate::history::History;
use crate::report::{Bound, Report, median, number};
use crate::server::{self, Engine, Ours};
use crate::{Outcome, cpu, http};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use ut_chdb::BoundParam;

/// Days of the first screen.
const DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;
/// How often a question is asked per measurement: one alone is too short for the clock of processes.
const TIMES: u32 = 10;

/// A panel of the first screen: its name, metrics and dimension, and the same from the events alone.
const PANELS: [(&str, &[&str], Option<&str>, &str); 8] = [
    (
        "overview",
        &["visitors", "sessions", "page_views", "bounce_rate", "session_duration_s"],
        None,
        include_str!("sql/raw/overview.sql"),
    ),
    ("visitors by day", &["visitors"], Some("time:day"), include_str!("sql/raw/days.sql")),
    ("pages", &["page_views"], Some("page"), include_str!("sql/raw/pages.sql")),
    ("sources", &["visitors"], Some("source"), include_str!("sql/raw/sources.sql")),
    ("channels", &["visitors"], Some("channel"), include_str!("sql/raw/channels.sql")),
    ("countries", &["visitors"], Some("country"), include_str!("sql/raw/countries.sql")),
    ("devices", &["visitors"], Some("device_type"), include_str!("sql/raw/devices.sql")),
    ("entry pages", &["sessions"], Some("entry_page"), include_str!("sql/raw/entries.sql")),
];

/// What to measure and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often everything is measured; medians count
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// The server's program (default: `universal-tracking` beside this one)
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Folder for the copy of the data (default: the system's temporary folder)
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// Measures and prints.
pub(crate) fn run(options: &Options) -> Outcome<()> {
    server::check()?;
    let program = server::program(options.binary.as_deref())?;
    let data = options.dir.clone().unwrap_or_else(std::env::temp_dir);
    let dataset = Dataset::of(&program, &data)?;
    let copy = dataset.copy(&data)?;
    let tables = copy.path().join("data/olap");
    eprintln!("the same from the events alone");
    let range = (dataset.to - DAYS * DAY_MS, dataset.to);
    let raw = child("raw", &tables, &[&dataset.site, &range.0.to_string(), &range.1.to_string()])?;
    let raw: Raw = serde_json::from_str(&raw).map_err(|error| format!("Q gave no figures: {error}"))?;
    let ours = Ours::resume(&program, 0, copy, Engine::Installed)?;
    let mut report = Report::default();
    panels(options, &ours, range, &raw, &mut report)?;
    filters(options, &ours, range, &raw, &mut report)?;
    disk(&dataset, &raw, &mut report)?;
    report.end()
}

/// What the process says that asks the events alone.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Raw {
    /// CPU milliseconds of each panel.
    panels: Vec<f64>,
    /// Table, bytes, rows.
    tables: Vec<(String, u64, u64)>,
    /// Table, column, bytes.
    columns: Vec<(String, String, u64)>,
}

/// The panels as statements on `events`, and what the tables take on disk, as JSON.
pub(crate) fn raw(tables: &Path, site: &str, from: i64, to: i64) -> Outcome<String> {
    let mut history = History::open(tables)?;
    let params = [("site", site.to_owned()), ("from", from.to_string()), ("to", to.to_string())];
    let params = params.map(|(name, value)| BoundParam { name: name.to_owned(), value: value.into() });
    let mut panels = Vec::new();
    for (.., sql) in PANELS {
        // Once before it counts: what lies on disk is then in memory, for both sides.
        history.rows(sql, "JSONCompact", &params)?;
        let before = cpu::seconds(std::process::id())?;
        for _ in 0..TIMES {
            history.rows(sql, "JSONCompact", &params)?;
        }
        panels.push((cpu::seconds(std::process::id())? - before) * 1e3 / f64::from(TIMES));
    }
    let raw = Raw {
        panels,
        tables: lines(&mut history, include_str!("sql/bytes_of_tables.sql"))?,
        columns: lines(&mut history, include_str!("sql/bytes.sql"))?,
    };
    serde_json::to_string(&raw).map_err(|error| error.to_string())
}

fn lines<T: serde::de::DeserializeOwned>(history: &mut History, sql: &str) -> Outcome<Vec<T>> {
    let rows = history.rows(sql, "JSONCompactEachRow", &[])?;
    let rows = String::from_utf8_lossy(&rows).into_owned();
    let parse = |line: &str| -> Outcome<T> {
        // Numbers of 64 bits come in quotes.
        let values: Vec<Value> = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let plain = |value: Value| match value.as_str().and_then(|text| text.parse::<u64>().ok()) {
            Some(number) => json!(number),
            None => value,
        };
        serde_json::from_value(values.into_iter().map(plain).collect()).map_err(|error| error.to_string())
    };
    rows.lines().map(parse).collect()
}

/// CPU milliseconds of one request.
fn cost(ours: &Ours, queries: &[Value]) -> Outcome<f64> {
    let request = json!({"site": "shop.example", "queries": queries});
    let ask = || http::post(ours.server.port, "/api/v1/q", Some(&ours.token), &request)?.json();
    ask()?;
    let before = cpu::seconds(ours.server.pid())?;
    for _ in 0..TIMES {
        ask()?;
    }
    Ok((cpu::seconds(ours.server.pid())? - before) * 1e3 / f64::from(TIMES))
}

fn question(
    (from, to): (i64, i64),
    metrics: &[&str],
    dimension: Option<&str>,
    filter: Option<&Value>,
) -> Value {
    let date = |ms: i64| {
        jiff::Timestamp::from_millisecond(ms).map_or(String::new(), |at| at.to_string()[..10].to_owned())
    };
    let mut query = json!({"metrics": metrics, "date_range": [date(from), date(to - 1)], "limit": 10});
    if let Some(dimension) = dimension {
        query["dimensions"] = json!([dimension]);
    }
    if let Some(filter) = filter {
        query["filters"] = filter.clone();
    }
    query
}

fn panels(options: &Options, ours: &Ours, range: (i64, i64), raw: &Raw, report: &mut Report) -> Outcome<()> {
    report.heading(&format!("The first screen: eight panels over {DAYS} days, milliseconds of CPU"))?;
    let mut sum = 0.0;
    for ((name, metrics, dimension, _), raw) in PANELS.iter().zip(&raw.panels) {
        let costs = (0..options.runs).map(|_| cost(ours, &[question(range, metrics, *dimension, None)]));
        let cost = median(&costs.collect::<Outcome<Vec<_>>>()?);
        sum += cost;
        report.bound(
            name,
            cost / raw,
            "",
            Bound::AtMost(0.25),
            &format!("of Q ({} of {} ms)", number(cost), number(*raw)),
        )?;
    }
    let all: Vec<_> =
        PANELS.iter().map(|(_, metrics, dimension, _)| question(range, metrics, *dimension, None)).collect();
    let costs = (0..options.runs).map(|_| cost(ours, &all));
    let together = median(&costs.collect::<Outcome<Vec<_>>>()?);
    report.figure("all eight, asked one by one", &format!("{} ms", number(sum)))?;
    report.bound("all eight in one request", together, " ms", Bound::AtMost(300.0), "")
}

fn filters(options: &Options, ours: &Ours, range: (i64, i64), raw: &Raw, report: &mut Report) -> Outcome<()> {
    report.heading("The overview with one more filter, against Q without it")?;
    let filters = [
        json!(["is", "country", ["DE"]]),
        json!(["is", "device_type", ["mobile"]]),
        json!(["is", "source", ["google"]]),
        json!(["is", "channel", ["Organic Search"]]),
        json!(["is", "page", ["/product/some-nice-thing-3"]]),
        json!(["contains", "title", ["number 7"]]),
        json!(["is", "prop:depth", ["50"]]),
    ];
    let (_, metrics, dimension, _) = PANELS[0];
    for filter in &filters {
        let costs =
            (0..options.runs).map(|_| cost(ours, &[question(range, metrics, dimension, Some(filter))]));
        let cost = median(&costs.collect::<Outcome<Vec<_>>>()?);
        let name = format!("{} {}", filter[1].as_str().unwrap_or_default(), filter[2]);
        report.bound(
            &name,
            cost / raw.panels[0],
            "",
            Bound::AtMost(1.2),
            &format!("of Q ({} ms)", number(cost)),
        )?;
    }
    Ok(())
}

fn disk(dataset: &Dataset, raw: &Raw, report: &mut Report) -> Outcome<()> {
    let per_event = |bytes: u64| bytes as f64 / dataset.events as f64;
    report.heading(&format!("On disk, bytes per event ({} events)", dataset.events))?;
    let mut columns = BTreeMap::<&str, Vec<String>>::new();
    for (table, column, bytes) in &raw.columns {
        let line = format!("{column} {:.2}", per_event(*bytes));
        columns.entry(table).or_default().push(line);
    }
    let mut sum = 0.0;
    for (table, bytes, rows) in &raw.tables {
        sum += per_event(*bytes);
        report.figure(table, &format!("{:.2} ({rows} rows)", per_event(*bytes)))?;
        for line in columns.get(table.as_str()).into_iter().flatten().filter(|line| !line.ends_with(" 0.00"))
        {
            report.figure("", line)?;
        }
    }
    report.bound("everything", sum, " B", Bound::AtMost(36.0), "")
}
