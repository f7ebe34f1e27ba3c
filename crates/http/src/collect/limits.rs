//! How much one address and one site may send.
//!
//! Each has a bucket that holds a minute's worth and refills evenly: that much may come at once. A request takes from
//! its buckets together or from none. The answer says how its sender stands (IETF `draft-ietf-httpapi-ratelimit-headers`
//! -11: `RateLimit-Policy` and `RateLimit`): of the address for a page, which must not learn how busy a shop is, and of
//! the site for the shop's own server.

use crate::network;
use crate::problem::Problem;
use crate::state::{AppState, HttpSettings};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::net::IpAddr;
use ut_core::SiteId;
use ut_core::ports::{RateVerdict, Take};

/// What is counted, each in buckets of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Events.
    Events,
    /// Events older than a day: whether they are known is looked up in history, which costs more.
    LateEvents,
    /// Heartbeats.
    Heartbeats,
    /// Join tokens.
    Tokens,
    /// Choices of consent.
    Choices,
    /// What is told of visitors.
    People,
}

const ADDRESS: &str = "address";
const SITE: &str = "site";
/// Late events may be so many times fewer.
const LATE_SHARE: u32 = 10;

impl Counted {
    /// What may come per minute from one address and for one site; 0 = no limit.
    fn rates(self, settings: &HttpSettings) -> (u32, u32) {
        let (address, site) = (settings.rate_limit_ip, settings.rate_limit_site);
        let share = |limit: u32| if limit == 0 { 0 } else { (limit / LATE_SHARE).max(1) };
        match self {
            Self::Events | Self::Heartbeats | Self::Tokens | Self::Choices | Self::People => (address, site),
            // Look-ups are bounded for every site, unless all limits are off.
            Self::LateEvents if site == 0 => (share(address), address.saturating_mul(LATE_SHARE)),
            Self::LateEvents => (share(address), share(site)),
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::LateEvents => "events older than 24 hours",
            Self::Heartbeats => "heartbeats",
            Self::Tokens => "join tokens",
            Self::Choices => "choices",
            Self::People => "identifications",
        }
    }
}

/// How a sender stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    policy: &'static str,
    per_minute: u32,
    left: u32,
    wait_ms: u64,
}

impl Standing {
    /// Says it in the answer.
    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        let Self { policy, per_minute, left, wait_ms } = self;
        let seconds = wait_ms.div_ceil(1000);
        let lines = [
            (HeaderName::from_static("ratelimit-policy"), format!("\"{policy}\";q={per_minute};w=60")),
            (HeaderName::from_static("ratelimit"), format!("\"{policy}\";r={left};t={seconds}")),
        ];
        headers.extend(
            lines.into_iter().filter_map(|(name, text)| Some((name, HeaderValue::try_from(text).ok()?))),
        );
    }
}

/// A bucket that a request takes from.
struct Bucket {
    name: String,
    per_minute: u32,
    policy: &'static str,
}

/// Who sends.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    /// A page at this address.
    Page(IpAddr),
    /// The shop's own server: its address says nothing of its visitors.
    Server,
}

/// Takes `cost` for a site and for the address of a page. Where there is a limit, `standing` is how the sender stands
/// then.
pub(super) async fn take(
    state: &AppState,
    counted: Counted,
    by: By,
    site: SiteId,
    cost: u32,
    standing: &mut Option<Standing>,
) -> Result<(), Problem> {
    let buckets = buckets(&state.settings, counted, by, site);
    if buckets.is_empty() {
        return Ok(());
    }
    let takes: Vec<Take<'_>> = buckets
        .iter()
        .map(|bucket| Take { bucket: &bucket.name, cost, per_minute: bucket.per_minute })
        .collect();
    // A store that is down must not shut the door: what is taken is safe in the log.
    let Ok(verdict) = state.deps.realtime.allow(&takes, state.deps.clock.now_ms()).await else {
        return Ok(());
    };
    let (bucket, left, wait_ms) = match verdict {
        RateVerdict::Allowed(level) => (&buckets[0], level.left, level.full_in_ms),
        RateVerdict::Refused { bucket, after_ms } => (&buckets[bucket.min(buckets.len() - 1)], 0, after_ms),
    };
    let stands = Standing { policy: bucket.policy, per_minute: bucket.per_minute, left, wait_ms };
    match verdict {
        RateVerdict::Refused { .. } => {
            *standing = Some(stands);
            Err(too_many(counted, stands))
        }
        RateVerdict::Allowed(_) => {
            let its_own = bucket.policy == ADDRESS || matches!(by, By::Server);
            if its_own && counted != Counted::LateEvents {
                *standing = Some(stands);
            }
            Ok(())
        }
    }
}

fn buckets(settings: &HttpSettings, counted: Counted, by: By, site: SiteId) -> Vec<Bucket> {
    let (per_address, per_site) = counted.rates(settings);
    let of_address = match by {
        By::Page(address) if per_address > 0 => {
            let name = format!("{}:{}", counted.as_str(), network::of(address));
            Some(Bucket { name, per_minute: per_address, policy: ADDRESS })
        }
        By::Page(_) | By::Server => None,
    };
    let of_site = (per_site > 0).then(|| {
        let name = format!("{}:site {}", counted.as_str(), site.0);
        Bucket { name, per_minute: per_site, policy: SITE }
    });
    of_address.into_iter().chain(of_site).collect()
}

fn too_many(counted: Counted, standing: Standing) -> Problem {
    let Standing { policy, per_minute, wait_ms, .. } = standing;
    let detail = format!("More than {per_minute} {} per minute from one {policy}.", counted.as_str());
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many events", detail);
    problem.retry_after(wait_ms.div_ceil(1000).max(1))
}
