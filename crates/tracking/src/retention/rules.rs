//! When a class of data is looked after. Pure.

use super::Run;
use ut_core::site::Site;

/// What failed is tried again after so long.
pub(super) const RETRY_MS: i64 = 10 * 60_000;

/// When the next run is due, Unix milliseconds: with the site's next day, and soon after one that failed.
pub(super) fn next_run(site: &Site, last: Option<&Run>, now_ms: i64) -> i64 {
    let Some((run, ran_at)) = last.and_then(|run| Some((run, run.ran_at?))) else { return now_ms };
    let next = site.day_start(site.day(ran_at) + 1);
    if run.error.is_some() { next.min(ran_at + RETRY_MS) } else { next }
}
