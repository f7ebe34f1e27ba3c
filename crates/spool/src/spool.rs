//! The log as the rest of the system sees it.

use crate::active::{Active, Place};
use crate::cursors::Cursors;
use crate::disk::Disk;
use crate::files::failed;
use crate::frame::{MAX_RECORD, Stamp};
use crate::identity::{self, CURSORS, ENRICHED, Origin, RECEIVED};
use crate::losses::{Former, Losses};
use crate::options::{KnownLog, SpoolOptions};
use crate::queue::{Answer, closed};
use crate::recover::{Recovered, recover};
use crate::segment::{Gap, HEADER_BYTES, Header};
use crate::space::Space;
use crate::topic::TopicLog;
use crate::writer::{Limits, Writer, WriterState};
use parking_lot::{Mutex, RwLock};
use std::collections::VecDeque;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use std::time::Duration;
use ut_core::ports::{Close, Cursor, Entry, Log, LogError, LogStatus, Replaced, Topic};
use ut_core::{LogId, Lsn};

/// The durable log. Dropping it, like [`Spool::close`], writes what is queued and ends its threads.
#[derive(Debug)]
pub struct Spool {
    id: LogId,
    received: Arc<TopicLog>,
    enriched: Arc<TopicLog>,
    cursors: Arc<Cursors>,
    space: Arc<Space>,
    replaced: Option<Replaced>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// Held until the threads have ended; nobody commits without it.
    lock: Arc<RwLock<Option<File>>>,
}

/// What opening has found: both topics, and the log they belong to.
struct Opened {
    id: LogId,
    cursors: Cursors,
    space: Arc<Space>,
    losses: Arc<Losses>,
    topics: [(Place, Recovered); 2],
}

impl Spool {
    /// Opens the log in `options.dir`, or makes a new one. Blocks: it reads the last segment of each topic.
    ///
    /// # Errors
    /// [`LogError::InUse`] when another process has it (the pid is named), [`LogError::Damaged`] when it is not known
    /// which log it is or a last segment is not one of this log, [`LogError::Io`] and [`LogError::Full`] from the disk.
    pub fn open(options: SpoolOptions) -> Result<Self, LogError> {
        Self::open_on(options, Disk::default())
    }

    pub(crate) fn open_on(options: SpoolOptions, disk: Disk) -> Result<Self, LogError> {
        let dir = &options.dir;
        std::fs::create_dir_all(dir).map_err(|error| failed("making", dir, &error))?;
        let lock = lock(dir)?;
        let mut before = None;
        let opened = loop {
            let (id, origin) = identity::open(&disk, dir)?;
            match open_log(&options, &disk, id, origin)? {
                Ok(opened) => break opened,
                Err(foreign) => before = Some(foreign),
            }
            identity::set_aside(dir, id)?;
        };
        if let Some(former) = before.or_else(|| lost(&options.known, opened.id)) {
            opened.losses.replaced(former)?;
        }
        let replaced = opened.losses.replacement();
        let Opened { id, cursors, space, losses, topics: [received, enriched] } = opened;
        let (received, first) = start(&options, received, &losses, None)?;
        let (enriched, second) = start(&options, enriched, &losses, Some(received.clone()))?;
        let threads = Mutex::new(vec![first, second]);
        let lock = Arc::new(RwLock::new(Some(lock)));
        Ok(Self { id, received, enriched, cursors: Arc::new(cursors), space, replaced, threads, lock })
    }

    /// Writes and syncs what is queued, refuses what comes later, and lets the directory go.
    pub async fn close(&self) {
        self.received.queue.close();
        self.enriched.queue.close();
        let threads = std::mem::take(&mut *self.threads.lock());
        let lock = self.lock.clone();
        let end = move || {
            join(threads);
            // Waits for commits that are under way.
            lock.write().take();
        };
        // If the runtime is going down, `Drop` has nothing left to do and the queues are closed all the same.
        let _ = tokio::task::spawn_blocking(end).await;
    }

    pub(crate) fn topic(&self, topic: Topic) -> &Arc<TopicLog> {
        match topic {
            Topic::Received => &self.received,
            Topic::Enriched => &self.enriched,
        }
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.received.queue.close();
        self.enriched.queue.close();
        join(std::mem::take(&mut *self.threads.lock()));
    }
}

#[async_trait::async_trait]
impl Log for Spool {
    async fn append(&self, topic: Topic, count: u32, bytes: Vec<u8>) -> Result<Lsn, LogError> {
        if count == 0 || bytes.len() > MAX_RECORD {
            let len = bytes.len();
            return Err(LogError::Io(format!("a record of {count} events and {len} bytes cannot be stored")));
        }
        let answer = self.topic(topic).queue.push(count, bytes)?;
        // An answer that nobody opens, because its caller went away, still wakes the others when it is dropped.
        answer.await.map_or_else(|_| Err(closed()), Answer::open)
    }

    async fn read(&self, topic: Topic, from: Lsn, max_bytes: usize) -> Result<Vec<Entry>, LogError> {
        let topic = self.topic(topic);
        topic.wait(from).await?;
        let topic = topic.clone();
        blocking(move || topic.read(from, max_bytes)).await
    }

    /// What is over goes even when no new segment can be made: on a full disk it may be what fills it.
    async fn trim(&self, topic: Topic, until: Lsn, close: Close) -> Result<(), LogError> {
        let topic = self.topic(topic);
        let ended = topic.queue.order(close)?.await.unwrap_or_else(|_| Err(closed()));
        let (topic, space) = (topic.clone(), self.space.clone());
        blocking(move || topic.drop_before(until, &space)).await.and(ended)
    }

    async fn give_up(&self, topic: Topic, record: &Entry, why: &str) -> Result<(), LogError> {
        let (topic, why) = (self.topic(topic).clone(), why.to_owned());
        // Its bytes stay where they are: the report names their size.
        let record = record.clone();
        blocking(move || topic.give_up(&record, &why)).await
    }

    async fn commit(&self, consumer: &str, cursor: Cursor) -> Result<(), LogError> {
        let (cursors, consumer, lock) = (self.cursors.clone(), consumer.to_owned(), self.lock.clone());
        let store = move || {
            let held = lock.read();
            held.as_ref().ok_or_else(closed)?;
            cursors.store(&consumer, &cursor)
        };
        blocking(store).await
    }

    async fn cursor(&self, consumer: &str) -> Result<Cursor, LogError> {
        let (cursors, consumer) = (self.cursors.clone(), consumer.to_owned());
        blocking(move || cursors.load(&consumer)).await
    }

    async fn reached(&self, consumer: &str) -> Result<Lsn, LogError> {
        let (cursors, consumer) = (self.cursors.clone(), consumer.to_owned());
        blocking(move || cursors.reached(&consumer)).await
    }

    /// `writable` speaks of `Received`: whether the door can acknowledge.
    fn status(&self) -> LogStatus {
        LogStatus {
            id: self.id,
            received: self.received.status(),
            enriched: self.enriched.status(),
            writable: self.received.writable.load(Relaxed),
            replaced: self.replaced,
        }
    }
}

/// How often, and how far apart, a lock that this process seems to hold itself is tried.
const OWN_LOCK_TRIES: u32 = 20;
const OWN_LOCK_WAIT: Duration = Duration::from_millis(10);

/// Takes the directory for this process.
fn lock(dir: &Path) -> Result<File, LogError> {
    let path = dir.join("lock");
    let io = |error: io::Error| failed("locking", &path, &error);
    let options = File::options().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = options.map_err(io)?;
    let mut tries = 0;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                let _ = file.rewind().and_then(|()| file.read_to_string(&mut pid));
                // This process itself: a program it is just starting holds a copy of the lock until it runs.
                if tries == OWN_LOCK_TRIES || pid.trim() != std::process::id().to_string() {
                    return Err(LogError::InUse(format!("{} by process {}", dir.display(), pid.trim())));
                }
                tries += 1;
                std::thread::sleep(OWN_LOCK_WAIT);
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
    }
    let note =
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
    // The lock holds without the note, which a full disk may refuse.
    let _ = note;
    Ok(file)
}

/// Opens the topics of log `id`; what it is to be replaced as when it cannot be the log that its consumers know.
fn open_log(
    options: &SpoolOptions,
    disk: &Disk,
    id: LogId,
    origin: Origin,
) -> Result<Result<Opened, Former>, LogError> {
    let dir = &options.dir;
    let space = Space::new(disk.clone(), dir.clone(), options.max_bytes, options.reserve_bytes)?;
    let space = Arc::new(space);
    let place = |topic, name| Place {
        dir: dir.join(name),
        stamp: Stamp::new(id, topic),
        disk: disk.clone(),
        space: space.clone(),
    };
    let places = [place(Topic::Received, RECEIVED), place(Topic::Enriched, ENRICHED)];
    for path in [&places[0].dir, &places[1].dir, &dir.join(CURSORS)] {
        std::fs::create_dir_all(path).map_err(|error| failed("making", path, &error))?;
    }
    crate::files::sync_dir(dir).map_err(|error| failed("syncing", dir, &error))?;
    let cursors = Cursors::new(disk.clone(), dir.join(CURSORS), id);
    let [received, enriched] = [recover(&places[0])?, recover(&places[1])?];
    let found = (received.as_ref().map(|topic| topic.end), enriched.as_ref().map(|topic| topic.end));
    let places_of_consumers = cursors.places()?;
    let known = options.known.iter().find(|known| known.id == id).map(|known| known.end);
    if let Some(reason) = foreign(origin, found, places_of_consumers.iter().max(), known) {
        tracing::warn!(log = %id, reason, "this log cannot be continued: it is set aside, a new one starts");
        let end = found.0.unwrap_or(Lsn::FIRST);
        let why = format!("log {id} cannot be continued, {reason}");
        return Ok(Err(Former { folder: identity::old_name(id), ends: (end, known.unwrap_or(end)), why }));
    }
    let [receive, enrich] = places;
    let received = received.map_or_else(|| fresh(&receive, options), Ok)?;
    let enriched = enriched.map_or_else(|| fresh(&enrich, options), Ok)?;
    let losses = Arc::new(Losses::open(disk.clone(), dir.clone(), options.clock.clone())?);
    // What somebody still has to read begins no later than the oldest segment, or that has gone missing.
    missing(&losses, &receive, &received, Some(enriched.end))?;
    let waiting = places_of_consumers.iter().map(|(next, _)| *next).filter(|next| *next > Lsn::FIRST).min();
    missing(&losses, &enrich, &enriched, waiting)?;
    Ok(Ok(Opened { id, cursors, space, losses, topics: [(receive, received), (enrich, enriched)] }))
}

/// Reports what lies between the place of a reader and the oldest segment: readers hold what they need.
fn missing(losses: &Losses, place: &Place, found: &Recovered, reader: Option<Lsn>) -> Result<(), LogError> {
    let (Some(reader), Some(oldest)) = (reader, found.segments.front()) else { return Ok(()) };
    if reader < oldest.first {
        let gap = Gap { segment: place.dir.clone(), bytes: (0, 0), events: (reader, oldest.first) };
        losses.report(place.stamp.topic, &gap)?;
    }
    Ok(())
}

/// Why the log cannot be continued under its identity, if so: its numbers would be given a second time.
fn foreign(
    origin: Origin,
    (received, enriched): (Option<Lsn>, Option<Lsn>),
    furthest: Option<&(Lsn, String)>,
    known: Option<Lsn>,
) -> Option<String> {
    let Some(received) = received else {
        return (origin == Origin::Found).then(|| "its segments are gone".to_owned());
    };
    if let Some((next, consumer)) = furthest.filter(|(next, _)| *next > received) {
        return Some(format!("it ends before {}, and `{consumer}` had come to {}", received.0, next.0));
    }
    if let Some(known) = known.filter(|known| *known > received) {
        return Some(format!(
            "it ends before {}, and history was given events before {}",
            received.0, known.0
        ));
    }
    match enriched {
        None if received > Lsn::FIRST => Some("its enriched segments are gone".to_owned()),
        Some(enriched) if enriched > received => {
            Some(format!("received ends before {}, enriched before {}", received.0, enriched.0))
        }
        _ => None,
    }
}

/// The log that was in the place of `id` and of which nothing is left here.
fn lost(known: &[KnownLog], id: LogId) -> Option<Former> {
    let last = known.last().filter(|_| known.iter().all(|known| known.id != id))?;
    let why = format!("log {} is gone", last.id);
    Some(Former { folder: String::new(), ends: (Lsn::FIRST, last.end), why })
}

/// An empty topic with its first segment.
fn fresh(place: &Place, options: &SpoolOptions) -> Result<Recovered, LogError> {
    let header = Header { first: Lsn::FIRST, created_ms: options.clock.now_ms() };
    let active = Active::create(place, header, HEADER_BYTES)?;
    let segments = VecDeque::from([active.segment.clone()]);
    Ok(Recovered { segments, end: Lsn::FIRST, active: Some(active) })
}

/// Starts the writer of a topic.
fn start(
    options: &SpoolOptions,
    (place, found): (Place, Recovered),
    losses: &Arc<Losses>,
    ceiling: Option<Arc<TopicLog>>,
) -> Result<(Arc<TopicLog>, JoinHandle<()>), LogError> {
    let topic =
        Arc::new(TopicLog::new(place.dir.clone(), place.stamp, found.segments, found.end, losses.clone()));
    let writer = Writer {
        topic: topic.clone(),
        place,
        limits: Limits {
            segment_bytes: options.segment_bytes,
            linger: options.linger,
            max_age_ms: options.max_age_ms,
        },
        clock: options.clock.clone(),
        ceiling,
        active: found.active,
        state: WriterState::default(),
    };
    let name = format!("ut-log-{:?}", topic.stamp.topic).to_lowercase();
    let thread = std::thread::Builder::new().name(name).spawn(move || writer.run());
    let thread = thread.map_err(|error| LogError::Io(format!("starting a writer: {error}")))?;
    Ok((topic, thread))
}

fn join(threads: Vec<JoinHandle<()>>) {
    for thread in threads {
        // A writer that panicked has let everybody go who waited for it.
        let _ = thread.join();
    }
}

/// Runs file work where it does not hold up async workers.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LogError> + Send + 'static,
) -> Result<T, LogError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(LogError::Io(error.to_string())))
}
