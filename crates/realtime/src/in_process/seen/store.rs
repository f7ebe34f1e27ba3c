//! The claims on disk: one keyspace per hour in a database of their own, forgotten by dropping it.
//!
//! A run arrives sorted, as a whole, and is written as a finished table: no journal, no memtable, and durable when
//! the call returns. Filters are held in memory (ten bits per claim): of a new id, nearly every look-up ends there.
//! Ids that grow with time (version 7) mostly end before, at the bounds of the tables.

use super::super::claims::{ClaimKey, Seeded};
use super::mark::{self, Counts, Mark};
use fjall::config::{
    BloomConstructionPolicy, FilterPolicy, FilterPolicyEntry, PartitioningPolicy, PinningPolicy,
};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Blocks that were read and may be read again.
const CACHE_BYTES: u64 = 8 << 20;
/// Tables of an hour are merged to about this size.
const TABLE_BYTES: u64 = 8 << 20;

/// Why the store refused.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum StoreError {
    /// It may work later: no space, too many open files.
    #[error("{0}")]
    Refused(String),
    /// What is on disk is not what was written.
    #[error("{0}")]
    Damaged(String),
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{AlreadyExists, InvalidData, NotFound, UnexpectedEof};
        match error.kind() {
            // It exists already: the database finds no database, and something of one is in its way.
            AlreadyExists | InvalidData | NotFound | UnexpectedEof => Self::Damaged(error.to_string()),
            _ => Self::Refused(error.to_string()),
        }
    }
}

impl From<fjall::Error> for StoreError {
    fn from(error: fjall::Error) -> Self {
        if matches!(error, fjall::Error::Poisoned | fjall::Error::Locked | fjall::Error::KeyspaceDeleted) {
            return Self::Refused(format!("{error:?}"));
        }
        let text = error.to_string();
        let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
        while let Some(error) = cause {
            if let Some(io) = error.downcast_ref::<io::Error>() {
                return io::Error::new(io.kind(), text).into();
            }
            cause = error.source();
        }
        Self::Damaged(text)
    }
}

/// The open store. A clone is the same database; what is written through it shows in look-ups when the clone takes the
/// place of the other, so that they never wait for the disk.
#[derive(Clone)]
pub(super) struct Store {
    /// Tells one opening from another.
    opened: Arc<()>,
    dir: PathBuf,
    database: Database,
    hours: BTreeMap<i64, Keyspace>,
    mark: Mark,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("dir", &self.dir).field("mark", &self.mark).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store in `dir`, or makes it.
    pub(super) fn open(dir: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir)?;
        let marked = mark::read(dir)?;
        let database =
            Database::builder(dir.join("claims")).cache_size(CACHE_BYTES).worker_threads(1).open()?;
        let mut hours = BTreeMap::new();
        for name in database.list_keyspace_names() {
            let Ok(hour) = name.parse::<i64>() else { continue };
            hours.insert(hour, database.keyspace(&name, options)?);
        }
        // A crash between a run and its mark leaves an hour that counts for nothing, but is looked at all the same.
        let counts =
            hours.keys().map(|hour| (*hour, marked.counts.get(hour).copied().unwrap_or(0))).collect();
        let mark = Mark { counts, ..marked };
        Ok(Self { opened: Arc::default(), dir: dir.to_path_buf(), database, hours, mark })
    }

    /// Claims stored, by hour.
    pub(super) const fn counts(&self) -> &Counts {
        &self.mark.counts
    }

    /// Whether it holds what it should, but for what has expired since.
    pub(super) fn holds(&self, expected: &Counts) -> bool {
        expected.range(self.mark.kept..).all(|(hour, count)| self.mark.counts.get(hour) >= Some(count))
    }

    /// Whether both are the same opening.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.opened, &other.opened)
    }

    /// Adds sorted keys to `hour`. Durable when it returns; after an error nothing of it counts, but an incomplete table
    /// may lie about until the store is opened again.
    pub(super) fn add(&mut self, hour: i64, keys: &[ClaimKey]) -> Result<(), StoreError> {
        let keyspace = self.database.keyspace(&hour.to_string(), options)?;
        let mut ingestion = keyspace.start_ingestion()?;
        for key in keys {
            ingestion.write(key.sortable(), [])?;
        }
        ingestion.finish()?;
        // A worker that met an error has ended; this says so.
        self.database.persist(PersistMode::SyncAll)?;
        self.hours.insert(hour, keyspace);
        let mut mark = self.mark.clone();
        *mark.counts.entry(hour).or_default() += keys.len() as u64;
        self.note(mark)
    }

    /// The keys that are stored, each with the newest hour that holds it.
    pub(super) fn find(&self, keys: &[ClaimKey]) -> Result<HashMap<ClaimKey, i64, Seeded>, StoreError> {
        let mut found = HashMap::with_hasher(Seeded::default());
        for (hour, keyspace) in &self.hours {
            for key in keys {
                if keyspace.contains_key(key.sortable())? {
                    found.insert(*key, *hour);
                }
            }
        }
        Ok(found)
    }

    fn note(&mut self, mark: Mark) -> Result<(), StoreError> {
        mark::write(&self.dir, &mark)?;
        self.mark = mark;
        Ok(())
    }

    /// Takes the hours before `kept` out of the store. They are not missed from now on;
    /// [`Self::delete`] deletes them, when look-ups have let them go.
    pub(super) fn expire(&mut self, kept: i64) -> Result<Vec<Keyspace>, StoreError> {
        let counts = self.mark.counts.range(kept..).map(|(hour, count)| (*hour, *count)).collect();
        self.note(Mark { kept, counts })?;
        let later = self.hours.split_off(&kept);
        Ok(std::mem::replace(&mut self.hours, later).into_values().collect())
    }

    /// Deletes what [`Self::expire`] took out.
    pub(super) fn delete(&self, expired: Vec<Keyspace>) -> Result<(), StoreError> {
        for keyspace in expired {
            self.database.delete_keyspace(keyspace)?;
        }
        Ok(())
    }
}

/// Point look-ups that mostly miss, tables of tiny records, nothing written through the journal.
fn options() -> KeyspaceCreateOptions {
    let filter = FilterPolicyEntry::Bloom(BloomConstructionPolicy::BitsPerKey(10.0));
    let merging =
        fjall::compaction::Leveled::default().with_l0_threshold(2).with_table_target_size(TABLE_BYTES);
    KeyspaceCreateOptions::default()
        .max_memtable_size(1 << 20)
        .filter_policy(FilterPolicy::all(filter))
        .filter_block_partitioning_policy(PartitioningPolicy::all(false))
        .filter_block_pinning_policy(PinningPolicy::all(true))
        .index_block_partitioning_policy(PartitioningPolicy::all(true))
        .index_block_pinning_policy(PinningPolicy::all(false))
        .compaction_strategy(Arc::new(merging))
}
