//! Does an event cost more when many are stored already? Merges, the index and what is looked up must not grow with them.

use super::throughput::{BATCH, ours};
use super::{Options, Setting};
use crate::dataset::Dataset;
use crate::report::{Bound, Report, list, median, number};
use crate::server::{Engine, Ours};
use crate::{Outcome, server};

/// Events per CPU-second of the whole server on a new data folder and on a copy of the 20 million events, in turns.
pub(super) fn measure(options: &Options, setting: &Setting, report: &mut Report) -> Outcome<()> {
    let dataset = Dataset::of(&setting.program, &setting.data)?;
    let (mut empty, mut full) = (Vec::new(), Vec::new());
    for run in 0..options.runs {
        let mut turns = [("an empty history", &mut empty), ("20 million events stored", &mut full)];
        let stored = turns[1].0;
        // What is measured second has it warmer: every run begins with the other one.
        if run % 2 == 1 {
            turns.reverse();
        }
        for (name, rates) in turns {
            eprintln!("run {} of {}: {name}", run + 1, options.runs);
            let dir =
                if name == stored { dataset.copy(&setting.data)? } else { server::folder(&setting.data)? };
            let server = Ours::resume(&setting.program, setting.core, dir, Engine::Installed)?;
            let figure = ours(options, &server, BATCH, run).map_err(|error| server.explain(&error))?;
            eprintln!("  whole {:.2} us", figure.whole);
            rates.push(1e6 / figure.whole);
        }
    }
    report.heading(&format!(
        "With {} events stored: events per CPU-second of the whole server, {BATCH} a request",
        dataset.events
    ))?;
    for (name, rates) in [("empty", &empty), ("stored", &full)] {
        report.figure(name, &format!("{} ({})", number(median(rates)), list(rates)))?;
    }
    let ratios: Vec<f64> = full.iter().zip(&empty).map(|(full, empty)| full / empty).collect();
    let detail = format!("of empty ({})", list(&ratios));
    report.bound("ingest with 20 million events stored", median(&ratios), "", Bound::AtLeast(0.95), &detail)
}
