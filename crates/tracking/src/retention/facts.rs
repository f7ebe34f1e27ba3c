//! What ages outside history, and what is known of a class of data.

use ut_core::SiteId;
use ut_core::site::{Class, Limit};

/// Something outside history that ages: what of a site is older than its class may be goes.
#[async_trait::async_trait]
pub trait Ages: Send + Sync + std::fmt::Debug {
    /// How long it is kept.
    fn class(&self) -> Class;

    /// The time of a site's oldest entry in Unix milliseconds; `None` when there is none. An error in words for the owner.
    async fn oldest(&self, site: SiteId) -> Result<Option<i64>, String>;

    /// Removes a site's entries from before `before_ms` (Unix milliseconds), and returns how many those were. Harmless to
    /// repeat. An error in words for the owner.
    async fn remove_before(&self, site: SiteId, before_ms: i64) -> Result<u64, String>;
}

/// The last run over a class of a site's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// All before this instant is gone, or going; Unix milliseconds. It never falls.
    pub gone_before: i64,
    /// When it ended, Unix milliseconds; `None` while the first one runs.
    pub ran_at: Option<i64>,
    /// How many rows it took away.
    pub removed: u64,
    /// Why it did not come to its end.
    pub error: Option<String>,
}

/// What is known of a class of a site's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassReport {
    /// Which.
    pub class: Class,
    /// How long it is kept.
    pub limit: Limit,
    /// What is older than this goes with the next run, Unix milliseconds.
    pub kept_from: i64,
    /// The oldest there is, Unix milliseconds; `None` when there is nothing, or nobody could be asked.
    pub oldest: Option<i64>,
    /// The last run; `None` before the first.
    pub run: Option<Run>,
    /// When the next run is due, Unix milliseconds; in the past when it is due now.
    pub next_run: i64,
}
