//! SIGINT and SIGTERM ask for the end; the end takes at most ten seconds.

use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long a server may take over its end.
pub const GRACE: Duration = Duration::from_secs(10);

/// Cancels `shutdown` on the first SIGINT or SIGTERM; a second one ends the process at once. Never returns: run it
/// beside the server.
pub async fn on_signals(shutdown: CancellationToken) -> std::io::Result<std::convert::Infallible> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let name = either(&mut interrupt, &mut terminate).await;
    tracing::info!(signal = name, "{name}: stopping; once more stops at once");
    shutdown.cancel();
    let name = either(&mut interrupt, &mut terminate).await;
    tracing::warn!(signal = name, "{name} again: ending at once; what was acknowledged is on disk");
    end_now();
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) -> &'static str {
    tokio::select! {
        _ = interrupt.recv() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
    }
}

/// Waits for `work` (a server that watches `shutdown`). Once `shutdown` is cancelled, `work` has `grace` (a server:
/// [`GRACE`]) to finish; `None` when it did not.
pub async fn drain<T>(
    shutdown: &CancellationToken,
    grace: Duration,
    work: impl Future<Output = T>,
) -> Option<T> {
    let late = async {
        shutdown.cancelled().await;
        tokio::time::sleep(grace).await;
    };
    tokio::select! {
        biased;
        done = work => Some(done),
        () = late => None,
    }
}

/// Ends the process without running anything more: exit handlers of a database that is still working crash.
/// Acknowledged events are on disk, so nothing is lost.
pub(crate) fn end_now() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_does_not_end_is_left_after_the_request_to_stop() {
        let shutdown = CancellationToken::new();
        let tidy = async {
            shutdown.cancel();
            tokio::task::yield_now().await;
            "done"
        };
        assert_eq!(drain(&shutdown, GRACE, tidy).await, Some("done"), "after the request it has its time");
        let stuck = std::future::pending::<()>();
        assert_eq!(drain(&shutdown, Duration::ZERO, stuck).await, None);
    }
}
