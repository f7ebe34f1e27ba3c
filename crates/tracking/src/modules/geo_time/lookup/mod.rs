//! From an address to a place: the owner's database where it knows the address, else the countries built in.

mod facts;
#[cfg(test)]
mod tests;

use self::facts::Embedded;
use super::database::{Database, Fault};
use super::rules;
use parking_lot::{Mutex, RwLock};
use std::fs::{File, Metadata};
use std::io::Read;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use ut_core::event::{Place, PlaceSource};

/// How often the file is looked at.
const PERIOD: Duration = Duration::from_secs(5);

/// The geo database cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("GEO_DB {} {fault}", path.display())]
pub struct GeoDatabaseError {
    path: PathBuf,
    fault: Fault,
}

/// What a look at the file led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refresh {
    /// Nothing new: the same file, or the same trouble as before.
    Unchanged,
    /// A new file answers from now on.
    Replaced,
    /// The new file is of no use; the old one goes on answering.
    Kept(GeoDatabaseError),
}

/// Finds places. One per process, shared; look-ups wait for nobody.
#[derive(Debug)]
pub struct GeoLookup {
    embedded: Embedded,
    file: Option<GeoFile>,
}

#[derive(Debug)]
struct GeoFile {
    path: PathBuf,
    database: RwLock<Arc<Database>>,
    last: Mutex<LastLook>,
}

/// How the file was found when it was last looked at; also keeps two looks from happening at once.
#[derive(Debug)]
struct LastLook {
    stamp: Option<Stamp>,
    error: Option<GeoDatabaseError>,
}

/// Tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl GeoLookup {
    /// Opens the owner's database, if there is one. Reads and checks all of it: seconds for the largest.
    pub fn open(path: Option<&Path>) -> Result<Self, GeoDatabaseError> {
        let file = path.map(GeoFile::open).transpose()?;
        Ok(Self { embedded: Embedded::new(), file })
    }

    /// The place of an address; its source says who knew. Addresses that are nowhere in the world have none.
    #[must_use]
    pub fn lookup(&self, ip: IpAddr) -> Place {
        let Some(ip) = rules::placeable(ip) else { return Place::default() };
        // What the owner's file says of an address stands, also that its country is not known.
        let own = self.file.as_ref().and_then(|file| file.database().find(ip));
        own.unwrap_or_else(|| self.embedded(ip))
    }

    /// The place of a request that came through a trusted proxy: `header` looks its headers up by lower-case name.
    /// The proxy is believed before any database; a database of the same opinion adds region and city.
    #[must_use]
    pub fn locate<'h>(&self, ip: IpAddr, header: impl Fn(&str) -> Option<&'h [u8]>) -> Place {
        let found = self.lookup(ip);
        match rules::from_headers(header) {
            Some(said) => rules::completed(said, found),
            None => found,
        }
    }

    fn embedded(&self, ip: IpAddr) -> Place {
        self.embedded.country(ip).map_or_else(Place::default, |country| Place {
            country,
            source: PlaceSource::Embedded,
            ..Place::default()
        })
    }

    /// Looks whether the file has changed, and takes it if it is sound. Blocks while it reads.
    pub fn refresh(&self) -> Refresh {
        self.file.as_ref().map_or(Refresh::Unchanged, GeoFile::refresh)
    }

    /// Why the file as it is now is not in use, if so: for `/ready` and `doctor`.
    #[must_use]
    pub fn problem(&self) -> Option<GeoDatabaseError> {
        self.file.as_ref().and_then(|file| file.last.lock().error.clone())
    }

    /// Refreshes every few seconds until `stop`.
    pub async fn watch(self: Arc<Self>, stop: CancellationToken) {
        self.watch_every(PERIOD, stop).await;
    }

    async fn watch_every(self: Arc<Self>, period: Duration, stop: CancellationToken) {
        if self.file.is_none() {
            return;
        }
        while stop.run_until_cancelled(tokio::time::sleep(period)).await.is_some() {
            let lookup = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || lookup.refresh()).await {
                Ok(Refresh::Unchanged) => {}
                Ok(Refresh::Replaced) => tracing::info!("GEO_DB has changed and was loaded"),
                Ok(Refresh::Kept(error)) => {
                    tracing::error!(%error, "{error}; the database loaded before stays in use");
                }
                Err(error) => tracing::error!(%error, "GEO_DB could not be looked at: {error}"),
            }
        }
    }
}

impl GeoFile {
    fn open(path: &Path) -> Result<Self, GeoDatabaseError> {
        let error = |fault| GeoDatabaseError { path: path.to_owned(), fault };
        let (file, metadata) = regular(path).map_err(error)?;
        let database = load(file).map_err(error)?;
        Ok(Self {
            path: path.to_owned(),
            database: RwLock::new(Arc::new(database)),
            last: Mutex::new(LastLook { stamp: Some(Stamp::of(&metadata)), error: None }),
        })
    }

    fn database(&self) -> Arc<Database> {
        Arc::clone(&self.database.read())
    }

    fn refresh(&self) -> Refresh {
        let mut last = self.last.lock();
        let opened = regular(&self.path);
        // Taken before the bytes are read: a file that is still being written differs at the next look.
        let stamp = opened.as_ref().ok().map(|(_, metadata)| Stamp::of(metadata));
        let loaded = match opened {
            Ok(_) if stamp == last.stamp => return Refresh::Unchanged,
            Ok((file, _)) => load(file),
            Err(fault) => Err(fault),
        };
        last.stamp = stamp;
        match loaded {
            Ok(database) => {
                *self.database.write() = Arc::new(database);
                last.error = None;
                Refresh::Replaced
            }
            Err(fault) => {
                let error = GeoDatabaseError { path: self.path.clone(), fault };
                if last.error.as_ref() == Some(&error) {
                    return Refresh::Unchanged;
                }
                last.error = Some(error.clone());
                Refresh::Kept(error)
            }
        }
    }
}

/// Opens a file that has an end: no folder, pipe or device.
fn regular(path: &Path) -> Result<(File, Metadata), Fault> {
    let unreadable = |error: std::io::Error| Fault::Unreadable(error.to_string());
    // Asked before it is opened, which for a pipe would wait for a writer.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Fault::Unreadable("it is not a file".to_owned()));
    }
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    Ok((file, metadata))
}

fn load(mut file: File) -> Result<Database, Fault> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|error| Fault::Unreadable(error.to_string()))?;
    Database::parse(bytes)
}
