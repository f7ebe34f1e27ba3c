//! Events that are told from all others: each is the only view of its page, by a visitor of its own.

use super::beat::every;
use crate::agents::AGENTS;
use crate::server::{Ours, Site};
use crate::{Outcome, http};
use serde_json::json;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use ut_core::{Clock, SystemClock};
use uuid::{Builder, Uuid};

/// Two a second.
const PACE: Duration = Duration::from_millis(500);
/// Reports are asked this often.
const LOOK: Duration = Duration::from_millis(250);
/// What their pages begin with.
const PAGE: &str = "/marker-";

/// One marker, sent to two shops: the loaded one, whose reports show it, and one without a crowd, in whose live stream
/// its line is not pushed out by thousands of others before the second's picture is made. Both take the same way.
#[derive(Debug)]
pub(super) struct Marker {
    /// Of the event in the quiet shop.
    pub(super) id: String,
    pub(super) page: String,
    pub(super) sent: Instant,
}

/// When reports first showed which page.
pub(super) type Pages = HashMap<String, Instant>;

/// Sends markers until `over`.
pub(super) fn send(ours: &Ours, sites: &(Site, Site), over: &AtomicBool) -> Outcome<Vec<Marker>> {
    let mut sent = Vec::new();
    every(PACE, over, |number, _| {
        let page = format!("{PAGE}{number}");
        let marker = Marker { id: id(number, 1).to_string(), page: page.clone(), sent: Instant::now() };
        one(ours, &sites.0, &page, number, id(number, 0))?;
        one(ours, &sites.1, &page, number, id(number, 1))?;
        sent.push(marker);
        Ok(())
    })?;
    Ok(sent)
}

/// The n-th id of a shop; the same number is the same id.
fn id(number: u32, site: u8) -> Uuid {
    let [a, b, c, d] = number.to_be_bytes();
    // A moment in the past would make it a late event only if `ts` said so, too.
    Builder::from_unix_timestamp_millis(
        1_790_000_000_000 + u64::from(number),
        &[7, site, a, b, c, d, 1, 2, 3, 4],
    )
    .into_uuid()
}

fn one(ours: &Ours, site: &Site, page: &str, number: u32, id: Uuid) -> Outcome<()> {
    let (now, [.., c, d]) = (SystemClock.now_ms(), number.to_be_bytes());
    let body = json!({
        "site": site.key, "sent_at": now, "tz": "Europe/Berlin", "lang": "de-DE", "viewport": [1280, 844],
        "consent": {"analytics": false, "marketing": false, "personalization": false, "source": "banner"},
        "ids": {"seed": id}, "events": [{
            "id": id, "name": "page_view", "ts": now, "page_view": id, "seq": 0,
            "url": format!("https://{}{page}", site.domain), "referrer": "", "title": "Marker"
        }]
    });
    let (body, agent) = (body.to_string(), &AGENTS[number as usize % AGENTS.len()]);
    let answer = http::exchange(
        ours.server.port,
        &format!(
            "POST /ut/e HTTP/1.1\r\nHost: {0}\r\nOrigin: https://{0}\r\nConnection: close\r\nUser-Agent: {agent}\r\n\
             X-Forwarded-For: 93.184.{c}.{d}\r\nContent-Type: text/plain\r\nContent-Length: {1}\r\n\r\n{body}",
            site.domain,
            body.len()
        ),
    )?;
    match answer.status {
        202 if answer.body.contains("\"accepted\":1,") => Ok(()),
        status => Err(format!("a marker was answered with {status}: {}", answer.body)),
    }
}

/// Asks the loaded shop which markers it shows, until `over`.
pub(super) fn look(ours: &Ours, over: &AtomicBool) -> Outcome<Pages> {
    let question = json!({"site": "shop.example", "queries": [{
        "metrics": ["page_views"], "dimensions": ["page"], "date_range": "7d", "limit": 10_000,
        "filters": ["contains", "page", [PAGE]]
    }]});
    let mut shown = Pages::new();
    let mut last = false;
    while !last {
        last = over.load(Ordering::Relaxed);
        let answer = http::post(ours.server.port, "/api/v1/q", Some(&ours.token), &question)?.json()?;
        let rows = answer["results"][0]["rows"].as_array();
        let rows = rows.ok_or_else(|| format!("a report without lines: {answer}"))?;
        for page in rows.iter().filter_map(|row| row["dimensions"]["page"].as_str()) {
            shown.entry(page.to_owned()).or_insert_with(Instant::now);
        }
        std::thread::sleep(LOOK);
    }
    Ok(shown)
}

/// Seconds from when each was sent until it was seen; for ever where it never was.
pub(super) fn delays<'a>(sent: &'a [Marker], seen: impl Fn(&'a Marker) -> Option<&'a Instant>) -> Vec<f64> {
    let delay = |marker: &'a Marker| {
        let took = seen(marker).map(|seen| seen.saturating_duration_since(marker.sent));
        took.map_or(f64::INFINITY, |took| took.as_secs_f64())
    };
    sent.iter().map(delay).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::quantile;

    #[test]
    fn a_marker_that_never_appears_is_not_left_out() {
        let sent = Instant::now();
        let marker =
            |number: u32| Marker { id: id(number, 1).to_string(), page: format!("{PAGE}{number}"), sent };
        let (markers, shown) =
            ([marker(0), marker(1)], Pages::from([(format!("{PAGE}0"), sent + Duration::from_secs(2))]));
        let delays = delays(&markers, |marker| shown.get(&marker.page));
        assert_eq!(delays, [2.0, f64::INFINITY]);
        assert_eq!(quantile(&delays, 0.99), f64::INFINITY);
    }

    #[test]
    fn no_id_twice() {
        assert_ne!(id(1, 0), id(1, 1));
        assert_ne!(id(1, 0), id(2, 0));
        assert_eq!(id(1, 0).get_version_num(), 7);
    }
}
