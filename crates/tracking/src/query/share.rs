//! The share of visitors who are known by a hash of one day only, over all that a query is about.

use super::ask::{Asking, Found, Window};
use super::known::{Identities, Known};
use super::plan::{Plan, SHARE, VISITORS};
use super::words::Metric;
use super::{QueryError, Range};
use serde_json::Value;
use std::collections::BTreeMap;

impl Plan {
    /// The same question about that share alone.
    pub(super) fn share(&self) -> Result<Self, QueryError> {
        let mut plan = Self {
            metrics: vec![(SHARE.to_owned(), Metric::parse("metrics[0]", SHARE)?)],
            dimensions: Vec::new(),
            filter: self.filter.clone(),
            traffic: self.traffic,
            parts: BTreeMap::new(),
            order: Vec::new(),
            limit: 1,
            offset: 0,
            time: None,
            totals: true,
            cookieless: None,
        };
        plan.choose()?;
        Ok(plan)
    }

    /// The same, where the share is asked elsewhere.
    pub(super) fn without_share(&self) -> Self {
        let mut plan = self.clone();
        let Some(share) = plan.cookieless.take() else { return plan };
        plan.metrics.truncate(share);
        plan.parts.values_mut().for_each(|metrics| metrics.retain(|n| *n != share));
        plan
    }
}

impl Known {
    /// The share where it follows from how the range's visitors are known; `None` where it must be counted.
    fn plain_share(&self) -> Option<Value> {
        match self.identities {
            Identities { cookieless: false, cookie: false, .. } => Some(Value::Null),
            Identities { cookieless: true, cookie: false, .. } => Some(1.into()),
            Identities { cookieless: false, cookie: true, .. } => Some(0.into()),
            Identities { cookieless: true, cookie: true, .. } => None,
        }
    }

    /// Must it be counted?
    pub(super) fn is_mixed(&self) -> bool {
        self.plain_share().is_none()
    }
}

impl Asking<'_> {
    /// The share under the query's filters; null without visitors. `counted` is what was counted for several queries.
    pub(super) async fn cookieless_share(
        &self,
        range: &Range,
        found: &Found,
        counted: Option<&Value>,
    ) -> Result<Value, QueryError> {
        let total = &found.lines.total;
        if let Some(n) = self.plan.cookieless {
            return Ok(total.metrics.get(n).cloned().unwrap_or_default());
        }
        if let Some(share) = &found.share {
            return Ok(share.clone());
        }
        let nobody = |(n, (name, _)): (usize, &(String, Metric))| name == VISITORS && total.metrics[n] == 0;
        if !self.plan.totals
            || !self.plan.counts_any_visitors()
            || self.plan.metrics.iter().enumerate().any(nobody)
        {
            return Ok(Value::Null);
        }
        match (found.known.plain_share(), counted) {
            (Some(share), _) => Ok(share),
            (None, Some(share)) => Ok(share.clone()),
            (None, None) => self.share(range).await,
        }
    }

    /// The share, counted.
    pub(super) async fn share(&self, range: &Range) -> Result<Value, QueryError> {
        let plan = self.plan.share()?;
        let asking = Asking { plan: &plan, ..*self };
        let found = Box::pin(asking.range(range, Window::Asked)).await?;
        Ok(found.lines.total.metrics.into_iter().next().unwrap_or_default())
    }
}
