//! A site: a shop whose events are collected.

use crate::SiteId;
use jiff::tz::TimeZone;

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
        self.domains.iter().any(|domain| match domain.strip_prefix("*.") {
            Some(parent) => {
                host.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
            }
            None => domain == host,
        })
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
pub trait Sites: Send + Sync + std::fmt::Debug {
    /// By the public key of an envelope.
    fn by_key(&self, key: &str) -> Option<std::sync::Arc<Site>>;
    /// By number.
    fn by_id(&self, id: SiteId) -> Option<std::sync::Arc<Site>>;
    /// All of them, by number.
    fn all(&self) -> Vec<std::sync::Arc<Site>>;
}
