//! Pure decisions: salt days, networks and the visitor hash.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::net::IpAddr;
use ut_core::ports::SaltDay;
use ut_core::{SiteId, VisitorId};

/// The hour, site time, at which salts rotate: the quietest of the day.
const ROTATION_HOUR: i8 = 4;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// The salt day of an instant: the local date, until 04:00 still the one before.
pub(super) fn salt_day(zone: &TimeZone, at_ms: i64) -> SaltDay {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let local = zone.to_datetime(at);
    let date = local.date();
    let date = if local.hour() < ROTATION_HOUR { date.yesterday().unwrap_or(date) } else { date };
    SaltDay((date - EPOCH).get_days())
}

/// The instant at which a salt day began, Unix milliseconds.
pub(super) fn began(zone: &TimeZone, day: SaltDay) -> i64 {
    let date = EPOCH.checked_add(jiff::Span::new().days(day.0)).unwrap_or(EPOCH);
    let at = date.at(ROTATION_HOUR, 0, 0, 0).to_zoned(zone.clone());
    at.map_or(0, |zoned| zoned.timestamp().as_millisecond())
}

/// The part of an address that may identify: `/24` of IPv4 (also when mapped into IPv6), `/48` of IPv6.
pub(super) fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets()[..3].to_vec(),
        IpAddr::V6(v6) => v6.octets()[..6].to_vec(),
    }
}

/// The registrable domain of a host (`www.shop.co.uk` → `shop.co.uk`), or the host itself where there is none. An
/// address has none: to the list, `127.0.0.1` would be a sub-domain of `0.1`.
pub(super) fn registrable(host: &str) -> &str {
    if host.parse::<IpAddr>().is_ok() {
        return host;
    }
    psl::domain_str(host).unwrap_or(host)
}

/// What tells one browser from another, as a digest: BLAKE3 over length-prefixed parts. It is the same every day and is
/// never written in clear.
pub(super) fn likeness(network: &[u8], user_agent: &str, domain: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for part in [network, user_agent.as_bytes(), domain.as_bytes()] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    *hasher.finalize().as_bytes()
}

/// The cookieless visitor (definitions: "visitor"): BLAKE3 of site and likeness, keyed with the salt, first 16 bytes.
pub(super) fn visitor(salt: &[u8; 32], site: SiteId, likeness: &[u8; 32]) -> VisitorId {
    let mut hasher = blake3::Hasher::new_keyed(salt);
    hasher.update(&site.0.to_le_bytes()).update(likeness);
    let mut id = [0; 16];
    id.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    VisitorId(id)
}
