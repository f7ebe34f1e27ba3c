//! Deleting what is too old.

use super::{Retention, rules, store};
use crate::complaint::Complaint;
use crate::engine::Core;
use crate::history;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::module::{Aged, AgedBy};
use ut_core::ports::{Olap, OlapError, Param, ParamValue, TransactionalError};
use ut_core::site::{Class, Site};

/// So often it is looked whether anything is due.
const LOOK: Duration = Duration::from_secs(5);

/// Looks after every site until `stop`. What has begun and does not come to its end is begun again later.
pub(crate) async fn stage(core: Core, stop: CancellationToken) {
    let mut complaint = Complaint::default();
    loop {
        // Who pauses history wants its files left alone.
        let olap = (!core.pause.is_paused()).then_some(core.deps.olap.as_ref());
        let sites = core.deps.sites.all();
        let looked = tokio::select! {
            () = stop.cancelled() => return,
            looked = core.retention.run_due(olap, &sites) => looked,
        };
        match looked {
            Ok(()) => complaint.settle(),
            Err(error) if complaint.is_new(&error.to_string()) => {
                tracing::warn!(%error, "what is too old could not be looked after: {error}; tried again soon");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

impl Retention {
    /// Deletes what is due of each of the sites, and notes each run, also one that failed. Without `olap`, or while it
    /// does not answer, history waits.
    ///
    /// # Errors
    /// When the runs can be neither read nor noted.
    pub async fn run_due(
        &self,
        olap: Option<&dyn Olap>,
        sites: &[Arc<Site>],
    ) -> Result<(), TransactionalError> {
        let now = self.clock.now_ms();
        let runs = store::runs(self.store.as_ref()).await?;
        let is_due = |site: &Site, class| rules::next_run(site, runs.get(&(site.id, class)), now) <= now;
        let due = |site: &Arc<Site>| {
            let classes = self.classes().into_iter().filter(|class| is_due(site, *class));
            classes.map(|class| (Arc::clone(site), class)).collect::<Vec<_>>()
        };
        for (site, class) in sites.iter().flat_map(due) {
            let history = match olap {
                _ if !self.in_history(class) => None,
                Some(olap) if olap.ping().await.is_ok() => Some(olap),
                _ => continue,
            };
            self.run(history, &site, class).await?;
        }
        Ok(())
    }

    async fn run(
        &self,
        olap: Option<&dyn Olap>,
        site: &Site,
        class: Class,
    ) -> Result<(), TransactionalError> {
        let before = site.kept_from(class, self.clock.now_ms());
        // First of all: from now on nobody makes sums of these days anew.
        let begun = self.alone().await;
        store::begin(self.store.as_ref(), site.id, class, before).await?;
        drop(begun);
        let mut removed = 0;
        let outcome = self.remove(olap, site, class, before, &mut removed).await;
        if removed > 0 {
            tracing::info!(
                site = site.id.0,
                class = class.as_str(),
                removed,
                "site {}: {removed} {class} were too old",
                site.id.0
            );
        }
        if let Err(error) = &outcome {
            tracing::warn!(
                site = site.id.0,
                class = class.as_str(),
                error,
                "site {}: old {class} could not be deleted: {error}; tried again in ten minutes",
                site.id.0
            );
        }
        let ran_at = self.clock.now_ms();
        store::end(self.store.as_ref(), site.id, class, ran_at, (removed, outcome.err())).await
    }

    async fn remove(
        &self,
        olap: Option<&dyn Olap>,
        site: &Site,
        class: Class,
        before: i64,
        removed: &mut u64,
    ) -> Result<(), String> {
        if let Some(olap) = olap {
            // At the very first start this may come before the consumer that fills the tables.
            olap.migrate(&history::migrations(self.modules)).await.map_err(|error| error.to_string())?;
            for aged in self.tables(class) {
                let gone = self.remove_rows(olap, site, &aged, before, removed).await;
                gone.map_err(|error| format!("{}: {error}", aged.table))?;
            }
        }
        for ages in self.elsewhere.iter().filter(|ages| ages.class() == class) {
            *removed += ages.remove_before(site.id, before).await?;
        }
        Ok(())
    }

    /// A partition in which there is nothing else is dropped, from any other one the rows are deleted.
    async fn remove_rows(
        &self,
        olap: &dyn Olap,
        site: &Site,
        aged: &Aged,
        before: i64,
        removed: &mut u64,
    ) -> Result<(), OlapError> {
        let _alone = self.alone().await;
        let (old, delete) = match aged.by {
            AgedBy::Time(_) => (include_str!("sql/old_by_time.sql"), include_str!("sql/delete_by_time.sql")),
            AgedBy::Day(_) => (include_str!("sql/old_by_day.sql"), include_str!("sql/delete_by_day.sql")),
        };
        let mut params = bound(aged, site);
        params.push(match aged.by {
            AgedBy::Time(_) => ("before", ParamValue::Int(before)),
            AgedBy::Day(_) => ("before_day", ParamValue::Int(site.day(before).into())),
        });
        for row in olap.query(old, &params).await?.rows {
            let number = |n: usize| row.get(n).and_then(serde_json::Value::as_u64).unwrap_or(0);
            let (partition, old, rows) = (row.first().and_then(|id| id.as_str()), number(1), number(2));
            let Some(partition) = partition else { continue };
            let partition = ("partition", ParamValue::Text(partition.to_owned()));
            if old == rows {
                let table = ("table", ParamValue::Text(aged.table.to_owned()));
                olap.execute(include_str!("sql/drop_partition.sql"), &[table, partition]).await?;
            } else {
                olap.execute(delete, &[params.as_slice(), &[partition]].concat()).await?;
            }
            *removed += old;
        }
        Ok(())
    }
}

/// What every statement about a table needs.
pub(super) fn bound(aged: &Aged, site: &Site) -> Vec<Param> {
    let (AgedBy::Time(column) | AgedBy::Day(column)) = aged.by;
    vec![
        ("site", ParamValue::UInt(site.id.0.into())),
        ("table", ParamValue::Text(aged.table.to_owned())),
        ("column", ParamValue::Text(column.to_owned())),
    ]
}
