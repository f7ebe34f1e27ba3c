//! What the owner is shown.

use super::run::bound;
use super::{ClassReport, Retention, rules, store};
use ut_core::module::{Aged, AgedBy};
use ut_core::ports::{Olap, OlapError, TransactionalError};
use ut_core::site::{Class, Site};

impl Retention {
    /// What is known of each class of a site's data. Without `olap`, or while it does not answer, nobody knows the oldest
    /// rows of history.
    ///
    /// # Errors
    /// When the runs cannot be read.
    pub async fn report(
        &self,
        olap: Option<&dyn Olap>,
        site: &Site,
    ) -> Result<Vec<ClassReport>, TransactionalError> {
        let now = self.clock.now_ms();
        let mut runs = store::runs(self.store.as_ref()).await?;
        let mut reports = Vec::new();
        for class in self.classes() {
            let run = runs.remove(&(site.id, class));
            reports.push(ClassReport {
                class,
                limit: site.settings.retention.limit(class),
                kept_from: site.kept_from(class, now),
                oldest: self.oldest(olap, site, class).await,
                next_run: rules::next_run(site, run.as_ref(), now),
                run,
            });
        }
        Ok(reports)
    }

    async fn oldest(&self, olap: Option<&dyn Olap>, site: &Site, class: Class) -> Option<i64> {
        let mut oldest = Vec::new();
        if let Some(olap) = olap {
            for aged in self.tables(class) {
                // A history that is away says so elsewhere.
                oldest.extend(oldest_row(olap, site, &aged).await.ok().flatten());
            }
        }
        for ages in self.elsewhere.iter().filter(|ages| ages.class() == class) {
            match ages.oldest(site.id).await {
                Ok(found) => oldest.extend(found),
                Err(error) => {
                    tracing::warn!(site = site.id.0, error, "the oldest {class} are not known: {error}")
                }
            }
        }
        oldest.into_iter().min()
    }
}

async fn oldest_row(olap: &dyn Olap, site: &Site, aged: &Aged) -> Result<Option<i64>, OlapError> {
    let sql = match aged.by {
        AgedBy::Time(_) => include_str!("sql/oldest_by_time.sql"),
        AgedBy::Day(_) => include_str!("sql/oldest_by_day.sql"),
    };
    let answer = olap.query(sql, &bound(aged, site)).await?;
    let number = |n: usize| answer.rows.first()?.get(n)?.as_i64();
    let oldest = number(0).filter(|_| number(1).unwrap_or(0) > 0);
    Ok(oldest.map(|oldest| match aged.by {
        AgedBy::Time(_) => oldest,
        AgedBy::Day(_) => site.day_start(i32::try_from(oldest).unwrap_or(0)),
    }))
}
