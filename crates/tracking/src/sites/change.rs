//! What an owner may change about a site, and how it is checked. Pure.

use super::registry::NewSite;
use super::rules::{self, Settings};
use super::{Refusal, lists, retention};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ut_core::site::{
    BrowserValue, ChannelRule, CountedFrom, Mode, RegionRule, Retention, Site, SiteSettings,
};

/// A change: what is `None` stays as it is, a list replaces the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SiteChange {
    /// 1 to 100 domains, the first being the site's name.
    pub domains: Option<Vec<String>>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// IANA name.
    #[serde(rename = "timezone")]
    pub time_zone: Option<String>,
    /// Minutes of silence after which a session ends: 5 to 120.
    pub session_timeout_min: Option<u16>,
    /// Networks (`203.0.113.0/24`) and addresses that are not counted.
    pub excluded_networks: Option<Vec<String>>,
    /// Paths that are not counted: `/admin` and all below it, or a pattern with `*`.
    pub excluded_paths: Option<Vec<String>>,
    /// Hosts whose pages are not counted.
    pub excluded_hostnames: Option<Vec<String>>,
    /// Hosts whose events are tagged as staging.
    pub staging_hostnames: Option<Vec<String>>,
    /// Parameters of page addresses that are kept.
    pub url_params: Option<Vec<String>>,
    /// Hosts that are no source.
    pub gateways: Option<Vec<String>>,
    /// Rules for channels.
    pub channel_rules: Option<Vec<ChannelRule>>,
    /// Patterns of pages: `/p/*`, `/blog/**`. The first that fits wins.
    pub page_templates: Option<Vec<String>>,
    /// What is done about visitors who have said nothing.
    pub consent: Option<ConsentChange>,
    /// How long what is kept. A shorter time deletes with the next run, and nothing brings that back.
    pub retention: Option<RetentionChange>,
    /// How orders are read. History's orders follow within seconds.
    pub orders: Option<OrderRulesChange>,
}

/// A change of how orders are read: what is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrderRulesChange {
    /// What the `value` of a page's `purchase` holds.
    pub browser_value: Option<BrowserValue>,
    /// From when on an order counts.
    pub counted_from: Option<CountedFrom>,
}

/// A change of that: what is `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConsentChange {
    /// Where no rule fits.
    pub mode: Option<Mode>,
    /// Places with a mode of their own.
    pub regions: Option<Vec<RegionRule>>,
}

/// A change of how long what is kept: what is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionChange {
    /// Months for which events, sessions and web vitals are kept: 1 to 120.
    pub events: Option<u16>,
    /// Months for which sums by day are kept: 1 to 120, and no fewer than `events`.
    pub sums: Option<u16>,
    /// Months for which sealed personal data is kept after it was told last: 1 to 120.
    pub personal: Option<u16>,
    /// Years for which receipts of consent are kept: 1 to 10.
    pub receipts: Option<u16>,
}

impl RetentionChange {
    fn of(self, now: Retention) -> Retention {
        Retention {
            events: self.events.unwrap_or(now.events),
            sums: self.sums.unwrap_or(now.sums),
            personal: self.personal.unwrap_or(now.personal),
            receipts: self.receipts.unwrap_or(now.receipts),
        }
    }
}

/// The site as it will be, or every field that is wrong.
pub(super) fn apply(
    change: &SiteChange,
    site: &Site,
    all: &[Arc<Site>],
) -> Result<(Settings, SiteSettings), Vec<Refusal>> {
    let others: Vec<_> = all.iter().filter(|other| other.id != site.id).cloned().collect();
    let merged = NewSite {
        domains: change.domains.clone().unwrap_or_else(|| site.domains.clone()),
        currency: change.currency.clone().unwrap_or_else(|| site.currency.as_str().to_owned()),
        time_zone: change.time_zone.clone().unwrap_or_else(|| site.zone_name().to_owned()),
        session_timeout_min: change.session_timeout_min.unwrap_or(site.session_timeout_min),
    };
    let mut refusals = Vec::new();
    let settings = rules::check(&merged, &others).map_err(|wrong| refusals.extend(wrong));
    let lists = changed_lists(change, site.settings.clone(), &mut refusals);
    match settings {
        Ok(settings) if refusals.is_empty() => Ok((settings, lists)),
        _ => Err(refusals),
    }
}

fn changed_lists(change: &SiteChange, mut now: SiteSettings, refusals: &mut Vec<Refusal>) -> SiteSettings {
    if let Some(given) = &change.excluded_networks {
        now.excluded_networks =
            lists::checked("excluded_networks", given, refusals, |text| lists::network(text));
    }
    if let Some(given) = &change.excluded_paths {
        now.excluded_paths = lists::checked("excluded_paths", given, refusals, |text| lists::path(text));
    }
    let hosts = [
        ("excluded_hostnames", &change.excluded_hostnames, &mut now.excluded_hostnames),
        ("staging_hostnames", &change.staging_hostnames, &mut now.staging_hostnames),
        ("gateways", &change.gateways, &mut now.gateways),
    ];
    for (field, given, list) in hosts {
        if let Some(given) = given {
            *list = lists::checked(field, given, refusals, |text| lists::host(text));
        }
    }
    if let Some(given) = &change.url_params {
        now.url_params = lists::checked("url_params", given, refusals, |text| lists::parameter(text));
    }
    if let Some(given) = &change.channel_rules {
        now.channel_rules = lists::checked("channel_rules", given, refusals, lists::channel_rule);
    }
    if let Some(given) = &change.page_templates {
        now.page_templates =
            lists::checked("page_templates", given, refusals, |text| lists::page_template(text));
    }
    if let Some(given) = &change.consent {
        now.consent.mode = given.mode.unwrap_or(now.consent.mode);
        if let Some(regions) = &given.regions {
            now.consent.regions = lists::checked("consent.regions", regions, refusals, lists::region_rule);
        }
    }
    if let Some(given) = change.retention {
        now.retention = given.of(now.retention);
        refusals.extend(retention::wrong(&now.retention));
    }
    if let Some(given) = change.orders {
        now.orders.browser_value = given.browser_value.unwrap_or(now.orders.browser_value);
        now.orders.counted_from = given.counted_from.unwrap_or(now.orders.counted_from);
    }
    now
}
