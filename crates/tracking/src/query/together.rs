//! Several queries of one request: what they have in common is asked once.

use super::ask::{Asking, Below, Checked, Totals};
use super::plan::Plan;
use super::{Answer, Query, QueryError};
use std::collections::BTreeMap;
use ut_core::Deps;
use ut_core::ports::OlapRows;
use ut_core::site::Site;

/// Queries of one request, checked, with the totals that several of them share.
#[derive(Debug)]
pub struct Together {
    queries: Vec<Checked>,
    /// Queries by position, and their totals.
    totals: Vec<(Vec<usize>, Totals)>,
    /// The lines of some of them.
    rows: BTreeMap<usize, OlapRows>,
}

impl Together {
    /// Checks the queries and asks what they share. An error comes with the position of its query.
    pub async fn of(deps: &Deps, site: &Site, queries: &[Query]) -> Result<Self, (usize, QueryError)> {
        let mut checked = Vec::with_capacity(queries.len());
        for (n, query) in queries.iter().enumerate() {
            checked.push(Checked::of(deps, site, query).await.map_err(|error| (n, error))?);
        }
        let mut together = Self { queries: checked, totals: Vec::new(), rows: BTreeMap::new() };
        for members in together.alike() {
            let plans: Vec<&Plan> = members.iter().map(|n| &together.queries[*n].plan).collect();
            let (Some(n), Some(plan)) = (members.first().copied(), plans.first()) else { continue };
            let of = |error| (n, error);
            let plan = plan.totals(&plans).map_err(of)?;
            let range = &together.queries[n].range;
            let totals = Totals::of(deps, site, plan, range).await.map_err(of)?;
            let each = Plan::together(&plans);
            if each.len() > 1 {
                let alike: Vec<&Plan> = each.iter().map(|place| plans[*place]).collect();
                let asking = Asking { deps, site, plan: &totals.plan };
                let rows = asking.each(range, &alike, &totals).await.map_err(of)?;
                let places = each.iter().map(|place| members[*place]);
                together.rows.extend(places.zip(rows.into_iter().flatten()));
            }
            together.totals.push((members, totals));
        }
        Ok(together)
    }

    /// Two and more queries about the same visits: the whole of them is the same, however they are divided.
    fn alike(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (n, query) in self.queries.iter().enumerate().filter(|(_, query)| query.plan.has_plain_totals()) {
            let same = |group: &&mut Vec<usize>| {
                let other = &self.queries[group[0]];
                let visits = |one: &Checked| (one.range.from_ms, one.range.to_ms, one.plan.traffic);
                visits(other) == visits(query) && other.plan.filter == query.plan.filter
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.push(n),
                None => groups.push(vec![n]),
            }
        }
        groups.retain(|group| group.len() > 1);
        groups
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queries.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queries.is_empty()
    }

    /// Answers the `n`th.
    pub async fn answer(&self, deps: &Deps, site: &Site, n: usize) -> Result<Answer, QueryError> {
        let totals = self.totals.iter().find(|(members, _)| members.contains(&n)).map(|(_, totals)| totals);
        let below = totals.map(|totals| Below { totals, rows: self.rows.get(&n) });
        self.queries[n].answer(deps, site, below).await
    }
}
