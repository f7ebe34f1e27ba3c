//! What the command line says of a site.

use clap::Args;
use serde_json::{Map, Value, json};

/// A site.
#[derive(Debug, Clone, Args)]
pub(super) struct SiteNamed {
    /// The site's number or domain
    #[arg(value_name = "SITE")]
    pub(super) site: String,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// What of a site is to be changed; what is not named stays. A list replaces the whole list, and an empty text empties
/// it.
#[derive(Debug, Clone, Args)]
pub(super) struct SiteSet {
    #[command(flatten)]
    pub(super) named: SiteNamed,
    /// Domain of the shop; repeat it for several, the first names the site
    #[arg(long = "domain", value_name = "DOMAIN")]
    domains: Option<Vec<String>>,
    /// Base currency (ISO 4217)
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// Days are days of this time zone (IANA); sums by day are then built anew
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// A session ends after so many minutes of silence (5 to 120)
    #[arg(long, value_name = "MINUTES")]
    session_timeout_min: Option<u16>,
    /// Network or address whose visits are not counted, e.g. 203.0.113.0/24; repeat it for several, '' for none
    #[arg(long = "exclude-network", value_name = "NETWORK")]
    excluded_networks: Option<Vec<String>>,
    /// Path that is not counted, with all below it (/admin), or a pattern (/*/preview); repeatable, '' for none
    #[arg(long = "exclude-path", value_name = "PATH")]
    excluded_paths: Option<Vec<String>>,
    /// Host whose pages are not counted; repeatable, '' for none
    #[arg(long = "exclude-hostname", value_name = "HOST")]
    excluded_hostnames: Option<Vec<String>>,
    /// Host whose events are tagged as staging and kept out of reports; repeatable, '' for none
    #[arg(long = "staging-hostname", value_name = "HOST")]
    staging_hostnames: Option<Vec<String>>,
    /// Parameter of page addresses that is kept beside utm_*, source and ref; repeatable, '' for none
    #[arg(long = "url-param", value_name = "NAME")]
    url_params: Option<Vec<String>>,
    /// Payment or login host that is no source of visitors; repeatable, '' for none
    #[arg(long = "gateway", value_name = "HOST")]
    gateways: Option<Vec<String>>,
    /// Rule for a channel, FIELD:OP:VALUE:CHANNEL, e.g. source:is:newsletter:Email; FIELD is source, medium, campaign,
    /// click_id or referrer, OP is is, contains or matches; repeatable, the first that fits wins, '' for none
    #[arg(long = "channel-rule", value_name = "RULE")]
    channel_rules: Option<Vec<String>>,
    /// Pattern of pages that are reported as one, e.g. /p/* or /blog/**; repeatable, the first that fits wins, '' for none
    #[arg(long = "page-template", value_name = "PATTERN")]
    page_templates: Option<Vec<String>>,
    /// What is done about visitors who have made no choice: strict, cookieless, cnil, analytics or full
    #[arg(long, value_name = "MODE")]
    consent_mode: Option<String>,
    /// Place with a mode of its own, e.g. EEA=strict, DE=cookieless or US-CA=analytics; repeatable, '' for none
    #[arg(long = "consent-region", value_name = "PLACE=MODE")]
    consent_regions: Option<Vec<String>>,
    /// Months for which events, sessions and web vitals are kept (1 to 120)
    #[arg(long, value_name = "MONTHS")]
    retention_events: Option<u16>,
    /// Months for which sums by day are kept (1 to 120, no fewer than of events)
    #[arg(long, value_name = "MONTHS")]
    retention_sums: Option<u16>,
    /// Months for which sealed personal data is kept (1 to 120)
    #[arg(long, value_name = "MONTHS")]
    retention_personal: Option<u16>,
    /// Years for which receipts of consent are kept (1 to 10)
    #[arg(long, value_name = "YEARS")]
    retention_receipts: Option<u16>,
    /// What the value of a page's purchase holds: items_excl_tax (GA4's rule), items_incl_tax or total
    #[arg(long, value_name = "READING")]
    browser_value: Option<String>,
    /// From when on an order counts: placed or paid
    #[arg(long, value_name = "STATUS")]
    orders_counted_from: Option<String>,
}

impl SiteSet {
    /// The arguments of `site.set`: the change as the API takes it.
    pub(super) fn arguments(&self) -> Value {
        let lists = [
            ("domains", &self.domains),
            ("excluded_networks", &self.excluded_networks),
            ("excluded_paths", &self.excluded_paths),
            ("excluded_hostnames", &self.excluded_hostnames),
            ("staging_hostnames", &self.staging_hostnames),
            ("url_params", &self.url_params),
            ("gateways", &self.gateways),
            ("page_templates", &self.page_templates),
        ];
        let mut change = Map::new();
        for (name, list) in lists {
            if let Some(list) = list {
                change.insert(
                    name.to_owned(),
                    list.iter().filter(|entry| !entry.is_empty()).cloned().collect(),
                );
            }
        }
        if let Some(rules) = &self.channel_rules {
            let rules = rules.iter().filter(|rule| !rule.is_empty()).map(|rule| channel_rule(rule));
            change.insert("channel_rules".to_owned(), rules.collect());
        }
        let parts = [("consent", self.consent()), ("retention", self.retention()), ("orders", self.orders())];
        for (name, part) in parts {
            if !part.is_empty() {
                change.insert(name.to_owned(), part.into());
            }
        }
        let single = [
            ("currency", self.currency.as_ref().map(|text| json!(text))),
            ("timezone", self.timezone.as_ref().map(|text| json!(text))),
            ("session_timeout_min", self.session_timeout_min.map(|minutes| json!(minutes))),
        ];
        change.extend(single.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        json!({ "site": self.named.site, "change": change })
    }

    fn consent(&self) -> Map<String, Value> {
        let mut consent = Map::new();
        consent.extend(self.consent_mode.as_ref().map(|mode| ("mode".to_owned(), json!(mode))));
        if let Some(rules) = &self.consent_regions {
            let rules = rules.iter().filter(|rule| !rule.is_empty()).map(|rule| {
                let (region, mode) = rule.split_once('=').unwrap_or((rule, ""));
                json!({ "region": region, "mode": mode })
            });
            consent.insert("regions".to_owned(), rules.collect());
        }
        consent
    }

    fn orders(&self) -> Map<String, Value> {
        let rules = [("browser_value", &self.browser_value), ("counted_from", &self.orders_counted_from)];
        rules.into_iter().filter_map(|(name, word)| Some((name.to_owned(), json!(word.as_ref()?)))).collect()
    }

    fn retention(&self) -> Map<String, Value> {
        let limits = [
            ("events", self.retention_events),
            ("sums", self.retention_sums),
            ("personal", self.retention_personal),
            ("receipts", self.retention_receipts),
        ];
        limits.into_iter().filter_map(|(name, count)| Some((name.to_owned(), json!(count?)))).collect()
    }
}

/// `source:is:newsletter:Email`; the value may hold colons. What is missing is said by whoever reads the rule.
fn channel_rule(text: &str) -> Value {
    let mut parts = text.splitn(3, ':');
    let (field, op, rest) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
    let (value, channel) = rest.rsplit_once(':').unwrap_or((rest, ""));
    json!({ "field": field, "op": op, "value": value, "channel": channel })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_read_from_both_ends() {
        let rule = |text| channel_rule(text);
        assert_eq!(
            rule("referrer:contains:a:b:Partners"),
            json!({ "field": "referrer", "op": "contains", "value": "a:b", "channel": "Partners" })
        );
        assert_eq!(rule("source:is")["channel"], "");
    }
}
