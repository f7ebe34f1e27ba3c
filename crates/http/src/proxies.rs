//! Proxies that are believed, and whose address a request then has. Pure.
//!
//! Every proxy adds the address it was called from at the right end of `X-Forwarded-For` (or of `Forwarded`, RFC 7239).
//! So the list is read from the right, for as long as a trusted proxy vouches for the next entry; whatever stands left
//! of the first address that is not one of ours was written by strangers.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const CF_CONNECTING_IP: HeaderName = HeaderName::from_static("cf-connecting-ip");
/// In which any trusted proxy is believed.
const BELIEVED: [HeaderName; 2] = [X_FORWARDED_FOR, FORWARDED];
/// Headers that only a proxy sets.
const FORWARDING: [HeaderName; 8] = [
    X_FORWARDED_FOR,
    FORWARDED,
    CF_CONNECTING_IP,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("true-client-ip"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-forwarded-proto"),
    HeaderName::from_static("via"),
];

const LOOPBACK: [&str; 2] = ["127.0.0.0/8", "::1/128"];
/// RFC 1918 and RFC 4193.
const PRIVATE: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
/// <https://www.cloudflare.com/ips/>, as published on 2026-11-22 (unchanged since 2023-09-28).
const CLOUDFLARE: [&str; 22] = [
    "173.245.48.0/20",
    "103.21.244.0/22",
    "103.22.200.0/22",
    "103.31.4.0/22",
    "141.101.64.0/18",
    "108.162.192.0/18",
    "190.93.240.0/20",
    "188.114.96.0/20",
    "197.234.240.0/22",
    "198.41.128.0/17",
    "162.158.0.0/15",
    "104.16.0.0/13",
    "104.24.0.0/14",
    "172.64.0.0/13",
    "131.0.72.0/22",
    "2400:cb00::/32",
    "2606:4700::/32",
    "2803:f800::/32",
    "2405:b500::/32",
    "2405:8100::/32",
    "2a06:98c0::/29",
    "2c0f:f248::/32",
];

/// The headers in which any trusted proxy says for whom it speaks: one that writes the first drops the others.
pub fn of_any_proxy() -> impl Iterator<Item = &'static str> {
    static NAMES: [HeaderName; 2] = BELIEVED;
    NAMES.iter().map(HeaderName::as_str)
}

/// `TRUSTED_PROXIES`: whose word about addresses counts. By default nobody's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    /// The proxies that say the sender's address in `CF-Connecting-IP`.
    cloudflare: Vec<IpNet>,
}

/// Where a request comes from. Lives as long as the request and is never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sender {
    /// The address it is counted under.
    pub(crate) address: IpAddr,
    /// Who vouches for it.
    pub(crate) via: Via,
    pub(crate) peer: IpAddr,
    /// A header says that a proxy is in between.
    pub(crate) forwarded: bool,
}

/// Who vouches for what a request says of its sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Via {
    /// The sender is the peer.
    Nobody,
    /// Trusted proxies.
    Proxy,
    /// Trusted proxies, Cloudflare's among them.
    Cloudflare,
}

impl TrustedProxies {
    /// Networks, addresses, and the words `loopback`, `private` and `cloudflare`, separated by commas.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut proxies = Self::default();
        for word in text.split(',').map(str::trim) {
            match word {
                "loopback" => proxies.networks.extend(networks(&LOOPBACK)),
                "private" => proxies.networks.extend(networks(&PRIVATE)),
                "cloudflare" => proxies.cloudflare.extend(networks(&CLOUDFLARE)),
                word => proxies.networks.push(network(word)?),
            }
        }
        Some(proxies)
    }

    /// The same, and this machine: the demo's crowd has many addresses.
    #[must_use]
    pub fn and_loopback(mut self) -> Self {
        self.networks.extend(networks(&LOOPBACK));
        self
    }

    /// Whose request this is.
    pub(crate) fn sender(&self, peer: IpAddr, headers: &HeaderMap) -> Sender {
        // A socket for both families shows IPv4 peers as IPv6: one visitor must not be two.
        let peer = peer.to_canonical();
        let forwarded = FORWARDING.iter().any(|name| headers.contains_key(name));
        let (address, via) = if self.trusts(peer) { self.told(peer, headers) } else { (peer, Via::Nobody) };
        Sender { address, via, peer, forwarded }
    }

    fn told(&self, peer: IpAddr, headers: &HeaderMap) -> (IpAddr, Via) {
        let listed = headers
            .contains_key(&X_FORWARDED_FOR)
            .then(|| self.walk(peer, headers, x_forwarded_for(headers)));
        let standard = headers.contains_key(&FORWARDED).then(|| self.walk(peer, headers, forwarded(headers)));
        match (listed, standard) {
            // A proxy writes one of them. The other comes from the sender, and nobody knows which it is.
            (Some(listed), Some(standard)) if listed != standard => (peer, Via::Proxy),
            (Some(told), _) | (None, Some(told)) => told,
            (None, None) => self.walk(peer, headers, std::iter::empty()),
        }
    }

    /// From the peer along `hops`, nearest first, to the first address that no trusted proxy has.
    fn walk(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
        mut hops: impl Iterator<Item = Option<IpAddr>>,
    ) -> (IpAddr, Via) {
        let (mut at, mut via) = (peer, Via::Proxy);
        while self.trusts(at) {
            if self.is_cloudflare(at) {
                via = Via::Cloudflare;
                if let Some(told) = headers.get(&CF_CONNECTING_IP).and_then(address_in) {
                    return (told, via);
                }
            }
            match hops.next().flatten() {
                Some(next) => at = next,
                None => break,
            }
        }
        (at, via)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address)) || self.is_cloudflare(address)
    }

    fn is_cloudflare(&self, address: IpAddr) -> bool {
        self.cloudflare.iter().any(|network| network.contains(&address))
    }
}

impl Sender {
    /// A program on this machine, without a proxy in between.
    pub(crate) fn is_direct_loopback(&self) -> bool {
        self.peer.is_loopback() && !self.forwarded
    }
}

/// A test checks that none of the tables' rows is lost here.
fn networks(rows: &'static [&'static str]) -> impl Iterator<Item = IpNet> {
    rows.iter().filter_map(|row| network(row))
}

fn network(word: &str) -> Option<IpNet> {
    word.parse().ok().or_else(|| word.parse::<IpAddr>().ok().map(IpNet::from))
}

/// The entries of `X-Forwarded-For`, the last one first; `None` for what is no address.
fn x_forwarded_for(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.get_all(&X_FORWARDED_FOR).into_iter().rev();
    lines.flat_map(|line| line.to_str().unwrap_or("?").rsplit(',').map(address))
}

/// The `for` of every element of `Forwarded`, the last one first; `None` where there is none, or no address.
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.get_all(&FORWARDED).into_iter().map(|line| line.to_str().unwrap_or("?"));
    // A sender that opens a quote would have what the proxy adds to its line read as a part of its own element.
    lines.rev().flat_map(|line| {
        unquoted(line, ',').map_or(vec![None], |all| all.into_iter().rev().map(element).collect())
    })
}

fn element(element: &str) -> Option<IpAddr> {
    let pairs = unquoted(element, ';')?;
    let pairs = pairs.into_iter().filter_map(|pair| pair.split_once('='));
    let mut nodes = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, node) = nodes.next()?;
    // RFC 7239 §4: each parameter at most once.
    if nodes.next().is_some() {
        return None;
    }
    address(node.trim().trim_matches('"'))
}

/// The parts of `text` between separators that stand outside of quotes; `None` when a quote is never closed.
fn unquoted(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut quoted, mut escapes) = (false, false);
    let parts = text.split(|character| {
        let escaped = std::mem::take(&mut escapes);
        escapes = quoted && !escaped && character == '\\';
        quoted ^= character == '"' && !escaped;
        character == separator && !quoted
    });
    let parts = parts.collect();
    (!quoted).then_some(parts)
}

fn address_in(value: &HeaderValue) -> Option<IpAddr> {
    address(value.to_str().ok()?)
}

/// An address, with or without a port; IPv6 may stand in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sender(trusted: &str, peer: &str, headers: &[(&'static str, &str)]) -> Sender {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let proxies =
            if trusted.is_empty() { Some(TrustedProxies::default()) } else { TrustedProxies::parse(trusted) };
        proxies.unwrap().sender(peer.parse().unwrap(), &map)
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table, one row per line")]
    fn the_right_most_address_that_is_no_proxys_is_the_sender() {
        const XFF: &str = "x-forwarded-for";
        const FWD: &str = "forwarded";
        const CF: &str = "cf-connecting-ip";
        type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);
        let rows: &[Row] = &[
            // Nobody is trusted: headers are somebody's talk.
            ("", "198.51.100.4", &[], "198.51.100.4"),
            ("", "198.51.100.4", &[(XFF, "203.0.113.9")], "198.51.100.4"),
            ("", "127.0.0.1", &[(XFF, "203.0.113.9"), (CF, "203.0.113.9")], "127.0.0.1"),
            ("", "::ffff:198.51.100.4", &[], "198.51.100.4"),
            // The peer is none of the trusted.
            ("loopback", "198.51.100.4", &[(XFF, "203.0.113.9")], "198.51.100.4"),
            // One proxy.
            ("loopback", "127.0.0.1", &[(XFF, "203.0.113.9")], "203.0.113.9"),
            ("loopback", "::1", &[(XFF, "2001:db8::9")], "2001:db8::9"),
            ("loopback", "::ffff:127.0.0.1", &[(XFF, "::ffff:203.0.113.9")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[], "127.0.0.1"),
            // What the sender has written itself stands left of what the proxy added.
            ("loopback", "127.0.0.1", &[(XFF, "1.2.3.4, 203.0.113.9")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(XFF, "127.0.0.1, 203.0.113.9")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(XFF, "1.2.3.4"), (XFF, "203.0.113.9")], "203.0.113.9"),
            // Two proxies, of which one or both are trusted.
            ("loopback, 10.0.0.0/8", "127.0.0.1", &[(XFF, "1.2.3.4, 203.0.113.9, 10.1.1.1")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(XFF, "203.0.113.9, 10.1.1.1")], "10.1.1.1"),
            ("10.1.1.1", "10.1.1.1", &[(XFF, "203.0.113.9")], "203.0.113.9"),
            ("10.1.1.1", "10.1.1.2", &[(XFF, "203.0.113.9")], "10.1.1.2"),
            ("private", "192.168.0.2", &[(XFF, "203.0.113.9,172.16.0.1 , fd00::1")], "203.0.113.9"),
            // Ports and brackets, as some proxies write them.
            ("loopback", "127.0.0.1", &[(XFF, "203.0.113.9:4711")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(XFF, "[2001:db8::9]:4711")], "2001:db8::9"),
            ("loopback", "127.0.0.1", &[(XFF, "[2001:db8::9]")], "2001:db8::9"),
            // What is no address ends the walk at the last proxy that is known.
            ("loopback", "127.0.0.1", &[(XFF, "unknown")], "127.0.0.1"),
            ("loopback", "127.0.0.1", &[(XFF, "")], "127.0.0.1"),
            ("loopback", "127.0.0.1", &[(XFF, "fe80::1%eth0")], "127.0.0.1"),
            ("loopback", "127.0.0.1", &[(XFF, "203.0.113.9:99999")], "127.0.0.1"),
            ("loopback", "127.0.0.1", &[(XFF, "203.0.113.9, ")], "127.0.0.1"),
            ("loopback, private", "127.0.0.1", &[(XFF, "203.0.113.9, x, 10.0.0.1")], "10.0.0.1"),
            // The standard header.
            ("loopback", "127.0.0.1", &[(FWD, "for=203.0.113.9;proto=https")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(FWD, "For=\"[2001:db8::9]:4711\"")], "2001:db8::9"),
            ("loopback", "127.0.0.1", &[(FWD, "for=1.2.3.4, by=10.0.0.1; for=203.0.113.9")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(FWD, "host=\"a,for=1.2.3.4\";for=203.0.113.9")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(FWD, "for=_hidden")], "127.0.0.1"),
            ("loopback", "127.0.0.1", &[(FWD, "proto=https")], "127.0.0.1"),
            // A sender's open quote, or its second `for`, does not put its own word in the place of the proxy's.
            ("loopback", "127.0.0.1", &[(FWD, "for=1.2.3.4;x=\", for=203.0.113.9")], "127.0.0.1"),
            ("loopback", "127.0.0.1", &[(FWD, "for=1.2.3.4;x=\", for=\"[2001:db8::9]\"")], "127.0.0.1"),
            ("loopback", "127.0.0.1", &[(FWD, "for=1.2.3.4;x=\"\\\", for=203.0.113.9")], "127.0.0.1"),
            ("loopback", "127.0.0.1", &[(FWD, "for=1.2.3.4;x=\"\\\"\", for=203.0.113.9")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(FWD, "for=1.2.3.4;x=\""), (FWD, "for=203.0.113.9")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(FWD, "for=1.2.3.4;for=203.0.113.9")], "127.0.0.1"),
            // Both: only what they agree on.
            ("loopback", "127.0.0.1", &[(XFF, "203.0.113.9"), (FWD, "for=203.0.113.9")], "203.0.113.9"),
            ("loopback", "127.0.0.1", &[(XFF, "203.0.113.9"), (FWD, "for=1.2.3.4")], "127.0.0.1"),
            // Cloudflare's own header counts behind Cloudflare only.
            ("cloudflare", "172.64.0.1", &[(CF, "203.0.113.9")], "203.0.113.9"),
            ("cloudflare", "172.64.0.1", &[(CF, "203.0.113.9"), (XFF, "1.2.3.4")], "203.0.113.9"),
            ("cloudflare", "2606:4700::1", &[(CF, "2001:db8::9")], "2001:db8::9"),
            ("cloudflare", "172.64.0.1", &[(XFF, "1.2.3.4, 203.0.113.9")], "203.0.113.9"),
            ("cloudflare", "198.51.100.4", &[(CF, "203.0.113.9")], "198.51.100.4"),
            ("loopback", "127.0.0.1", &[(CF, "203.0.113.9")], "127.0.0.1"),
            ("loopback,cloudflare", "127.0.0.1", &[(XFF, "172.64.0.1"), (CF, "203.0.113.9")], "203.0.113.9"),
            (
                "loopback,cloudflare",
                "127.0.0.1",
                &[(XFF, "198.51.100.4"), (CF, "203.0.113.9")],
                "198.51.100.4",
            ),
        ];
        for (trusted, peer, headers, expected) in rows {
            let got = sender(trusted, peer, headers).address;
            assert_eq!(got, expected.parse::<IpAddr>().unwrap(), "{trusted} {peer} {headers:?}");
        }
    }

    #[test]
    fn who_vouches_is_known() {
        let via = |trusted, peer, headers| sender(trusted, peer, headers).via;
        assert_eq!(via("loopback", "198.51.100.4", &[("x-forwarded-for", "203.0.113.9")]), Via::Nobody);
        assert_eq!(via("loopback", "127.0.0.1", &[("x-forwarded-for", "203.0.113.9")]), Via::Proxy);
        assert_eq!(via("cloudflare", "172.64.0.1", &[("cf-connecting-ip", "203.0.113.9")]), Via::Cloudflare);
        let behind = [("x-forwarded-for", "203.0.113.9, 172.64.0.1")];
        assert_eq!(via("loopback,cloudflare", "127.0.0.1", &behind), Via::Cloudflare);
        assert!(sender("", "127.0.0.1", &[]).is_direct_loopback());
        assert!(!sender("loopback", "127.0.0.1", &[("x-forwarded-for", "127.0.0.1")]).is_direct_loopback());
        for name in
            ["forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip", "via", "x-forwarded-proto"]
        {
            assert!(!sender("", "127.0.0.1", &[(name, "for=127.0.0.1")]).is_direct_loopback(), "{name}");
        }
    }

    #[test]
    fn every_row_of_the_tables_is_a_network_and_a_wrong_word_is_refused() {
        for rows in [&LOOPBACK[..], &PRIVATE, &CLOUDFLARE] {
            assert!(
                rows.iter().all(|row| row.parse::<IpNet>().is_ok_and(|net| net.trunc() == net)),
                "{rows:?}"
            );
        }
        for good in ["10.0.0.1", "10.0.0.0/8, ::1", "cloudflare", "loopback,private"] {
            assert!(TrustedProxies::parse(good).is_some(), "{good}");
        }
        for bad in ["", "cloud", "10.0.0.0/33", "10.0.0.1,", "*", "proxy.example", "Loopback"] {
            assert!(TrustedProxies::parse(bad).is_none(), "{bad}");
        }
        let loopback = TrustedProxies::default().and_loopback();
        assert!(
            loopback.trusts("127.0.0.1".parse().unwrap()) && !loopback.trusts("10.0.0.1".parse().unwrap())
        );
    }
}
