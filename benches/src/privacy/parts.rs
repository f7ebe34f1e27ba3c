//! The parts of the door that protect visitors, run in this process.

use crate::crowd::{Agreed, Crowd};
use crate::report::median;
use crate::{Outcome, cpu};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use ut_core::event::Currency;
use ut_core::keys::Keys;
use ut_core::ports::{Log, Transactional};
use ut_core::site::{Site, SiteSettings};
use ut_core::{Clock, SiteId, SystemClock};
use ut_http::collect::measure::{Costs, Door, Sent, costs};
use ut_http::proxies::TrustedProxies;
use ut_realtime::InProcess;
use ut_spool::{Spool, SpoolOptions};
use ut_tracking::modules::consent::Identifier;
use ut_tracking::people::People;
use ut_tracking::rights::Rights;
use ut_tracking::vault::{Keyring, Vault};
use ut_transactional::Sqlite;

/// Events of one round: more than the caches next to the processor hold.
const EVENTS: u32 = 4_000;
/// The middle one counts.
pub(super) const ROUNDS: u32 = 51;
const SECRET: &[u8] = b"a secret of nobody, of thirty-two bytes or more";

/// One of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Filter,
    Consent,
    Seal,
}

impl Part {
    pub(super) const ALL: [Self; 3] = [Self::Filter, Self::Consent, Self::Seal];
}

/// Microseconds per event, in the order of [`Part::ALL`].
#[derive(Debug)]
pub(super) struct Parts([f64; 3]);

impl Parts {
    pub(super) const fn of(&self, part: Part) -> f64 {
        self.0[part as usize]
    }

    pub(super) fn sum(&self) -> f64 {
        self.0.iter().sum()
    }

    fn new(costs: &Costs) -> Self {
        let per_event = 1e6 / costs.events as f64;
        Self([&costs.filter, &costs.consent, &costs.seal].map(|rounds| median(rounds) * per_event))
    }
}

/// Measures requests with `batch` events of a crowd, so many times.
pub(super) fn measure(batch: u32, agreed: Option<&Agreed>, seed: u64, rounds: u32) -> Outcome<Parts> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("no runtime: {error}"))?;
    let dir = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let door = runtime.block_on(door(&dir, agreed))?;
    let sent = requests(batch, agreed, seed, door.now)?;
    let costs = costs(&door, &sent, rounds, &cpu::seconds_of_this_thread)?;
    let expected = if agreed.is_some() { sent.len() } else { 0 };
    if costs.known != expected {
        return Err(format!("{} of {} visitors were known by their cookie", costs.known, sent.len()));
    }
    Ok(Parts::new(&costs))
}

/// What the door has at hand, with stores in `dir`.
async fn door(dir: &TempDir, agreed: Option<&Agreed>) -> Outcome<Door> {
    fn made<T, E: std::fmt::Display>(result: Result<T, E>) -> Outcome<T> {
        result.map_err(|error| format!("a store does not open: {error}"))
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keys = agreed.map_or_else(|| Keys::new(SECRET), |agreed| agreed.keys.clone());
    let site = site(agreed.map_or(SiteId(1), |agreed| agreed.site))?;
    let log: Arc<dyn Log> =
        Arc::new(made(Spool::open(SpoolOptions::new(dir.path().join("spool"), clock.clone())))?);
    let realtime =
        made(InProcess::recover(log, keys.clone(), dir.path().to_path_buf(), clock.clone()).await)?;
    let now = clock.now_ms();
    let salts = made(Identifier::new(Arc::new(realtime)).salts(&site, now).await)?;
    let store: Arc<dyn Transactional> = Arc::new(made(Sqlite::open(&dir.path().join("store.sqlite")).await)?);
    let rights = rights(dir.path(), store, keys.clone(), clock)?;
    let proxies = TrustedProxies::parse("loopback").ok_or("loopback is no proxy")?;
    Ok(Door { site, keys, rights, salts, proxies, now })
}

/// Nobody was forgotten.
fn rights(dir: &Path, store: Arc<dyn Transactional>, keys: Keys, clock: Arc<dyn Clock>) -> Outcome<Rights> {
    let ring = Keyring::parse(&format!("a:{}", "07".repeat(32))).ok_or("the key is none")?;
    let vault = Arc::new(Vault::new(store.clone(), clock.clone(), ring, SECRET));
    let people = Arc::new(People::new(store.clone(), vault.clone(), clock.clone()));
    Rights::open(dir, store, (vault, people), keys, clock)
        .map_err(|error| format!("the journal does not open: {error}"))
}

/// As `site add` makes it for the servers under load.
fn site(id: SiteId) -> Outcome<Site> {
    let time_zone = jiff::tz::TimeZone::get("Europe/Berlin");
    Ok(Site {
        id,
        key: "pk_1".to_owned(),
        domains: vec!["shop.example".to_owned()],
        currency: Currency::parse("EUR").map_err(|error| format!("EUR: {error}"))?,
        time_zone: time_zone.map_err(|error| format!("Europe/Berlin: {error}"))?,
        session_timeout_min: 30,
        settings: SiteSettings::default(),
    })
}

fn requests(batch: u32, agreed: Option<&Agreed>, seed: u64, now: i64) -> Outcome<Vec<Sent>> {
    let crowd = Crowd::new("pk_1", batch, seed);
    let mut crowd = match agreed {
        Some(agreed) => crowd.who_have(agreed.clone()),
        None => crowd,
    };
    let mut bytes = Vec::new();
    let sent = (0..EVENTS.div_ceil(batch)).map(|_| {
        crowd.request(now.unsigned_abs(), &mut bytes);
        sent(&bytes).ok_or_else(|| format!("the crowd sends no request: {}", String::from_utf8_lossy(&bytes)))
    });
    sent.collect()
}

/// A request's headers and body.
fn sent(request: &[u8]) -> Option<Sent> {
    let (head, body) = std::str::from_utf8(request).ok()?.split_once("\r\n\r\n")?;
    let header = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    };
    let headers = head.lines().skip(1).map(header).collect::<Option<HeaderMap>>()?;
    Some(Sent { headers, body: body.as_bytes().to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_takes_time_and_visitors_are_known_by_their_cookies() {
        let keys = Keys::new(b"another secret of thirty-two bytes or more");
        let agreed = Agreed { keys, site: SiteId(7) };
        for agreed in [None, Some(&agreed)] {
            let parts = measure(20, agreed, 1, 3).unwrap();
            assert!(Part::ALL.into_iter().all(|part| parts.of(part) > 0.0), "{parts:?}");
        }
    }

    #[test]
    fn a_request_is_taken_apart() {
        let sent = sent(b"POST /ut/e HTTP/1.1\r\nHost: shop.example\r\nCookie: a=1; b=2\r\n\r\n{}").unwrap();
        assert_eq!((sent.headers.len(), &sent.body[..]), (2, &b"{}"[..]));
        assert_eq!(sent.headers["cookie"], "a=1; b=2");
    }
}
