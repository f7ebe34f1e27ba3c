//! How far threads step back on a processor that is busy: nobody waits for what is behind the door, and somebody waits for
//! every answer.

use crate::Failure;

/// How far threads step back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    /// Those at the door do not.
    Door,
    /// Of a busy processor each gets two fifths of what one at the door gets, and all of an idle one.
    #[cfg(feature = "server")]
    Behind,
    /// A sixth of that: reports and merging take all there is, and must not keep the pipeline from what happens now.
    History,
}

impl Rank {
    /// This thread steps back so far, on Linux, and with it those it starts. Where the system refuses it, nobody does.
    pub(crate) fn take(self) {
        let nice = match self {
            Self::Door => return,
            #[cfg(feature = "server")]
            Self::Behind => 4,
            Self::History => 12,
        };
        #[cfg(target_os = "linux")]
        let _ = rustix::process::setpriority_process(None, nice);
        #[cfg(not(target_os = "linux"))]
        let _: i32 = nice;
    }
}

/// Opens a store, `what`, from a thread of that rank: the store's own threads have it too.
pub(crate) async fn open<T: Send + 'static>(
    rank: Rank,
    what: &str,
    open: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(format!("{what} cannot be opened: {error}"));
    let (tell, told) = tokio::sync::oneshot::channel();
    let opening = std::thread::Builder::new().spawn(move || {
        rank.take();
        tell.send(open())
    });
    opening.map_err(|error| failed(&error))?;
    told.await.map_err(|error| failed(&error))
}
