//! Threads by duty. Connections have a runtime of their own: whatever the rest of the process does, no request waits
//! behind it, and what answering costs can be read from the threads' names.
//!
//! `ut-http-N` answers, `ut-log-…` makes answers durable, `ut-work-N` is everything behind them; the history's engine
//! names its own. On a processor that is busy, what is behind the door steps back: nobody waits for it, and somebody waits
//! for every answer.

use crate::Failure;
use crate::rank::Rank;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// The runtime of everything behind the door.
pub(crate) fn work() -> Result<Runtime, Failure> {
    start("ut-work", || Rank::Behind.take())
}

/// The runtime of connections.
#[derive(Debug)]
pub(super) struct Door(Option<Runtime>);

impl Door {
    /// Starts its threads.
    pub(super) fn open() -> Result<Self, Failure> {
        start("ut-http", || {}).map(|runtime| Self(Some(runtime)))
    }

    /// Hands `listener` to these threads, and `serve` with it; returns when that has ended.
    pub(super) async fn run<F>(
        &self,
        listener: TcpListener,
        serve: impl FnOnce(TcpListener) -> F,
    ) -> Result<(), Failure>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let Some(runtime) = &self.0 else { return Ok(()) };
        let serving = {
            let _within = runtime.enter();
            let moved = listener.into_std().and_then(TcpListener::from_std);
            runtime
                .spawn(serve(moved.map_err(|error| Failure::new(format!("a port cannot be used: {error}")))?))
        };
        serving.await.map_err(|error| Failure::new(format!("connections are no longer served: {error}")))
    }
}

impl Drop for Door {
    /// Cuts what is still open, without waiting: a runtime may not be waited for from within another one.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn start(name: &'static str, begin: fn()) -> Result<Runtime, Failure> {
    let number = AtomicUsize::new(0);
    let named = move || format!("{name}-{}", number.fetch_add(1, Ordering::Relaxed));
    let runtime =
        Builder::new_multi_thread().enable_all().thread_name_fn(named).on_thread_start(begin).build();
    runtime.map_err(|error| Failure::new(format!("no threads could be started: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_serves_runs_on_threads_of_its_own_name() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (tell, told) = tokio::sync::oneshot::channel();
        let door = Door::open().unwrap();
        let serve = |_listener| async move {
            let name = std::thread::current().name().unwrap_or_default().to_owned();
            let _ = tell.send(name);
        };
        door.run(listener, serve).await.unwrap();
        let name = told.await.unwrap();
        assert!(name.starts_with("ut-http-"), "{name}");
    }
}
