//! Several queries of one request: what they have in common is asked once.

use super::ask::{Asking, Checked, Given, Totals};
use super::plan::{Part, Plan};
use super::{Answer, Query, QueryError};
use std::collections::BTreeMap;
use ut_core::Deps;
use ut_core::ports::OlapRows;
use ut_core::site::Site;

/// Some queries by position, their totals, and the lines of some of them.
type Group = (Vec<usize>, Totals, BTreeMap<usize, OlapRows>);

/// Queries of one request, checked, with what several of them share.
#[derive(Debug)]
pub struct Together {
    queries: Vec<Checked>,
    /// Queries by position, and their totals.
    totals: Vec<(Vec<usize>, Totals)>,
    /// The lines of some of them.
    rows: BTreeMap<usize, OlapRows>,
    /// Totals without lines, and the query whose total says of them what events say.
    sums: BTreeMap<usize, usize>,
    /// The answers of those that say it.
    answers: BTreeMap<usize, Answer>,
}

impl Together {
    /// Checks the queries and asks what they share. An error comes with the position of its query.
    pub async fn of(deps: &Deps, site: &Site, queries: &[Query]) -> Result<Self, (usize, QueryError)> {
        let mut checked = Vec::with_capacity(queries.len());
        for (n, query) in queries.iter().enumerate() {
            checked.push(Checked::of(deps, site, query).await.map_err(|error| (n, error))?);
        }
        let (totals, rows) = (Vec::new(), BTreeMap::new());
        let (sums, answers) = (BTreeMap::new(), BTreeMap::new());
        let mut together = Self { queries: checked, totals, rows, sums, answers };
        let alike = together.alike();
        together.sums = together.sums(&alike.concat());
        let (groups, answers) = tokio::join!(together.groups(deps, site, alike), together.said(deps, site));
        together.answers = answers?;
        for (members, totals, rows) in groups? {
            together.totals.push((members, totals));
            together.rows.extend(rows);
        }
        Ok(together)
    }

    /// The totals of queries that are alike, and the lines of those that can be read at once.
    async fn groups(
        &self,
        deps: &Deps,
        site: &Site,
        alike: Vec<Vec<usize>>,
    ) -> Result<Vec<Group>, (usize, QueryError)> {
        let mut groups = Vec::new();
        for members in alike {
            let plans: Vec<&Plan> = members.iter().map(|n| &self.queries[*n].plan).collect();
            let (Some(n), Some(plan)) = (members.first().copied(), plans.first()) else { continue };
            let of = |error| (n, error);
            let plan = plan.totals(&plans).map_err(of)?;
            let range = &self.queries[n].range;
            let totals = Totals::of(deps, site, plan, range).await.map_err(of)?;
            let each = Plan::together(&plans);
            let mut lines = BTreeMap::new();
            if each.len() > 1 {
                let alike: Vec<&Plan> = each.iter().map(|place| plans[*place]).collect();
                let asking = Asking { deps, site, plan: &totals.plan };
                let rows = asking.each(range, &alike, &totals).await.map_err(of)?;
                let places = each.iter().map(|place| members[*place]);
                lines.extend(places.zip(rows.into_iter().flatten()));
            }
            groups.push((members, totals, lines));
        }
        Ok(groups)
    }

    /// What is answered first, because others need its total.
    async fn said(&self, deps: &Deps, site: &Site) -> Result<BTreeMap<usize, Answer>, (usize, QueryError)> {
        let mut answers = BTreeMap::new();
        for n in self.sums.values() {
            if !answers.contains_key(n) {
                let answer = self.queries[*n].answer(deps, site, None).await;
                answers.insert(*n, answer.map_err(|error| (*n, error))?);
            }
        }
        Ok(answers)
    }

    /// Are both about the same visits?
    fn same(&self, one: usize, other: usize) -> bool {
        let visits = |n: usize| {
            let Checked { plan, range, .. } = &self.queries[n];
            (range.from_ms, range.to_ms, plan.traffic, &plan.filter)
        };
        visits(one) == visits(other)
    }

    /// Totals that ask events for what the total of a ranking of events says as well: reading those once is enough.
    fn sums(&self, grouped: &[usize]) -> BTreeMap<usize, usize> {
        let alone = |n: &usize| !grouped.contains(n);
        let plan = |n: usize| &self.queries[n].plan;
        let all = 0..self.queries.len();
        let says = |n: &usize| plan(*n).parts.keys().eq([&Part::Events]) && !plan(*n).dimensions.is_empty();
        let sayers: Vec<usize> = all.clone().filter(alone).filter(says).collect();
        let mut sums = BTreeMap::new();
        for n in all.filter(alone).filter(|n| plan(*n).dimensions.is_empty()) {
            let Some(asked) = plan(n).parts.get(&Part::Events) else { continue };
            let said = |other: &usize| {
                let known =
                    |at: &usize| plan(*other).metrics.iter().any(|one| one.0 == plan(n).metrics[*at].0);
                self.same(n, *other) && asked.iter().all(known)
            };
            if let Some(other) = sayers.iter().copied().find(said) {
                sums.insert(n, other);
            }
        }
        sums
    }

    /// Two and more queries about the same visits: the whole of them is the same, however they are divided.
    fn alike(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for n in (0..self.queries.len()).filter(|n| self.queries[*n].plan.has_plain_totals()) {
            match groups.iter_mut().find(|group| self.same(group[0], n)) {
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
        if let Some(answer) = self.answers.get(&n) {
            return Ok(answer.clone());
        }
        let totals = self.totals.iter().find(|(members, _)| members.contains(&n)).map(|(_, totals)| totals);
        let said = || self.sums.get(&n).and_then(|other| self.answers.get(other));
        let given = totals.map(|totals| Given::Totals(totals, self.rows.get(&n)));
        let given = given.or_else(|| said().map(|answer| Given::Metrics(&answer.totals)));
        self.queries[n].answer(deps, site, given).await
    }
}
