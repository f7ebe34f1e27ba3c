//! What the head of a request says, read once.

use super::origin::Origin;
use crate::proxies::{Sender, Via};
use crate::state::AppState;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use ut_core::event::{Hints, Place};
use ut_core::site::Site;

/// Longer ones say nothing more; what is kept of a request must not grow with its headers.
pub(super) const MAX_AGENT: usize = 1024;
const MAX_HINT: usize = 256;
static HINTS: [HeaderName; 5] = [
    HeaderName::from_static("sec-ch-ua"),
    HeaderName::from_static("sec-ch-ua-mobile"),
    HeaderName::from_static("sec-ch-ua-platform"),
    HeaderName::from_static("sec-ch-ua-platform-version"),
    HeaderName::from_static("sec-ch-ua-model"),
];

/// The head of a request at the door.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) headers: HeaderMap,
    pub(super) sender: Sender,
    pub(super) origin: Origin,
}

impl Head {
    /// Of a request that came by way of the router.
    pub(super) fn of(state: &AppState, parts: Parts) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        Self::new(state, peer, parts.headers)
    }

    pub(super) fn new(state: &AppState, peer: IpAddr, headers: HeaderMap) -> Self {
        let sender = state.settings.proxies.sender(peer, &headers);
        Self { origin: Origin::of(&headers), headers, sender }
    }

    /// Does the site's owner, or the visitor, not want it counted?
    pub(super) fn is_excluded(&self, site: &Site) -> bool {
        site.excludes_address(self.sender.address) || super::ignore::is_asked(&self.headers)
    }

    /// Did the page come over https?
    pub(super) fn is_https(&self) -> bool {
        self.headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
    }

    /// Does the browser say Global Privacy Control?
    pub(super) fn asks_for_privacy(&self) -> bool {
        self.headers.get("sec-gpc").is_some_and(|value| value.as_bytes() == b"1")
    }

    /// The browser.
    pub(super) fn user_agent(&self) -> &str {
        let agent = self.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
        agent.get(..MAX_AGENT).unwrap_or(agent)
    }

    /// Client hints, as far as the browser sends them without being asked.
    pub(super) fn hints(&self) -> Hints {
        let text =
            |name: &HeaderName| self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
        let kept = |text: &str| text.get(..MAX_HINT).unwrap_or(text).to_owned();
        let word = |name: &HeaderName| kept(text(name).trim().trim_matches('"'));
        let [brands, mobile, platform, platform_version, model] = &HINTS;
        Hints {
            brands: kept(text(brands)),
            mobile: match text(mobile).trim() {
                "?1" => Some(true),
                "?0" => Some(false),
                _ => None,
            },
            platform: word(platform),
            platform_version: word(platform_version),
            model: word(model),
        }
    }

    /// Where the sender is. What a proxy says of that counts when the proxy does.
    pub(super) fn place(&self, state: &AppState) -> Place {
        state.geo.locate(self.sender.address, |name| {
            let believed = match self.sender.via {
                Via::Nobody => false,
                // Whoever is not behind Cloudflare could have written its headers.
                Via::Proxy => !name.starts_with("cf-"),
                Via::Cloudflare => true,
            };
            // Comparing a dozen names costs less than making one of a text, and hardly any request has these.
            if !believed || !self.headers.keys().any(|key| key.as_str() == name) {
                return None;
            }
            let mut values = self.headers.get_all(name).into_iter();
            let first = values.next().map(axum::http::HeaderValue::as_bytes);
            // Of two, one is the sender's: the proxy has added its own instead of replacing it.
            first.filter(|_| values.next().is_none())
        })
    }
}
