//! Several questions of one request. Those about the same visits are answered together: what they need of sessions, and
//! of events, is read once for all of them.

use super::ask::{Asking, Checked, Found, Window};
use super::compare::{Before, Earlier};
use super::known::Known;
use super::lines::Lines;
use super::plan::Plan;
use super::shared::Readings;
use super::{Answer, Compare, Query, QueryError, Range};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;
use std::collections::VecDeque;
use std::pin::Pin;
use ut_core::Deps;
use ut_core::ports::OlapRows;
use ut_core::site::Site;

/// So many statements of one request are asked at a time, and so many are answered at a time.
const SIDE_BY_SIDE: usize = 4;

/// What went wrong, and the position of a query that has it.
type Failed = (usize, QueryError);

/// Something that is asked beside others.
type Job<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// Does all of it, some at a time; what is found comes in the order of the jobs.
async fn all<T, E>(jobs: Vec<Job<'_, T, E>>) -> Result<Vec<T>, E> {
    stream::iter(jobs).buffered(SIDE_BY_SIDE).try_collect().await
}

/// Answers queries, in their order: each as if it had been asked alone.
pub async fn ask_together(deps: &Deps, site: &Site, queries: &[Query]) -> Result<Vec<Answer>, Failed> {
    let mut checked = Vec::with_capacity(queries.len());
    for (n, query) in queries.iter().enumerate() {
        checked.push(Checked::of(deps, site, query).await.map_err(|error| (n, error))?);
    }
    let mut jobs: Vec<Job<'_, Vec<(usize, Answer)>, Failed>> = Vec::new();
    for places in groups(&checked) {
        let queries = places.iter().map(|n| &checked[*n]).collect();
        let group = Group { deps, site, queries };
        jobs.push(Box::pin(async move {
            let failed = |error| (places.first().copied().unwrap_or_default(), error);
            let answers = group.answers().await.map_err(failed)?;
            Ok(places.iter().copied().zip(answers).collect())
        }));
    }
    let mut answers: Vec<_> = all(jobs).await?.into_iter().flatten().collect();
    answers.sort_by_key(|(n, _)| *n);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

/// Queries about the same visits, by position.
fn groups(checked: &[Checked]) -> Vec<Vec<usize>> {
    let visits = |n: usize| {
        let Checked { plan, range, .. } = &checked[n];
        (range, plan.traffic, &plan.filter)
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for n in 0..checked.len() {
        match groups.iter_mut().find(|group| visits(group[0]) == visits(n)) {
            Some(group) => group.push(n),
            None => groups.push(vec![n]),
        }
    }
    groups
}

/// Queries about the same visits.
struct Group<'a> {
    deps: &'a Deps,
    site: &'a Site,
    queries: Vec<&'a Checked>,
}

/// A plan and which of its lines are asked for.
type Asked<'a> = (&'a Plan, &'a Window);

impl Group<'_> {
    async fn answers(&self) -> Result<Vec<Answer>, QueryError> {
        if let [query] = self.queries[..] {
            return Ok(vec![query.alone(self.deps, self.site).await?]);
        }
        let Some(range) = self.queries.first().map(|query| &query.range) else { return Ok(Vec::new()) };
        let plans: Vec<Plan> = self.queries.iter().map(|query| query.plan.without_share()).collect();
        let windows: Vec<Window> = plans.iter().map(Window::of).collect();
        let asked: Vec<Asked<'_>> = plans.iter().zip(&windows).collect();
        let (found, share) = self.found(range, &asked, true).await?;
        let mut before = self.before(&plans, &found).await?;
        let mut answers = Vec::with_capacity(found.len());
        for (n, (query, found)) in self.queries.iter().zip(found).enumerate() {
            let asking = self.asking(&plans[n]);
            let share = asking.cookieless_share(range, &found, share.as_ref()).await?;
            answers.push(asking.answer(query, found, share, before[n].take()).await?);
        }
        Ok(answers)
    }

    /// What each is compared with.
    async fn before(&self, plans: &[Plan], found: &[Found]) -> Result<Vec<Option<Before>>, QueryError> {
        let mut before: Vec<Option<Before>> = plans.iter().map(|_| None).collect();
        for compare in [Compare::Previous, Compare::Year] {
            let places: Vec<usize> =
                (0..plans.len()).filter(|n| self.queries[*n].compare == Some(compare)).collect();
            let Some(first) = places.first() else { continue };
            let earlier = Earlier::than(&self.queries[*first].range, compare, self.deps, self.site);
            let about: Vec<(&Plan, &Lines)> = places.iter().map(|n| (&plans[*n], &found[*n].lines)).collect();
            let said = self.earlier(&earlier, &about).await?;
            for (n, said) in places.into_iter().zip(said) {
                before[n] = Some(Before::of(&plans[n], said, earlier.clone()));
            }
        }
        Ok(before)
    }

    /// What is found in the time before, beside the lines of each.
    async fn earlier(&self, earlier: &Earlier, about: &[(&Plan, &Lines)]) -> Result<Vec<Found>, QueryError> {
        let whole = async |about: &[(&Plan, &Lines)]| {
            let windows: Vec<Window> =
                about.iter().map(|(plan, lines)| Window::before(plan, lines)).collect();
            let asked: Vec<Asked<'_>> = about.iter().map(|(plan, _)| *plan).zip(&windows).collect();
            Ok::<_, QueryError>(self.found(&earlier.whole, &asked, false).await?.0)
        };
        let Some((cut, _)) = &earlier.so_far else { return whole(about).await };
        let plans: Vec<Plan> = about.iter().map(|(plan, _)| plan.until_now()).collect();
        let windows: Vec<Window> = about.iter().map(|(plan, lines)| plan.window_until_now(lines)).collect();
        let asked: Vec<Asked<'_>> = plans.iter().zip(&windows).collect();
        let by_the_clock: Vec<_> = about.iter().copied().filter(|(plan, _)| plan.is_by_the_clock()).collect();
        let (said, lines) = tokio::join!(self.found(cut, &asked, false), whole(&by_the_clock));
        let (mut said, mut lines) = (said?.0, lines?.into_iter());
        for (found, _) in said.iter_mut().zip(about).filter(|(_, (plan, _))| plan.is_by_the_clock()) {
            if let Some(whole) = lines.next() {
                let total = found.lines.total.clone();
                found.lines = Lines { total, ..whole.lines };
            }
        }
        Ok(said)
    }

    /// What is found in a range, and the share of the cookieless if it `counts` and had to be counted.
    async fn found(
        &self,
        range: &Range,
        asked: &[Asked<'_>],
        counts: bool,
    ) -> Result<(Vec<Found>, Option<Value>), QueryError> {
        let plans: Vec<&Plan> = asked.iter().map(|(plan, _)| *plan).collect();
        let known = Known::learn(self.deps, self.site, range, &plans).await?;
        let counts = counts && known.is_mixed();
        let mut readings = Readings::of(asked, counts);
        let sharing = |(n, plan): &(usize, &&Plan)| {
            plan.totals && !readings.alone.contains(n) && plan.counts_any_visitors()
        };
        let by_itself = match plans.iter().enumerate().find(sharing).filter(|_| counts) {
            Some((_, plan)) => (!readings.ask_share()?).then_some(*plan),
            None => None,
        };
        let mut jobs = self.jobs(range, asked, &readings, &known);
        if let Some(plan) = by_itself {
            let asking = self.asking(plan);
            jobs.push(Box::pin(async move { Ok(Said::Share(asking.share(range).await?)) }));
        }
        let (mut rows, mut whole, mut share) = (Vec::new(), VecDeque::new(), None);
        for said in all(jobs).await? {
            match said {
                Said::Rows(found) => rows.push(found),
                Said::Whole(found) => whole.push_back(*found),
                Said::Share(found) => share = Some(found),
            }
        }
        let mut found = Vec::with_capacity(asked.len());
        for (n, plan) in plans.iter().enumerate() {
            let alone = if readings.alone.contains(&n) { whole.pop_front() } else { None };
            found.push(match alone {
                Some(found) => found,
                None => {
                    let buckets = plan.buckets(self.site, range)?;
                    let rows = readings.rows(n, plan, &rows);
                    let lines = Lines::read(plan, rows, buckets, self.deps.clock.now_ms());
                    Found { lines, known: known.clone(), share: None }
                }
            });
        }
        Ok((found, share.or_else(|| readings.share(&rows))))
    }

    /// The statements: first those that several share, then those of the others, in their order.
    fn jobs<'b>(
        &'b self,
        range: &'b Range,
        asked: &[Asked<'b>],
        readings: &'b Readings,
        known: &'b Known,
    ) -> Vec<Job<'b, Said, QueryError>> {
        let mut jobs: Vec<Job<'b, Said, QueryError>> = Vec::new();
        for reading in &readings.list {
            let asking = self.asking(&reading.plan);
            jobs.push(Box::pin(async move {
                let buckets = reading.plan.buckets(self.site, range)?;
                let window = (reading.limit, 0);
                let rows = asking.rows(range, known, buckets.as_ref(), reading.wanted.clone(), window);
                Ok(Said::Rows(rows.await?))
            }));
        }
        for (plan, window) in readings.alone.iter().map(|n| asked[*n]) {
            let asking = self.asking(plan);
            jobs.push(Box::pin(async move {
                let found = asking.range_as_known(range, window.clone(), known.clone()).await?;
                Ok(Said::Whole(Box::new(found)))
            }));
        }
        jobs
    }

    fn asking<'b>(&'b self, plan: &'b Plan) -> Asking<'b> {
        Asking { deps: self.deps, site: self.site, plan }
    }
}

/// What a statement of a group says.
enum Said {
    /// For some of them.
    Rows(OlapRows),
    /// All about one.
    Whole(Box<Found>),
    /// The share of the cookieless.
    Share(Value),
}
