//! What must be known of a range before its statement is written: how its visitors are known, which of its sources are
//! gateways, and which channels they belong to.

use super::money::is_money;
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
    /// Some became known by a cookie, or by another one, during a visit.
    pub(super) upgraded: bool,
}

/// What is known of a range.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    /// Where somebody asks for visitors.
    pub(super) identities: Identities,
    pub(super) counting: Counting,
    /// Whether sessions came back from a gateway: they are direct.
    pub(super) has_gateways: bool,
    /// Values that some dimensions of sessions refer to.
    pub(super) params: Vec<Param>,
    /// Orders in a currency that there is no rate for.
    without_rate: u64,
    /// There are more different sources than are told apart.
    has_rare_sources: bool,
}

const CHANNEL: &str = "channel";

impl Known {
    /// Asks what `plans` need of `range`.
    pub(super) async fn learn(
        deps: &Deps,
        site: &Site,
        range: &Range,
        plans: &[&Plan],
    ) -> Result<Self, QueryError> {
        let ask = async |needed: bool, sql: &str| {
            if !needed {
                return Ok(None);
            }
            deps.olap.query(sql, &params(site, range, MOST_SOURCES + 1, 0)).await.map(Some)
        };
        let visitors = plans.iter().any(|plan| plan.counts_any_visitors());
        // A plan by itself counts the share beside the visitors of its sessions.
        let identities = plans.len() > 1 || plans.iter().any(|plan| plan.counts_visitors(Part::Events));
        let named = |words: &[&str]| plans.iter().any(|plan| plan.names(words));
        let money = plans.iter().any(|plan| plan.metrics.iter().any(|(name, _)| is_money(name)));
        let (sessions, identities, hosts, sources, without_rate) = tokio::join!(
            ask(visitors, include_str!("sql/sessions_of_range.sql")),
            ask(visitors && identities, include_str!("sql/identities_of_range.sql")),
            ask(named(&["source", "medium", "referrer"]), include_str!("sql/referrers_of_range.sql")),
            ask(named(&[CHANNEL]), include_str!("sql/sources_of_range.sql")),
            ask(money, include_str!("sql/orders_without_rate.sql")),
        );
        let mut known = Self::default();
        if let Some(rows) = sessions? {
            let sessions = rows.rows.first().and_then(|row| row.first()?.as_u64());
            let many = sessions.is_some_and(|sessions| sessions >= MANY_SESSIONS);
            known.counting = if many { Counting::Estimated } else { Counting::Exact };
        }
        if let Some(rows) = identities? {
            known.identities = identities_of(&rows);
        }
        if let Some(rows) = hosts? {
            let gateways = gateways(site, &rows);
            known.has_gateways = !gateways.is_empty();
            known.params.push(("gateways", ParamValue::Texts(gateways)));
        }
        if let Some(rows) = sources? {
            known.channels(site, &rows);
        }
        if let Some(rows) = without_rate? {
            known.without_rate = rows.rows.first().and_then(|row| row.first()?.as_u64()).unwrap_or_default();
        }
        Ok(known)
    }

    /// What `plan` should say of it, sentences for people.
    pub(super) fn warnings(&self, plan: &Plan) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.without_rate > 0 && plan.metrics.iter().any(|(name, _)| is_money(name)) {
            let orders = self.without_rate;
            let (orders, are) =
                if orders == 1 { ("1 order".to_owned(), "is") } else { (format!("{orders} orders"), "are") };
            warnings.push(format!(
                "{orders} in other currencies {are} not in the amounts: there is no rate for them."
            ));
        }
        if self.counting == Counting::Estimated && plan.counts_any_visitors() {
            warnings.push(
                "In so long a time numbers of visitors above 4,000 are estimated, within about 1 %."
                    .to_owned(),
            );
        }
        if self.has_rare_sources && plan.names(&[CHANNEL]) {
            warnings.push(
                "More than 10,000 different sources: the rarest of them are counted as Unassigned."
                    .to_owned(),
            );
        }
        warnings
    }

    fn channels(&mut self, site: &Site, sources: &OlapRows) {
        let most = usize::try_from(MOST_SOURCES).unwrap_or(usize::MAX);
        self.has_rare_sources = sources.rows.len() > most;
        let origins = sources.rows.iter().take(most).filter_map(|row| row.first().and_then(Value::as_str));
        let (origins, channels) = origins.map(|origin| (origin.to_owned(), channel(site, origin))).unzip();
        self.params.push(("origins", ParamValue::Texts(origins)));
        self.params.push(("channels", ParamValue::Texts(channels)));
    }
}

impl Plan {
    /// Does it name one of these dimensions?
    fn names(&self, words: &[&str]) -> bool {
        self.dimensions.iter().chain(self.conditions()).any(|one: &Dimension| words.contains(&&*one.name))
    }
}

fn identities_of(answer: &OlapRows) -> Identities {
    let flag = |n: usize| answer.rows.first().and_then(|row| row.get(n)).and_then(Value::as_u64) == Some(1);
    Identities { cookieless: flag(0), cookie: flag(1), upgraded: flag(2) }
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
