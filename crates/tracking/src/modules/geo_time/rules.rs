//! From what proxies, databases and browsers write to a place. Pure.

use super::facts::{NO_COUNTRIES, PROXIES};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;
use ut_core::event::{Place, PlaceSource};

/// A name longer than this is no name of a city or region.
const LONGEST_NAME: usize = 100;

/// The table of IANA time zones, made from the zone database when this crate is built: `Zone<TAB>CC` lines.
static TIME_ZONES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let table = include_str!(concat!(env!("OUT_DIR"), "/time_zones.tsv"));
    table.lines().filter_map(|line| line.split_once('\t')).collect()
});

/// Where a proxy says the visitor is: `header` looks a header up by its lower-case name. The caller vouches for the
/// proxy; anybody can send these headers.
#[must_use]
pub fn from_headers<'h>(header: impl Fn(&str) -> Option<&'h [u8]>) -> Option<Place> {
    PROXIES.iter().find_map(|proxy| {
        let said = |name: Option<&str>| name.and_then(&header).map(text).unwrap_or_default();
        let country = country(&said(Some(proxy.country)))?;
        let region = region(&said(proxy.region), &country);
        let city = city(&said(proxy.city));
        Some(Place { country, region, city, source: PlaceSource::Header })
    })
}

/// A header's text. Vercel and CloudFront percent-encode what is not ASCII, Cloudflare sends UTF-8 as it is.
fn text(value: &[u8]) -> String {
    let digit = |at: usize| value.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(value.len());
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        let encoded =
            digit(at + 1).zip(digit(at + 2)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        match encoded {
            Some(decoded) if *byte == b'%' => {
                bytes.push(decoded);
                at += 3;
            }
            _ => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_default()
}

/// A proxy's country with what the database adds to it: region and city, when both mean the same country.
pub(super) fn completed(said: Place, found: Place) -> Place {
    let adds = said.region.is_empty() && said.city.is_empty() && said.country == found.country;
    if adds { Place { source: said.source, ..found } } else { said }
}

/// An ISO 3166-1 alpha-2 code in upper case; `None` for everything that names no country.
pub(super) fn country(code: &str) -> Option<String> {
    let code = code.trim();
    let letters = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    let code = code.to_ascii_uppercase();
    (letters && !NO_COUNTRIES.contains(&code.as_str())).then_some(code)
}

/// A subdivision's ISO 3166-2 code without its country, or the name where a source knows no code.
pub(super) fn region(said: &str, country: &str) -> String {
    let said = said.trim();
    let own = said.get(..3).is_some_and(|start| {
        start.ends_with('-') && start.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(country))
    });
    let said = if own { &said[3..] } else { said };
    let code = (1..=3).contains(&said.len()) && said.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if code { said.to_ascii_uppercase() } else { city(said) }
}

/// A name as it is, unless it cannot be one (App Engine writes `?`).
pub(super) fn city(said: &str) -> String {
    let said = said.trim();
    let no_name = said == "?" || said.len() > LONGEST_NAME || said.chars().any(char::is_control);
    if no_name { String::new() } else { said.to_owned() }
}

/// The country of an IANA time zone.
pub(super) fn country_of_time_zone(zone: &str) -> Option<&'static str> {
    TIME_ZONES.get(zone).copied()
}

/// Can this address be somewhere? `None` for addresses of no place in the world (private, loopback, shared by a
/// carrier, reserved), else the address as databases hold it: IPv4 inside IPv6 unwrapped.
pub(super) fn placeable(ip: IpAddr) -> Option<IpAddr> {
    let ip = ip.to_canonical();
    let nowhere = match ip {
        IpAddr::V4(ip) => nowhere_v4(ip),
        IpAddr::V6(ip) => nowhere_v6(ip),
    };
    (!nowhere).then_some(ip)
}

/// IANA IPv4 Special-Purpose Address Registry, what is not globally reachable; multicast; the reserved class E.
fn nowhere_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || a == 0
        || (a == 100 && b & 0xc0 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && b & 0xfe == 18)
        || a >= 224
}

/// IANA IPv6 Special-Purpose Address Registry, likewise.
fn nowhere_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, ..] = ip.segments();
    ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_multicast()
        || ip.is_unique_local()
        || ip.is_unicast_link_local()
        || (a == 0x2001 && b == 0xdb8)
        || (a == 0x3fff && b < 0x1000)
        || (a == 0x100 && b == 0 && c == 0 && d == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(pairs: &[(&str, &str)]) -> Option<Place> {
        from_headers(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_bytes()))
    }

    #[test]
    fn headers_of_proxies_name_a_place() {
        for (pairs, expected) in [
            (&[("cf-ipcountry", "DE")][..], ["DE", "", ""]),
            (
                &[("cf-ipcountry", "DE"), ("cf-region-code", "BY"), ("cf-ipcity", "München")],
                ["DE", "BY", "München"],
            ),
            (
                &[
                    ("x-vercel-ip-country", "BR"),
                    ("x-vercel-ip-country-region", "SP"),
                    ("x-vercel-ip-city", "S%C3%A3o%20Paulo"),
                ],
                ["BR", "SP", "São Paulo"],
            ),
            (
                &[
                    ("cloudfront-viewer-country", "US"),
                    ("cloudfront-viewer-country-region", "MI"),
                    ("cloudfront-viewer-city", "Ann Arbor"),
                ],
                ["US", "MI", "Ann Arbor"],
            ),
            (
                &[("x-appengine-country", "us"), ("x-appengine-region", "ca"), ("x-appengine-city", "?")],
                ["US", "CA", ""],
            ),
            (&[("cf-ipcountry", "XX"), ("x-vercel-ip-country", "FR")], ["FR", "", ""]),
            (
                &[("cf-ipcountry", "DE"), ("cf-region-code", "DE-BY"), ("cf-ipcity", "100%")],
                ["DE", "BY", "100%"],
            ),
        ] {
            let place = headers(pairs).unwrap();
            assert_eq!([&*place.country, &*place.region, &*place.city], expected, "{pairs:?}");
            assert_eq!(place.source, PlaceSource::Header);
        }
    }

    #[test]
    fn a_header_that_names_no_country_is_none() {
        for value in ["", "XX", "T1", "ZZ", "EU", "xx", "D", "DEU", "D1", "Ä", "??"] {
            assert_eq!(headers(&[("cf-ipcountry", value), ("cf-ipcity", "Berlin")]), None, "{value}");
        }
        assert_eq!(headers(&[]), None);
        assert_eq!(from_headers(|name| (name == "cf-ipcountry").then_some(&[0xff_u8, 0xfe][..])), None);
    }

    #[test]
    fn a_region_is_a_code_where_there_is_one() {
        for (said, expected) in [
            ("BY", "BY"),
            ("by", "BY"),
            ("DE-BY", "BY"),
            ("de-by", "BY"),
            ("22", "22"),
            ("", ""),
            ("Bavaria", "Bavaria"),
            ("US-CA", "US-CA"),
            ("a\nb", ""),
        ] {
            assert_eq!(region(said, "DE"), expected, "{said}");
        }
        assert_eq!(city(&"x".repeat(LONGEST_NAME + 1)), "");
    }

    #[test]
    fn a_database_completes_a_proxy_of_the_same_opinion() {
        let place = |country: &str, city: &str, source| Place {
            country: country.into(),
            region: String::new(),
            city: city.into(),
            source,
        };
        let (header, database) = (PlaceSource::Header, PlaceSource::Database);
        for (said, found, expected) in [
            (place("DE", "", header), place("DE", "Berlin", database), place("DE", "Berlin", header)),
            (place("DE", "", header), place("FR", "Paris", database), place("DE", "", header)),
            (place("DE", "Bonn", header), place("DE", "Berlin", database), place("DE", "Bonn", header)),
            (place("DE", "", header), Place::default(), place("DE", "", header)),
        ] {
            assert_eq!(completed(said, found), expected);
        }
    }

    #[test]
    fn addresses_of_no_place_are_known() {
        for nowhere in [
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.1.1",
            "100.64.0.1",
            "100.127.255.255",
            "0.1.2.3",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fd00::1",
            "fe80::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:10.0.0.1",
            "100::1",
        ] {
            assert_eq!(placeable(nowhere.parse().unwrap()), None, "{nowhere}");
        }
        for (somewhere, as_held) in [
            ("8.8.8.8", "8.8.8.8"),
            ("100.63.255.255", "100.63.255.255"),
            ("100.128.0.0", "100.128.0.0"),
            ("172.32.0.1", "172.32.0.1"),
            ("::ffff:8.8.8.8", "8.8.8.8"),
            ("2001:4860:4860::8888", "2001:4860:4860::8888"),
            ("::2.125.160.216", "::2.125.160.216"),
        ] {
            assert_eq!(placeable(somewhere.parse().unwrap()), Some(as_held.parse().unwrap()), "{somewhere}");
        }
    }

    #[test]
    fn time_zones_have_countries() {
        for (zone, country) in [
            ("Europe/Berlin", Some("DE")),
            ("America/New_York", Some("US")),
            ("Asia/Calcutta", Some("IN")),
            ("Europe/Kiev", Some("UA")),
            ("US/Pacific", Some("US")),
            ("UTC", None),
            ("Etc/GMT+1", None),
            ("Mars/Base", None),
            ("", None),
        ] {
            assert_eq!(country_of_time_zone(zone), country, "{zone}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_a_place_or_none(value in any::<Vec<u8>>(), other in any::<Vec<u8>>()) {
            let place = from_headers(|name| match name {
                "cf-ipcountry" => Some(&value),
                "x-vercel-ip-country" => Some(b"DE"),
                _ => Some(&other),
            });
            let place = place.expect("Vercel says DE");
            prop_assert!(place.country.len() == 2 && place.city.len() <= LONGEST_NAME);
            prop_assert!(!place.city.contains(char::is_control) && !place.region.contains(char::is_control));
        }
    }
}
