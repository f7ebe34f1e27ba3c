//! The connection that is kept free: it cancels what others run, answers pings and ends the engine.

use super::job::{Cancelled, Job};
use super::lanes::no_thread;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use ut_chdb::{Connection, Engine, Error};

/// Its name among the connections.
pub(super) const NAME: &str = "control";
/// How often a job that was told to stop is told again: it may not have reached the engine the first time.
const AGAIN: Duration = Duration::from_millis(50);

/// What it is asked.
pub(super) enum Command {
    /// Stop this job.
    Cancel(Arc<Job>),
    /// Does the engine answer?
    Ping(tokio::sync::oneshot::Sender<Result<(), Error>>),
    /// Stop whatever runs.
    StopAll,
    /// Every other connection is closed: end the engine.
    End,
}

/// Its thread, which ends with what ending the engine said.
pub(super) type ControlThread = JoinHandle<Result<(), Error>>;

/// Starts its thread, which owns the engine.
pub(super) fn start(
    engine: Engine,
    connection: Connection,
) -> Result<(Sender<Command>, ControlThread), Error> {
    let (sender, receiver) = channel();
    let thread = std::thread::Builder::new()
        .name("olap-control".to_owned())
        .spawn(move || serve(engine, connection, &receiver))
        .map_err(|error| no_thread(&error))?;
    Ok((sender, thread))
}

fn serve(engine: Engine, mut connection: Connection, commands: &Receiver<Command>) -> Result<(), Error> {
    let mut stopping: Vec<Arc<Job>> = Vec::new();
    loop {
        let command = if stopping.is_empty() {
            commands.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            commands.recv_timeout(AGAIN)
        };
        match command {
            Ok(Command::Cancel(job)) => stopping.push(job),
            Ok(Command::Ping(reply)) => {
                let answer = connection.query(include_str!("../sql/ping.sql"), "Null", &[]).map(drop);
                // The caller may have gone.
                let _ = reply.send(answer);
            }
            Ok(Command::StopAll) => kill(&mut connection, include_str!("../sql/kill_all.sql"), NAME),
            Ok(Command::End) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        stopping.retain(|job| {
            let stop = |name: &str| kill(&mut connection, include_str!("../sql/kill_one.sql"), name);
            job.cancel(stop) == Cancelled::Told
        });
    }
    drop(connection);
    engine.shutdown()
}

fn kill(connection: &mut Connection, sql: &str, name: &str) {
    if let Err(error) = connection.query(&sql.replace("{tag}", name), "Null", &[]) {
        // It is asked again as long as the job runs.
        tracing::debug!(%error, name, "could not cancel a query");
    }
}
