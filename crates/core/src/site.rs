//! A site: a shop whose events are collected.

mod consent;
mod retention;
mod settings;

pub use consent::{ConsentRules, Mode, ModeError, RegionRule, is_region};
pub use retention::{Class, Limit, LimitUnit, Retention};
pub use settings::{
    BrowserValue, ChannelField, ChannelOp, ChannelRule, CountedFrom, OrderRules, SiteSettings, glob,
};

use crate::SiteId;
use jiff::tz::TimeZone;
use std::net::IpAddr;

/// A site's settings, as every part of the system reads them.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its number.
    pub id: SiteId,
    /// The public key: `site` of the envelope.
    pub key: String,
    /// Its domains, the first being its name; `*.example` allows any sub-domain.
    pub domains: Vec<String>,
    /// Base currency.
    pub currency: crate::event::Currency,
    /// Days are days of this zone.
    pub time_zone: TimeZone,
    /// Minutes of silence after which a session ends (5 to 120).
    pub session_timeout_min: u16,
    /// Everything else its owner has set.
    pub settings: SiteSettings,
}

impl Site {
    /// The session timeout in milliseconds.
    #[must_use]
    pub fn timeout_ms(&self) -> i64 {
        i64::from(self.session_timeout_min) * 60_000
    }

    /// The IANA name of the zone.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.time_zone.iana_name().unwrap_or("UTC")
    }

    /// The local date of an instant, as days since 1970-01-01 (ClickHouse's `Date`).
    #[must_use]
    pub fn day(&self, at_ms: i64) -> i32 {
        local_day(&self.time_zone, at_ms)
    }

    /// The instant at which a local date begins, Unix milliseconds (the first one, where clocks change at midnight).
    #[must_use]
    pub fn day_start(&self, day: i32) -> i64 {
        let epoch = jiff::civil::date(1970, 1, 1);
        let date = epoch.checked_add(jiff::Span::new().days(day)).unwrap_or(epoch);
        date.to_zoned(self.time_zone.clone()).map_or(0, |zoned| zoned.timestamp().as_millisecond())
    }

    /// Is `host` (lower case, without port) one of the site's domains?
    #[must_use]
    pub fn owns(&self, host: &str) -> bool {
        settings::names(&self.domains, host)
    }

    /// Is what comes from this address not to be counted?
    #[must_use]
    pub fn excludes_address(&self, address: IpAddr) -> bool {
        let networks = &self.settings.excluded_networks;
        // An IPv4 peer of a socket for both families is the same peer.
        !networks.is_empty() && networks.iter().any(|network| network.contains(&address.to_canonical()))
    }

    /// Is a page (host in lower case, path as in its address) not to be counted?
    #[must_use]
    pub fn excludes_page(&self, hostname: &str, path: &str) -> bool {
        settings::names(&self.settings.excluded_hostnames, hostname)
            || self.settings.excluded_paths.iter().any(|pattern| settings::covers(pattern, path))
    }

    /// Does a page of this host belong to a shop that is only tried out?
    #[must_use]
    pub fn is_staging(&self, hostname: &str) -> bool {
        settings::names(&self.settings.staging_hostnames, hostname)
    }
}

/// The local date of an instant, as days since 1970-01-01.
#[must_use]
pub fn local_day(zone: &TimeZone, at_ms: i64) -> i32 {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let date = at.to_zoned(zone.clone()).date();
    (date - jiff::civil::date(1970, 1, 1)).get_days()
}

/// The sites the process knows, swapped as a whole when one changes. Reading is cheap and never waits for a store.
#[async_trait::async_trait]
pub trait Sites: Send + Sync + std::fmt::Debug {
    /// By the public key of an envelope.
    fn by_key(&self, key: &str) -> Option<std::sync::Arc<Site>>;
    /// By number.
    fn by_id(&self, id: SiteId) -> Option<std::sync::Arc<Site>>;
    /// All of them, by number.
    fn all(&self) -> Vec<std::sync::Arc<Site>>;
    /// Those whose time zone was changed, while history's sums are still by the days of another one.
    fn to_be_summed_anew(&self) -> Vec<SiteId>;
    /// The sums of a site are by the days of `zone` now. Without effect if it was changed again meanwhile.
    async fn summed_anew(&self, id: SiteId, zone: &TimeZone) -> Result<(), String>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A site without settings of its own.
    pub(super) fn site_in(zone: &str) -> Site {
        Site {
            id: SiteId(1),
            key: String::new(),
            domains: Vec::new(),
            currency: crate::event::Currency::parse("EUR").unwrap(),
            time_zone: TimeZone::get(zone).unwrap(),
            session_timeout_min: 30,
            settings: SiteSettings::default(),
        }
    }

    fn site() -> Site {
        let list = |items: &[&str]| items.iter().map(ToString::to_string).collect();
        Site {
            domains: list(&["shop.example", "*.shop.example"]),
            settings: SiteSettings {
                excluded_networks: vec!["203.0.113.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
                excluded_paths: list(&["/admin", "/*/preview"]),
                excluded_hostnames: list(&["intranet.shop.example"]),
                staging_hostnames: list(&["*.staging.shop.example"]),
                ..SiteSettings::default()
            },
            ..site_in("UTC")
        }
    }

    #[test]
    fn what_is_excluded_is_neither_more_nor_less_than_was_said() {
        let site = site();
        for (address, excluded) in [
            ("203.0.113.9", true),
            ("::ffff:203.0.113.9", true),
            ("203.0.114.9", false),
            ("2001:db8::1", true),
            ("2001:db9::1", false),
        ] {
            assert_eq!(site.excludes_address(address.parse().unwrap()), excluded, "{address}");
        }
        for (hostname, path, excluded) in [
            ("shop.example", "/", false),
            ("shop.example", "/admin/x", true),
            ("shop.example", "/de/preview", true),
            ("intranet.shop.example", "/", true),
            ("my.intranet.shop.example", "/", false),
        ] {
            assert_eq!(site.excludes_page(hostname, path), excluded, "{hostname}{path}");
        }
        assert!(site.is_staging("a.staging.shop.example") && !site.is_staging("staging.shop.example"));
        assert!(site.owns("www.shop.example") && site.owns("shop.example") && !site.owns("ashop.example"));
    }
}
