//! Proxies that nobody has named in `TRUSTED_PROXIES`. Behind one, all visitors have its address: they share one limit and
//! one place, and often are one visitor. The owner is told so for as long as it lasts.

use crate::proxies::{Sender, Via};
use axum::http::HeaderMap;
use parking_lot::Mutex;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use ut_core::SiteId;
use ut_core::site::Site;

/// The headers in which a proxy says for whom it speaks, as people write them.
const NAMES_A_SENDER: [&str; 5] =
    ["X-Forwarded-For", "Forwarded", "CF-Connecting-IP", "X-Real-IP", "True-Client-IP"];
/// So many requests of a site in a row, and it is no accident.
const ENOUGH: u32 = 5;
/// The log says it again after so long.
const DAY_MS: i64 = 24 * 3_600_000;

/// Something the owner of a site can mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Warning {
    /// A word for programs.
    pub(crate) code: &'static str,
    /// What is wrong, and what it does.
    pub(crate) message: String,
    /// What to do.
    pub(crate) fix: String,
}

/// What the door has seen of such proxies, site by site.
#[derive(Debug, Default)]
pub(crate) struct UnnamedProxies {
    /// Is there anything in `sites` that could be mended? Else nearly every request is done with one look.
    any: AtomicBool,
    sites: Mutex<BTreeMap<SiteId, Seen>>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    peer: IpAddr,
    header: &'static str,
    /// In a row; 0 = mended.
    requests: u32,
    told_at: Option<i64>,
}

impl UnnamedProxies {
    /// Notes a request of one of the site's pages.
    pub(crate) fn note(&self, site: &Site, sender: &Sender, headers: &HeaderMap, now_ms: i64) {
        match unnamed(sender, headers) {
            Some(header) => self.suspect(site, sender.peer, header, now_ms),
            // Relaxed: a request more or less changes nothing.
            None if self.any.load(Ordering::Relaxed) => self.mend(site),
            None => {}
        }
    }

    fn suspect(&self, site: &Site, peer: IpAddr, header: &'static str, now_ms: i64) {
        let mut sites = self.sites.lock();
        let seen = sites.entry(site.id).or_insert(Seen { peer, header, requests: 0, told_at: None });
        *seen = Seen { peer, header, requests: seen.requests.saturating_add(1), ..*seen };
        self.any.store(true, Ordering::Relaxed);
        let told = seen.told_at.is_some_and(|at| now_ms.saturating_sub(at) < DAY_MS);
        if seen.requests < ENOUGH || told {
            return;
        }
        seen.told_at = Some(now_ms);
        let Warning { message, fix, .. } = warning(site, seen);
        drop(sites);
        tracing::warn!(site = site.id.0, "{message} {fix}");
    }

    fn mend(&self, site: &Site) {
        let mut sites = self.sites.lock();
        if let Some(seen) = sites.get_mut(&site.id) {
            seen.requests = 0;
        }
        self.any.store(sites.values().any(|seen| seen.requests > 0), Ordering::Relaxed);
    }

    /// What is to be said of a site.
    pub(crate) fn warning(&self, site: &Site) -> Option<Warning> {
        let seen = self.sites.lock().get(&site.id).copied();
        seen.filter(|seen| seen.requests >= ENOUGH).map(|seen| warning(site, &seen))
    }
}

/// The header by which a proxy in this house, and not believed, says for whom it speaks. Strangers may write what they
/// like; a private address is nobody's who comes by way of the internet.
fn unnamed(sender: &Sender, headers: &HeaderMap) -> Option<&'static str> {
    if sender.via != Via::Nobody || !sender.forwarded || !is_private(sender.peer) {
        return None;
    }
    NAMES_A_SENDER.into_iter().find(|name| headers.contains_key(*name))
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

fn warning(site: &Site, seen: &Seen) -> Warning {
    let Seen { peer, header, .. } = seen;
    let shop = site.domains.first().map_or("this site", String::as_str);
    let message = format!(
        "Everything of {shop} arrives from {peer} with {header}: a proxy that is not trusted. So all visitors have its \
         address: they share one limit and one place, and those with the same browser are one visitor."
    );
    let fix = format!(
        "Set TRUSTED_PROXIES={peer} and restart. The proxy must overwrite X-Forwarded-For; `universal-tracking init \
         nginx`, or `caddy`, prints how."
    );
    Warning { code: "untrusted_proxy", message, fix }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proxies::TrustedProxies;
    use ut_core::event::Currency;
    use ut_core::site::SiteSettings;

    fn site(id: u32) -> Site {
        Site {
            id: SiteId(id),
            key: String::new(),
            domains: vec!["shop.example".to_owned()],
            currency: Currency::parse("EUR").unwrap(),
            time_zone: jiff::tz::TimeZone::UTC,
            session_timeout_min: 30,
            settings: SiteSettings::default(),
        }
    }

    struct Door {
        watch: UnnamedProxies,
        trusted: TrustedProxies,
    }

    impl Door {
        fn new(trusted: &str) -> Self {
            Self {
                watch: UnnamedProxies::default(),
                trusted: TrustedProxies::parse(trusted).unwrap_or_default(),
            }
        }

        fn requests(&self, count: u32, site: &Site, peer: &str, header: Option<&'static str>) {
            let headers: HeaderMap = header
                .map(|name| (name.parse().unwrap(), "203.0.113.9".parse().unwrap()))
                .into_iter()
                .collect();
            let sender = self.trusted.sender(peer.parse().unwrap(), &headers);
            (0..count).for_each(|_| self.watch.note(site, &sender, &headers, 0));
        }

        fn warns(&self, site: &Site) -> bool {
            self.watch.warning(site).is_some()
        }
    }

    #[test]
    fn only_a_private_peer_that_speaks_for_others_and_is_not_trusted_is_warned_of() {
        let xff = Some("x-forwarded-for");
        for (trusted, peer, header, warned) in [
            ("", "127.0.0.1", xff, true),
            ("", "10.1.2.3", Some("x-real-ip"), true),
            ("", "fd00::1", Some("forwarded"), true),
            ("", "::ffff:192.168.0.1", Some("true-client-ip"), true),
            ("", "::1", Some("cf-connecting-ip"), true),
            ("private", "127.0.0.1", xff, true),
            ("loopback", "127.0.0.1", xff, false),
            // A browser on the developer's own machine.
            ("", "127.0.0.1", None, false),
            // Says that there is a proxy, and not for whom: a company's, on the visitor's side.
            ("", "10.1.2.3", Some("via"), false),
            // A stranger's talk.
            ("", "198.51.100.4", xff, false),
        ] {
            let (door, site) = (Door::new(trusted), site(1));
            door.requests(ENOUGH - 1, &site, peer, header);
            assert!(!door.warns(&site), "{peer} {header:?}: too early");
            door.requests(1, &site, peer, header);
            assert_eq!(door.warns(&site), warned, "{trusted} {peer} {header:?}");
        }
    }

    #[test]
    fn it_is_the_sites_own_and_ends_when_it_is_mended() {
        let (door, one, other) = (Door::new("10.0.0.2"), site(1), site(2));
        door.requests(9, &one, "10.0.0.1", Some("x-forwarded-for"));
        let warning = door.watch.warning(&one).unwrap();
        assert_eq!(warning.code, "untrusted_proxy");
        assert!(
            warning.message.contains("shop.example arrives from 10.0.0.1 with X-Forwarded-For"),
            "{warning:?}"
        );
        assert!(warning.fix.contains("TRUSTED_PROXIES=10.0.0.1 "), "{warning:?}");
        assert!(!door.warns(&other));
        door.requests(1, &other, "10.0.0.2", Some("x-forwarded-for"));
        assert!(door.warns(&one), "another site's requests change nothing");
        door.requests(1, &one, "10.0.0.2", Some("x-forwarded-for"));
        assert!(!door.warns(&one) && !door.watch.any.load(Ordering::Relaxed));
        door.requests(ENOUGH, &one, "10.0.0.1", Some("x-forwarded-for"));
        assert!(door.warns(&one), "and begins again");
    }

    #[test]
    fn the_log_says_it_once_a_day() {
        let (watch, site) = (UnnamedProxies::default(), site(1));
        let told = |at: i64| {
            watch.suspect(&site, [10, 0, 0, 1].into(), "Forwarded", at);
            watch.sites.lock()[&site.id].told_at
        };
        let told: Vec<_> = [0, 1, 2, 3, 4, 5, DAY_MS + 3, DAY_MS + 4, DAY_MS + 5].map(told).into();
        let first = Some(4);
        assert_eq!(told, [None, None, None, None, first, first, first, Some(DAY_MS + 4), Some(DAY_MS + 4)]);
        watch.mend(&site);
        watch.suspect(&site, [10, 0, 0, 1].into(), "Forwarded", DAY_MS + 6);
        assert_eq!(
            watch.sites.lock()[&site.id].told_at,
            Some(DAY_MS + 4),
            "not again because it was well meanwhile"
        );
    }
}
