//! What is as old as its site says goes: rows of history, and whatever else ages.
//!
//! A module names its tables of history ([`ut_core::module::Schema::aged`]); what ages elsewhere says so itself
//! ([`Ages`]). Each class of data of each site is looked after once a day of the site, and the last run is kept and shown.
//!
//! **Architecture invariant:** sums outlive the events they are made of. Before any event goes, it is noted from when on
//! events are whole ([`Retention::gone_before`]); sums of days before that are never made anew.

mod facts;
mod report;
mod rules;
mod run;
mod store;
#[cfg(test)]
mod tests;

pub use facts::{Ages, ClassReport, Run};

use crate::history;
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};
use ut_core::module::{Aged, Migration, Module};
use ut_core::ports::{Transactional, TransactionalError};
use ut_core::site::Class;
use ut_core::{Clock, SiteId};

pub(crate) use run::stage;

/// The table of runs.
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 2_026_112_320,
    name: "create_retention_runs",
    sql: include_str!("sql/create_retention_runs.transactional.sql"),
}];

/// What ages, and what became of it. One per process. The store must be migrated ([`MIGRATIONS`]).
#[derive(Debug)]
pub struct Retention {
    store: Arc<dyn Transactional>,
    clock: Arc<dyn Clock>,
    modules: &'static [&'static dyn Module],
    elsewhere: Vec<Arc<dyn Ages>>,
    writing: Mutex<()>,
}

impl Retention {
    /// Of the history's tables and the modules'.
    #[must_use]
    pub fn new(
        store: Arc<dyn Transactional>,
        clock: Arc<dyn Clock>,
        modules: &'static [&'static dyn Module],
    ) -> Self {
        Self { store, clock, modules, elsewhere: Vec::new(), writing: Mutex::default() }
    }

    /// With something more that ages, outside history.
    #[must_use]
    pub fn with(mut self, more: Arc<dyn Ages>) -> Self {
        self.elsewhere.push(more);
        self
    }

    /// The classes of which there is anything, in the order in which they are shown.
    #[must_use]
    pub fn classes(&self) -> Vec<Class> {
        Class::ALL.into_iter().filter(|class| self.in_history(*class) || self.is_elsewhere(*class)).collect()
    }

    /// Events of a site from before this instant (Unix milliseconds) are gone, or going; 0 when none are.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn gone_before(&self, site: SiteId) -> Result<i64, TransactionalError> {
        let runs = store::runs(self.store.as_ref()).await?;
        Ok(runs.get(&(site, Class::Events)).map_or(0, |run| run.gone_before))
    }

    /// Whoever holds this is the only one that inserts into history, makes sums anew or deletes: between looking what is
    /// there and acting on it, nothing changes.
    pub(crate) async fn alone(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().await
    }

    fn tables(&self, class: Class) -> impl Iterator<Item = Aged> {
        history::aged(self.modules).into_iter().filter(move |aged| aged.class == class)
    }

    fn in_history(&self, class: Class) -> bool {
        self.tables(class).next().is_some()
    }

    fn is_elsewhere(&self, class: Class) -> bool {
        self.elsewhere.iter().any(|ages| ages.class() == class)
    }
}
