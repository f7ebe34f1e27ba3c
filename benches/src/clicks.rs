//! `clicks`: how long a person at the dashboard waits with 20 million events stored.

use crate::Outcome;
use crate::dataset::Dataset;
use crate::report::{Bound, Report, number, quantile};
use crate::server::{self, Ours};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is timed, and its bounds: the screen as it opens, and a month of it. All that is stored has no bound.
const PERIODS: [(&str, &str, bool); 3] = [
    ("7d", "7 days, as it opens", true),
    ("30d", "30 days", true),
    ("90d", "90 days: all 20 million", false),
];

/// What to measure and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many clicks per period
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    clicks: u32,
    /// What chance decides is decided by this
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// The server's program (default: `universal-tracking` beside this one)
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Folder for the copy of the data (default: the system's temporary folder)
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// What the browser saw of a period, times in milliseconds.
#[derive(Debug, Deserialize)]
struct Seen {
    loads: Vec<Load>,
    clicks: Vec<Click>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Load {
    first_byte: f64,
    complete: f64,
    /// Cumulative layout shift.
    shift: f64,
    /// The classes of what moved.
    moved: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Click {
    ms: f64,
    filters: Vec<String>,
}

/// Measures and prints.
pub(crate) fn run(options: &Options) -> Outcome<()> {
    let program = server::program(options.binary.as_deref())?;
    let data = options.dir.clone().unwrap_or_else(std::env::temp_dir);
    let dataset = Dataset::of(&program, &data)?;
    let ours = Ours::everywhere(&program, dataset.copy(&data)?)?;
    let mut report = Report::default();
    let seen = browse(options, &ours.set_up_link()?)?;
    for (period, words, is_bound) in PERIODS {
        let seen = seen.get(period).ok_or_else(|| format!("the browser said nothing of {period}"))?;
        tell(&mut report, words, seen, is_bound)?;
    }
    report.end()
}

/// Opens the dashboard in a browser.
fn browse(options: &Options, link: &str) -> Outcome<BTreeMap<String, Seen>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    // A person's browser has a machine of its own: here it leaves the cores to the server while that has work.
    let mut node = Command::new("nice");
    node.args(["-n", "19", "node"]);
    node.current_dir(root).args(["--import", "tsx", "browser-tests/bench/clicks.ts", link]);
    node.args([options.seed.to_string(), options.clicks.to_string()]);
    node.args(PERIODS.map(|(period, ..)| period)).stderr(Stdio::inherit());
    let output = node.output().map_err(|error| format!("Node did not start: {error}"))?;
    if !output.status.success() {
        return Err("the browser did not come to an end".to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("the browser gave no figures: {error}"))
}

fn tell(report: &mut Report, words: &str, seen: &Seen, is_bound: bool) -> Outcome<()> {
    let Seen { loads, clicks } = seen;
    report.heading(&format!("The dashboard, {words}: {} loads, {} clicks", loads.len(), clicks.len()))?;
    let first = loads.iter().map(|load| load.first_byte).collect::<Vec<_>>();
    let whole = loads.iter().map(|load| load.complete).collect();
    let answered = clicks.iter().map(|click| click.ms).collect();
    let figures = [
        ("first byte, p95", &first, 50.0),
        ("first screen, p95", &whole, 1000.0),
        ("click to all cards, p95", &answered, 700.0),
    ];
    for (name, times, most) in figures {
        let p95 = quantile(times, 0.95);
        let detail = format!("p50 {}, worst {}", number(quantile(times, 0.5)), number(quantile(times, 1.0)));
        if is_bound {
            report.bound(name, p95, " ms", Bound::AtMost(most), &detail)?;
        } else {
            report.figure(name, &format!("{} ms ({detail})", number(p95)))?;
        }
    }
    let shift = loads.iter().map(|load| load.shift).fold(0.0, f64::max);
    let moved: BTreeSet<&str> = loads.iter().flat_map(|load| &load.moved).map(String::as_str).collect();
    let moved = moved.into_iter().collect::<Vec<_>>().join(", ");
    report.bound(
        "layout shift",
        shift,
        "",
        Bound::AtMost(0.0),
        &format!("the greatest of all loads; {moved}"),
    )?;
    let mut slowest: Vec<&Click> = clicks.iter().collect();
    slowest.sort_by(|one, other| other.ms.total_cmp(&one.ms));
    for click in slowest.iter().take(5) {
        report.figure("slow", &format!("{} ms: {}", number(click.ms), click.filters.join(" & ")))?;
    }
    Ok(())
}
