//! Plans of totals alone: the share of the cookieless, and what several queries have in common.

use super::QueryError;
use super::plan::{Part, Plan, SHARE};
use super::words::Metric;
use std::collections::BTreeMap;

impl Plan {
    /// A plan for the whole of the same visits.
    fn whole(&self, metrics: Vec<(String, Metric)>) -> Result<Self, QueryError> {
        let mut plan = Self {
            metrics,
            dimensions: Vec::new(),
            filter: self.filter.clone(),
            traffic: self.traffic,
            parts: BTreeMap::new(),
            order: Vec::new(),
            limit: 1,
            offset: 0,
            time: None,
            cookieless: None,
        };
        plan.choose()?;
        Ok(plan)
    }

    /// The same question about the share of cookieless visitors alone.
    pub(super) fn share(&self) -> Result<Self, QueryError> {
        self.whole(vec![(SHARE.to_owned(), Metric::parse("metrics[0]", SHARE)?)])
    }

    /// The same, of lines whose total is asked elsewhere with the share of the cookieless.
    pub(super) fn without_share(&self) -> Self {
        let mut plan = self.clone();
        let Some(share) = plan.cookieless.take() else { return plan };
        plan.metrics.truncate(share);
        plan.parts.values_mut().for_each(|metrics| metrics.retain(|n| *n != share));
        plan
    }

    /// Is its total the same with and without lines? Then queries that differ in metrics and dimensions alone have their
    /// totals in common.
    pub(super) fn has_plain_totals(&self) -> bool {
        let plain = |part: &Part| matches!(part, Part::Sessions | Part::PageDay);
        self.counts_visitors(Part::Sessions) && self.parts.keys().all(plain)
    }

    /// The totals of such queries about the visits of this one, the share of the cookieless with them.
    pub(super) fn totals(&self, plans: &[&Self]) -> Result<Self, QueryError> {
        let mut metrics: Vec<(String, Metric)> = Vec::new();
        for (name, metric) in plans.iter().flat_map(|plan| plan.shown()) {
            if *metric != Metric::ActiveNow && metrics.iter().all(|(known, _)| known != name) {
                metrics.push((name.clone(), *metric));
            }
        }
        let mut plan = self.whole(metrics)?;
        plan.look_at_identities()?;
        Ok(plan)
    }
}
