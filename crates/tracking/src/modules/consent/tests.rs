//! Salt days across zones and clock changes, and what the hash depends on.

use super::facts::{SiteSalts, Traits};
use super::rules::{began, likeness, network, registrable, salt_day, visitor};
use jiff::tz::TimeZone;
use ut_core::SiteId;
use ut_core::event::{Client, Confidential};
use ut_core::ports::{SaltDay, Salts};

fn at(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

#[test]
fn a_salt_day_runs_from_four_to_four_in_site_time() {
    let berlin = zone("Europe/Berlin");
    let day = salt_day(&berlin, at("2026-11-22T12:00:00Z"));
    assert_eq!(day, salt_day(&berlin, at("2026-11-23T02:59:59Z")), "03:59:59 local is still the day before");
    assert_eq!(SaltDay(day.0 + 1), salt_day(&berlin, at("2026-11-23T03:00:00Z")));
    assert_eq!(began(&berlin, day), at("2026-11-22T03:00:00Z"));
}

#[test]
fn a_salt_day_lasts_23_or_25_hours_when_clocks_change() {
    for (name, day, hours) in
        [("Europe/Berlin", "2026-03-28", 23), ("Europe/Berlin", "2026-10-24", 25), ("UTC", "2026-03-28", 24)]
    {
        let zone = zone(name);
        let day = salt_day(&zone, at(&format!("{day}T12:00:00Z")));
        assert_eq!(began(&zone, SaltDay(day.0 + 1)) - began(&zone, day), hours * 3_600_000, "{name}");
    }
}

#[test]
fn only_the_network_of_an_address_counts() {
    let cases = [("203.0.113.7", "203.0.113.250", true), ("203.0.113.7", "203.0.114.7", false)];
    let six = [("2001:db8:1:2::3", "2001:db8:1:ffff::1", true), ("2001:db8:1::1", "2001:db8:2::1", false)];
    let mapped = [("::ffff:203.0.113.7", "203.0.113.9", true)];
    for (a, b, same) in cases.into_iter().chain(six).chain(mapped) {
        assert_eq!(network(a.parse().unwrap()) == network(b.parse().unwrap()), same, "{a} {b}");
    }
}

#[test]
fn every_part_changes_the_hash_and_parts_do_not_run_together() {
    let of = |salt, site, network: &[u8], user_agent, domain| {
        visitor(&[salt; 32], SiteId(site), &likeness(network, user_agent, domain))
    };
    let base = of(7, 1, &[1, 2, 3], "ab", "c.example");
    let others = [
        of(8, 1, &[1, 2, 3], "ab", "c.example"),
        of(7, 2, &[1, 2, 3], "ab", "c.example"),
        of(7, 1, &[1, 2, 4], "ab", "c.example"),
        of(7, 1, &[1, 2, 3], "a", "bc.example"),
        of(7, 1, &[1, 2, 3, b'a'], "b", "c.example"),
    ];
    assert!(others.iter().all(|other| *other != base));
    assert_eq!(base, of(7, 1, &[1, 2, 3], "ab", "c.example"));
}

#[test]
fn sub_domains_share_their_registrable_domain() {
    assert_eq!(registrable("www.shop.co.uk"), "shop.co.uk");
    assert_eq!(registrable("localhost"), "localhost");
    assert_eq!(registrable("127.0.0.1"), "127.0.0.1");
}

fn salts(day: i32) -> Salts {
    Salts { day: SaltDay(day), visitor: [day as u8; 32], seal: [day as u8 + 100; 32] }
}

pub(super) fn two_days() -> SiteSalts {
    of_day(SiteId(1), 10)
}

/// The salts of a day that began at 100,000 times its number, and of the day before it.
pub(super) fn of_day(site: SiteId, day: i32) -> SiteSalts {
    let began = i64::from(day) * 100_000;
    SiteSalts::for_tests(site, salts(day), began, salts(day - 1), began - 100_000)
}

pub(super) const TRAITS: Traits<'static> = Traits {
    address: std::net::IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7)),
    user_agent: "x",
    host: "shop.example",
};

#[test]
fn the_previous_hash_is_offered_for_one_timeout_after_the_rotation() {
    let both = two_days();
    let before = both.ids(TRAITS.likeness()).at(999_999).unwrap();
    let after = both.ids(TRAITS.likeness()).at(1_000_000).unwrap();
    assert_eq!(before.previous, None);
    assert_eq!(after.previous, Some(before.hash), "it finds the session that is still open");
    assert_ne!(after.hash, before.hash);
    assert_eq!(
        both.ids(TRAITS.likeness()).at(1_000_000 + 60_000).unwrap().previous,
        None,
        "one timeout later it is over"
    );
    assert_eq!(both.ids(TRAITS.likeness()).at(899_999), None, "older than the salts that live");
}

#[test]
fn sealed_ids_open_under_their_own_key_only() {
    let both = two_days();
    let client = Client { user_agent: "x".to_owned(), ..Client::default() };
    let confidential =
        Confidential { ids: vec![both.ids(TRAITS.likeness()).at(1_000_000), None], client: Some(client) };
    let sealed = both.seal(&confidential).unwrap();
    assert_eq!(both.open(&sealed).unwrap(), confidential);
    let next = of_day(SiteId(1), 11);
    assert_eq!(next.open(&sealed).unwrap(), confidential, "yesterday's key still lives");
    let later = of_day(SiteId(1), 12);
    assert!(later.open(&sealed).is_none(), "destroyed with its salt");
    let again = both.seal(&confidential).unwrap();
    assert_ne!((again.nonce, &again.bytes), (sealed.nonce, &sealed.bytes), "a nonce is used once");
    assert_eq!(both.open(&again).unwrap(), confidential);
    let restarted = two_days().seal(&confidential).unwrap();
    assert_ne!(restarted.nonce, sealed.nonce, "also by another process with the same key");
    let mut forged = sealed;
    forged.bytes[0] ^= 1;
    assert!(both.open(&forged).is_none());
}
