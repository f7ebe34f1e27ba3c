//! What is compared with an answer: the time before. Of today so far the same hours: a morning stands beside a morning.

use super::ask::{Asking, Found, Window};
use super::buckets::{Shift, Unit};
use super::lines::Lines;
use super::plan::{Part, Plan};
use super::{Compare, QueryError, Range};
use ut_core::Deps;
use ut_core::site::Site;

/// The time before a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Earlier {
    pub(super) whole: Range,
    pub(super) shift: Shift,
    /// Of today so far: the day until the same time, and which time that is.
    pub(super) so_far: Option<(Range, String)>,
}

impl Earlier {
    pub(super) fn than(range: &Range, compare: Compare, deps: &Deps, site: &Site) -> Self {
        let (whole, shift) = range.before(site, compare);
        Self { whole, shift, so_far: range.so_far(site, deps.clock.now_ms(), shift) }
    }
}

/// What was found in it.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) lines: Lines,
    pub(super) warnings: Vec<String>,
    pub(super) earlier: Earlier,
}

impl Before {
    pub(super) fn of(plan: &Plan, found: Found, earlier: Earlier) -> Self {
        Self { warnings: found.known.warnings(plan), lines: found.lines, earlier }
    }
}

impl Plan {
    /// Is it by hours or minutes? Those that are whole have whole ones beside them, also of today.
    pub(super) fn is_by_the_clock(&self) -> bool {
        matches!(self.time, Some((_, Unit::Minute | Unit::Hour)))
    }

    /// The same of a part of a day. Sums that are kept per day know whole days alone, events their time. Lines by the clock
    /// are of the whole day: their total is what is left.
    pub(super) fn until_now(&self) -> Self {
        let mut plan = self.clone();
        let summed = plan.parts.remove(&Part::PageDay).unwrap_or_default();
        if !summed.is_empty() {
            plan.parts.entry(Part::Events).or_default().extend(summed);
        }
        if self.is_by_the_clock() {
            let (dimensions, order) = (Vec::new(), Vec::new());
            plan = Self { dimensions, order, time: None, limit: 1, offset: 0, totals: true, ..plan };
        }
        plan
    }

    /// Which lines of the time before `lines` have beside them, asked by `until_now`.
    pub(super) fn window_until_now(&self, lines: &Lines) -> Window {
        if self.is_by_the_clock() { Window::Asked } else { Window::before(self, lines) }
    }
}

impl Asking<'_> {
    /// What `lines` are compared with.
    pub(super) async fn before(&self, earlier: Earlier, lines: &Lines) -> Result<Before, QueryError> {
        let whole = async || self.range(&earlier.whole, Window::before(self.plan, lines)).await;
        let found = match &earlier.so_far {
            None => whole().await?,
            Some((cut, _)) => {
                let plan = self.plan.until_now();
                let window = self.plan.window_until_now(lines);
                let mut found = Asking { plan: &plan, ..*self }.range(cut, window).await?;
                if self.plan.is_by_the_clock() {
                    let total = found.lines.total;
                    found.lines = Lines { total, ..whole().await?.lines };
                }
                found
            }
        };
        Ok(Before::of(self.plan, found, earlier))
    }
}
