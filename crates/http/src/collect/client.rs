//! Where a request comes from.

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::state::{AppState, HttpSettings};

const FORWARDING: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip"];

/// The sender's address. Lives as long as the request and is never written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    /// The address events are counted under.
    pub(super) address: IpAddr,
    peer: IpAddr,
    forwarded: bool,
}

impl Client {
    fn new(peer: IpAddr, headers: &HeaderMap, trust_loopback: bool) -> Self {
        let forwarded = FORWARDING.iter().any(|name| headers.contains_key(*name));
        let told = || headers.get("x-forwarded-for")?.to_str().ok()?.split(',').next()?.trim().parse().ok();
        let address = if trust_loopback && peer.to_canonical().is_loopback() { told() } else { None };
        // A socket for both families shows IPv4 peers as IPv6: one visitor must not be two.
        Self { address: address.unwrap_or(peer).to_canonical(), peer, forwarded }
    }

    /// A program on this machine, without a proxy in between.
    pub(super) fn is_direct_loopback(&self) -> bool {
        self.peer.to_canonical().is_loopback() && !self.forwarded
    }
}

impl<S> FromRequestParts<S> for Client
where
    S: Send + Sync,
    AppState: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let state = AppState::from_ref(state);
        let settings: &Arc<HttpSettings> = &state.settings;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        // Only the demo trusts a header, and only from this machine: its crowd has many addresses.
        Ok(Self::new(peer, &parts.headers, settings.demo))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarding_header_counts_only_in_the_demo_and_from_loopback() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "203.0.113.9, 10.0.0.1".parse().unwrap());
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        let remote: IpAddr = "198.51.100.4".parse().unwrap();
        let mapped: IpAddr = "::ffff:198.51.100.4".parse().unwrap();
        let told: IpAddr = "203.0.113.9".parse().unwrap();
        for (peer, demo, expected) in [
            (loopback, true, told),
            (loopback, false, loopback),
            (remote, true, remote),
            (mapped, false, remote),
        ] {
            assert_eq!(Client::new(peer, &headers, demo).address, expected, "{peer} {demo}");
        }
        assert!(!Client::new(loopback, &headers, true).is_direct_loopback());
        assert!(Client::new(loopback, &HeaderMap::new(), false).is_direct_loopback());
    }
}
