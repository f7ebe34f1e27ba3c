//! What a site may be. Pure.

use super::registry::NewSite;
use super::{Refusal, currencies};
use jiff::tz::TimeZone;
use std::collections::HashSet;
use ut_core::event::Currency;
use ut_core::site::Site;

const MAX_DOMAINS: usize = 100;
const TIMEOUT_MIN: std::ops::RangeInclusive<u16> = 5..=120;

/// A site's settings, checked.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) domains: Vec<String>,
    pub(super) currency: Currency,
    pub(super) time_zone: TimeZone,
    pub(super) session_timeout_min: u16,
}

/// Checks every field and names all that are wrong, not only the first.
pub(super) fn check(new: &NewSite, existing: &[std::sync::Arc<Site>]) -> Result<Settings, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let domains = domains(&new.domains, existing, &mut refusals);
    let currency = currency(&new.currency).map_err(|refusal| refusals.push(refusal));
    let time_zone = time_zone(&new.time_zone).map_err(|refusal| refusals.push(refusal));
    let session_timeout_min = new.session_timeout_min;
    if !TIMEOUT_MIN.contains(&session_timeout_min) {
        let message = format!("a session ends after 5 to 120 minutes of silence, not {session_timeout_min}");
        refusals.push(Refusal::new("session_timeout_min", "out_of_range", message));
    }
    match (currency, time_zone) {
        (Ok(currency), Ok(time_zone)) if refusals.is_empty() => {
            Ok(Settings { domains, currency, time_zone, session_timeout_min })
        }
        _ => Err(refusals),
    }
}

fn domains(given: &[String], existing: &[std::sync::Arc<Site>], refusals: &mut Vec<Refusal>) -> Vec<String> {
    if given.is_empty() || given.len() > MAX_DOMAINS {
        refusals.push(Refusal::new("domains", "out_of_range", "a site has 1 to 100 domains"));
    }
    let mut seen = HashSet::new();
    let mut domains = Vec::new();
    for (index, text) in given.iter().take(MAX_DOMAINS).enumerate() {
        let field = format!("domains[{index}]");
        match domain(text) {
            Err(message) => {
                refusals.push(Refusal::new(field, "not_a_domain", format!("`{text}`: {message}")))
            }
            Ok(domain) if !seen.insert(domain.clone()) => {
                refusals.push(Refusal::new(field, "duplicate", format!("`{domain}` is named twice")));
            }
            Ok(domain) => match existing.iter().find(|site| site.domains.contains(&domain)) {
                Some(site) => refusals.push(taken(field, &domain, Some(site))),
                None => domains.push(domain),
            },
        }
    }
    domains
}

/// The domain belongs to another site.
pub(super) fn taken(field: impl Into<String>, domain: &str, by: Option<&Site>) -> Refusal {
    let by = by.map_or_else(|| "another site".to_owned(), |site| format!("site {}", site.id.0));
    Refusal::new(field, "taken", format!("`{domain}` belongs to {by} already"))
}

/// A host as a URL parser returns it (lower case, punycode), or `*.` and such a host: exactly what a page's
/// `Origin` is compared with.
pub(crate) fn domain(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.contains(['/', '?', '#', '@']) {
        return Err("give the host alone, without `https://` and path, e.g. `shop.example`");
    }
    let (wildcard, host) = match text.strip_prefix("*.") {
        Some(parent) => (true, parent),
        None => (false, text),
    };
    let host = url::Host::parse(host.strip_suffix('.').unwrap_or(host));
    let host = match host.map_err(|_| "a domain looks like `shop.example`, without port")? {
        url::Host::Domain(host) if labels_are_sound(&host) => host,
        url::Host::Domain(_) => {
            return Err("a domain is labels of letters, digits and hyphens with dots between");
        }
        _ if wildcard => return Err("an address has no sub-domains"),
        address => return Ok(address.to_string()),
    };
    match (wildcard, psl::domain_str(&host)) {
        (false, _) => Ok(host),
        (true, Some(_)) => Ok(format!("*.{host}")),
        // `*.co.uk` would let every shop of the country in.
        (true, None) => Err("a wildcard needs a domain of one's own behind it, e.g. `*.shop.example`"),
    }
}

fn labels_are_sound(host: &str) -> bool {
    let sound = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(sound)
}

fn currency(text: &str) -> Result<Currency, Refusal> {
    let wrong = |message: String| Refusal::new("currency", "unknown_currency", message);
    let currency = Currency::parse(text.trim()).map_err(|error| wrong(error.to_string()))?;
    if currencies::is_known(currency.as_str()) {
        return Ok(currency);
    }
    Err(wrong(format!("`{}` is no currency of ISO 4217; e.g. EUR, USD, CHF", currency.as_str())))
}

/// By the name of the IANA data base; `TimeZone::get` also takes it in other letter case and answers the right one.
pub(super) fn time_zone(text: &str) -> Result<TimeZone, Refusal> {
    TimeZone::get(text.trim()).ok().filter(|zone| zone.iana_name().is_some()).ok_or_else(|| {
        let message =
            format!("`{text}` is no zone of the IANA data base; e.g. Europe/Berlin, America/New_York, UTC");
        Refusal::new("timezone", "unknown_timezone", message)
    })
}
