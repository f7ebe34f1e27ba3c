//! The open engine: its connections, each on a thread of its own, and the one that is kept free for cancelling.

use super::control::{self, Command, ControlThread};
use super::job::{Job, Task};
use super::queue::{NotTaken, Queue};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use ut_chdb::{Connection, Engine, Error};
use ut_core::ports::OlapError;

/// Exports may be as slow as their reader.
const EXPORT_SECONDS: u64 = 3600;
/// Rows per piece of an export: a few MB of text, times the few pieces that wait for the reader.
const EXPORT_BLOCK: u64 = 8192;
/// ClickHouse's own default.
const BLOCK: u64 = 65_409;
/// How often what runs is told again to stop, while closing.
const AGAIN: Duration = Duration::from_millis(100);
/// ClickHouse's TOO_MANY_SIMULTANEOUS_QUERIES.
const TOO_MANY: i32 = 202;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Statements that change something, strictly one after the other.
    Write,
    /// Questions.
    Read,
    /// Streams, which hold their connection for as long as their reader likes.
    Export,
}

/// Limits, from the options.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) memory_bytes: u64,
    pub(super) query_seconds: u64,
}

/// The open engine.
pub(super) struct Lanes {
    writes: Arc<Queue>,
    reads: Arc<Queue>,
    exports: Arc<Queue>,
    control: Sender<Command>,
    closing: Arc<AtomicBool>,
}

/// The threads, joined when the engine closes.
pub(super) struct Threads {
    workers: Vec<JoinHandle<()>>,
    control: ControlThread,
}

impl Lanes {
    /// Makes the connections and their threads.
    pub(super) fn start(engine: Engine, first: Connection, limits: Limits) -> Result<(Self, Threads), Error> {
        let queues = [Purpose::Write, Purpose::Read, Purpose::Export].map(|_| Arc::new(Queue::default()));
        let [writes, reads, exports] = queues;
        let plan = [
            ("writer", &writes, Purpose::Write),
            ("reader-1", &reads, Purpose::Read),
            ("reader-2", &reads, Purpose::Read),
            ("reader-3", &reads, Purpose::Read),
            ("reader-4", &reads, Purpose::Read),
            ("exporter-1", &exports, Purpose::Export),
            ("exporter-2", &exports, Purpose::Export),
        ];
        // Every connection before any thread: a failure then closes them all by dropping them.
        let mut connections = Vec::new();
        for (name, queue, purpose) in plan {
            let mut connection = engine.connect()?;
            Session::of(purpose, limits).apply(name, &mut connection)?;
            connections.push((name, queue, connection));
        }
        let mut controller = first;
        Session::of(Purpose::Read, limits).apply(control::NAME, &mut controller)?;
        let (control, thread) = control::start(engine, controller)?;
        let started: Result<Vec<_>, Error> = connections
            .into_iter()
            .map(|(name, queue, connection)| worker(name, Arc::clone(queue), connection))
            .collect();
        let workers =
            started.inspect_err(|_| [&writes, &reads, &exports].iter().for_each(|queue| queue.close()))?;
        let closing = Arc::new(AtomicBool::new(false));
        Ok((Self { writes, reads, exports, control, closing }, Threads { workers, control: thread }))
    }

    fn queue(&self, purpose: Purpose) -> &Queue {
        match purpose {
            Purpose::Write => &self.writes,
            Purpose::Read => &self.reads,
            Purpose::Export => &self.exports,
        }
    }

    /// Hands in work. Dropping the guard cancels it, unless it changes something: a write that was begun is finished,
    /// so that what comes after it on the same connection sees it whole.
    pub(super) fn submit(&self, purpose: Purpose, task: Task) -> Result<CancelOnDrop, OlapError> {
        let job = Job::new(task);
        self.queue(purpose).push(Arc::clone(&job)).map_err(|reason| match reason {
            NotTaken::Closed => super::closing(),
            NotTaken::Full => {
                OlapError::Refused { code: TOO_MANY, message: "too many questions are waiting".to_owned() }
            }
        })?;
        let cancellable = purpose != Purpose::Write;
        Ok(CancelOnDrop { job: cancellable.then_some(job), control: self.control.clone() })
    }

    /// Set when the engine closes.
    pub(super) fn closing(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.closing)
    }

    /// Asks the control connection whether the engine answers.
    pub(super) fn ping(&self) -> tokio::sync::oneshot::Receiver<Result<(), Error>> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        // When nobody receives, `reply` is dropped and the answer says so.
        let _ = self.control.send(Command::Ping(reply));
        answer
    }

    /// Refuses new work, stops what runs, closes every connection, ends the engine; false when that took longer than
    /// `deadline`, and connections are still open.
    pub(super) fn close(&self, threads: Threads, deadline: Instant) -> bool {
        self.closing.store(true, Ordering::SeqCst);
        for queue in [&self.writes, &self.reads, &self.exports] {
            queue.close();
        }
        while !threads.workers.iter().all(JoinHandle::is_finished) {
            if Instant::now() >= deadline {
                return false;
            }
            // The control thread lives until it is told to end, below.
            let _ = self.control.send(Command::StopAll);
            std::thread::sleep(AGAIN);
        }
        let _ = self.control.send(Command::End);
        while !threads.control.is_finished() {
            if Instant::now() >= deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        match threads.control.join() {
            // The pinned engine keeps its merge threads after a MergeTree table was used; the connections are closed,
            // the files are free, and `ut_chdb` sees to the end of the process.
            Ok(Ok(()) | Err(_)) => true,
            Err(_) => false,
        }
    }
}

/// Cancels a job when its caller loses interest.
pub(super) struct CancelOnDrop {
    job: Option<Arc<Job>>,
    control: Sender<Command>,
}

impl CancelOnDrop {
    /// The answer is there: nothing is left to cancel.
    pub(super) fn answered(&mut self) {
        self.job = None;
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(job) = self.job.take().filter(|job| !job.is_over()) {
            // A closed engine has nothing left to cancel.
            let _ = self.control.send(Command::Cancel(job));
        }
    }
}

fn worker(name: &str, queue: Arc<Queue>, mut connection: Connection) -> Result<JoinHandle<()>, Error> {
    let name: Arc<str> = Arc::from(name);
    std::thread::Builder::new()
        .name(format!("olap-{name}"))
        .spawn(move || {
            while let Some(job) = queue.next() {
                job.run(&name, &mut connection);
            }
        })
        .map_err(|error| no_thread(&error))
}

/// The system gives no thread.
pub(super) fn no_thread(error: &std::io::Error) -> Error {
    Error::Refused { code: 0, message: format!("cannot start a thread: {error}") }
}

/// The settings of one connection.
struct Session {
    seconds: u64,
    memory: u64,
    block: u64,
}

impl Session {
    const fn of(purpose: Purpose, limits: Limits) -> Self {
        let memory = limits.memory_bytes;
        match purpose {
            // Rebuilding a rollup may take its time; only closing stops it.
            Purpose::Write => Self { seconds: 0, memory, block: BLOCK },
            Purpose::Read => Self { seconds: limits.query_seconds, memory: memory / 2, block: BLOCK },
            Purpose::Export => Self { seconds: EXPORT_SECONDS, memory: memory / 4, block: EXPORT_BLOCK },
        }
    }

    fn apply(&self, name: &str, connection: &mut Connection) -> Result<(), Error> {
        let sql = include_str!("../sql/session.sql")
            .replace("{tag}", name)
            .replace("{seconds}", &self.seconds.to_string())
            .replace("{memory}", &self.memory.to_string())
            .replace("{block}", &self.block.to_string());
        connection.query(&sql, "Null", &[]).map(drop)
    }
}
