//! Plans of totals alone: the share of the cookieless, and what several queries have in common.

use super::ask::{Asking, Window};
use super::known::{Identities, Known};
use super::lines::Line;
use super::plan::{Part, Plan, SHARE};
use super::words::{Dimension, Metric};
use super::{QueryError, Range};
use serde_json::Value;
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
    /// totals in common. Where the filter says what only events know, all of them are about the sessions of those events.
    pub(super) fn has_plain_totals(&self) -> bool {
        let of_events = self.conditions().any(Dimension::of_events_alone);
        let plain = |part: &Part| match part {
            Part::PageDay => true,
            Part::Sessions => !of_events,
            Part::Events | Part::Visits | Part::Scrolls => of_events,
            // Nobody asks for them beside visitors.
            Part::Vitals => false,
        };
        let counted = [Part::Sessions, Part::Events, Part::Visits];
        counted.into_iter().any(|part| self.counts_visitors(part)) && self.parts.keys().all(plain)
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

impl Asking<'_> {
    /// The share of visitors known by a hash of one day only, under the query's filters; null without visitors.
    pub(super) async fn cookieless_share(
        &self,
        range: &Range,
        known: &Known,
        total: &Line,
    ) -> Result<Value, QueryError> {
        if let Some(n) = self.plan.cookieless {
            return Ok(total.metrics.get(n).cloned().unwrap_or_default());
        }
        if let Some(share) = &known.share {
            return Ok(share.clone());
        }
        let nobody = |(n, (name, _)): (usize, &(String, Metric))| name == "visitors" && total.metrics[n] == 0;
        if !self.plan.counts_visitors(Part::Events) || self.plan.metrics.iter().enumerate().any(nobody) {
            return Ok(Value::Null);
        }
        match known.identities {
            Identities { cookieless: false, cookie: false } => Ok(Value::Null),
            Identities { cookieless: true, cookie: false } => Ok(1.into()),
            Identities { cookieless: false, cookie: true } => Ok(0.into()),
            Identities { cookieless: true, cookie: true } => self.share(range).await,
        }
    }

    /// The share, counted.
    async fn share(&self, range: &Range) -> Result<Value, QueryError> {
        let plan = self.plan.share()?;
        let asking = Asking { plan: &plan, ..*self };
        let (lines, _) = Box::pin(asking.range(range, Window::Asked)).await?;
        Ok(lines.total.metrics.into_iter().next().unwrap_or_default())
    }
}
