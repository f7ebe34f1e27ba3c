//! What must be known of a range before its statement is written: how its visitors are known, which of its sources are
//! gateways, and which channels they belong to.

use super::plan::{Part, Plan};
use super::words::Dimension;
use super::{QueryError, Range, params};
use crate::modules::attribution;
use serde_json::Value;
use ut_core::Deps;
use ut_core::event::Source;
use ut_core::ports::{OlapRows, Param, ParamValue};
use ut_core::site::Site;

/// So many different sources of a range are told apart, the most frequent.
const MOST_SOURCES: u64 = 10_000;

/// From so many sessions on, visitors are not counted one by one any more: a set of all of them costs more processor
/// time than everything else together.
const MANY_SESSIONS: u64 = 200_000;

/// How visitors are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Counting {
    /// One by one.
    #[default]
    Exact,
    /// Estimated where a line has some thousands of them.
    Estimated,
}

/// How a range's visitors are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Identities {
    pub(super) cookieless: bool,
    pub(super) cookie: bool,
}

/// What is known of a range.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Where the plan asks for it.
    pub(super) identities: Identities,
    pub(super) counting: Counting,
    /// Whether that is known.
    counted: bool,
    /// Whether sessions came back from a gateway: they are direct.
    pub(super) has_gateways: bool,
    /// Values that some dimensions of sessions refer to.
    pub(super) params: Vec<Param>,
    pub(super) warnings: Vec<String>,
    /// The share of the cookieless, where it was counted beside something else.
    pub(super) share: Option<Value>,
}

impl Known {
    /// How visitors are counted, without what belongs to single dimensions.
    pub(super) fn as_far_as_counted(&self) -> Self {
        let Self { counting, counted, .. } = *self;
        Self { counting, counted, warnings: self.warnings.clone(), ..Self::default() }
    }

    /// Asks what else `plan` needs of `range`.
    pub(super) async fn learn(
        self,
        deps: &Deps,
        site: &Site,
        range: &Range,
        plan: &Plan,
    ) -> Result<Self, QueryError> {
        let ask = async |sql: &str| deps.olap.query(sql, &params(site, range, MOST_SOURCES + 1, 0)).await;
        let names = |words: &[&str]| {
            plan.dimensions.iter().chain(plan.conditions()).any(|one: &Dimension| words.contains(&&*one.name))
        };
        let mut known = self;
        let of_events = plan.counts_visitors(Part::Events);
        if !known.counted && (of_events || plan.cookieless.is_some()) {
            known.count(&ask(include_str!("sql/sessions_of_range.sql")).await?);
        }
        if of_events {
            known.identities = identities(&ask(include_str!("sql/identities_of_range.sql")).await?);
        }
        if names(&["source", "medium", "referrer"]) {
            let gateways = gateways(site, &ask(include_str!("sql/referrers_of_range.sql")).await?);
            known.has_gateways = !gateways.is_empty();
            known.params.push(("gateways", ParamValue::Texts(gateways)));
        }
        if names(&["channel"]) {
            known.channels(site, &ask(include_str!("sql/sources_of_range.sql")).await?);
        }
        Ok(known)
    }

    fn count(&mut self, sessions: &OlapRows) {
        self.counted = true;
        let sessions = sessions.rows.first().and_then(|row| row.first()?.as_u64());
        if sessions.is_none_or(|sessions| sessions < MANY_SESSIONS) {
            return;
        }
        self.counting = Counting::Estimated;
        let warning = "In so long a time numbers of visitors above 4,000 are estimated, within about 1 %.";
        self.warnings.push(warning.to_owned());
    }

    fn channels(&mut self, site: &Site, sources: &OlapRows) {
        let most = usize::try_from(MOST_SOURCES).unwrap_or(usize::MAX);
        if sources.rows.len() > most {
            let warning = "More than 10,000 different sources: the rarest of them are counted as Unassigned.";
            self.warnings.push(warning.to_owned());
        }
        let origins = sources.rows.iter().take(most).filter_map(|row| row.first().and_then(Value::as_str));
        let (origins, channels) = origins.map(|origin| (origin.to_owned(), channel(site, origin))).unzip();
        self.params.push(("origins", ParamValue::Texts(origins)));
        self.params.push(("channels", ParamValue::Texts(channels)));
    }
}

fn identities(answer: &OlapRows) -> Identities {
    let flag = |n: usize| answer.rows.first().and_then(|row| row.get(n)).and_then(Value::as_u64) == Some(1);
    Identities { cookieless: flag(0), cookie: flag(1) }
}

fn gateways(site: &Site, hosts: &OlapRows) -> Vec<String> {
    let hosts = hosts.rows.iter().filter_map(|row| row.first().and_then(Value::as_str));
    hosts
        .filter(|host| attribution::is_gateway(host, &site.settings.gateways))
        .map(ToOwned::to_owned)
        .collect()
}

/// The channel an origin of `sessions` means. A host that became a gateway later is none any more.
fn channel(site: &Site, origin: &str) -> String {
    let mut parts = origin.split('\u{1f}').map(ToOwned::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let mut source = Source {
        source: part(),
        medium: part(),
        campaign: part(),
        click_id: part(),
        referrer: part(),
        ..Source::default()
    };
    if source.medium == "referral" && attribution::is_gateway(&source.referrer, &site.settings.gateways) {
        source = Source::default();
    }
    attribution::channel(&source, &site.settings.channel_rules).name.to_owned()
}
