//! What people may ask of a shop: everything that is kept of them ([`Rights::export`]), and to be forgotten
//! ([`Rights::erase`]).
//!
//! | concern | file |
//! |---|---|
//! | where requests are taken | `desk` |
//! | who is meant, and how much there is | `find` |
//! | everything that is kept, as an archive | `export`, `archive` |
//! | what must be forgotten, outside of every back-up | `journal` |
//! | carrying it out in every store, again after stores were put back | `erase` |
//!
//! **Architecture invariant:** an erasure is in the journal before anything of it is done, and what the journal names is
//! refused at the door and in the pipeline from then on. Each store notes what it has obeyed in itself: a store that comes
//! back from a back-up does not know the later erasures, and carries them out again.

mod archive;
mod desk;
mod erase;
mod export;
mod find;
pub mod journal;
mod statements;
#[cfg(test)]
mod tests;

pub use archive::Archive;
pub use desk::{Desk, DeskError};
pub(crate) use erase::run;
pub use erase::{Progress, Status};
pub use find::{Asked, AskedWrongly, Found};
pub use journal::{Erasure, JournalError};

use crate::people::{FieldName, People, PeopleError};
use crate::vault::{Sealed, Subject as SealedFor, Vault, VaultError};
use journal::{Journal, Tag};
use parking_lot::{Mutex, RwLock};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use ut_core::keys::Keys;
use ut_core::module::Migration;
use ut_core::ports::Transactional;
use ut_core::rights::{RightsError, Seals, Subject};
use ut_core::{Clock, SiteId, VisitorId, VisitorKey};

/// The tables of what was obeyed.
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 2_026_112_340,
    name: "create_rights",
    sql: include_str!("sql/create_rights.transactional.sql"),
}];

/// Whoever was forgotten, in memory: the door asks with every request.
#[derive(Debug, Default)]
struct Forgotten {
    visitors: HashSet<(SiteId, Tag)>,
    /// And since when what they were found by is not to be kept again without a newer consent.
    blinds: HashMap<(SiteId, String, [u8; 32]), i64>,
}

/// Answers and forgets. One per `DATA_DIR`.
pub struct Rights {
    store: Arc<dyn Transactional>,
    vault: Arc<Vault>,
    people: Arc<People>,
    keys: Keys,
    clock: Arc<dyn Clock>,
    journal: Arc<tokio::sync::Mutex<Journal>>,
    forgotten: RwLock<Forgotten>,
    erasures: Mutex<BTreeMap<u64, Progress>>,
    asked: tokio::sync::Notify,
}

impl std::fmt::Debug for Rights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rights").finish_non_exhaustive()
    }
}

impl Rights {
    /// With the journal of `folder`. The store must be migrated ([`MIGRATIONS`]).
    ///
    /// # Errors
    /// When the journal cannot be read: going on without it would bring back who was forgotten.
    pub fn open(
        folder: &Path,
        store: Arc<dyn Transactional>,
        (vault, people): (Arc<Vault>, Arc<People>),
        keys: Keys,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, JournalError> {
        let (journal, erasures) = Journal::open(folder)?;
        let rights = Self {
            store,
            vault,
            people,
            keys,
            clock,
            journal: Arc::new(tokio::sync::Mutex::new(journal)),
            forgotten: RwLock::default(),
            erasures: Mutex::default(),
            asked: tokio::sync::Notify::new(),
        };
        erasures.into_iter().for_each(|erasure| rights.take(erasure, None));
        Ok(rights)
    }

    /// Was this visitor forgotten? Nothing of them is taken any more.
    #[must_use]
    pub fn is_forgotten(&self, site: SiteId, visitor: VisitorId) -> bool {
        let forgotten = self.forgotten.read();
        if forgotten.visitors.is_empty() {
            return false;
        }
        forgotten.visitors.contains(&(site, self.tag(site, self.keys.visitor(site, visitor))))
    }

    /// Since when (Unix milliseconds) a value of a field is suppressed: a person it was told of was forgotten then. What
    /// they agreed to before that is no leave to keep it again.
    #[must_use]
    pub fn suppressed_since(&self, site: SiteId, field: FieldName, value: &str) -> Option<i64> {
        let forgotten = self.forgotten.read();
        if forgotten.blinds.is_empty() {
            return None;
        }
        let blind = self.people.blind(site, field, value);
        forgotten.blinds.get(&(site, field.as_str().to_owned(), blind)).copied()
    }

    /// Takes a person's request to be forgotten: on disk when this returns its number. From then on nothing of them is
    /// taken; the stores follow as soon as they can ([`Rights::erasures`]).
    ///
    /// # Errors
    /// When the journal cannot be written, or who they are found by cannot be read.
    pub async fn erase(&self, subject: &Subject) -> Result<u64, RightsError> {
        let mut blinds = HashSet::new();
        for id in &subject.ids {
            let of = self.people.blinds_of(subject.site, *id).await?;
            blinds.extend(of.into_iter().map(|(field, blind)| (field.as_str().to_owned(), blind)));
        }
        let erasure = Erasure {
            number: 0,
            at: self.clock.now_ms(),
            site: subject.site,
            visitors: subject.visitors.iter().map(|visitor| self.tag(subject.site, *visitor)).collect(),
            blinds: blinds.into_iter().collect(),
        };
        let mut journal = Arc::clone(&self.journal).lock_owned().await;
        let written = tokio::task::spawn_blocking(move || journal.append(erasure)).await;
        let written = written.map_err(|error| RightsError(error.to_string()))?;
        let erasure = written.map_err(|error| RightsError(error.to_string()))?;
        let number = erasure.number;
        self.take(erasure, Some(subject.visitors.clone()));
        self.asked.notify_one();
        Ok(number)
    }

    /// The erasures of a site, or of all, the newest first.
    #[must_use]
    pub fn erasures(&self, site: Option<SiteId>) -> Vec<Progress> {
        let erasures = self.erasures.lock();
        let of = |progress: &&Progress| site.is_none_or(|site| progress.erasure.site == site);
        erasures.values().rev().filter(of).cloned().collect()
    }

    fn take(&self, erasure: Erasure, visitors: Option<Vec<VisitorKey>>) {
        let mut forgotten = self.forgotten.write();
        forgotten.visitors.extend(erasure.visitors.iter().map(|tag| (erasure.site, *tag)));
        for (field, blind) in &erasure.blinds {
            let since = forgotten.blinds.entry((erasure.site, field.clone(), *blind)).or_default();
            *since = (*since).max(erasure.at);
        }
        self.erasures.lock().insert(erasure.number, Progress::new(erasure, visitors));
    }

    fn tag(&self, site: SiteId, visitor: VisitorKey) -> Tag {
        self.keys.erased(site, visitor)
    }
}

impl From<PeopleError> for RightsError {
    fn from(error: PeopleError) -> Self {
        Self(error.to_string())
    }
}

impl From<VaultError> for RightsError {
    fn from(error: VaultError) -> Self {
        Self(error.to_string())
    }
}

#[async_trait::async_trait]
impl Seals for Vault {
    async fn mark(&self, site: SiteId, visitor: VisitorId) -> Result<Option<Vec<u8>>, RightsError> {
        Ok(Self::mark(self, site, SealedFor::from(visitor)).await?)
    }

    async fn open(
        &self,
        site: SiteId,
        visitor: VisitorId,
        field: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, RightsError> {
        let sealed = Sealed::from_bytes(sealed.to_vec());
        Ok(Self::open(self, site, SealedFor::from(visitor), field, &sealed).await?)
    }
}
