//! Where requests of people are answered: the API's and the command line's.

use super::{Archive, Asked, AskedWrongly, Found, Progress, Rights, Status};
use crate::engine::Engine;
use std::sync::Arc;
use std::time::Duration;
use ut_core::module::Module;
use ut_core::rights::{RightsError, Subject};
use ut_core::{Deps, SiteId};

/// What was acknowledged before a request may take so long to reach history.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a request is not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DeskError {
    /// It names nobody, or too much.
    #[error(transparent)]
    Wrong(#[from] AskedWrongly),
    /// Nobody is known by that name.
    #[error(
        "nobody is known by that: an external_id finds visitors who were proved to be the customer, an e-mail address \
         those of whom it was told"
    )]
    Nobody,
    /// A store cannot answer now.
    #[error("{0}; nothing was done, try again when it is back")]
    Store(#[from] RightsError),
    /// History has not caught up with the log.
    #[error("history is behind the log, and an answer would lack what is on its way; try again in a moment")]
    Behind,
}

/// Answers requests. Shared by everybody who takes them.
#[derive(Debug)]
pub struct Desk {
    rights: Arc<Rights>,
    engine: Arc<Engine>,
    deps: Deps,
    modules: &'static [&'static dyn Module],
}

impl Desk {
    /// On a running system.
    #[must_use]
    pub fn new(
        rights: Arc<Rights>,
        engine: Arc<Engine>,
        deps: Deps,
        modules: &'static [&'static dyn Module],
    ) -> Self {
        Self { rights, engine, deps, modules }
    }

    /// How much is kept of a person.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn find(&self, site: SiteId, asked: &Asked) -> Result<Found, DeskError> {
        let subject = self.subject(site, asked).await?;
        self.caught_up().await?;
        Ok(self.rights.summary(&subject, &self.deps).await?)
    }

    /// Everything that is kept of a person.
    ///
    /// # Errors
    /// See [`DeskError`].
    pub async fn export(&self, site: SiteId, asked: &Asked) -> Result<Archive, DeskError> {
        let subject = self.subject(site, asked).await?;
        self.caught_up().await?;
        Ok(self.rights.export(&subject, self.modules, &self.deps).await?)
    }

    /// Takes a request to be forgotten; returns its number. It is carried out as soon as every store is there.
    ///
    /// # Errors
    /// See [`DeskError`]; nothing is taken then.
    pub async fn erase(&self, site: SiteId, asked: &Asked) -> Result<u64, DeskError> {
        let subject = self.subject(site, asked).await?;
        Ok(self.rights.erase(&subject).await?)
    }

    /// Waits, at most `patience`, until every store has obeyed an erasure; how it stands then.
    pub async fn erased(&self, site: SiteId, number: u64, patience: Duration) -> Option<Progress> {
        let began = tokio::time::Instant::now();
        loop {
            let known = self.erasures(site).into_iter().find(|known| known.erasure.number == number)?;
            if matches!(known.status, Status::Done(_)) || began.elapsed() >= patience {
                return Some(known);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The erasures of a site, the newest first.
    #[must_use]
    pub fn erasures(&self, site: SiteId) -> Vec<Progress> {
        self.rights.erasures(Some(site))
    }

    async fn subject(&self, site: SiteId, asked: &Asked) -> Result<Subject, DeskError> {
        asked.check()?;
        self.rights.find(site, asked).await?.ok_or(DeskError::Nobody)
    }

    async fn caught_up(&self) -> Result<(), DeskError> {
        self.deps.olap.ping().await.map_err(RightsError::from)?;
        if self.engine.caught_up(PATIENCE).await { Ok(()) } else { Err(DeskError::Behind) }
    }
}
