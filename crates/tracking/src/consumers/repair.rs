//! Mending a batch of which nobody knows how much was stored. Every step may be repeated.

use super::batch;
use super::olap::ConsumeError;
use crate::engine::Core;
use crate::history;
use std::collections::{BTreeSet, HashSet};
use ut_core::SiteId;
use ut_core::event::{Fate, Frame};
use ut_core::ports::{OlapBatch, OlapError, Param, ParamValue, TableKind};
use ut_core::site::Site;

/// Inserts what is missing of the facts, writes the session rows again (harmless), and rebuilds this log's sums of
/// every (site, day) the batch touches. Nobody else may write into history meanwhile.
pub(super) async fn repair(core: &Core, frames: &[Frame]) -> Result<(), ConsumeError> {
    let whole = rows(core, frames.to_vec()).await?;
    for (table, _) in whole.tables(TableKind::Facts) {
        let stored = stored(core, table, frames).await?;
        let missing = rows(core, without(frames, &stored)).await?;
        for (_, rows) in missing.tables(TableKind::Facts).filter(|(name, _)| *name == table) {
            core.deps.olap.insert(table, rows).await?;
        }
    }
    for (table, rows) in whole.tables(TableKind::Replacing) {
        core.deps.olap.insert(table, rows).await?;
    }
    for (site, day) in touched(core, frames) {
        let whole_from = core.retention.gone_before(site).await?;
        rebuild(core, site, day, whole_from).await?;
    }
    Ok(())
}

/// Their rows. Tens of milliseconds of work: not on the threads that answer requests.
async fn rows(core: &Core, frames: Vec<Frame>) -> Result<OlapBatch, ConsumeError> {
    let core = core.clone();
    Ok(tokio::task::spawn_blocking(move || batch::rows(&core, frames)).await?)
}

/// The numbers of the batch that `table` holds.
async fn stored(core: &Core, table: &str, frames: &[Frame]) -> Result<HashSet<u64>, OlapError> {
    let times = || frames.iter().flat_map(Frame::events).map(|event| event.draft.at);
    let (Some(from), Some(to)) = (times().min(), times().max()) else { return Ok(HashSet::new()) };
    let params: [Param; 6] = [
        ("table", ParamValue::Text(table.to_owned())),
        ("log", ParamValue::UInt(core.deps.log_number.1.into())),
        ("first", ParamValue::UInt(frames.first().map_or(0, |frame| frame.from.0))),
        ("end", ParamValue::UInt(frames.last().map_or(0, |frame| frame.end().0))),
        ("from", ParamValue::Int(from)),
        ("to", ParamValue::Int(to)),
    ];
    let answer = core.deps.olap.query(history::STORED_LSNS, &params).await?;
    Ok(answer.rows.iter().filter_map(|row| row.first()?.as_u64()).collect())
}

/// The frames without the events whose numbers are `stored`.
fn without(frames: &[Frame], stored: &HashSet<u64>) -> Vec<Frame> {
    let missing = |fate: &&Fate| !fate.event().is_some_and(|event| stored.contains(&event.lsn.0));
    let rest = |frame: &Frame| Frame {
        from: frame.from,
        fates: frame.fates.iter().filter(missing).cloned().collect(),
        sessions: Vec::new(),
    };
    frames.iter().map(rest).collect()
}

fn touched(core: &Core, frames: &[Frame]) -> BTreeSet<(SiteId, i32)> {
    let day = |event: &ut_core::event::Event| {
        Some((event.site(), core.deps.sites.by_id(event.site())?.day(event.draft.at)))
    };
    frames.iter().flat_map(Frame::events).filter_map(day).collect()
}

/// Makes the sums of every site whose time zone was changed anew, by the days of the new one. Done again from the
/// beginning if it is interrupted.
pub(super) async fn sum_anew(core: &Core) -> Result<(), ConsumeError> {
    let sites = core.deps.sites.to_be_summed_anew();
    if !sites.is_empty() {
        // Their days may be those of the zone before.
        core.ahead.end();
    }
    for id in sites {
        let Some(site) = core.deps.sites.by_id(id) else { continue };
        let _alone = core.retention.alone().await;
        let whole_from = core.retention.gone_before(id).await?;
        let params: [Param; 2] = [
            ("site", ParamValue::UInt(id.0.into())),
            ("log", ParamValue::UInt(core.deps.log_number.1.into())),
        ];
        let range = core.deps.olap.query(history::SITE_RANGE, &params).await?;
        let range = range.rows.first().and_then(|row| Some((row.first()?.as_i64()?, row.get(1)?.as_i64()?)));
        if let Some((first, last)) = range {
            tracing::info!(
                site = id.0,
                "the sums of site {} are made anew by the days of {}",
                id.0,
                site.zone_name()
            );
            // No two zones are more than 26 hours apart: a day more on either side is every day there was.
            for day in site.day(first) - 2..=site.day(last) + 2 {
                rebuild(core, id, day, whole_from).await?;
            }
        }
        core.deps.sites.summed_anew(id, &site.time_zone).await.map_err(ConsumeError::Sites)?;
    }
    Ok(())
}

/// A day that began before `whole_from` (Unix milliseconds) keeps the sums it has: the events they are made of are gone,
/// or some of them. After a change of the zone that day is one of the zone before, and with the day after it may count the
/// hours between the two midnights twice or not at all.
async fn rebuild(core: &Core, site: SiteId, day: i32, whole_from: i64) -> Result<(), OlapError> {
    let Some(settings) = core.deps.sites.by_id(site) else { return Ok(()) };
    let (from, to) = bounds(&settings, day);
    if from < whole_from {
        return Ok(());
    }
    let params: [Param; 5] = [
        ("log", ParamValue::UInt(core.deps.log_number.1.into())),
        ("site", ParamValue::UInt(site.0.into())),
        ("day", ParamValue::Int(day.into())),
        ("from", ParamValue::Int(from)),
        ("to", ParamValue::Int(to)),
    ];
    for rollup in history::rollups(core.modules) {
        core.deps.olap.execute(rollup.delete, &params).await?;
        core.deps.olap.execute(rollup.rebuild, &params).await?;
    }
    Ok(())
}

/// A local day in Unix milliseconds, half open.
fn bounds(site: &Site, day: i32) -> (i64, i64) {
    (site.day_start(day), site.day_start(day + 1))
}
