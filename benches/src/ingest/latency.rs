//! At a fixed rate: how long an answer takes, counted from the moment it was due, and how long until reports show the
//! event.

use super::{Options, Setting};
use crate::floor::Kind;
use crate::load::{self, Load, Pace, Seen};
use crate::report::{Bound, Report, median, quantile};
use crate::server::{self, Engine, Ours, Server};
use crate::{Outcome, http};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Single events per second at which latency is bounded.
const RATE: f64 = 5_000.0;
/// Reports are asked this often whether they show what is new.
const LOOK: Duration = Duration::from_millis(100);

/// p50, p99 and p99.9 of W and ours at three rates.
pub(super) fn measure(options: &Options, setting: &Setting, report: &mut Report) -> Outcome<()> {
    eprintln!("latency: the rate of W");
    let w = server::floor(Kind::Durable, setting.core, &setting.data)?;
    let most = send(options, &w, Pace::Closed, 1)?.rate();
    drop(w);
    report.heading(
        "Latency: single events at a fixed rate, counted from when they were due; everything running",
    )?;
    for (name, rate) in [("5,000/s", RATE), ("0.25 W", most / 4.0), ("0.5 W", most / 2.0)] {
        let runs = if rate == RATE { options.runs } else { 1 };
        let (mut floors, mut ours) = (Vec::new(), Vec::new());
        for run in 0..runs {
            eprintln!("latency: {name}, run {} of {runs}", run + 1);
            let seed = 100 + u64::from(run);
            let w = server::floor(Kind::Durable, setting.core, &setting.data)?;
            floors.push(quantiles(&send(options, &w, Pace::PerSecond(rate), seed)?));
            drop(w);
            let server = Ours::start(&setting.program, setting.core, &setting.data, Engine::Installed)?;
            ours.push(quantiles(&send(options, &server.server, Pace::PerSecond(rate), seed)?));
        }
        let text = |all: &[[f64; 3]]| {
            let middle = |at: usize| median(&all.iter().map(|quantiles| quantiles[at]).collect::<Vec<_>>());
            format!("p50 {:.2}, p99 {:.2}, p99.9 {:.2} ms", middle(0), middle(1), middle(2))
        };
        report.figure(&format!("W at {name} ({rate:.0}/s)"), &text(&floors))?;
        report.figure(&format!("ours at {name}"), &text(&ours))?;
        let ratios: Vec<f64> = floors.iter().zip(&ours).map(|(floor, ours)| ours[1] / floor[1]).collect();
        if rate == RATE {
            report.bound("p99 at 5,000/s", median(&ratios), "", Bound::AtMost(2.0), "x W's")?;
        }
    }
    visible(options, setting, report)
}

fn send(options: &Options, server: &Server, pace: Pace, seed: u64) -> Outcome<Seen> {
    let seconds = f64::from(options.seconds);
    load::run(&Load { server, batch: 1, pace, seconds, seed })
}

fn quantiles(seen: &Seen) -> [f64; 3] {
    [0.5, 0.99, 0.999].map(|quantile| seen.quantile_ms(quantile))
}

/// From the answer until a report shows the event. The log keeps the order of the answers, so the n-th event answered
/// is visible when a report shows n.
fn visible(options: &Options, setting: &Setting, report: &mut Report) -> Outcome<()> {
    eprintln!("latency: until an event is visible");
    let ours = Ours::start(&setting.program, setting.core, &setting.data, Engine::Installed)?;
    let over = AtomicBool::new(false);
    let (seen, shown) = std::thread::scope(|scope| {
        let looking = scope.spawn(|| look(&ours, &over));
        let seen = send(options, &ours.server, Pace::PerSecond(RATE), 1);
        let settled = ours.settled();
        over.store(true, Ordering::Relaxed);
        let shown = looking.join().unwrap_or_else(|_| Err("looking at reports broke down".to_owned()));
        settled.and(Ok((seen?, shown?)))
    })?;
    let mut delays = Vec::new();
    for (at, count) in &seen.acknowledged {
        let first = shown.iter().find(|(_, shown)| shown >= count);
        let (visible, _) =
            first.ok_or_else(|| format!("{count} events were answered and reports never showed them"))?;
        delays.push(visible.saturating_duration_since(*at).as_secs_f64());
    }
    let detail = format!("p50 {:.2} s; reports asked every {} ms", quantile(&delays, 0.5), LOOK.as_millis());
    report.bound(
        "answer -> visible, p99 at 5,000/s",
        quantile(&delays, 0.99),
        " s",
        Bound::AtMost(2.0),
        &detail,
    )
}

/// When reports showed how many events.
fn look(ours: &Ours, over: &AtomicBool) -> Outcome<Vec<(Instant, u64)>> {
    let mut shown = Vec::new();
    let mut last = false;
    while !last {
        last = over.load(Ordering::Relaxed);
        shown.push((Instant::now(), events(ours)?));
        std::thread::sleep(LOOK);
    }
    Ok(shown)
}

/// Today's events, as reports show them.
fn events(ours: &Ours) -> Outcome<u64> {
    let question = serde_json::json!({"site": "shop.example", "queries": [{"metrics": ["events"], "date_range": "day"}]});
    let answer = http::post(ours.server.port, "/api/v1/q", Some(&ours.token), &question)?.json()?;
    let count = &answer["results"][0]["totals"]["events"];
    count.as_u64().ok_or_else(|| format!("the report counts no events: {answer}"))
}
