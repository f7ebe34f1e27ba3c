//! How many files and connections this process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More is never needed.
const ENOUGH: u64 = 65_536;
/// What stores, log and engine open: connections must leave so many, or the log could not write.
const KEPT: u64 = 512;

/// Raises the limit as far as this user may, and returns how many connections may be open at a time.
pub(super) fn connections(most: usize) -> usize {
    let limit = getrlimit(Resource::Nofile);
    let allowed = limit.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    if limit.current.is_some_and(|current| current < allowed) {
        let raised = Rlimit { current: Some(allowed), maximum: limit.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::debug!(%error, "the limit of open files stays as it is: {error}");
        }
    }
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(ENOUGH);
    let connections = beside(limit).min(most);
    if connections < most {
        tracing::info!(
            limit,
            "at most {connections} connections at a time: this user may open {limit} files"
        );
    }
    connections
}

fn beside(limit: u64) -> usize {
    let connections = limit.saturating_sub(KEPT).max(limit / 4);
    usize::try_from(connections).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn connections_leave_files_to_the_stores() {
        for (limit, connections) in [(256, 64), (1_024, 512), (4_096, 3_584), (65_536, 65_024)] {
            assert_eq!(beside(limit), connections, "{limit}");
        }
    }
}
